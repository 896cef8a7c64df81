"""Items of Azure's services: what their JSON says becomes properties, and a damaged file is refused at its place."""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azscheck.errors import AzscheckError, DocumentError
from azscheck.inventory import Coverage, CoverageState, Inventory, Origin, Resource
from azscheck.sources.exports import Export, read_export

from ...builders import NOW
from .files import VAULT, backup, read, write

MACHINE = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/web01"
REPLICA: dict[str, Any] = {
    "id": "/subscriptions/t/resourceGroups/g/providers/Microsoft.DataReplication/replicationVaults/v/protectedItems/w",
    "properties": {
        "replicationHealth": "Normal",
        "protectionState": "Protected",
        "lastSuccessfulTestFailoverTime": "2026-05-01T00:00:00Z",
        "customProperties": {"instanceType": "AzStackToAzStack", "sourceAzStackVirtualMachineId": MACHINE},
    },
}


def properties(kind: str, folder: Path, value: Any, **said: Any) -> dict[str, Any]:
    (found,) = read(kind, write(folder, value), **said)
    return {k: v for k, v in found.body["properties"].items() if k not in ("source", "sha256")}


def test_an_item_of_the_agent(tmp_path: Path) -> None:
    """A machine that Azure Backup protects counts as unprotected, or a stale one as protected."""
    assert properties("recovery-services", tmp_path, [backup()]) == {
        "product": "Azure Backup",
        "sourceName": "WEB01.contoso.example",
        "target": "rsv-1",
        "targetKind": "vault",
        "protectionType": "FileFolder",
        "covers": ["files"],
        "lastRecoveryPoint": "2026-06-01T02:00:00Z",
        "health": "healthy",
    }


@pytest.mark.parametrize(
    "shape", [[backup()], {"value": [backup()]}, {"value": [backup()], "nextLink": None}, backup()]
)
def test_the_shapes_of_a_list(tmp_path: Path, shape: Any) -> None:
    """What `az` wrote is read, what the REST interface gave is not."""
    assert properties("recovery-services", tmp_path, shape)["target"] == "rsv-1"


@pytest.mark.parametrize(
    ("said", "health"),
    [
        ({"protectionState": "ProtectionError"}, "ProtectionError"),
        ({"protectionState": "IRPending"}, "IRPending"),
        ({"lastBackupStatus": "Failed"}, "the last backup: failed"),
        ({"lastBackupStatus": "CompletedWithWarnings"}, "the last backup: completedwithwarnings"),
        ({"lastBackupStatus": None}, "healthy"),
        ({"protectionState": None}, "healthy"),
        ({"isScheduledForDeferredDelete": True}, "scheduled for deletion"),
    ],
)
def test_health(tmp_path: Path, said: dict[str, Any], health: str) -> None:
    """A protection that stopped is called healthy."""
    assert properties("recovery-services", tmp_path, backup(**said))["health"] == health


def test_health_that_nobody_says_is_unknown(tmp_path: Path) -> None:
    """An item that says nothing of its health is taken for a healthy or a failed one."""
    (found,) = read("recovery-services", write(tmp_path, backup(protectionState=None, lastBackupStatus=None)))
    assert "/properties/health" in found.unknown
    assert "health" not in found.body["properties"]


def test_a_backup_server_that_keeps_it_on_its_disks(tmp_path: Path) -> None:
    """What never reached the cloud is said to lie in the vault."""
    item = backup(
        backupManagementType="AzureBackupServer",
        backupEngineName="mabs01.contoso.example",
        computerName=None,
        containerName="Windows;sql01",
        workloadType="SQLDB",
        extendedInfo={"isPresentOnCloud": False, "onPremiseLatestRecoveryPoint": "2026-05-30T00:00:00Z"},
    )
    found = properties("recovery-services", tmp_path, item)
    assert found["product"] == "Azure Backup Server"
    assert (found["target"], found["targetKind"]) == ("mabs01.contoso.example", "server")
    assert (found["sourceName"], found["covers"]) == ("sql01", ["applicationData"])
    assert found["lastRecoveryPoint"] == "2026-05-30T00:00:00Z"


