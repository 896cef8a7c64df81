"""Reports of Microsoft's checks: what is recognised counts, and a policy can ask that one passed and is young."""

from pathlib import Path
from typing import Any

import pytest

from azscheck.documents import parse_document
from azscheck.engine import evaluate
from azscheck.errors import DocumentError
from azscheck.inventory import Coverage, CoverageState, Inventory, Origin, Resource
from azscheck.policy import STAMPS
from azscheck.policy.load import parse_policy
from azscheck.sources import evidence
from azscheck.sources.exports import Export

from ...builders import NOW, policy_text
from .files import read, write

READINESS = {
    "Certificate": {"ADFS": {"Test": "Parse PFX", "Result": "OK"}, "Portal": [{"Test": "Expiry", "Result": "OK"}]},
    "Jobs": {"1": {"Index": 1, "StartTime": "2026-05-30T10:00:00Z", "EndTime": "2026-05-30T10:05:00.1234567Z"}},
}
PAGE = "<html><head><title>Backup Validation Report</title><style>p{}</style></head><body>{}</body></html>"
KINDS = ("ComputeQuota", "NetworkQuota", "StorageQuota", "Offer", "Subscription", "Plan")


def properties(kind: str, folder: Path, content: Any, **said: Any) -> dict[str, Any]:
    (found,) = read(kind, write(folder, content), **said)
    return dict(found.body["properties"])


def test_the_readiness_checkers_report(tmp_path: Path) -> None:
    """A report that passed counts as none, or one with a failure as passed."""
    found = properties("readiness-checker", tmp_path, READINESS)
    assert (found["result"], found["date"]) == ("passed", "2026-05-30T10:05:00Z")
    assert [check["name"] for check in found["checks"]] == [
        "Certificate / ADFS / Parse PFX",
        "Certificate / Portal / Expiry",
    ]
    failure = {"Test": "DNS Names", "Result": "Fail", "FailureDetail": ["missing *.vault", ""]}
    found = properties("readiness-checker", tmp_path, {**READINESS, "Graph": [failure]})
    assert found["result"] == "failed"
    assert found["checks"][-1] == {"name": "Graph / DNS Names", "result": "failed", "detail": "missing *.vault"}


@pytest.mark.parametrize(
    ("results", "whole"),
    [
        (["OK", "WARN"], "partial"),
        (["OK", "Skipped"], "partial"),
        (["Skipped"], "unknown"),
        ([], "unknown"),
        (["Pass", "PASS", True], "passed"),
        (["OK", False], "failed"),
    ],
)
def test_a_report_passed_when_all_of_it_did(tmp_path: Path, results: list[Any], whole: str) -> None:
    """A check that was skipped or that nobody knows is taken for one that passed."""
    report = {"Certificate": [{"Test": str(i), "Result": result} for i, result in enumerate(results)]}
    assert properties("readiness-checker", tmp_path, report)["result"] == whole


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("/Date(1780135500000)/", "2026-05-30T10:05:00Z"),
        ("05/06/2026 10:00:00", None),
        ("2126-05-30T10:05:00Z", None),
        (None, None),
    ],
)
def test_dates_that_are_sure(tmp_path: Path, written: str | None, read_as: str | None) -> None:
    """The sixth of May is read as the fifth of June, so an old report is young."""
    (found,) = read("readiness-checker", write(tmp_path, {"Jobs": [{"EndTime": written}]}))
    assert found.body["properties"].get("date") == read_as
    assert ("/properties/date" in found.unknown) is (read_as is None)


def test_what_test_azurestack_prints(tmp_path: Path) -> None:
    """A line is not recognised, or a sentence that speaks of PASS is taken for a check that passed."""
    text = (
        "All of the tests must PASS\n"
        "Azure Stack Hub Backup Share Accessibility Summary      PASS\n"
        "Azure Stack Hub Alert Summary: WARN\n"
        "[FAIL] Azure Stack Hub Certificates\n"
        "Cloud Hosting [SKIP]\n"
    )
    found = properties("test-azurestack", tmp_path, text, as_of="2026-06-01")
    assert [(c["name"], c["result"]) for c in found["checks"]] == [
        ("Azure Stack Hub Backup Share Accessibility Summary", "passed"),
        ("Azure Stack Hub Alert Summary", "partial"),
        ("Azure Stack Hub Certificates", "failed"),
        ("Cloud Hosting", "unknown"),
    ]
    assert (found["result"], found["date"]) == ("failed", "2026-06-01T00:00:00Z")


