"""Vaults are read live, whole or not at all, and nothing is written to them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from azscheck.demo import Fault
from azscheck.errors import UsageError
from azscheck.inventory import Coverage, CoverageState, Inventory
from azscheck.sources import evidence
from azscheck.sources.hub import Credential, Limits
from azscheck.sources.hub.secret import Secret
from azscheck.sources.vaults import Vault, read_vault, reader

from ...builders import NOW, resource
from ..exports.files import backup
from .cloud import CLIENT, TENANT, Cloud

FAST = Limits(connect_seconds=2, read_seconds=1, retry_after_seconds=0.05, backoff_factor=0.01, backoff_seconds=0.05)
Read = Callable[..., Inventory]


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with Cloud(tmp_path_factory.mktemp("cloud")).running() as cloud:
        yield cloud


@pytest.fixture
def cloud(running: Cloud) -> Cloud:
    running.faults.clear()
    running.requests.clear()
    running.lists.clear()
    running.versions.clear()
    return running


@pytest.fixture
def vault(cloud: Cloud) -> Vault:
    credential = Credential(CLIENT, TENANT, secret_env="VAULT_SECRET")
    return Vault("recovery-services", "s-1", "dr group", "rsv-1", credential, cloud.url, cloud.ca)


@pytest.fixture
def read(cloud: Cloud, vault: Vault) -> Read:
    def run(secret: str = "", limits: Limits = FAST, **changes: Any) -> Inventory:
        changed = replace(vault, **changes)
        return read_vault(changed, "north", Secret(secret or cloud.identity.client_secret), lambda: NOW, limits)

    return run


def put(cloud: Cloud, vault: Vault, *items: dict[str, Any], path: str = "backupProtectedItems") -> None:
    cloud.lists[f"{vault.id}/{path}".lower()] = items


def item(name: str, **properties: Any) -> dict[str, Any]:
    found = backup(computerName=name, **properties)
    return {**found, "id": f"{found['id']}-{name}"}


def failure(inventory: Inventory) -> str:
    (line,) = inventory.coverage
    assert line.state is CoverageState.FAILED
    assert not inventory.resources
    assert line.reason.startswith("Reading the vault rsv-1 failed: ")
    assert line.reason.endswith(".")
    return line.reason


def test_every_page_of_every_agent_is_read(cloud: Cloud, vault: Vault, read: Read) -> None:
    """Machines on the second page count as unprotected, or Azure's own ones as the stamp's."""
    agents = [item(f"WEB0{i}") for i in range(5)]
    server = item("SQL01", backupManagementType="AzureBackupServer", workloadType="VM", friendlyName="SQL01")
    own = item("AZ01", backupManagementType="AzureIaasVM")
    put(cloud, vault, *agents, server, own)
    found = read(whole=True)
    assert sorted(r.body["properties"]["sourceName"] for r in found.resources) == [
        "SQL01",
        *(f"WEB0{i}" for i in range(5)),
    ]
    assert {r.body["properties"]["target"] for r in found.resources} == {"rsv-1"}
    assert {r.body["properties"]["date"] for r in found.resources} == {"2026-06-01T12:00:00Z"}
    (line,) = found.coverage
    assert (line.state, line.scope, line.count) == (CoverageState.COMPLETE, "", 6)
    assert {r.method for r in cloud.requests} == {"GET"}


def test_what_is_in_no_list_of_several_may_be_in_another(cloud: Cloud, vault: Vault, read: Read) -> None:
    """A machine that the other vault protects is told to have no backup."""
    put(cloud, vault)
    (line,) = read().coverage
    assert line.scope == vault.id


def test_a_cloud_that_is_behind_is_asked_with_the_version_that_it_serves(
    cloud: Cloud, vault: Vault, read: Read
) -> None:
    """In a sovereign cloud no vault can be read."""
    cloud.versions = {"2016-12-01", "2019-05-13"}
    put(cloud, vault, item("WEB01"))
    assert len(read().resources) == 1


def test_replicas_of_site_recovery_and_of_a_second_stamp(cloud: Cloud, vault: Vault, read: Read) -> None:
    """What is replicated counts as not replicated."""
    replica = {"id": "/r/1", "properties": {"friendlyName": "SQL01", "replicationHealth": "Normal"}}
    put(cloud, vault, replica, path="replicationProtectedItems")
    (found,) = read(kind="site-recovery").resources
    assert found.body["properties"]["sourceName"] == "SQL01"
    second = replace(vault, kind="data-replication")
    machine = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/sql01"
    said = {"customProperties": {"sourceAzStackVirtualMachineId": machine}, "replicationHealth": "Normal"}
    put(cloud, second, {"id": "/r/2", "properties": said}, path="protectedItems")
    (found,) = read(kind="data-replication", target="south").resources
    assert (found.body["properties"]["sourceResourceId"], found.body["properties"]["targetStamp"]) == (machine, "south")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault("backupProtectedItems", "deny"), "give the service principal the role Reader on the vault (403"),
        (Fault("backupProtectedItems", "throttle"), "it kept throttling"),
        (Fault("backupProtectedItems", "status", status=500), "the service failed"),
        (Fault("skipToken", "truncate"), "its page 2 could not be read: the answer of"),
        (Fault("skipToken", "status", status=503), "its page 2 could not be read"),
        (Fault("backupProtectedItems", "html"), "is not JSON"),
        (Fault("backupProtectedItems", "loop"), "go in a circle"),
        (Fault("backupProtectedItems", "foreign"), "its next page is at"),
        (Fault("backupProtectedItems", "redirect"), "which azscheck does not follow"),
        (Fault("backupProtectedItems", "slow", seconds=1.5), "did not answer in time"),
        (Fault("metadata", "html"), "Reading /metadata/endpoints"),
    ],
)
def test_a_vault_that_cannot_be_read_whole_is_not_known(
    cloud: Cloud, vault: Vault, read: Read, fault: Fault, words: str
) -> None:
    """Half a list passes for all of it, or the run ends with an exception."""
    put(cloud, vault, *(item(f"WEB0{i}") for i in range(5)))
    cloud.faults.append(fault)
    assert words in failure(read())


def test_one_page_too_many_requests_is_waited_for(cloud: Cloud, vault: Vault, read: Read) -> None:
    """A busy hour leaves all machines unknown."""
    put(cloud, vault, *(item(f"WEB0{i}") for i in range(5)))
    cloud.faults.append(Fault("skipToken", "throttle", times=2, retry_after=0))
    assert len(read().resources) == 5


def test_a_vault_that_is_not_there_and_a_secret_that_is_wrong(read: Read) -> None:
    """Who mistyped the vault's name reads of missing rights."""
    assert "there is no such vault: check subscriptionId, resourceGroup and vault (404" in failure(read())
    said = failure(read(secret="not-it"))
    assert "check the client id, its secret" in said
    assert "not-it" not in said


