"""Virtual machines as the compute provider shows them with their instance view.

The same index gives the same machine in every run. Of each rule of `policies/` some 71 % comply, independently.
"""

from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

from azscheck.inventory import Origin, Resource
from benchmarks.stamp import DOMAIN, FAILING, MACHINES, NOW, STAMP, ago, machine_id

Document = dict[str, Any]

_IN_THE_FUTURE = 0.005
_BACKUP = (
    ("Microsoft.Azure.RecoveryServices", "VMSnapshot"),
    ("Veeam.Backup", "VeeamAgent"),
    ("Commvault.Protection", "CommvaultAgent"),
)
_OTHER = (
    ("Microsoft.Azure.Monitor", "AzureMonitorAgent"),
    ("Microsoft.Compute", "CustomScriptExtension"),
    ("Qualys", "QualysAgent"),
)
_SIZES = ("Standard_DS1_v2", "Standard_DS2_v2", "Standard_DS3_v2", "Standard_F4s_v2", "Standard_D8_v3")
_IMAGES = (
    ("Windows", "MicrosoftWindowsServer", "WindowsServer", "2022-datacenter", "20348.2461.240510"),
    ("Linux", "Canonical", "0001-com-ubuntu-server-jammy", "22_04-lts", "22.04.202405150"),
)
_DONE = {"code": "ProvisioningState/succeeded", "level": "Info"}


def machine(index: int) -> Resource:
    """The machine with this number; a greater number has a greater id."""
    return _Machine.of(index).resource()


@dataclass(frozen=True, slots=True)
class _Machine:
    index: int
    id: str
    random: Random
    image: tuple[str, ...]
    disks: tuple[str, ...]
    extensions: tuple[Document, ...]
    tags: dict[str, str]

    @classmethod
    def of(cls, index: int) -> "_Machine":
        random = Random(f"machine {index}")
        names = [f"vm-{index:07}_OsDisk", *(f"vm-{index:07}_DataDisk_{lun}" for lun in range(random.choice((0, 1, 2))))]
        extensions = tuple(_extension(machine_id(index), *kind) for kind in _extensions(random))
        return cls(index, machine_id(index), random, random.choice(_IMAGES), tuple(names), extensions, _tags(random))

    def fails(self) -> bool:
        return self.random.random() < FAILING

    def resource(self) -> Resource:
        body: Document = {
            "name": f"vm-{self.index:07}",
            "id": self.id,
            "type": MACHINES,
            "location": STAMP,
            "tags": self.tags,
            "properties": self.properties(),
        }
        if self.extensions:
            body["resources"] = list(self.extensions)
        address = f"{self.id}?$expand=instanceView&api-version=2020-06-01"
        return Resource(STAMP, MACHINES, self.id, body, Origin("hub", address, NOW))

    def properties(self) -> Document:
        group = self.id.split("/providers/")[0]
        nic = f"{group}/providers/Microsoft.Network/networkInterfaces/vm-{self.index:07}-nic"
        state = self.random.choice(("Failed", "Updating", "Creating")) if self.fails() else "Succeeded"
        return {
            "vmId": str(UUID(int=self.random.getrandbits(128))),
            "hardwareProfile": {"vmSize": self.random.choice(_SIZES)},
            "storageProfile": self.storage_profile(group),
            "osProfile": {
                "computerName": f"vm-{self.index:07}",
                "adminUsername": "azureadmin",
                "secrets": [],
                "allowExtensionOperations": True,
            },
            "networkProfile": {"networkInterfaces": [{"id": nic, "properties": {"primary": True}}]},
            "provisioningState": state,
            "instanceView": self.instance_view(),
        }

    def storage_profile(self, group: str) -> Document:
        os, publisher, offer, sku, version = self.image
        image = {"publisher": publisher, "offer": offer, "sku": sku, "version": "latest", "exactVersion": version}
        attached: list[Document] = [
            {"name": name, "caching": "ReadWrite"} | _managed(group, name) for name in self.disks
        ]
        if self.fails():
            _unmanage(self.random.choice(attached))
        system: Document = attached[0] | {"createOption": "FromImage", "diskSizeGB": 127}
        if not self.fails():
            system["osType"] = os
        elif self.random.random() < 0.3:
            system["osType"] = None
        data = [
            disk | {"lun": lun, "createOption": "Empty", "diskSizeGB": 1023} for lun, disk in enumerate(attached[1:])
        ]
        return {"imageReference": image, "osDisk": system, "dataDisks": data}

    def instance_view(self) -> Document:
        done = _DONE | {"displayStatus": "Provisioning succeeded", "time": ago(2000 + self.index % 977)}
        view: Document = {
            "disks": [{"name": name, "statuses": [done]} for name in self.disks],
            "statuses": [done, {"code": "PowerState/running", "level": "Info", "displayStatus": "VM running"}],
        }
        if not self.fails():
            ready = {"displayStatus": "Ready", "message": "GuestAgent is running and accepting new configurations."}
            handlers = [{"type": e["properties"]["type"], "status": _DONE} for e in self.extensions]
            statuses = [_DONE | ready | {"time": ago(0.1)}]
            agent = {"vmAgentVersion": "2.7.41491.1121", "statuses": statuses, "extensionHandlers": handlers}
            return {"computerName": f"vm-{self.index:07}", "osName": self.image[2], "vmAgent": agent} | view
        if self.random.random() < 0.5:
            # The machine is off: there is no agent to ask.
            return view
        silent = {"code": "ProvisioningState/Unavailable", "level": "Warning", "displayStatus": "Not Ready"}
        return {"vmAgent": {"vmAgentVersion": "Unknown", "statuses": [silent | {"time": ago(9)}]}} | view


