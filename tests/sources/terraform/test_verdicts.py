"""What the gate's policies find in plans: the same as on a stamp, and what goes."""

from pathlib import Path
from typing import Any

import pytest

from azscheck.engine import evaluate
from azscheck.inventory import Coverage, CoverageState, Inventory, Origin, Resource
from azscheck.policy.load import load_library
from azscheck.policy.membership import choose
from azscheck.results import Result
from azscheck.sources.change import over
from tests.builders import NOW
from tests.sources.terraform.plans import COMPUTE, GROUP, MACHINE, WEB, change, line_of, read

LIBRARY = load_library()
GATE = choose(LIBRARY.policies, LIBRARY.sets, ["gate"])
MACHINES = "Microsoft.Compute/virtualMachines"
ID = f"{COMPUTE}/virtualMachines/web01"
THERE = {**WEB, "id": ID}
BARE = {**THERE, "tags": None}
ACCOUNT = {"name": "backups", "id": f"{GROUP}/providers/Microsoft.Storage/storageAccounts/backups"}
VAULT = {"name": "safe", "id": f"{GROUP}/providers/Microsoft.RecoveryServices/vaults/safe"}
ITEM = {"id": f"{VAULT['id']}/backupFabrics/Azure/protectionContainers/c/protectedItems/i", "source_vm_id": ID}


def judged(inventory: Inventory, policy: str) -> list[Result]:
    results = evaluate(inventory, [p for p in GATE if p.id == f"ASH-TEN-{policy}"], now=NOW)
    return [r for r in results.results if r.state.value != "notApplicable"]


def states(inventory: Inventory, policy: str) -> list[str]:
    return [r.state.value for r in judged(inventory, policy)]


@pytest.mark.parametrize(
    ("changes", "policy", "expected"),
    [
        ([change(MACHINE, WEB)], "001", ["compliant"]),
        ([change(MACHINE, {**WEB, "tags": None})], "001", ["unknown"]),
        ([change(MACHINE, {**WEB, "tags": None}, unknown={"tags": True})], "001", ["unknown"]),
        ([change(MACHINE, WEB, sensitive={"tags": True})], "001", ["unknown"]),
        ([change(MACHINE, None, ("delete",), THERE)], "014", ["nonCompliant"]),
        ([change(MACHINE, WEB, ("delete", "create"), THERE)], "014", ["nonCompliant"]),
        ([change(MACHINE, None, ("delete",), BARE)], "014", ["unknown"]),
        ([change(MACHINE, None, ("forget",), THERE)], "014", []),
        ([change(MACHINE, WEB, ("update",), THERE)], "014", []),
        (
            [
                change(MACHINE, None, ("delete",), BARE),
                change("azurerm_backup_protected_vm.p", None, ("delete",), ITEM),
            ],
            "014",
            ["nonCompliant"],
        ),
        ([change("azurerm_recovery_services_vault.v", None, ("delete",), VAULT)], "015", ["nonCompliant"]),
        ([change("azurerm_backup_protected_vm.p", None, ("delete",), ITEM)], "015", ["nonCompliant"]),
        (
            [
                change(MACHINE, None, ("delete",), BARE),
                change("azurerm_backup_protected_vm.p", None, ("delete",), ITEM),
            ],
            "015",
            ["compliant"],
        ),
        ([change("azurerm_storage_account.s", None, ("delete",), ACCOUNT)], "016", ["unknown"]),
        (
            [
                change("azurerm_storage_account.s", None, ("delete",), ACCOUNT),
                change(MACHINE, {**WEB, "tags": {"backup:target": "backups.blob.north.corp.example"}}),
            ],
            "016",
            ["nonCompliant"],
        ),
    ],
)
def test_verdicts(tmp_path: Path, changes: list[Any], policy: str, expected: list[str]) -> None:
    assert states(read(tmp_path, *changes), policy) == expected