def test_secrets_are_looked_for_before_anything_is_asked(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    """An hour of collection ends with a variable that was not set."""
    monkeypatch.delenv("VAULT_SECRET", raising=False)
    with pytest.raises(UsageError, match=r"of the vault rsv-1 is not there: set the environment variable VAULT_SECRET"):
        reader([vault], lambda: NOW)
    other = replace(vault, resource_manager="https://a@b")
    with pytest.raises(UsageError, match=r"resourceManager of the vault rsv-1 is not an address"):
        reader([other], lambda: NOW)


def test_a_vault_that_no_policy_needs_is_not_asked(cloud: Cloud, vault: Vault) -> None:
    """A scan of the share's policies fails for want of a secret that nobody needs."""
    (line,) = reader([vault], lambda: NOW, types=["Azscheck/replicatedItems"])(vault, "north").coverage
    assert line.state is CoverageState.SKIPPED
    assert not cloud.requests


def test_a_failure_is_the_reason_for_what_is_not_known(cloud: Cloud, vault: Vault, read: Read) -> None:
    """A report says to name evidence where the evidence that is named could not be read."""
    cloud.faults.append(Fault("backupProtectedItems", "deny"))
    found = evidence.collect((vault,), ["north"], NOW, read=lambda *_: read())
    assert [gap.state for gap in found.gaps("Azscheck/protectedItems", "north")] == [CoverageState.FAILED]


def test_a_saved_inventory_is_judged_without_asking_anybody(vault: Vault) -> None:
    """`scan --inventory` on a machine without network hangs."""
    found = evidence.collect((vault,), ["north"], NOW)
    (gap,) = found.gaps("Azscheck/protectedItems", "north")
    assert "is asked when stamps are collected" in gap.reason


def test_items_of_a_vault_are_joined_as_those_of_a_file(cloud: Cloud, vault: Vault, read: Read) -> None:
    """What is read live protects nothing."""
    from azscheck.sources.joining import joined

    put(cloud, vault, item("WEB01.contoso.example"))
    machine = resource("web01", {}, kind="Microsoft.Compute/virtualMachines", stamp="north")
    complete = Coverage("north", machine.type, "", CoverageState.COMPLETE)
    found = joined(read() + Inventory.of(NOW, [machine], [complete]))
    (one,) = found.of_type("Azscheck/protectedItems", "north")
    assert (one.body["properties"]["match"], one.body["properties"]["sourceResourceId"]) == ("name", machine.id)


def test_an_entry_of_a_vault_in_the_configuration(tmp_path: Path) -> None:
    """A vault that is named with a mistake is not read, or the message is of something else."""
    from azscheck.errors import DocumentError
    from azscheck.sources.configuration import read_configuration

    text = """
stamps: [{name: north, admin: https://a.north.example, credential: {clientId: a, secretEnv: A}}]
evidence:
  - {kind: recovery-services, subscriptionId: s, resourceGroup: g, vault: v, credential: {clientId: c, secretEnv: S}}
"""
    (tmp_path / "c.yaml").write_text(text)
    (found,) = read_configuration(tmp_path / "c.yaml").evidence or ()
    assert isinstance(found, Vault)
    assert (found.id, found.resource_manager) == (
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.RecoveryServices/vaults/v",
        "https://management.azure.com",
    )
    for wrong, words in [
        ("kind: data-replication", "needs target"),
        ("kind: csv", "'csv' is not one of recovery-services"),
        ("kind: recovery-services, file: x", "'file' is not a known key here"),
        ("kind: recovery-services, vualt: v", "'vualt' is not a known key here; did you mean 'vault'"),
    ]:
        (tmp_path / "c.yaml").write_text(text.replace("kind: recovery-services", wrong))
        with pytest.raises(DocumentError, match=words):
            read_configuration(tmp_path / "c.yaml")
    (tmp_path / "c.yaml").write_text(text.replace("secretEnv: S", "tenantId: t"))
    with pytest.raises(DocumentError, match="credential needs exactly one of"):
        read_configuration(tmp_path / "c.yaml")
