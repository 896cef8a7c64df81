"""Small plans, in the form of `terraform show -json`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from azscheck.inventory import Inventory, Origin, Resource
from azscheck.sources.placement import Placement
from azscheck.sources.terraform import collect
from tests.builders import NOW

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/shop"
COMPUTE = f"{GROUP}/providers/Microsoft.Compute"
MACHINE = "azurestack_virtual_machine.web"
HERE = Placement(SUBSCRIPTION, "shop", "north")
WEB = {
    "name": "web01",
    "resource_group_name": "shop",
    "location": "north",
    "vm_size": "Standard_D2_v2",
    "network_interface_ids": [],
    "tags": {"backup:product": "Azure Backup Server"},
    "os_profile": [{"computer_name": "web01", "admin_username": "operator", "admin_password": "hunter2"}],
    "os_profile_linux_config": [],
    "os_profile_windows_config": [{"provision_vm_agent": True}],
    "storage_os_disk": [{"name": "web01-os", "create_option": "FromImage", "disk_size_gb": 127, "vhd_uri": ""}],
    "storage_data_disk": [],
}


def change(
    address: str,
    after: Mapping[str, Any] | None = None,
    actions: tuple[str, ...] = ("create",),
    before: Mapping[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A change of the resource at an address, with what is not known, sensitive and so on in `more`."""
    last = address.rpartition("module.")[2]
    kind, _, name = (last.partition(".")[2] if "module." in address else last).partition(".")
    name, _, key = name.partition("[")
    module = address[: -len(f".{kind}.{name}[{key}" if key else f".{kind}.{name}")] if "module." in address else ""
    top = {"deposed": more.pop("deposed", None), "action_reason": more.pop("action_reason", None)}
    return {
        "address": address,
        **({"module_address": module} if module else {}),
        **({"index": json.loads(key.removesuffix("]"))} if key else {}),
        **{name: value for name, value in top.items() if value is not None},
        "mode": more.pop("mode", "managed"),
        "type": kind,
        "name": name,
        "change": {
            "actions": list(actions),
            "before": before,
            "after": after,
            "after_unknown": more.pop("unknown", {}),
            "before_sensitive": more.pop("sensitive_before", False),
            "after_sensitive": more.pop("sensitive", {}),
        },
    }


def plan(*changes: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A plan of changes."""
    return {"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": list(changes), **more}


def root(*resources: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """The configuration of a root module."""
    return {"root_module": {"resources": list(resources), **more}}


def configured(address: str, **references: list[str]) -> dict[str, Any]:
    """A resource of the configuration, with what its attributes refer to."""
    kind, _, name = address.partition(".")
    for_each = references.pop("for_each", None)
    return {
        "address": address,
        "mode": "managed",
        "type": kind,
        "name": name,
        "expressions": {attribute: {"references": texts} for attribute, texts in references.items()},
        **({"for_each_expression": {"references": for_each}} if for_each else {}),
    }


def read(folder: Path, *changes: Mapping[str, Any], placement: Placement = HERE, **more: Any) -> Inventory:
    """The inventory of a plan."""
    file = folder / "plan.json"
    file.write_text(json.dumps(plan(*changes, **more)), "utf-8")
    return collect(file, stamp="north", placement=placement, now=NOW)


def only(inventory: Inventory, kind: str) -> Resource:
    """The one resource of a type."""
    (resource,) = inventory.of_type(kind)
    return resource


def line_of(origin: Origin) -> str:
    """Where something is written: `main.tf:3`."""
    return f"{origin.address}:{origin.line}"
