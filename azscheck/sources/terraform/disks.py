"""The managed disks that come to be with a machine: Resource Manager lists them, a plan has them in the machine alone.

https://learn.microsoft.com/azure/virtual-machines/managed-disks-overview
"""

from collections.abc import Iterator
from typing import Final

from azscheck.sources.templates.systems import system_of
from azscheck.sources.terraform.body import Body, Way, pointer
from azscheck.sources.terraform.translate import UNTOLD

DISKS: Final = "Microsoft.Compute/disks"
_STORAGE: Final = ("properties", "storageProfile")
_LATER: Final = (
    ("tags",),
    *(("properties", name) for name in ("provisioningState", "diskState", "timeCreated", "uniqueId", "diskSizeBytes")),
)


def made_with(machine: Body) -> Iterator[Body]:
    """The disks that a machine brings with it; the machine then names them, as a stamp's does."""
    _system(machine)
    data = machine.get((*_STORAGE, "dataDisks"))
    ways: list[Way] = [(*_STORAGE, "osDisk"), *((*_STORAGE, "dataDisks", n) for n in range(len(data or ())))]
    for way in ways:
        if isinstance(machine.get(way), dict):
            if _open(machine, (*way, "diskSizeGB")):
                machine.hide((*way, "diskSizeGB"), "how large the disk is, the image or the disk tells")
            if _is_made(machine, way):
                yield _made(machine, way)


def _system(machine: Body) -> None:
    way = (*_STORAGE, "osDisk", "osType")
    properties = machine.get(("properties",))
    if not isinstance(machine.get(way), str) and isinstance(properties, dict):
        if system := system_of(properties, machine.get((*_STORAGE, "imageReference"))):
            machine.set(way, system)
        elif pointer(way) not in machine.unknown:
            machine.hide(way, "which system it is, the image tells")


def _is_made(machine: Body, way: Way) -> bool:
    return (
        machine.get((*way, "createOption")) != "Attach"
        and _open(machine, (*way, "vhd"))
        and _open(machine, (*way, "vhd", "uri"))
        and _open(machine, (*way, "managedDisk", "id"))
    )


def _open(machine: Body, way: Way) -> bool:
    """Whether the plan says nothing of a property, not even that it is known later."""
    return machine.get(way) is None and pointer(way) not in machine.unknown


def _made(machine: Body, way: Way) -> Body:
    id = machine.value["id"]
    name = machine.get((*way, "name"))
    kind = "OsDisk" if way[-1] == "osDisk" else f"DataDisk_{way[-1]}"
    named = isinstance(name, str) and name
    own = name.replace("/", "%2F") if named else "{" + id.rpartition("/")[2].strip("{}") + f"_{kind}}}"
    above = id[: id.lower().rfind("/virtualmachines/")] if "/virtualmachines/" in id.lower() else id
    disk = Body({"id": f"{above}/disks/{own}", "type": DISKS, "managedBy": id})
    if named:
        disk.set(("name",), name)
        machine.set((*way, "managedDisk", "id"), disk.value["id"])
    else:
        disk.hide(("name",), "the platform names the disk")
        if _open(machine, (*way, "name")):
            machine.hide((*way, "name"), "the platform names the disk")
        machine.hide((*way, "managedDisk", "id"), "the platform names the disk")
    for source, target in (
        (("location",), ("location",)),
        ((*way, "osType"), ("properties", "osType")),
        ((*way, "diskSizeGB"), ("properties", "diskSizeGB")),
        ((*way, "managedDisk", "storageAccountType"), ("sku", "name")),
        ((*way, "createOption"), ("properties", "creationData", "createOption")),
    ):
        _copy(machine, source, disk, target)
    for later in _LATER:
        disk.hide(later, UNTOLD)
    return disk


def _copy(machine: Body, source: Way, disk: Body, target: Way) -> None:
    value, reason = machine.get(source), machine.unknown.get(pointer(source))
    if value is not None:
        disk.set(target, value)
    elif reason is not None:
        disk.hide(target, reason)
    if (place := machine.places.get(pointer(source))) is not None:
        disk.places[pointer(target)] = place