def _tags(random: Random) -> dict[str, str]:
    good = {
        "backup:product": random.choice(("Azure Backup Server", "Veeam", "Commvault")),
        "environment": random.choice(("production", "staging", "test", "development")),
        "costCenter": f"CC-{random.randrange(10_000):04}",
        "backup:target": random.choice(("backup01.corp.example", "vault-weu.contoso.example")),
        "backup:last": ago(random.uniform(0, 20)) if random.random() >= _IN_THE_FUTURE else ago(-3),
    }
    bad = {
        "environment": random.choice(("prod", "sandbox")),
        "costCenter": random.choice(("4410", "cc-4410", "CC-441O")),
        "backup:target": f"mabs01.{DOMAIN}",
        "backup:last": ago(random.uniform(25, 2000)),
    }
    tags = {"owner": f"team-{random.randrange(400)}@contoso.example", "application": f"app-{random.randrange(900)}"}
    for name, value in good.items():
        if random.random() >= FAILING:
            tags[name] = value
        elif name in bad and random.random() < 0.5:
            tags[name] = bad[name]
    return tags


def _extensions(random: Random) -> list[tuple[str, str, str]]:
    """Publisher, type and state; the backup product's own among others."""
    kinds = [(*kind, "Succeeded") for kind in random.sample(_OTHER, random.choice((0, 0, 1)))]
    if random.random() >= FAILING:
        # So many of those that have one that of all machines as many fail this rule as the others.
        failed = random.random() < FAILING / (1 - FAILING)
        kinds.append((*random.choice(_BACKUP), "Failed" if failed else "Succeeded"))
    random.shuffle(kinds)
    return kinds


def _extension(machine: str, publisher: str, kind: str, state: str) -> Document:
    return {
        "name": kind,
        "id": f"{machine}/extensions/{kind}",
        "type": f"{MACHINES}/extensions",
        "location": STAMP,
        "properties": {
            "autoUpgradeMinorVersion": True,
            "provisioningState": state,
            "publisher": publisher,
            "type": kind,
            "typeHandlerVersion": "1.0",
        },
    }


def _managed(group: str, name: str) -> Document:
    return {
        "managedDisk": {"storageAccountType": "Premium_LRS", "id": f"{group}/providers/Microsoft.Compute/disks/{name}"}
    }


def _unmanage(disk: Document) -> None:
    del disk["managedDisk"]
    disk["vhd"] = {"uri": f"https://adatum.blob.{DOMAIN}/vhds/{disk['name']}.vhd"}