@pytest.mark.parametrize("never", ["0001-01-01T00:00:00Z", "1601-01-01T00:00:00Z", "soon", ""])
def test_a_recovery_point_that_was_never_made(tmp_path: Path, never: str) -> None:
    """The year 1, by which the service says never, is a time in a report."""
    assert "lastRecoveryPoint" not in properties("recovery-services", tmp_path, backup(lastRecoveryPoint=never))


def test_what_is_of_no_machine_of_a_stamp_is_left_out_and_counted(tmp_path: Path) -> None:
    """A vault that also protects Azure's own machines makes an orphan of each."""
    file = write(tmp_path, [backup(), backup(backupManagementType="AzureIaasVM"), backup(backupManagementType="DPM")])
    imported = read_export(Export("recovery-services", (file,)), "north", NOW)
    assert (len(imported.inventory.resources), imported.left_out) == (2, 1)


def test_where_an_item_came_from(tmp_path: Path) -> None:
    """A finding cannot be traced to the export, its line, its date and its bytes."""
    file = write(tmp_path, json.dumps({"value": [backup(), backup(computerName="db01")]}, indent=1))
    first, second = read("recovery-services", file, as_of="2026-06-01")
    assert (first.origin.address, first.origin.line) == (file.as_posix(), 3)
    assert second.origin.line == 1 + file.read_text("utf-8").split("db01")[0].rpartition('{\n   "id"')[0].count("\n")
    assert first.body["properties"]["date"] == "2026-06-01T00:00:00Z"
    assert len(first.body["properties"]["sha256"]) == 64
    # Two of one id are two.
    assert first.id != second.id
    assert first.id.startswith(f"/azscheck/protectedItems{VAULT}")
    (undated,) = read("recovery-services", write(tmp_path, backup()))
    assert "--as-of" in undated.unknown["/properties/date"]
    file = write(tmp_path, backup())
    os.utime(file, (0, NOW.timestamp() - 3600))
    (dated,) = read("recovery-services", file, as_of="modified")
    assert dated.body["properties"]["date"] == "2026-06-01T11:00:00Z"


def test_replicas_in_a_vault(tmp_path: Path) -> None:
    """A replicated machine counts as not replicated, or a broken replica as a good one."""
    item = {
        "id": "/x",
        "properties": {
            "friendlyName": "sql01",
            "replicationHealth": "Critical",
            "protectionState": "Protected",
            "recoveryFabricFriendlyName": "Microsoft Azure",
            "lastSuccessfulTestFailoverTime": "2026-04-01T00:00:00Z",
            "healthErrors": [{"summaryMessage": "no heartbeat"}],
            "providerSpecificDetails": {
                "instanceType": "InMageRcm",
                "lastRecoveryPointReceived": "2026-06-01T00:00:00Z",
            },
        },
    }
    assert properties("site-recovery", tmp_path, item) == {
        "product": "Azure Site Recovery",
        "sourceName": "sql01",
        "target": "Microsoft Azure",
        "targetStamp": "Microsoft Azure",
        "protectionType": "InMageRcm",
        "lastRecoveryPoint": "2026-06-01T00:00:00Z",
        "replicationHealth": "Critical",
        "state": "Protected",
        "lastTestFailover": "2026-04-01T00:00:00Z",
        "errors": ["no heartbeat"],
    }


def test_replicas_on_a_second_stamp(tmp_path: Path) -> None:
    """Stamp to stamp replication is not seen, from the service's JSON or from an inventory of the second stamp."""
    found = properties("data-replication", tmp_path, [REPLICA], target="south")
    assert (found["sourceResourceId"], found["targetStamp"]) == (MACHINE, "south")
    assert (found["replicationHealth"], found["lastTestFailover"]) == ("Normal", "2026-05-01T00:00:00Z")
    kind = "Microsoft.DataReplication/replicationVaults/protectedItems"
    there = Resource("south", kind, REPLICA["id"], REPLICA, Origin("hub", "/x"))
    file = tmp_path / "south.ndjson"
    Inventory.of(NOW, [there], [Coverage("south", kind, "", CoverageState.COMPLETE)]).write(file)
    (item,) = read("data-replication", file)
    assert item.stamp == "north"
    assert item.body["properties"]["targetStamp"] == "south"
    with pytest.raises(AzscheckError, match="--target"):
        read("data-replication", write(tmp_path, [REPLICA]))


