"""What the platform adds to a machine when it is deployed: its managed disks, and the system that its image holds.

A disk that is no `vhd` in a storage account is a resource of its own, made with the machine unless it is attached:
https://learn.microsoft.com/azure/virtual-machines/managed-disks-overview
"""

from typing import Any, Final

from azscheck.expressions import lookup
from azscheck.inventory import Origin, Resource, arm_key, type_key
from azscheck.sources.hub.table import MACHINES
from azscheck.sources.templates.found import Found
from azscheck.sources.templates.frame import escaped
from azscheck.sources.templates.resources import AFTERWARDS, Built
from azscheck.sources.templates.systems import system_of
from azscheck.sources.templates.target import resource_id
from azscheck.values import ABSENT

DISKS: Final = "Microsoft.Compute/disks"
_SCALE_SETS: Final = "microsoft.compute/virtualmachinescalesets"


def with_platform(found: Found, built: Built) -> None:
    """Take up a resource, and what the platform makes with it."""
    kind = type_key(built.named.type)
    if kind == type_key(MACHINES):
        _Machine(found, built).complete()
    elif kind == type_key(DISKS):
        in_numbers(built.body.get("properties"))
    elif kind == _SCALE_SETS:
        reason = f"{built.origin}: the instances of a scale set are made after its deployment."
        found.doubt(f"{built.named.type}/virtualMachines", built.named.id, reason)
        found.doubt(DISKS, built.named.id, reason)
    found.add(built.resource(found.stamp))


def attach(found: Found) -> None:
    """Tell the disks that are resources of the template which machine they are attached to."""
    for key, (machine, origin) in found.attached.items():
        disk = found.resources.get(key)
        if disk is None:
            # It is there already, with all that a policy may ask of it.
            found.doubt(DISKS, machine, f"{origin}: the machine attaches a disk that is not in the template.")
        else:
            body = {**disk.body, "managedBy": machine}
            found.add(Resource(disk.stamp, disk.type, disk.id, body, disk.origin, disk.unknown, disk.places))


def in_numbers(disk: Any) -> None:
    """Make numbers of what the platform takes as a text and gives back as a number."""
    for key in [key for key in disk if key.lower() in ("disksizegb", "lun")] if isinstance(disk, dict) else ():
        if isinstance(disk[key], str) and disk[key].isascii() and disk[key].isdecimal() and len(disk[key]) < 10:
            disk[key] = int(disk[key])


