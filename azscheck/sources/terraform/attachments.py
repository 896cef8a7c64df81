"""Disks and the machines that they are attached to: Resource Manager has it on both, Terraform where it is written."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

from azscheck.inventory import arm_key
from azscheck.sources.terraform.body import Body
from azscheck.sources.terraform.change import Change
from azscheck.sources.terraform.disks import DISKS
from azscheck.sources.terraform.identities import Identities
from azscheck.sources.terraform.translate import UNTOLD

MACHINES: Final = "Microsoft.Compute/virtualMachines"
ATTACHMENTS: Final = (
    "azurestack_virtual_machine_data_disk_attachment",
    "azurerm_virtual_machine_data_disk_attachment",
)
_DATA_DISKS: Final = ("properties", "storageProfile", "dataDisks")


class _Attachment(Struct, frozen=True):
    machine: str
    disk: str
    change: Change


def attach(bodies: Mapping[str, Body], changes: Iterable[Change], identities: Identities) -> None:
    """Write into machines and disks, by the keys of their ids, what attachments say."""
    machines = {key: body for key, body in bodies.items() if body.value["type"] == MACHINES}
    disks = {key: body for key, body in bodies.items() if body.value["type"] == DISKS}
    for change in changes:
        if change.type in ATTACHMENTS and change.stays:
            _attach(_attachment(change, identities), machines, disks)
    for key, body in machines.items():
        for disk in _disks(body):
            if (managed := disks.get(arm_key(disk))) is not None:
                managed.set(("managedBy",), bodies[key].value["id"])


def _attachment(change: Change, identities: Identities) -> _Attachment:
    def id_of(name: str, kind: str) -> str:
        part = change.planned.attribute(name)
        if part.text:
            return part.text
        met = identities.resources(change, (name,), (kind,)) if part.unknown is True else []
        return identities.of(met[0]) if len(met) == 1 else ""

    return _Attachment(id_of("virtual_machine_id", MACHINES), id_of("managed_disk_id", DISKS), change)


def _attach(attachment: _Attachment, machines: Mapping[str, Body], disks: Mapping[str, Body]) -> None:
    disk = disks.get(arm_key(attachment.disk))
    if not attachment.machine:
        reason = f"the machine of {attachment.change.address} is known after apply"
        for body in machines.values():
            _element(body, attachment, disk, reason)
        for body in [disk] if disk else disks.values():
            body.hide(("managedBy",), reason)
        return
    if machine := machines.get(arm_key(attachment.machine)):
        _element(machine, attachment, disk, "")
    if disk:
        disk.set(("managedBy",), attachment.machine)


def _element(machine: Body, attachment: _Attachment, disk: Body | None, doubt: str) -> None:
    listed = machine.get(_DATA_DISKS)
    if not isinstance(listed, list):
        listed = []
        if doubt or "/properties/storageProfile/dataDisks" not in machine.unknown:
            machine.set(_DATA_DISKS, listed)
    way = (*_DATA_DISKS, len(listed))
    if doubt:
        listed.append(None)
        machine.hide(way, doubt)
        return
    view = attachment.change.planned
    element: dict[str, Any] = {"createOption": "Attach"}
    listed.append(element)
    if caching := view.attribute("caching").text:
        element["caching"] = caching
    lun = view.attribute("lun")
    if isinstance(lun.value, int) and lun.sensitive is not True:
        element["lun"] = lun.value
    if attachment.disk:
        element["managedDisk"] = {"id": attachment.disk}
    size = disk.get(("properties", "diskSizeGB")) if disk else None
    if size is None:
        machine.hide((*way, "diskSizeGB"), f"the size of the disk of {attachment.change.address} is not in the plan")
    else:
        element["diskSizeGB"] = size


def _disks(machine: Body) -> list[str]:
    storage = machine.get(("properties", "storageProfile"))
    disks = [*(machine.get(_DATA_DISKS) or ()), storage.get("osDisk") if isinstance(storage, dict) else None]
    ids = (disk["managedDisk"].get("id") for disk in disks if isinstance(disk, dict) and "managedDisk" in disk)
    return [id for id in ids if isinstance(id, str)]


def leave_open(body: Body) -> None:
    """Of a disk that was there before, a machine that is not in the plan may have it."""
    if body.get(("managedBy",)) is None and "/managedBy" not in body.unknown:
        body.hide(("managedBy",), UNTOLD)