def test_secrets_are_dropped(tmp_path: Path) -> None:
    """A connection string in an export ends in an inventory that is sent around."""
    (found,) = read("recovery-services", write(tmp_path, backup(computerName="AccountKey=abc;x")))
    assert "abc" not in json.dumps(dict(found.body))


@pytest.mark.parametrize(
    ("content", "line", "sentence"),
    [
        ('{"value": [\n{"id": 1,', 2, "seems to be cut off"),
        ('{"value": [\n{"id": 1}\n{"id": 2}]}', 3, "',' was expected"),
        ("<html>", 1, "is not JSON"),
        ("", 1, "is not JSON"),
        ('[{"a": NaN}]', 1, "NaN is not JSON"),
        ("[" * 100_000, 1, "nested too deep"),
        ("[1]", 1, "an item must stand"),
        ('[\n{"properties": {"name": "a vm"}}]', 2, "is no item of recovery-services"),
        ('{"error": {"code": "Forbidden"}}', 1, "is no item of recovery-services"),
        ('{"value": [], "nextLink": "https://x"}', 1, "is one page of several"),
        ("[] []", 1, "more after the end"),
        (b"\xff\xfe[\x00", 1, "is not JSON and seems to be cut off"),
        (b'[{"a": "\xe4"}]', 1, "is not utf-8 text"),
    ],
)
def test_a_damaged_file_is_refused_at_its_place(tmp_path: Path, content: Any, line: int, sentence: str) -> None:
    """Half of a file is read as a whole one, or the sentence does not say where it is broken."""
    file = write(tmp_path, content)
    with pytest.raises(DocumentError, match=sentence) as refused:
        read("recovery-services", file)
    ((place, _),) = refused.value.mistakes
    assert (place.path, place.line) == (file.as_posix(), line)


def test_utf16_as_powershell_writes_it(tmp_path: Path) -> None:
    """`az ... > items.json` in PowerShell gives a file that cannot be read."""
    (found,) = read("recovery-services", write(tmp_path, json.dumps([backup()]).encode("utf-16")))
    assert found.name == "WEB01.contoso.example"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=9), below, max_size=3),
    max_leaves=9,
)
KEYS = ["backupManagementType", "protectionState", "customProperties", "replicationHealth", "healthErrors", "id"]
KEYS += [
    "computerName",
    "extendedInfo",
    "providerSpecificDetails",
    "sourceAzStackVirtualMachineId",
    "lastRecoveryPoint",
]


@given(
    st.sampled_from(["recovery-services", "site-recovery", "data-replication"]),
    st.dictionaries(st.sampled_from(KEYS), anything | st.sampled_from(["MAB", "VM", "A2A", "0001-01-01T00:00:00Z"])),
)
def test_any_values_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, kind: str, value: Any) -> None:
    """A property of another type than usual ends the run with a fault."""
    file = write(tmp_path_factory.mktemp("f"), [{"properties": value, "id": value.get("id")}])
    with suppress(DocumentError):
        for found in read(kind, file, target="south"):
            json.dumps(dict(found.body))


@given(st.text(max_size=60) | st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: Any) -> None:
    """A file of another kind ends the run with a fault, and not with a sentence."""
    file = write(
        tmp_path_factory.mktemp("f"), content if isinstance(content, bytes) else content.encode("utf-8", "replace")
    )
    for kind in ("recovery-services", "readiness-checker", "test-azurestack", "backup-validator"):
        with suppress(DocumentError):
            read(kind, file)
