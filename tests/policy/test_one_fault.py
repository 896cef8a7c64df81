"""One fault of a stamp gives the findings that name it, and no others; where all is right, there are none."""

from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from azscheck.engine import evaluate
from azscheck.inventory import Coverage, CoverageState, Inventory, Origin, Resource, type_key
from azscheck.policy import load_policies
from azscheck.results import ComplianceState
from tests.builders import NOW

STAMP = "north"
POLICIES = [policy for policy in load_policies() if policy.id.startswith("ASH-INF-")]
SYSTEM = "/subscriptions/s1/resourceGroups/system.north/providers/"
LOCATIONS, BACKUPS = "Microsoft.Backup.Admin/backupLocations", "Microsoft.Backup.Admin/backupLocations/backups"
ALERTS = "Microsoft.InfrastructureInsights.Admin/regionHealths/alerts"
FABRIC, UPDATES = "Microsoft.Fabric.Admin/fabricLocations", "Microsoft.Update.Admin/updateLocations"
MACHINES = "Microsoft.Compute/virtualMachines"
FOLDERS, ON_SHARE, ATTESTED = "Azscheck/shareFolders", "Azscheck/shareBackups", "Azscheck/attestations"
EVIDENCE = "Azscheck/evidence"
SHARE = r"\\fs01.corp.fabrikam.example\AzSBackups\north"
ROLES = [
    *("NRP", "SRP", "CRP", "KeyVaultInternalControlPlane", "KeyVaultInternalDataPlane", "KeyVaultControlPlane"),
    *("KeyVaultDataPlane", "KeyVaultNamingService", "WAS", "ECE", "Domain", "CA", "ACS"),
]
CONTENT = ("004", "013", "014", "015", "016", "017", "018")
"""What a report names as lost, one policy for each kind of data."""

UNLISTED = ("006", "007", "019", "021", "023", "029")


def ago(days: float = 0, hours: float = 0) -> str:
    return (NOW - timedelta(days=days, hours=hours)).strftime("%Y-%m-%dT%H:%M:%S.0000000Z")


def backup(age: str, identity: str) -> dict[str, Any]:
    return {
        "backupInfo": {
            "backupId": identity,
            "createdDateTime": age,
            "status": "Succeeded",
            "isCloudRecoveryReady": True,
            "completelyUploaded": True,
            "stampVersion": "1.2506.2.24",
            "encryptionCertThumbprint": "4A7D",
            "roleStatus": [{"roleName": name, "status": "Succeeded"} for name in ROLES],
        }
    }


def folder(path: str, **more: Any) -> dict[str, Any]:
    return {"path": rf"{SHARE}\{path}", "exists": True, "count": 3, "newest": ago(5), "missingDevices": [], **more}


def attestation(policy: str) -> dict[str, Any]:
    dates = {"assessedOn": ago(10), "expiresOn": "2026-12-01T00:00:00Z"}
    return {"policy": policy, "complianceState": "Compliant", "scope": f"/azscheck/stamps/{STAMP}", **dates}


