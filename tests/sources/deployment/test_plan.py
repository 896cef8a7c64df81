"""A deployment plan as an inventory, judged by the shipped policies."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from azscheck.engine import evaluate
from azscheck.errors import DocumentError
from azscheck.policy.load import load_library
from azscheck.policy.membership import choose
from azscheck.results import ComplianceState, Results
from azscheck.sources.deployment.inventory import inventory_of
from azscheck.sources.deployment.plan import read_plan
from tests.sources.deployment.plans import NOW, WHOLE, write_plan

Change = Callable[[dict[str, Any]], object]


def judged(file: Path) -> Results:
    library = load_library()
    chosen = choose(library.policies, library.sets, ["readiness"])
    return evaluate(inventory_of(read_plan(file), NOW), chosen, now=NOW)


def without(*steps: str) -> Change:
    def change(value: dict[str, Any]) -> None:
        for step in steps[:-1]:
            value = value[step]
        del value[steps[-1]]

    return change


def having(text: str, *steps: str) -> Change:
    def change(value: dict[str, Any]) -> None:
        for step in steps[:-1]:
            value = value[step]
        value[steps[-1]] = text

    return change


def without_devices(kind: str) -> Change:
    return lambda value: value.update(devices=[d for d in value["devices"] if d["kind"] != kind])


def device(i: int, key: str, text: str | None) -> Change:
    return lambda value: value["devices"][i].pop(key) if text is None else value["devices"][i].update({key: text})


def findings(results: Results) -> set[str]:
    assert not results.failed_coverage
    assert not results.counts()[ComplianceState.ERROR]
    return {result.policy for result in results.findings()}


def test_a_whole_plan_passes(tmp_path: Path) -> None:
    """A plan with nothing missing is found wanting, or is not judged in a part that it answers."""
    results = judged(write_plan(tmp_path))
    others = {result.policy for result in results.results if result.state is not ComplianceState.COMPLIANT}
    # Of a share that nobody looked at.
    assert others == {"ASH-PLAN-010"}
    assert {result.policy for result in results.results} == {policy.id for policy in results.policies}


MISSING: dict[str, list[tuple[str, Change]]] = {
    "ASH-INF-001": [
        ("no share", without("backupShare", "path")),
        ("a share that is none", having("https://backups.blob.core.contoso.com/b", "backupShare", "path")),
    ],
    "ASH-INF-002": [
        ("in the stamp's domain", having(r"\\fs01.east.contoso.com\b", "backupShare", "path")),
        ("of the stamp's own file server", having(r"\\su1fileserver.azurestack.local\b", "backupShare", "path")),
        ("in Azure Files", having(r"\\contoso.file.core.windows.net\b", "backupShare", "path")),
    ],
    "ASH-INF-005": [
        ("no frequency", without("schedule", "everyHours")),
        ("no retention", without("schedule", "retentionDays")),
        ("no schedule", without("schedule")),
        ("too seldom", lambda v: v["schedule"].update(everyHours=24)),
        ("too often", lambda v: v["schedule"].update(everyHours=3, retentionDays=2)),
        ("kept too shortly", lambda v: v["schedule"].update(retentionDays=1)),
        ("on demand alone", lambda v: v["schedule"].update(automatic=False)),
    ],
    "ASH-INF-009": [
        ("no recovery plan", without("recoveryPlan")),
        ("no document", without("recoveryPlan", "document")),
        ("never looked through", without("recoveryPlan", "reviewedOn")),
        ("looked through years ago", having("2024-01-01", "recoveryPlan", "reviewedOn")),
    ],
    "ASH-INF-010": [
        ("no device", without("backupShare", "device")),
        ("an unsupported one", having("azureFiles", "backupShare", "device")),
    ],
    "ASH-INF-020": [("no certificate", without("encryptionCertificate"))],
    "ASH-INF-022": [("nobody keeps the private key", without("encryptionCertificate", "privateKey"))],
    "ASH-INF-024": [
        ("no capacity", without("backupShare", "capacity")),
        ("too little", having("279 GB", "backupShare", "capacity")),
    ],
    "ASH-INF-025": [
        ("a bare name", having(r"\\fs01\b", "backupShare", "path")),
        ("an address", having(r"\\172.16.0.9\b", "backupShare", "path")),
    ],
    "ASH-INF-026": [
        ("encryption is not said", without("backupShare", "encryption")),
        ("none", having("none", "backupShare", "encryption")),
    ],
    "ASH-INF-027": [
        ("nothing is said of the account's rights", without("backupShare", "onlyForBackups")),
        ("it may do more", lambda v: v["backupShare"].update(onlyForBackups=False)),
        ("an administrator", having(r"CORP\Administrator", "backupShare", "user")),
        ("no account", without("backupShare", "user")),
    ],
    "ASH-INF-028": [
        ("nowhere", without("backupShare", "location")),
        ("in the same place", having("datacenter A", "backupShare", "location")),
        ("in the same room", having("same room", "backupShare", "location")),
        ("the stamp's place is not said", without("location")),
    ],
    "ASH-TEN-008": [
        ("no offering", without("backupOffering")),
        ("nowhere", without("backupOffering", "place")),
        ("no name", without("backupOffering", "name")),
    ],
    "ASH-PLAN-001": [
        *[(f"no {key}", without(key)) for key in ("region", "externalDomain", "identityProvider", "connected")],
        *[(f"no {key}", without(key)) for key in ("nodes", "ipPools")],
    ],
    "ASH-PLAN-005": [
        ("no switches", without_devices("switch")),
        ("no folder", device(0, "folder", None)),
        ("in MASBackup", device(0, "folder", "MASBackup/Switches")),
    ],
    "ASH-PLAN-006": [
        ("no lifecycle host", without_devices("hlh")),
        ("no folder", device(1, "folder", None)),
        ("in MASBackup", device(1, "folder", "masbackup")),
    ],
    "ASH-PLAN-007": [
        ("no procedure", device(0, "procedure", None)),
        ("no cadence", device(1, "every", None)),
        ("too seldom", device(1, "every", "52w")),
    ],
    "ASH-PLAN-008": [
        ("no second place", without("replication")),
        ("no product", without("replication", "product")),
        ("no target", without("replication", "target")),
        ("nowhere", without("replication", "location")),
        ("in the same place", having("datacenter A", "replication", "location")),
    ],
    "ASH-PLAN-011": [
        ("no target", without("backupOffering", "target")),
        ("on the stamp", having("backup.east.cloudapp.contoso.com", "backupOffering", "target")),
        ("at an address of the stamp's", having("192.0.2.7", "backupOffering", "target")),
    ],
    "ASH-PLAN-012": [
        ("no product", without("backupOffering", "product")),
        ("snapshots", having("disk snapshots", "backupOffering", "product")),
    ],
    "ASH-PLAN-009": [
        ("no report", without("evidence")),
        ("an old one", lambda v: v["evidence"][0].update(asOf="2026-01-01")),
    ],
}
"""What is missing, or wrong, by the one policy that is to say so; certificates and probes have tests of their own."""


@pytest.mark.parametrize(
    ("policy", "change"),
    [pytest.param(policy, change, id=f"{policy}: {name}") for policy, all_ in MISSING.items() for name, change in all_],
)
def test_what_is_missing_is_found_by_one_policy(tmp_path: Path, policy: str, change: Change) -> None:
    """A requirement that a plan leaves out passes, or what is not missing is found wanting for it."""
    assert findings(judged(write_plan(tmp_path, change))) == {policy}


def test_every_policy_of_the_set_can_be_violated(tmp_path: Path) -> None:
    """A policy of the set that no plan violates is no requirement."""
    elsewhere = {"ASH-PLAN-002", "ASH-PLAN-003", "ASH-PLAN-004", "ASH-PLAN-010"}
    assert {*MISSING, *elsewhere} == {policy.id for policy in judged(write_plan(tmp_path)).policies}


def test_an_empty_plan_is_judged(tmp_path: Path) -> None:
    """Of a plan that says nothing yet, something passes that nobody settled."""
    file = tmp_path / "plan.yaml"
    file.write_text("plan: north\n")
    results = judged(file)
    passed = {r.policy for r in results.results if r.state is ComplianceState.COMPLIANT}
    assert passed == set()
    assert "ASH-INF-001" in findings(results)


@pytest.mark.parametrize("left_out", ["ipPools", "externalDomain"])
def test_what_the_plan_leaves_out_is_not_known(tmp_path: Path, left_out: str) -> None:
    """The share counts as outside a stamp of which nobody knows where it is."""
    (result,) = [r for r in judged(write_plan(tmp_path, without(left_out))).results if r.policy == "ASH-INF-002"]
    assert result.state is ComplianceState.UNKNOWN
    assert "the plan" in result.message.lower()


def test_a_finding_points_at_the_plans_line(tmp_path: Path) -> None:
    """Whoever writes the plan looks through all of it for what a finding is about."""
    file = write_plan(tmp_path, having("azureFiles", "backupShare", "device"))
    (result,) = judged(file).findings()
    line = 1 + file.read_text().splitlines().index('    "device": "azureFiles",')
    assert result.origin is not None
    assert (result.origin.address, result.origin.line, result.origin.column) == (file.as_posix(), line, 5)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (having("adfs", "identityProvider"), "'adfs' is not one of Entra ID, AD FS; did you mean 'AD FS'?"),
        (lambda v: v.update(nodez=4), "'nodez' is not a known key here; did you mean 'nodes'?"),
        (lambda v: v.update(nodes="four"), "'nodes' must be an integer, not 'four'."),
        (having("contoso.com", "externalDomain"), "externalDomain is region.fqdn, so it begins with east"),
        (lambda v: v["ipPools"][0].update(start="10.1"), "'10.1' is not an address"),
        (lambda v: v["ipPools"][0].update(start="10.2.0.0"), "10.1.0.255 lies before 10.2.0.0."),
        (lambda v: v["ipPools"][0].update(start="::1"), "10.1.0.255 and ::1 are of different kinds."),
        (device(0, "every", "weekly"), "every: 'weekly' is not a duration"),
        (device(0, "every", "0d"), "every: is no time at all"),
        (lambda v: v.update(identityProvider="Entra ID"), "a stamp that is not connected signs people in by AD FS"),
        (lambda v: v["schedule"].update(retentionDays=10**9), "'retentionDays'"),
        (device(1, "name", "tor1"), "there is another device called tor1."),
        (device(0, "folder", r"\\other\share"), "below the share's path"),
        (device(0, "folder", "../other"), "below the share's path"),
        (having("1.5.2026", "recoveryPlan", "reviewedOn"), "reviewedOn: '1.5.2026' is not a time"),
        (having("much", "backupShare", "capacity"), "'much' does not fit: the room that is free for backups"),
        (lambda v: v["evidence"][0].update(kind="csv"), "a stamp that is planned has no items yet"),
        (lambda v: v["evidence"][0].update(asOf="someday"), "asOf: 'someday' is not a time"),
        (lambda v: v["backupShare"].update(passwordEnv="A", passwordFile="b"), "keep one of them"),
        (lambda v: (v["backupShare"].pop("user"), v["backupShare"].update(passwordEnv="A")), "and no user"),
        (having("missing.cer", "encryptionCertificate", "file"), "missing.cer: cannot be read: No such file"),
    ],
)
def test_a_broken_plan_is_one_sentence(tmp_path: Path, change: Change, sentence: str) -> None:
    """A slip in a plan ends in a traceback, is judged as if it were meant, or is told without its place."""
    with pytest.raises(DocumentError) as raised:
        read_plan(write_plan(tmp_path, change))
    (told,) = str(raised.value).splitlines()
    assert sentence in told
    assert told.startswith(f"{(tmp_path / 'plan.yaml').as_posix()}:")


def test_the_whole_plan_says_all_that_there_is_to_say() -> None:
    """A key of the schema is tried by no test."""
    import json

    from azscheck.packaged import schema_file

    assert set(json.loads(schema_file("plan").read_text())["properties"]) == set(WHOLE)
