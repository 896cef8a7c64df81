"""Attestations: files of what people vouch for become resources, and what they say lapses to unknown."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from azscheck.engine import evaluate
from azscheck.errors import DocumentError
from azscheck.inventory import Coverage, CoverageState, Inventory, Origin, Resource
from azscheck.policy import ATTESTATIONS, STAMPS
from azscheck.policy.load import parse_policy
from azscheck.sources import attestations

from ..builders import THING, policy_text

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
MACHINE = "/subscriptions/s1/resourceGroups/rg/providers/Test.Azs/things/a"
ENTRY: dict[str, Any] = {
    "policy": "TST-001",
    "complianceState": "Compliant",
    "assessedOn": "2026-05-01",
    "expiresOn": "2026-11-01",
    "owner": "anna@contoso.com",
    "approvedBy": "bela@contoso.com",
    "comments": "Restored the newest backup in the laboratory.",
}


def write(folder: Path, *entries: Any, name: str = "a.yaml") -> Path:
    file = folder / name
    file.write_text(json.dumps({"attestations": [{**ENTRY, **entry} for entry in entries]}, indent=1))
    return file


def states(told: Inventory, applies: str = STAMPS, now: datetime = NOW) -> dict[str, tuple[str, str]]:
    """The state and message of a policy that asks for an attestation, of each resource."""
    require = {"use": "attested", "with": {"policy": "TST-001", "reason": "nobody attested it: see the page"}}
    from azscheck.documents import parse_document

    rule = parse_policy(parse_document(policy_text(require, appliesTo=applies), "p.yaml"))
    where = Origin("file", "f")
    resources = [Resource(s, STAMPS, f"/azscheck/stamps/{s}", {"name": s}, where) for s in told.stamps]
    resources += [Resource(s, THING, f"{MACHINE}{s}", {"name": f"a{s}"}, where) for s in told.stamps]
    lists = [Coverage(s, kind, "", CoverageState.COMPLETE) for s in told.stamps for kind in (STAMPS, THING)]
    results = evaluate(told + Inventory.of(NOW, resources, lists), [rule], now=now).results
    return {r.name: (r.state.value, r.message) for r in results}


def state(told: Inventory, **more: Any) -> str:
    ((found, _),) = states(told, **more).values()
    return found


def collected(folder: Path, *entries: Any, stamps: tuple[str, ...] = ("north",)) -> Inventory:
    return attestations.collect([write(folder, *entries)], stamps, NOW)


def test_an_attestation_is_a_resource_with_its_place(tmp_path: Path) -> None:
    """A report cannot say who vouched for it, or where that stands."""
    told = collected(tmp_path, {"comments": "x"})
    (found,) = told.of_type(ATTESTATIONS, "north")
    assert found.name == "TST-001 of 2026-05-01"
    assert (found.origin.source, found.origin.address, found.origin.line) == (
        "attestation",
        str(tmp_path / "a.yaml"),
        3,
    )
    assert found.body["properties"] == {
        **ENTRY,
        "comments": "x",
        "scope": "/azscheck/stamps/north",
        "assessedOn": "2026-05-01T00:00:00Z",
        "expiresOn": "2026-11-01T23:59:59Z",
    }
    assert told.gaps(ATTESTATIONS, "north") == []
    assert state(told) == "compliant"


@pytest.mark.parametrize("files", [[], None])
def test_no_file_is_no_attestation(files: list[Path] | None) -> None:
    """Where nobody vouches, what the share shows is overruled by the doubt that somebody might."""
    asked = attestations.collect(files, ["north"], NOW)
    assert states(asked) == {"north": ("unknown", "nobody attested it: see the page")}
    assert all(line.state is CoverageState.COMPLETE for line in asked.coverage)


OLD = {"assessedOn": "2025-05-01", "expiresOn": "2026-05-01"}


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([{"complianceState": "NonCompliant"}], "nonCompliant"),
        ([OLD], "unknown"),
        ([OLD, {}], "compliant"),
        ([{}, OLD], "compliant"),
        ([{**OLD, "complianceState": "NonCompliant"}, {}], "compliant"),
        ([{}, {"assessedOn": "2026-05-20", "complianceState": "NonCompliant"}], "nonCompliant"),
        ([{}, {"assessedOn": "2026-05-20", "expiresOn": "2026-05-25"}], "unknown"),
        ([{}, {"complianceState": "NonCompliant"}], "unknown"),
        ([{}, {"comments": "the same again"}], "compliant"),
        ([{"policy": "TST-002"}], "unknown"),
        ([{"policy": "TST-002"}, {"policy": "tst-001"}], "compliant"),
        ([{"assessedOn": "2026-06-02"}], "compliant"),
        ([{"assessedOn": "2026-06-04"}], "unknown"),
        ([{"expiresOn": "2026-06-01T12:00:00Z"}], "unknown"),
        ([{"expiresOn": "2026-06-01T12:00:01Z"}], "compliant"),
        ([{"scope": MACHINE}], "unknown"),
    ],
)
def test_what_is_attested_of_a_stamp(tmp_path: Path, entries: Any, expected: str) -> None:
    """What lapsed, what is of another policy or of a part, or what a later assessment has overtaken, is a pass."""
    assert state(collected(tmp_path, *entries)) == expected


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (None, "compliant"),
        ("/azscheck/stamps/NORTH/", "compliant"),
        (f"{MACHINE}north", "compliant"),
        (f"{MACHINE.upper()}NORTH/", "compliant"),
        ("/subscriptions/s1/resourceGroups/rg", "compliant"),
        ("/subscriptions/s1/resourceGroups/r", "unknown"),
        (MACHINE, "unknown"),
    ],
)
def test_what_is_attested_of_a_machine(tmp_path: Path, scope: str | None, expected: str) -> None:
    """An attestation for one machine is another's, or one for the whole stamp is nobody's."""
    told = collected(tmp_path, {"scope": scope} if scope else {})
    assert state(told, applies=THING) == expected


def test_each_stamp_has_its_own(tmp_path: Path) -> None:
    """What was assessed on one stamp passes another."""
    both = ("north", "south")
    told = collected(tmp_path, {"scope": "/azscheck/stamps/south"}, stamps=both)
    assert {name: found for name, (found, _) in states(told).items()} == {"north": "unknown", "south": "compliant"}
    with pytest.raises(DocumentError, match=r"a.yaml:3:3: there are several stamps, so the attestation needs a scope"):
        collected(tmp_path, {}, stamps=both)
    file = write(tmp_path, {"scope": "/azscheck/stamps/south"})
    assert attestations.collect([file], ["north"], NOW, known=both).of_type(ATTESTATIONS) == []


def evidence(file: Path, **more: str) -> dict[str, Any]:
    return {"evidence": [{"description": "log", "file": file.name, "sha256": sha256(file), **more}]}


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_evidence_that_is_not_what_it_was(tmp_path: Path) -> None:
    """Somebody changes or loses the log that an assessment stands on, and the assessment goes on to count."""
    log = tmp_path / "drill.log"
    log.write_bytes(b"all restored" * 100_000)
    of_log = evidence(log)
    assert state(collected(tmp_path, of_log)) == "compliant"
    assert state(collected(tmp_path, evidence(log, sha256=sha256(log).upper()))) == "compliant"
    kept_elsewhere = {"description": "x", "uri": "https://x", "sha256": "a" * 64}
    assert state(collected(tmp_path, {"evidence": [kept_elsewhere]})) == "compliant"
    log.write_bytes(b"all restored" * 99_999 + b"not restored")
    ((found, message),) = states(collected(tmp_path, of_log)).values()
    assert found == "unknown"
    assert "its evidence drill.log is not the file that was attested" in message
    log.unlink()
    ((found, message),) = states(collected(tmp_path, of_log)).values()
    assert found == "unknown"
    assert "drill.log is not there" in message
    assert "a.yaml:3:3" in message


@pytest.mark.parametrize(
    ("entry", "line", "sentence"),
    [
        ({"approvedBy": " ANNA@contoso.com"}, 9, "approvedBy must be another person"),
        ({"assessedOn": "in May"}, 6, "assessedOn: 'in May' is not a time"),
        ({"expiresOn": "2026-13-01"}, 7, "expiresOn: "),
        ({"expiresOn": "2026-04-30"}, 7, "expiresOn lies before assessedOn"),
        ({"complianceState": "Unknown"}, 5, "is not one of Compliant, NonCompliant"),
        ({"owner": ""}, 8, "who assessed it"),
        ({"comment": "x"}, 11, "did you mean 'comments'?"),
        ({"scope": "/azscheck/stamps/nroth"}, 11, "there is no stamp 'nroth' here"),
        ({"scope": "/azscheck/stamps/"}, 11, "there is no stamp ''"),
        ({"scope": "/a/*"}, 11, "an id, with everything under it"),
        ({"evidence": [{"description": "x", "file": "f", "sha256": "abc"}]}, 15, "64 hexadecimal digits"),
        ({"evidence": [{"description": "x", "sha256": "a" * 64}]}, 12, "needs 'file' or 'uri'"),
        ({"evidence": [{"file": "x", "sha256": "a" * 64}]}, 12, "lacks 'description'"),
    ],
)
def test_mistakes(tmp_path: Path, entry: Any, line: int, sentence: str) -> None:
    """A slip in an attestation is a pass, or one that nobody can find."""
    with pytest.raises(DocumentError) as caught:
        collected(tmp_path, entry)
    ((place, said),) = caught.value.mistakes
    assert sentence in said
    assert place.line == line


def test_mistakes_of_every_file_at_once(tmp_path: Path) -> None:
    """Whoever keeps attestations is told of one file's mistakes at a time."""
    files = [write(tmp_path, {"owner": ""}, name="a.yaml"), write(tmp_path, {"policy": ""}, name="b.yaml")]
    with pytest.raises(DocumentError) as caught:
        attestations.collect([*files, tmp_path / "gone.yaml"], ["north"], NOW)
    assert {Path(place.path).name for place, _ in caught.value.mistakes} == {"a.yaml", "b.yaml", "gone.yaml"}


@pytest.mark.parametrize("key", ENTRY)
def test_every_part_is_needed(tmp_path: Path, key: str) -> None:
    """An attestation that nobody answers for, or that never lapses, counts."""
    (tmp_path / "a.yaml").write_text(json.dumps({"attestations": [{k: v for k, v in ENTRY.items() if k != key}]}))
    with pytest.raises(DocumentError, match=f"lacks '{key}'"):
        attestations.collect([tmp_path / "a.yaml"], ["north"], NOW)


def test_two_files_have_ids_of_their_own(tmp_path: Path) -> None:
    """Two attestations have one id, and one of them is not looked at."""
    files = [write(tmp_path, {}, OLD, name="a.yaml"), write(tmp_path, {}, name="b.yaml")]
    told = attestations.collect(files, ["north"], NOW)
    assert len({r.id for r in told.of_type(ATTESTATIONS)}) == 3
    told.write(tmp_path / "i.ndjson")
    assert Inventory.read(tmp_path / "i.ndjson") == told