class World:
    """Properties by type and name, and the lists that failed."""

    def __init__(self) -> None:
        self.failed: set[str] = set()
        self.types: dict[str, dict[str, dict[str, Any]]] = {
            "Azscheck/stamps": {
                STAMP: {
                    "externalDomain": "north.fabrikam.example",
                    "publicDomain": "north.cloudapp.fabrikam.example",
                    "identityProvider": "AD FS",
                    "nodeCount": 4,
                    "stampVersion": "1.2506.2.24",
                    "backupShare": {"device": "windowsFileServer", "location": "B", "encryption": True},
                }
            },
            LOCATIONS: {
                STAMP: {
                    "externalStoreDefault": {
                        "path": SHARE,
                        "userName": r"CORP\svc-azsbackup",
                        "encryptionCertThumbprint": "4A7D",
                        "backupFrequencyInHours": 12,
                        "backupRetentionPeriodInDays": 7,
                        "isBackupSchedulerEnabled": True,
                        "availableCapacity": "3.2 TB",
                    }
                }
            },
            BACKUPS: {"new": backup(ago(hours=2), "b1"), "old": backup(ago(hours=14), "b2")},
            ALERTS: {"a1": {"state": "Closed", "faultTypeId": "AzureStack.BackupController.BackupFailedGeneralFault"}},
            FABRIC: {STAMP: {"exclusiveAdminOperationRunning": False}},
            f"{FABRIC}/fileShares": {"su1": {"uncPath": r"\\SU1FileServer.azs.internal\SU1_Infrastructure_1"}},
            f"{FABRIC}/ipPools": {"public": {"startIpAddress": "10.20.0.10", "endIpAddress": "10.20.0.250"}},
            UPDATES: {STAMP: {"state": "AppliedSuccessfully"}},
            MACHINES: {"web01": {"osProfile": {"computerName": "web01"}}},
            FOLDERS: {
                "infrastructure": folder("MASBackup", strangers=[]),
                "switches": folder("Switches", devices=[{"name": "tor1", "newest": ago(5), "count": 3}]),
                "hlh": folder("HLH", devices=[]),
            },
            ON_SHARE: {b: {"backupId": b, "whole": True, "missingRepositories": []} for b in ("b1", "b2")},
            EVIDENCE: {
                "test.txt": {"kind": "test-azurestack", "date": ago(3), "checks": [{"result": "passed"}] * 30},
                "report.htm": {"kind": "backup-validator", "date": ago(30), "result": "passed"},
            },
            ATTESTED: {
                p: attestation(f"ASH-INF-{p}") for p in ("009", "012", "022", "027", "030", "031")
            },
        }  # fmt: skip

    @property
    def stamp(self) -> dict[str, Any]:
        return self.types["Azscheck/stamps"][STAMP]

    @property
    def share(self) -> dict[str, Any]:
        found: dict[str, Any] = self.types[LOCATIONS][STAMP]["externalStoreDefault"]
        return found

    def info(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.types[BACKUPS][name]["backupInfo"]
        return found

    def without(self, kind: str) -> None:
        """The list of a type that could not be read."""
        self.types.pop(kind)
        self.failed.add(kind)

    def states(self) -> dict[str, set[str]]:
        """The policies, by the last part of their ids, that came to each state."""
        resources = [
            Resource(STAMP, kind, self._id(kind, name), {"name": name, "properties": deepcopy(p)}, Origin("case", "c"))
            for kind, named in self.types.items()
            for name, p in named.items()
        ]
        wanted = {type_key(t): t for policy in POLICIES for t in policy.reads} | {type_key(t): t for t in self.types}
        failed = {type_key(t) for t in self.failed}
        coverage = [
            Coverage(STAMP, t, "", CoverageState.FAILED if key in failed else CoverageState.COMPLETE, "refused")
            for key, t in wanted.items()
        ]
        inventory = Inventory.of(NOW, resources, coverage)
        results = evaluate(inventory, POLICIES, now=NOW, parameters={"ASH-INF-028.site": "A"}).results
        found: dict[str, set[str]] = {}
        for result in results:
            found.setdefault(result.state.value, set()).add(result.policy.removeprefix("ASH-INF-"))
        return found

    def _id(self, kind: str, name: str) -> str:
        if kind == BACKUPS:
            return f"{SYSTEM}{LOCATIONS}/{STAMP}/backups/{name}"
        return f"/{kind}/{name}".lower() if kind.startswith("Azscheck/") else f"{SYSTEM}{kind}/{name}"


def fail_role(world: World, role: str) -> None:
    info = world.info("new")
    info["status"], info["isCloudRecoveryReady"] = "PartialSucceeded", False
    next(r for r in info["roleStatus"] if r["roleName"] == role)["status"] = "Failed"


def age_backups(world: World) -> None:
    world.info("new")["createdDateTime"], world.info("old")["createdDateTime"] = ago(2), ago(3)


def age_backups_during_an_update(world: World) -> None:
    age_backups(world)
    world.types[UPDATES][STAMP]["state"] = "UpdateInProgress"


def take_versions(world: World, stamp: str, backups: str) -> None:
    world.stamp["stampVersion"] = stamp
    for name in world.types[BACKUPS]:
        world.info(name)["stampVersion"] = backups


def skip_one(world: World) -> None:
    world.types[BACKUPS]["skipped"] = {"backupInfo": {"status": "Skipped", "createdDateTime": ago(hours=1)}}


def skip_one_for_a_replacement(world: World) -> None:
    world.types[FABRIC][STAMP]["exclusiveAdminOperationRunning"] = True
    skip_one(world)


def lose_an_older_key(world: World) -> None:
    world.info("old")["encryptionCertThumbprint"] = "77FE"
    world.types[ATTESTED]["023"] = attestation("ASH-INF-023") | {"complianceState": "NonCompliant"}


def look_away_from_the_share(world: World) -> None:
    world.without(FOLDERS)
    world.without(ON_SHARE)


def denied(policy: str) -> Callable[[World], Any]:
    return lambda world: world.types[ATTESTED][policy].update(complianceState="NonCompliant")


def lapsed(policy: str) -> Callable[[World], Any]:
    return lambda world: world.types[ATTESTED][policy].update(expiresOn=ago(1))


def unsaid(policy: str) -> Callable[[World], Any]:
    return lambda world: world.types[ATTESTED].pop(policy)


def path(text: str) -> Callable[[World], Any]:
    return lambda world: world.share.update(path=text)


FAULTS: list[tuple[str, Callable[[World], Any], tuple[str, ...], tuple[str, ...]]] = [
    # what is wrong, the change that makes it so, the findings, what is not known
    ("no share, only a blob store", path(""), ("001",), ()),
    ("the stamp's file server", path(r"\\su1fileserver.azs.internal\SU1_Infrastructure_3\b"), ("002",), ()),
    ("the stamp's file server by its short name", path(r"\\SU1FileServer\SU1_Infrastructure_3\b"), ("002", "025"), ()),
    ("an address of the stamp", path(r"\\10.20.0.77\b"), ("002", "025"), ()),
    ("a tenant's machine", path(r"\\web01.north.cloudapp.fabrikam.example\b"), ("002",), ()),
    ("Azure Files", path(r"\\backups.file.core.windows.net\b"), ("002",), ()),
    ("a short name", path(r"\\fs01\b"), ("025",), ()),
    ("switch files of last year", lambda w: w.types[FOLDERS]["switches"].update(newest=ago(300)), ("003",), ()),
    ("a switch without a file", lambda w: w.types[FOLDERS]["switches"].update(missingDevices=["bmc"]), ("003",), ()),
    ("switch files in MASBackup", lambda w: w.types[FOLDERS].update(switches=folder(r"MASBackup\S")), ("003",), ()),
    ("no folder of the lifecycle host", lambda w: w.types[FOLDERS].pop("hlh"), ("011",), ()),
    ("a file in MASBackup", lambda w: w.types[FOLDERS]["infrastructure"].update(strangers=["a.cfg"]), ("033",), ()),
    ("the share was not looked at", look_away_from_the_share, (), ("003", "011", "019", "033")),
    ("KeyVaultDataPlane failed", lambda w: fail_role(w, "KeyVaultDataPlane"), ("004", "007"), ()),
    ("ECE failed", lambda w: fail_role(w, "ECE"), ("007", "013", "016"), ()),
    ("Domain failed", lambda w: fail_role(w, "Domain"), ("007", "014", "016"), ()),
    ("CA failed", lambda w: fail_role(w, "CA"), ("007", "015"), ()),
    ("SRP failed", lambda w: fail_role(w, "SRP"), ("007", "017"), ()),
    ("WAS failed", lambda w: fail_role(w, "WAS"), ("007", "017", "018"), ()),
    ("ACS failed, in none of the seven kinds", lambda w: fail_role(w, "ACS"), ("007",), ()),
    ("a test failed", lambda w: w.types[EVIDENCE]["test.txt"]["checks"][7].update(result="failed"), ("060",), ()),
    ("the validator missed a kind", lambda w: w.types[EVIDENCE]["report.htm"].update(result="partial"), ("061",), ()),
    ("no report of a check was given", lambda w: w.without(EVIDENCE), (), ("060", "061")),
    ("the scheduler is off", lambda w: w.share.update(isBackupSchedulerEnabled=False), ("005",), ()),
    ("once a day", lambda w: w.share.update(backupFrequencyInHours=24), ("005",), ()),
    ("kept for one day", lambda w: w.share.update(backupRetentionPeriodInDays=1), ("005",), ()),
    ("backups of two days ago", age_backups, ("006",), ()),
    ("backups of two days ago, and an update runs", age_backups_during_an_update, (), ()),
    ("no backup", lambda w: w.types.update({BACKUPS: {}}), ("006", *CONTENT), ()),
    ("one skipped", skip_one, ("007",), ()),
    ("one skipped for a field replacement", skip_one_for_a_replacement, (), ()),
    ("an alert", lambda w: w.types[ALERTS]["a1"].update(state="Active"), ("008",), ()),
    ("one is not whole on the share", lambda w: w.types[ON_SHARE]["b1"].update(whole=False), ("019",), ()),
    ("no certificate", lambda w: w.share.update(encryptionCertThumbprint=None), ("020",), ("023",)),
    ("a new certificate", lambda w: w.share.update(encryptionCertThumbprint="77FE"), ("021",), ("023",)),
    ("an older backup of another", lambda w: w.info("old").update(encryptionCertThumbprint="77FE"), (), ("023",)),
    ("a key that is lost", lose_an_older_key, ("023",), ()),
    ("little room", lambda w: w.share.update(availableCapacity="100 GB"), ("024",), ()),
    ("room is not told", lambda w: w.share.update(availableCapacity=None), (), ("024",)),
    ("a device nobody supports", lambda w: w.stamp["backupShare"].update(device="azureFiles"), ("010",), ()),
    ("a share in the clear", lambda w: w.stamp["backupShare"].update(encryption=False), ("026",), ()),
    ("a share in the same place", lambda w: w.stamp["backupShare"].update(location="A"), ("028",), ()),
    ("nothing is told of the share", lambda w: w.stamp.pop("backupShare"), (), ("010", "026", "028")),
    ("the stamp's administrator", lambda w: w.share.update(userName=r"AZURESTACK\CloudAdmin"), ("027",), ()),
    ("backups of two releases ago", lambda w: take_versions(w, "1.2506.2.24", "1.2408.0.19"), ("029",), ()),
    ("a release that is no longer supported", lambda w: take_versions(w, "1.2408.0.19", "1.2408.0.19"), ("032",), ()),
    *((f"{p} is denied", denied(p), (p,), ()) for p in ("009", "012", "022", "027", "030", "031")),
    *((f"{p} has lapsed", lapsed(p), (), (p,)) for p in ("009", "012", "022", "027", "030", "031")),
    *((f"{p} is not attested", unsaid(p), (), (p,)) for p in ("009", "012", "022", "027", "030", "031")),
    ("backups cannot be listed", lambda w: w.without(BACKUPS), (), (*CONTENT, *UNLISTED)),
]  # fmt: skip


def test_where_all_is_right_nothing_is_found() -> None:
    """A stamp on which everything is in order cannot be told from one on which something is not."""
    states = World().states()
    assert set(states) <= {ComplianceState.COMPLIANT.value, ComplianceState.NOT_APPLICABLE.value}, states
    assert states[ComplianceState.NOT_APPLICABLE.value] == {"023"}, "no backup is of an older certificate"


@pytest.mark.parametrize(("change", "found", "unknown"), [pytest.param(*f[1:], id=f[0]) for f in FAULTS])
def test_one_fault(change: Callable[[World], Any], found: tuple[str, ...], unknown: tuple[str, ...]) -> None:
    """A fault is not found, or a report names what is in order."""
    world = World()
    change(world)
    states = world.states()
    assert states.get(ComplianceState.NON_COMPLIANT.value, set()) == set(found)
    assert states.get(ComplianceState.UNKNOWN.value, set()) == set(unknown)
    assert "error" not in states


def test_each_policy_has_a_fault() -> None:
    """A policy ships that no fault of a whole stamp was ever seen to break."""
    assert {p for fault in FAULTS for p in fault[2]} == {policy.id.removeprefix("ASH-INF-") for policy in POLICIES}
