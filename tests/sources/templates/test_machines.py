"""What the platform makes with a machine: its disks, and the system that its image holds."""

from pathlib import Path
from typing import Any

import pytest

from azscheck.inventory import Inventory, Resource
from tests.sources.templates.builders import MACHINES, PROVIDERS, collected, line, machine, only, template

DISKS = "Microsoft.Compute/disks"
VM = f"{PROVIDERS}/{MACHINES}/web"
NONE = {"parameters": {"none": {"type": "string"}, "disks": {"type": "array"}}}


def disks(inventory: Inventory) -> dict[str, Resource]:
    return {disk.id.rpartition("/")[2]: disk for disk in inventory.of_type(DISKS)}


@pytest.mark.parametrize(
    ("data", "made"),
    [
        ({"createOption": "Empty", "name": "d", "diskSizeGB": 64}, {"d": 64}),
        ({"createOption": "empty", "name": "d", "diskSizeGB": "64"}, {"d": 64}),
        ({"createOption": "Empty", "diskSizeGB": 64}, {"{web_DataDisk_0}": 64}),
        ({"CreateOption": "Empty", "Name": "d", "DiskSizeGB": 64}, {"d": 64}),
        ({"createOption": "FromImage", "name": "d"}, {"d": None}),
        ({"createOption": "Empty", "name": "[parameters('none')]", "diskSizeGB": 1}, {"{web_DataDisk_0}": 1}),
        ({"createOption": "Empty", "diskSizeGB": 64, "vhd": {"uri": "[reference('x').blob]"}}, {}),
        ({"createOption": "Empty", "diskSizeGB": 64, "vhd": "[parameters('none')]"}, {}),
    ],
)
def test_a_disk_that_is_made_with_its_machine(tmp_path: Path, data: Any, made: dict[str, Any]) -> None:
    """A disk above the limit of the product that replicates it would go unseen until it fails."""
    inventory = collected(tmp_path, template(machine(storage={"dataDisks": [data]}), **NONE))
    found = disks(inventory)
    assert found.pop("os").body["properties"]["diskSizeGB"] == 127
    assert {name: disk.body["properties"].get("diskSizeGB") for name, disk in found.items()} == made
    for disk in found.values():
        assert disk.body["managedBy"] == VM
        assert ("/properties/diskSizeGB" in disk.unknown) is (None in made.values())
        assert ("/name" in disk.unknown) is ("{" in disk.id)
    assert inventory.gaps(DISKS, "north") == []


@pytest.mark.parametrize("named", ["d", "[parameters('none')]"])
def test_a_disk_that_is_attached(tmp_path: Path, named: str) -> None:
    """A disk of the template would belong to no machine, and be looked for twice."""
    disk = {"type": DISKS, "name": named, "properties": {"diskSizeGB": "2000"}}
    data = {
        "createOption": "Attach",
        "managedDisk": {"id": f"[resourceId('{DISKS}', {named[1:-1] if '[' in named else repr(named)})]"},
    }
    inventory = collected(tmp_path, template(machine(storage={"dataDisks": [data]}), disk, **NONE))
    [attached] = [disk for disk in inventory.of_type(DISKS) if disk.name != "os"]
    assert (attached.body["managedBy"], attached.body["properties"]["diskSizeGB"]) == (VM, 2000)
    assert "/properties/storageProfile/dataDisks/0/diskSizeGB" in only(inventory, MACHINES).unknown


def test_a_disk_that_is_there_already(tmp_path: Path) -> None:
    """A disk that no template tells of would have no size, which is below each limit."""
    data = {"createOption": "Attach", "managedDisk": {"id": f"{PROVIDERS}/{DISKS}/old"}}
    inventory = collected(tmp_path, template(machine(storage={"dataDisks": [data]})))
    assert "old" not in disks(inventory)
    [gap] = inventory.gaps(DISKS, "north")
    assert gap.scope == VM
    assert "main.json:5: the machine attaches a disk that is not in the template" in line(gap.reason)


