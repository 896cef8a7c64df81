"""Expands a compact virtual machine into what the compute and network providers show of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from azscheck.demo.instance_view import Instance, instance_view
from azscheck.demo.messages import Document
from azscheck.demo.network_interface import network_interface, network_interface_id
from azscheck.demo.placeholders import Filler
from azscheck.demo.resources import Entry


def machine_entries(plan: Mapping[str, Any], catalogue: Mapping[str, Any], order: int, fill: Filler) -> Iterator[Entry]:
    """A machine, its network interface, managed disks and extensions; and a scale set's instance where it is one.

    `plan` is an entry of `tenant.virtualMachines`, `order` its place there, `catalogue` the images and extensions."""
    machine = _Machine(plan, catalogue, order, fill)
    extensions = [machine.extension(name) for name in plan.get("extensions", [])]
    yield machine.entry(extensions)
    for extension in extensions:
        yield Entry(f"{machine.id}/extensions/{extension['name']}", extension)
    yield network_interface(machine.id, catalogue["networks"][plan["subscription"]], order, fill)
    yield from machine.disks()
    if "scaleSet" in plan:
        yield machine.scale_set_instance()


class _Machine:
    def __init__(self, plan: Mapping[str, Any], catalogue: Mapping[str, Any], order: int, fill: Filler) -> None:
        self.plan = plan
        self.catalogue = catalogue
        self.order = order
        self.fill = fill
        self.name: str = plan["name"]
        self.id = fill.machines[self.name]
        self.group = self.id.split("/providers/")[0]
        self.image: Mapping[str, Any] = catalogue["images"][plan["image"]]
        self.power: str = plan.get("power", "running")
        self.created = fill.ago(plan.get("created", f"P{400 - 7 * order}DT{order % 24}H12M"))

    def entry(self, extensions: list[Document]) -> Entry:
        body: Document = {"name": self.name, "id": self.id, "type": "Microsoft.Compute/virtualMachines"}
        body |= {"location": self.fill.stamp} | ({"tags": self.fill(self.plan["tags"])} if "tags" in self.plan else {})
        body |= {"properties": self.properties()}
        # In a list the compute provider writes groups in upper case, and names a machine's extensions only.
        listed = body | {"id": self.shouted_group() + self.id.removeprefix(self.group)}
        if extensions:
            listed |= {"resources": [{"id": extension["id"]} for extension in extensions]}
            body |= {"resources": extensions}
        return Entry(self.id, body, listed, instance_view(self.instance(), extensions))

    def properties(self) -> Document:
        plan, sets = self.plan, f"{self.group}/providers/Microsoft.Compute"
        properties: Document = {"vmId": self.fill.guid(f"vmId {self.name}")}
        if "availabilitySet" in plan:
            sets_shouted = f"{self.shouted_group()}/providers/Microsoft.Compute/availabilitySets"
            properties["availabilitySet"] = {"id": f"{sets_shouted}/{plan['availabilitySet'].upper()}"}
        if "scaleSet" in plan:
            properties["virtualMachineScaleSet"] = {"id": f"{sets}/virtualMachineScaleSets/{plan['scaleSet']}"}
        interface = {"id": network_interface_id(self.id), "properties": {"primary": True}}
        diagnostics = {"enabled": True, "storageUri": self.catalogue["bootDiagnostics"]}
        return properties | {
            "hardwareProfile": {"vmSize": plan.get("size", "Standard_DS2_v2")},
            "storageProfile": self.storage_profile(),
            "osProfile": self.os_profile(),
            "networkProfile": {"networkInterfaces": [interface]},
            "diagnosticsProfile": {"bootDiagnostics": diagnostics},
            "provisioningState": "Succeeded",
        }

    def shouted_group(self) -> str:
        start, _, group = self.group.rpartition("/")
        return f"{start}/{group.upper()}"

    def storage_profile(self) -> Document:
        disks = self.disk_names()
        reference = {name: str(self.image[name]) for name in ("publisher", "offer", "sku")}
        return {
            "imageReference": reference | {"version": "latest", "exactVersion": str(self.image["version"])},
            "osDisk": {
                "osType": self.image["os"],
                "name": disks[0][0],
                "createOption": "FromImage",
                "caching": "ReadWrite",
                **self.attachment(*disks[0]),
            },
            "dataDisks": [
                {
                    "lun": lun,
                    "name": name,
                    "createOption": "Attach" if lun else "Empty",
                    "caching": "None",
                    "writeAcceleratorEnabled": False,
                    **self.attachment(name, size),
                    "toBeDetached": False,
                }
                for lun, (name, size) in enumerate(disks[1:])
            ],
        }

    def attachment(self, name: str, size: int) -> Document:
        disk = {"id": f"{self.group}/providers/Microsoft.Compute/disks/{name}"}
        # The compute provider does not know a disk's kind and size while no host holds the machine.
        if self.power == "deallocated":
            return {"managedDisk": disk}
        return {"managedDisk": {"storageAccountType": "Premium_LRS"} | disk, "diskSizeGB": size}

    def os_profile(self) -> Document:
        profile: Document = {"computerName": self.computer_name(), "adminUsername": "azureadmin"}
        if self.image["os"] == "Windows":
            profile["windowsConfiguration"] = {"provisionVMAgent": True, "enableAutomaticUpdates": True}
        else:
            profile["linuxConfiguration"] = {"disablePasswordAuthentication": True, "provisionVMAgent": True}
        return profile | {"secrets": [], "allowExtensionOperations": True, "requireGuestProvisionSignal": True}

    def computer_name(self) -> str:
        return self.name.upper()[:15] if self.image["os"] == "Windows" else self.name.replace("_", "-")

    def disk_names(self) -> list[tuple[str, int]]:
        """Name and size in GB of the operating system's disk, then of the data disks."""
        data = [(f"{self.name}_DataDisk_{lun}", size) for lun, size in enumerate(self.plan.get("dataDisks", []))]
        return [(f"{self.name}_OsDisk", self.plan.get("osDisk", self.image["osDisk"])), *data]

    def disks(self) -> Iterator[Entry]:
        attached = "Reserved" if self.power == "deallocated" else "Attached"
        for index, (name, size) in enumerate(self.disk_names()):
            disk_id = f"{self.group}/providers/Microsoft.Compute/disks/{name}"
            creation: Document = {"createOption": "Empty"}
            if index == 0:
                image = "/Subscriptions/{}/Providers/Microsoft.Compute/Locations/{}/Publishers/{}/ArtifactTypes/VMImage"
                image_id = image.format(self.group.split("/")[2], self.fill.stamp, self.image["publisher"])
                creation = {"createOption": "FromImage", "imageReference": {"id": image_id}}
            properties: Document = {"osType": self.image["os"]} if index == 0 else {}
            properties |= {
                "creationData": creation,
                "diskSizeGB": size,
                "diskSizeBytes": size * 1024**3,
                "uniqueId": self.fill.guid(f"disk {name}"),
                "encryptionSettings": None,
                "timeCreated": self.created,
                "provisioningState": "Succeeded",
                "diskState": attached,
            }
            body: Document = {
                "name": name,
                "id": disk_id,
                "type": "Microsoft.Compute/disks",
                "location": self.fill.stamp,
                "managedBy": self.fill(f"{{VM:{self.name}}}"),
                "sku": {"name": "Premium_LRS", "tier": "Premium"},
                "properties": properties,
            }
            yield Entry(disk_id, body)

    def extension(self, name: str) -> Document:
        known = self.catalogue["extensions"][name]
        return {
            "name": known["name"],
            "id": f"{self.id}/extensions/{known['name']}",
            "type": "Microsoft.Compute/virtualMachines/extensions",
            "location": self.fill.stamp,
            "properties": {
                "autoUpgradeMinorVersion": True,
                "provisioningState": known.get("state", "Succeeded"),
                "publisher": known["publisher"],
                "type": known["type"],
                "typeHandlerVersion": str(known["version"]),
                "settings": known.get("settings", {}),
            },
        }

    def instance(self) -> Instance:
        return Instance(
            computer_name=self.computer_name(),
            image=self.image,
            power=self.power,
            agent_ready=self.plan.get("agent") != "notReady",
            agent_version=self.catalogue["agents"][self.image["os"]],
            agent_time=self.fill.ago(f"PT{1 + self.order % 9}M"),
            created=self.created,
            disks=[name for name, _ in self.disk_names()],
        )

    def scale_set_instance(self) -> Entry:
        scale_set = f"{self.group}/providers/Microsoft.Compute/virtualMachineScaleSets/{self.plan['scaleSet']}"
        instance = self.name.rpartition("_")[2]
        properties = {k: v for k, v in self.properties().items() if k != "virtualMachineScaleSet"}
        body = {
            "name": self.name,
            "id": f"{scale_set}/virtualMachines/{instance}",
            "type": "Microsoft.Compute/virtualMachineScaleSets/virtualMachines",
            "location": self.fill.stamp,
            "instanceId": instance,
            "sku": {"name": self.plan.get("size", "Standard_DS2_v2"), "tier": "Standard"},
            "properties": properties | {"latestModelApplied": True},
        }
        return Entry(f"{scale_set}/virtualMachines/{instance}", body, instance_view=instance_view(self.instance(), []))
