"""A stamp as it will be: what a live one holds, with what a template or plan deploys and takes away."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec.structs import replace

from azscheck.errors import UsageError
from azscheck.inventory import Coverage, CoverageState, Inventory, Resource, arm_key, type_key

REMOVALS: Final = "Azscheck/removals"
_NOT_TOLD: Final = ("a plan does not tell", "a template does not tell")
"""How the reason ends where a change says nothing of a property or a list, rather than that it is not known yet."""
Key = tuple[str, str]


def over(live: Inventory, planned: Inventory) -> Inventory:
    """The stamp once the change is made, under the live stamp's name.

    A planned resource takes the place of the live one of its id and type, with what only the live one tells. What is
    removed leaves, with all that lies beneath it; of what Terraform does not know there, removals are added. Raises
    UsageError where the live inventory is of several stamps and none has the change's name.
    """
    stamp = _stamp(live, planned)
    here = live.only([stamp])
    deployed = [replace(r, stamp=stamp) for r in planned.resources if type_key(r.type) != type_key(REMOVALS)]
    removals = [replace(r, stamp=stamp) for r in planned.of_type(REMOVALS)]
    told, gone = _keys(deployed), _gone(removals)
    was = {_key(r): r for r in here.resources}
    kept = [r for r in here.resources if _key(r) not in told and not _beneath(r, gone)]
    lost = [r for r in here.resources if _key(r) not in told and _beneath(r, gone)]
    named = {(type_key(_text(r, "resourceType")), arm_key(r.id)) for r in removals}
    completed = [r if arm_key(r.id) in gone else _completed(r, was.get(_key(r))) for r in deployed]
    removals += [_removal(r) for r in lost if _key(r) not in named]
    return Inventory.of(
        max(live.created, planned.created),
        (*kept, *completed, *removals),
        [*here.coverage, *_coverage(here, planned, stamp)],
    )


def _stamp(live: Inventory, planned: Inventory) -> str:
    if len(live.stamps) == 1:
        return live.stamps[0]
    same = set(live.stamps) & set(planned.stamps)
    if len(same) != 1:
        raise UsageError(
            f"the inventory is of {len(live.stamps)} stamps ({', '.join(live.stamps[:5])}): name the one that changes."
        )
    return same.pop()


def _key(resource: Resource) -> Key:
    return type_key(resource.type), arm_key(resource.id)


def _keys(resources: Iterable[Resource]) -> set[Key]:
    return {_key(r) for r in resources}


def _gone(removals: Iterable[Resource]) -> set[str]:
    """The ids of what is destroyed, also to be built anew."""
    return {arm_key(r.id) for r in removals if _text(r, "action") != "forget"}


def _beneath(resource: Resource, gone: set[str]) -> bool:
    """Whether a resource, or one that it lies in, is destroyed; what azscheck knows of it is not a part of it."""
    if type_key(resource.type).startswith("azscheck/"):
        return False
    steps = arm_key(resource.id).split("/")
    return any("/".join(steps[:length]) in gone for length in range(3, len(steps) + 1))


def _text(removal: Resource, name: str) -> str:
    properties = removal.body.get("properties")
    found = properties.get(name) if isinstance(properties, dict) else None
    return found if isinstance(found, str) else ""


def _removal(resource: Resource) -> Resource:
    """What is destroyed with what it lies in."""
    properties: dict[str, Any] = {
        "action": "delete",
        "resourceType": resource.type,
        "resourceId": resource.id,
        "address": resource.id,
        "protects": [],
        "leavesUnprotected": [],
        "was": resource.body,
    }
    same = {key: resource.body[key] for key in ("location", "tags") if key in resource.body}
    body = {"id": resource.id, "type": REMOVALS, "name": resource.name, **same, "properties": properties}
    unknown = {f"/properties/was{pointer}": reason for pointer, reason in resource.unknown.items()}
    unknown |= {pointer: reason for pointer, reason in resource.unknown.items() if pointer.startswith("/tags")}
    return Resource(resource.stamp, REMOVALS, resource.id, body, resource.origin, unknown)


def _completed(planned: Resource, live: Resource | None) -> Resource:
    """A planned resource with what the live one tells of what the change does not."""
    if live is None:
        return planned
    unknown, body = dict(planned.unknown), dict(planned.body)
    for pointer, reason in planned.unknown.items():
        if not _untold(reason) or pointer in live.unknown:
            continue
        del unknown[pointer]
        steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
        found = _at(live.body, steps)
        if found is not None:
            body = _with(body, steps, found)
    below = {p: r for p, r in live.unknown.items() if any(p.startswith(f"{q}/") for q in planned.unknown)}
    return replace(planned, body=body, unknown={**below, **unknown})


def _untold(reason: str) -> bool:
    return reason.rstrip(".").lower().endswith(_NOT_TOLD)


def _at(body: Mapping[str, Any], steps: list[str]) -> Any:
    """A property by its keys in any letter case."""
    found: Any = body
    for step in steps:
        if not isinstance(found, dict):
            return None
        found = next((value for key, value in found.items() if key.lower() == step.lower()), None)
    return found


def _with(body: dict[str, Any], steps: list[str], value: Any) -> dict[str, Any]:
    """The body with a property more; what it is not in is shared."""
    first, *rest = steps
    if not rest:
        return {**body, first: value}
    below = body.get(first)
    return {**body, first: _with(below if isinstance(below, dict) else {}, rest, value)}


def _coverage(here: Inventory, planned: Inventory, stamp: str) -> list[Coverage]:
    """What the change adds to what is known of the live lists: what it takes away, and where it is open."""
    listed = {type_key(coverage.type) for coverage in here.coverage}
    added: list[Coverage] = []
    for coverage in planned.coverage:
        key = type_key(coverage.type)
        if _untold(coverage.reason):
            says = key not in listed
        else:
            says = key == type_key(REMOVALS) or coverage.state is not CoverageState.COMPLETE
        if says:
            added.append(replace(coverage, stamp=stamp))
    return added
