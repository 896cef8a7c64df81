"""Forged plans and configurations: read, or refused in one sentence."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azscheck.errors import UsageError
from azscheck.sources.terraform import collect
from azscheck.sources.terraform.addresses import steps_of
from azscheck.sources.terraform.hcl import scan
from tests.builders import NOW
from tests.sources.terraform.plans import MACHINE, WEB, change, configured, plan, root

EXTENSION = "azurestack_virtual_machine_extension.agent"
ATTACHMENT = "azurerm_virtual_machine_data_disk_attachment.data"
VAULT = "/subscriptions/s/resourceGroups/shop/providers/Microsoft.RecoveryServices/vaults/safe"
UNKNOWN = {"id": True, "virtual_machine_id": True, "managed_disk_id": True, "network_interface_ids": [True, True]}
CALLS = {"m": {"expressions": {"x": {"references": ["var.x", f"{MACHINE}.id"]}}, "module": root()["root_module"]}}
TEMPLATE = json.dumps({"$schema": "deploymentTemplate.json#", "contentVersion": "1.0.0.0", "resources": []})
WHOLE = plan(
    change(MACHINE, {**WEB, "storage_data_disk": [{"lun": 0}]}, unknown={**UNKNOWN, "tags": {"a": True}}),
    change(f'module.m["a"].{EXTENSION}', {"name": "a"}, unknown=UNKNOWN),
    change(f"{ATTACHMENT}[0]", {"lun": 1, "caching": "None"}, unknown=UNKNOWN),
    change("azurerm_managed_disk.d", {"name": "d", "disk_size_gb": 4}, ("no-op",), {"name": "d"}),
    change("azurerm_virtual_machine_scale_set.s", {"name": "s", "sku": [{"name": "x"}]}),
    change("azurestack_resource_group.g", {"location": "north"}, unknown={"name": True}),
    change("azurerm_kubernetes_cluster.k", None, ("delete",), {"name": "k", "tags": {"a": "b"}}),
    change("azurestack_virtual_machine.left", None, ("forget",), {**WEB, "id": "/x/y"}),
    change("azurerm_template_deployment.t", {"template_body": TEMPLATE, "parameters": {"a": "b"}}),
    change("azurerm_recovery_services_vault.v", None, ("delete",), {"name": "safe", "id": VAULT}),
    change("azurerm_backup_protected_vm.p", None, ("delete", "create"), {"recovery_vault_name": "safe"}),
    configuration=root(
        configured(MACHINE, network_interface_ids=["var.x"], for_each=["each.value", "module.m.x"]),
        configured(ATTACHMENT, virtual_machine_id=[f"{MACHINE}.id"], managed_disk_id=["azurerm_managed_disk.d.id"]),
        module_calls=CALLS,
        outputs={"x": {"expression": {"references": ["module.m.x"]}}},
    ),
    planned_values={"root_module": {"resources": [], "child_modules": [{"address": "module.m", "resources": []}]}},
    deferred_changes=[],
    complete=True,
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5) | st.just("/"),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=3), below, max_size=3),
    max_leaves=6,
)
TEXTS = st.text(st.sampled_from('{}[]()"$%=,:.#/*<-\\\n ab1\x00é'), max_size=60)


def parts(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way, *(found for step, part in below for found in parts(part, (*way, step)))]


WAYS = parts(WHOLE)[1:]


@given(st.lists(st.tuples(st.sampled_from(WAYS), VALUES), min_size=1, max_size=3))
def test_a_forged_plan_is_read_or_refused(tmp_path_factory: Any, forged: list[tuple[tuple[Any, ...], Any]]) -> None:
    """A traceback, where a sentence should say that this is no plan."""
    value: Any = copy.deepcopy(WHOLE)
    for way, part in forged:
        above = value
        try:
            for step in way[:-1]:
                above = above[step]
            above[way[-1]] = part
        except (KeyError, IndexError, TypeError):
            continue
    folder: Path = tmp_path_factory.getbasetemp()
    file = folder / "forged.json"
    file.write_text(json.dumps(value), "utf-8")
    refusal = ""
    try:
        found = collect(file, stamp="north", now=NOW).resources
    except UsageError as error:
        found, refusal = (), str(error)
    assert "\n" not in refusal
    for resource in found:
        assert resource.document["id"] == resource.id
        json.dumps(resource.body)


@given(st.binary(max_size=40))
def test_any_bytes_are_refused(tmp_path_factory: Any, content: bytes) -> None:
    """A file that is no text ends in a traceback."""
    file: Path = tmp_path_factory.getbasetemp() / "bytes.json"
    file.write_bytes(content)
    with pytest.raises(UsageError) as error:
        collect(file, stamp="north", now=NOW)
    assert "\n" not in str(error.value)


@given(TEXTS)
def test_any_text_is_scanned(text: str) -> None:
    """A line that is not HCL stops the gate, though the plan has all it needs."""
    scan(text)
    steps_of(text)


def test_modules_that_call_each_other_without_end_are_given_up(tmp_path: Path) -> None:
    passed = {"references": ["var.x", *(f"var.x{n}" for n in range(50)), "module.m0.x"]}
    module: dict[str, Any] = {"resources": [configured(EXTENSION, virtual_machine_id=["var.x"])]}
    for _ in range(60):
        call = {"expressions": {"x": passed, **{f"x{n}": passed for n in range(50)}}, "module": module}
        module = {"module_calls": {"m0": call}, "outputs": {"x": {"expression": passed}}}
    address = "module.m0." * 60 + EXTENSION
    file = tmp_path / "plan.json"
    unknown = {"virtual_machine_id": True}
    file.write_text(json.dumps(plan(change(address, {}, unknown=unknown), configuration={"root_module": module})))
    assert collect(file, stamp="north", now=NOW).resources


def test_values_nested_without_end_are_refused_or_left_out(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    deep = "[" * 900 + "]" * 900
    text = json.dumps(plan(change(MACHINE, {**WEB, "tags": {"a": "DEEP"}}))).replace('"DEEP"', deep)
    file.write_text(text, "utf-8")
    assert collect(file, stamp="north", now=NOW).resources
    file.write_text(text.replace(deep, "[" * 100_000), "utf-8")
    with pytest.raises(UsageError, match=r"plan\.json"):
        collect(file, stamp="north", now=NOW)