def test_the_backup_validators_page(tmp_path: Path) -> None:
    """A backup of which the validator could list only a part counts as restorable."""
    sections = [f"<h2>BackupType: {name}</h2><p>Count: {i}</p><table></table>" for i, name in enumerate(KINDS)]
    found = properties("backup-validator", tmp_path, PAGE.replace("{}", "".join(sections)), as_of="2026-06-01")
    assert found["result"] == "passed"
    assert found["checks"][1] == {"name": "NetworkQuota", "result": "passed", "detail": "1 in the backup"}
    found = properties("backup-validator", tmp_path, PAGE.replace("{}", "".join(sections[1:])))
    assert found["result"] == "partial"
    assert found["checks"][0] == {"name": "ComputeQuota", "result": "unknown", "detail": "not in the report"}


@pytest.mark.parametrize(
    ("kind", "content", "sentence"),
    [
        ("readiness-checker", "{", "is not JSON and seems to be cut off"),
        ("readiness-checker", "[]", "no report of the readiness checker"),
        ("readiness-checker", '{"value": []}', "no report of the readiness checker"),
        ("test-azurestack", "all is well\n", "no line that begins or ends with PASS"),
        ("backup-validator", "<html></html>", "not titled Backup Validation Report"),
        ("backup-validator", "<![nothing[", "Backup Validation Report|is not HTML that can be read"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, kind: str, content: str, sentence: str) -> None:
    """Any file counts as evidence."""
    with pytest.raises(DocumentError, match=sentence):
        read(kind, write(tmp_path, content))


def test_secrets_are_dropped(tmp_path: Path) -> None:
    """A password in a failure's detail ends in an inventory."""
    report = {"Graph": [{"Test": "x", "Result": "Fail", "FailureDetail": "password=hunter2; no"}]}
    assert "hunter2" not in str(properties("readiness-checker", tmp_path, report))


REQUIRE = {
    "count": {
        "resources": "Azscheck/evidence",
        "where": {
            "allOf": [
                {"field": "properties.kind", "equals": "test-azurestack"},
                {"field": "properties.result", "equals": "passed"},
                {"field": "properties.date", "newerThan": "P30D"},
            ]
        },
    },
    "greaterOrEquals": 1,
}


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ([("x  PASS", "2026-05-20")], "compliant"),
        ([("x  FAIL", "2026-05-20")], "nonCompliant"),
        ([("x  PASS", "2026-01-20")], "nonCompliant"),
        ([("x  PASS", "")], "unknown"),
        ([("x  FAIL", "2026-05-20"), ("x  PASS", "2026-05-21")], "compliant"),
        ([], "nonCompliant"),
        (None, "unknown"),
    ],
)
def test_a_policy_asks_for_a_young_report_that_passed(tmp_path: Path, given: Any, state: str) -> None:
    """An old or failed report satisfies a policy, or one without a date does."""
    exports = None
    if given is not None:
        exports = [
            Export("test-azurestack", (write(tmp_path, text, f"{i}.txt"),), as_of=when)
            for i, (text, when) in enumerate(given)
        ]
    told = evidence.collect(exports, ["north"], NOW)
    policy = parse_policy(parse_document(policy_text(REQUIRE, appliesTo=STAMPS), "p.yaml"))
    stamp = Resource("north", STAMPS, "/azscheck/stamps/north", {"name": "north"}, Origin("file", "f"))
    whole = told + Inventory.of(NOW, [stamp], [Coverage("north", STAMPS, "", CoverageState.COMPLETE)])
    (result,) = evaluate(whole, [policy], now=NOW).results
    assert result.state.value == state