@pytest.mark.parametrize(
    "storage",
    [
        {"dataDisks": "[parameters('disks')]"},
        {"dataDisks": ["[parameters('none')]"]},
        {"osDisk": "[parameters('none')]"},
        {"dataDisks": [{"createOption": "Attach"}]},
        {"dataDisks": [{"createOption": "Attach", "managedDisk": "[parameters('none')]"}]},
        {"copy": [{"name": "dataDisks", "count": "[parameters('none')]", "input": {}}]},
    ],
)
def test_disks_that_are_not_known(tmp_path: Path, storage: Any) -> None:
    """Disks that cannot be told would count as none, and pass."""
    inventory = collected(tmp_path, template(machine(storage=storage), **NONE))
    [gap] = inventory.gaps(DISKS, "north")
    assert gap.scope == VM
    assert "main.json:5: which disks the machine has is not known" in line(gap.reason)


@pytest.mark.parametrize("properties", ["[parameters('none')]", {"storageProfile": "[parameters('none')]"}, {}])
def test_a_machine_whose_properties_are_not_known(tmp_path: Path, properties: Any) -> None:
    """It would be judged as one without disks."""
    document = template({"type": MACHINES, "name": "web", "properties": properties}, **NONE)
    inventory = collected(tmp_path, document)
    assert names_of(inventory) == ["web"]
    assert inventory.gaps(DISKS, "north")


def names_of(inventory: Inventory) -> list[str]:
    return [vm.name for vm in inventory.of_type(MACHINES)]


def test_a_machine_that_is_all_its_image(tmp_path: Path) -> None:
    """A machine of an image of one's own would have no disk at all."""
    storage = {"imageReference": {"id": "[resourceId('Microsoft.Compute/images', 'i')]"}}
    document = template({"type": MACHINES, "name": "web", "properties": {"storageProfile": storage}})
    inventory = collected(tmp_path, document)
    [disk] = inventory.of_type(DISKS)
    assert disk.id.endswith("/{web_OsDisk}")
    vm = only(inventory, MACHINES)
    assert {"osType", "diskSizeGB", "name"} <= {p.rpartition("/")[2] for p in vm.unknown if "/osDisk/" in p}


@pytest.mark.parametrize(
    ("storage", "os_profile", "system"),
    [
        ({}, {"windowsConfiguration": {}}, "Windows"),
        ({}, {"LinuxConfiguration": {"disablePasswordAuthentication": True}}, "Linux"),
        ({"imageReference": {"publisher": "MicrosoftWindowsServer"}}, {}, "Windows"),
        ({"imageReference": {"publisher": "canonical"}}, {}, "Linux"),
        ({"imageReference": {"publisher": "MicrosoftSQLServer", "offer": "SQL2016SP2-WS2016"}}, {}, "Windows"),
        ({"imageReference": {"publisher": "MicrosoftSQLServer", "offer": "sql2019-ubuntu2004"}}, {}, "Linux"),
        ({"imageReference": {"publisher": "MicrosoftSQLServer", "offer": "other"}}, {}, None),
        ({"imageReference": {"publisher": "Acme"}}, {}, None),
        ({"imageReference": {"publisher": "[parameters('none')]"}}, {}, None),
        ({"osDisk": {"osType": "Linux"}}, {"windowsConfiguration": {}}, "Linux"),
        ({"osDisk": {"osType": "[parameters('none')]"}}, {"windowsConfiguration": {}}, None),
    ],
)
def test_the_system_of_a_machine(tmp_path: Path, storage: Any, os_profile: Any, system: str | None) -> None:
    """A product for Linux would count as one that protects Windows."""
    vm = only(
        collected(tmp_path, template(machine(storage=storage, properties={"osProfile": os_profile}), **NONE)), MACHINES
    )
    assert vm.body["properties"]["storageProfile"]["osDisk"].get("osType") == system
    assert ("/properties/storageProfile/osDisk/osType" in vm.unknown) is (system is None)


def test_a_scale_set(tmp_path: Path) -> None:
    """The machines of a scale set would count as none."""
    inventory = collected(
        tmp_path, template({"type": "Microsoft.Compute/virtualMachineScaleSets", "name": "s", "sku": {"capacity": 3}})
    )
    kind = "Microsoft.Compute/virtualMachineScaleSets"
    assert only(inventory, kind).body["sku"] == {"capacity": 3}
    assert any("made after its deployment" in gap.reason for gap in inventory.gaps(f"{kind}/virtualMachines", "north"))