class _Machine:
    def __init__(self, found: Found, built: Built) -> None:
        self._found = found
        self._built = built
        self._unknown = built.unknown

    def complete(self) -> None:
        for name in ("vmId", "instanceView"):
            self._unknown.setdefault(f"/properties/{name}", AFTERWARDS)
        properties = self._built.body.get("properties")
        pointer, storage = self._part(properties, "/properties", "storageProfile")
        if not isinstance(storage, dict):
            self._doubtful(pointer)
            return
        at, disk = self._part(storage, pointer, "osDisk")
        if disk is ABSENT and at not in self._unknown:
            # The image says all of it.
            disk = storage["osDisk"] = {"createOption": "FromImage"}
        if isinstance(disk, dict):
            self._system(properties, storage, disk, at)
            self._disk(disk, at, "OsDisk")
        else:
            self._doubtful(at)
        at, disks = self._part(storage, pointer, "dataDisks")
        if not isinstance(disks, list):
            if at in self._unknown:
                self._doubtful(at)
            return
        for index, data in enumerate(disks):
            if isinstance(data, dict):
                self._disk(data, f"{at}/{index}", f"DataDisk_{index}")
            else:
                self._doubtful(f"{at}/{index}")

    def _part(self, within: Any, pointer: str, name: str) -> tuple[str, Any]:
        """A property with its pointer, in the spelling of the template."""
        for key in within if isinstance(within, dict) else ():
            if key.lower() == name.lower():
                return f"{pointer}/{escaped(key)}", within[key]
        for known in self._unknown:
            if known.lower() == f"{pointer}/{name}".lower():
                return known, ABSENT
        return f"{pointer}/{name}", ABSENT

    def _doubtful(self, pointer: str) -> None:
        above = (reason for part, reason in self._unknown.items() if f"{pointer}/".startswith(f"{part}/"))
        reason = next(above, "the template does not say it")
        sentence = f"{self._built.origin}: which disks the machine has is not known: {reason}."
        self._found.doubt(DISKS, self._built.named.id, sentence)

    def _system(self, properties: Any, storage: Any, disk: dict[str, Any], at: str) -> None:
        pointer, told = self._part(disk, at, "osType")
        if told is ABSENT and pointer not in self._unknown:
            system = system_of(properties, lookup(storage, "imageReference"))
            if system:
                disk["osType"] = system
            else:
                self._unknown[pointer] = "which system it is, the image tells"

    def _disk(self, disk: dict[str, Any], at: str, kind: str) -> None:
        in_numbers(disk)
        size_at, size = self._part(disk, at, "diskSizeGB")
        if size is ABSENT:
            self._unknown.setdefault(size_at, "how large the disk is, the image or the disk tells")
        vhd_at, vhd = self._part(disk, at, "vhd")
        if vhd is not ABSENT or vhd_at in self._unknown or any(k.startswith(f"{vhd_at}/") for k in self._unknown):
            # A blob in a storage account, and no resource.
            return
        managed_at, managed = self._part(disk, at, "managedDisk")
        id_at, existing = self._part(managed, managed_at, "id")
        existing = self._built.places.ids.get(id_at) if existing is ABSENT else existing
        if managed is ABSENT and managed_at in self._unknown:
            self._doubtful(managed_at)
            return
        name_at, name = self._part(disk, at, "name")
        if isinstance(existing, str) and existing:
            self._found.attached[arm_key(existing)] = self._built.named.id, self._built.origin
            return
        if self._told(disk, at, "createOption").lower() == "attach":
            self._doubtful(id_at)
            return
        known = isinstance(name, str) and bool(name)
        if not known:
            self._unknown.setdefault(name_at, "the platform names the disk")
            name = f"{{{self._built.named.name}_{kind}}}"
        managed = managed if isinstance(managed, dict) else disk.setdefault("managedDisk", {})
        disk_id = resource_id(self._built.named.scope, DISKS, [name])
        if known:
            managed["id"] = disk_id
        else:
            self._unknown.setdefault(f"{managed_at}/id", "the platform names the disk")
        type_at, account = self._part(managed, managed_at, "storageAccountType")
        if account is ABSENT:
            self._unknown.setdefault(type_at, "the platform chooses the storage")
        self._found.add(self._made(disk_id, name if known else None, disk, at, account))

    def _told(self, within: Any, at: str, name: str) -> str:
        value = self._part(within, at, name)[1]
        return value if isinstance(value, str) else ""

    def _made(self, disk_id: str, name: str | None, disk: dict[str, Any], at: str, account: Any) -> Resource:
        machine = self._built
        unknown = dict.fromkeys(_AFTERWARDS, AFTERWARDS)
        places: dict[str, Origin] = {}
        properties: dict[str, Any] = {}
        body: dict[str, Any] = {"id": disk_id, "type": DISKS, "managedBy": machine.named.id, "properties": properties}
        if name is None:
            unknown["/name"] = "the platform names the disk"
        else:
            body["name"] = name
        if "location" in machine.body:
            body["location"] = machine.body["location"]
        elif "/location" in machine.unknown:
            unknown["/location"] = machine.unknown["/location"]
        if account is ABSENT:
            unknown["/sku"] = "the platform chooses the storage"
        else:
            body["sku"] = {"name": account}
        for key in ("osType", "diskSizeGB"):
            pointer, value = self._part(disk, at, key)
            if value is not ABSENT:
                properties[key] = value
            elif pointer in self._unknown:
                unknown[f"/properties/{key}"] = self._unknown[pointer]
            if pointer in machine.places:
                places[f"/properties/{key}"] = machine.places[pointer]
        option = self._told(disk, at, "createOption")
        if option:
            properties["creationData"] = {"createOption": option}
        else:
            unknown["/properties/creationData"] = AFTERWARDS
        origin = machine.places.get(at, machine.origin)
        return Resource(self._found.stamp, DISKS, disk_id, body, origin, unknown, places)


_AFTERWARDS: Final = (
    "/tags",
    *(f"/properties/{key}" for key in ("provisioningState", "diskState", "timeCreated", "uniqueId", "diskSizeBytes")),
)