@pytest.mark.parametrize(
    ("tags", "size"),
    [
        ({}, 127),
        ({"backup:product": "Veeam", "backup:target": "fs02.corp.example", "backup:covers": "files"}, 127),
        ({"backup:product": "a snapshot", "backup:target": "web02"}, 127),
        ({"backup:required": "false", "dr:required": "true"}, 2048),
        ({"dr:required": "true", "dr:appReplication": "north,south"}, 1022),
        ({"dr:appReplication": "north"}, 127),
    ],
)
def test_a_plan_and_the_stamp_after_it_agree(tmp_path: Path, tags: dict[str, str], size: int) -> None:
    """A change passes the gate and fails the next scan, or the other way round."""
    disk = {"name": "web01-os", "create_option": "FromImage", "disk_size_gb": size}
    planned = read(tmp_path, change(MACHINE, {**WEB, "tags": tags, "storage_os_disk": [disk]}))
    storage = {
        "osDisk": {"osType": "Windows", "diskSizeGB": size, "managedDisk": {"id": f"{COMPUTE}/disks/web01-os"}},
        "dataDisks": [],
    }
    properties = {"storageProfile": storage, "osProfile": {"computerName": "web01"}}
    machine = {"id": ID, "name": "web01", "tags": tags, "properties": properties}
    disk_body = {"id": f"{COMPUTE}/disks/web01-os", "managedBy": ID, "properties": {"diskSizeGB": size}}
    there = [
        Resource(
            "north", "Azscheck/stamps", "/s", {"name": "north", "properties": {"region": "north"}}, Origin("f", "f")
        ),
        Resource("north", MACHINES, f"{ID}9", {"id": f"{ID}9", "name": "web02", "tags": {}}, Origin("hub", ID)),
    ]
    made = [
        Resource("north", MACHINES, ID, machine, Origin("hub", ID)),
        Resource("north", "Microsoft.Compute/disks", f"{COMPUTE}/disks/web01-os", disk_body, Origin("hub", ID)),
    ]
    kinds = {kind for policy in GATE for kind in policy.reads}
    listed = [Coverage("north", kind, "", CoverageState.COMPLETE) for kind in kinds]
    after = Inventory.of(NOW, [*there, *made], listed)
    before = over(Inventory.of(NOW, there, listed), planned)

    def verdicts(inventory: Inventory) -> dict[str, str]:
        results = evaluate(inventory, GATE, now=NOW).results
        return {r.policy: r.state.value for r in results if r.name == "web01"}

    assert verdicts(before) == verdicts(after)
    assert {"compliant", "nonCompliant"} & set(verdicts(after).values())


def test_a_finding_points_at_the_line_that_decided_it(tmp_path: Path) -> None:
    source = 'resource "azurestack_virtual_machine" "web" {\n\n  storage_os_disk {\n    disk_size_gb = 2048\n  }\n}\n'
    (tmp_path / "main.tf").write_text(source, "utf-8")
    large = {**WEB, "tags": {"dr:required": "true"}, "storage_os_disk": [{"disk_size_gb": 2048}]}
    (finding,) = judged(read(tmp_path, change(MACHINE, large)), "010")
    assert finding.origin is not None
    assert line_of(finding.origin) == f"{tmp_path.as_posix()}/main.tf:4"


@pytest.mark.parametrize(("items", "expected"), [([ID], "nonCompliant"), ([], "compliant")])
def test_what_a_product_protects_is_asked_of_the_stamp(tmp_path: Path, items: list[str], expected: str) -> None:
    """A plan alone cannot know it; over the stamp as it is, the gate does."""
    there = [
        Resource(
            "north", "Azscheck/protectedItems", f"/i{n}", {"properties": {"sourceResourceId": id}}, Origin("file", "f")
        )
        for n, id in enumerate(items)
    ]
    kinds = MACHINES, "Azscheck/protectedItems", "Azscheck/replicatedItems"
    listed = [Coverage("north", kind, "", CoverageState.COMPLETE) for kind in kinds]
    live = Inventory.of(NOW, [*there, Resource("north", MACHINES, ID, {"id": ID}, Origin("hub", ID))], listed)
    planned = read(tmp_path, change(MACHINE, None, ("delete",), BARE))
    assert states(planned, "014") == ["unknown"]
    assert states(over(live, planned), "014") == [expected]


def test_a_group_that_goes_takes_a_protected_machine_that_terraform_does_not_know(tmp_path: Path) -> None:
    live = Inventory.of(NOW, [Resource("north", MACHINES, ID, {"id": ID, "tags": WEB["tags"]}, Origin("hub", ID))], [])
    group = change("azurestack_resource_group.g", None, ("delete",), {"name": "shop", "id": GROUP})
    assert states(over(live, read(tmp_path, group)), "014") == ["nonCompliant"]
