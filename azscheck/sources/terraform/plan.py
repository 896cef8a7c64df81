"""A plan as `terraform show -json` writes it, read."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from azscheck.errors import DocumentError
from azscheck.sources.terraform.change import Change, Plan, below
from azscheck.sources.terraform.file import HOW, PlanFile

_VERSION: Final = re.compile(r"(0\.[12]|1\.\d{1,4})", re.ASCII)
_ACTIONS: Final = frozenset({"no-op", "create", "read", "update", "delete", "forget"})


def is_plan(value: Any) -> bool:
    """Whether a JSON document looks like a plan."""
    return (
        isinstance(value, dict)
        and "format_version" in value
        and not {"resource_changes", "planned_values"}.isdisjoint(value)
    )


def read_plan(path: Path) -> Plan:
    """Read a plan; raises DocumentError."""
    file = PlanFile(path)
    value = file.value()
    if not isinstance(value, dict) or "format_version" not in value:
        raise file.mistake(f"is not a Terraform plan: {HOW}.")
    version = value["format_version"]
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        raise file.mistake(f"is a plan in format {str(version)[:20]!r}; known are 0.1, 0.2 and 1.x: {HOW}.")
    if not is_plan(value):
        kind = "a Terraform state" if "values" in value else "not a Terraform plan"
        raise file.mistake(f"is {kind}: {HOW}.")
    if value.get("errored") is True:
        raise file.mistake("is a plan that ended with an error, so not all is in it: plan again.")
    changes = [_change(file, n, change) for n, change in enumerate(_list(file, value, "resource_changes"))]
    changed = {change.address for change in changes if change and not change.deposed} | _moved(value)
    untouched = {c.address: c for c in _untouched(file, value) if c.address not in changed}
    return Plan(
        path,
        tuple(change for change in (*changes, *untouched.values()) if change),
        tuple(_deferred(value)),
        value.get("complete") is not False,
        below(value, "configuration"),
        _subscription(below(value, "configuration")),
    )


def _list(file: PlanFile, value: Mapping[str, Any], key: str) -> list[Any]:
    found = value.get(key)
    if found is None:
        return []
    if not isinstance(found, list):
        raise file.mistake(f"has no list under {key}: {HOW}.")
    return found


def _change(file: PlanFile, number: int, value: Any) -> Change | None:
    """None for a data source, which is read and not deployed."""
    if not isinstance(value, dict):
        raise _broken(file, f"resource_changes[{number}]", "is no object")
    if value.get("mode") == "data":
        return None
    change = below(value, "change")
    actions = change.get("actions")
    if not isinstance(actions, list) or not actions or not all(isinstance(a, str) and a in _ACTIONS for a in actions):
        raise _broken(file, f"resource_changes[{number}]", "has no actions that azscheck knows")
    reason = value.get("action_reason")
    return Change(
        **_names(file, f"resource_changes[{number}]", value),
        actions=tuple(actions),
        before=below(change, "before"),
        after=below(change, "after"),
        unknown=change.get("after_unknown"),
        sensitive=change.get("after_sensitive"),
        sensitive_before=change.get("before_sensitive"),
        reason=reason if isinstance(reason, str) else "",
        deposed="deposed" in value,
    )


def _names(file: PlanFile, where: str, value: Mapping[str, Any]) -> dict[str, Any]:
    names = {key: value.get(key) for key in ("address", "type", "name")}
    for key, text in names.items():
        if not isinstance(text, str) or not text:
            raise _broken(file, where, f"has no {key}")
    index, module = value.get("index"), value.get("module_address")
    return {
        **names,
        "module": module if isinstance(module, str) else "",
        "index": index if isinstance(index, str | int) else None,
    }


def _moved(value: Mapping[str, Any]) -> set[str]:
    """Addresses that what changes had before."""
    addresses = (below(change).get("previous_address") for change in value.get("resource_changes") or ())
    return {address for address in addresses if isinstance(address, str)}


def _untouched(file: PlanFile, value: Mapping[str, Any]) -> Iterator[Change]:
    """What is there already and may not be among the changes, for a plan of targets leaves it out."""
    roots = below(value, "prior_state", "values", "root_module"), below(value, "planned_values", "root_module")
    modules = [("", module) for module in roots]
    while modules:
        address, module = modules.pop()
        for resource in _list(file, module, "resources"):
            if not isinstance(resource, dict):
                raise _broken(file, "planned_values or prior_state", "holds a resource that is no object")
            if resource.get("mode") == "data" or "deposed_key" in resource:
                continue
            values, sensitive = below(resource, "values"), resource.get("sensitive_values")
            names = {**_names(file, "planned_values or prior_state", resource), "module": address}
            yield Change(**names, actions=("no-op",), before=values, after=values, unknown=None,
                         sensitive=sensitive, sensitive_before=sensitive)  # fmt: skip
        for child in _list(file, module, "child_modules"):
            if isinstance(child, dict):
                below_address = child.get("address")
                modules.append((below_address if isinstance(below_address, str) else "", child))


def _deferred(value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    found = value.get("deferred_changes")
    for deferred in found if isinstance(found, list) else ():
        kind, reason = below(deferred, "resource_change").get("type"), below(deferred).get("reason")
        yield kind if isinstance(kind, str) else "", reason if isinstance(reason, str) else "unknown"


def _subscription(configuration: Mapping[str, Any]) -> str:
    for name in ("azurestack", "azurerm"):
        found = below(configuration, "provider_config", name, "expressions", "subscription_id").get("constant_value")
        if isinstance(found, str) and re.fullmatch(r"[0-9A-Fa-f-]{36}", found):
            return found
    return ""


def _broken(file: PlanFile, where: str, what: str) -> DocumentError:
    return file.mistake(f"is no plan that azscheck understands, for {where} {what}: {HOW}.")
