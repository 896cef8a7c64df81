"""The cases that a policy ships with: a case that is not so fails, and a wrong file is told with its place."""

import json
from pathlib import Path
from typing import Any

import pytest

from azscheck.engine.cases import cases_of
from azscheck.errors import DocumentError, UsageError

from ..builders import OTHER, THING, policy_text

REQUIRE = {"allOf": [{"field": "properties.ok", "equals": True}, {"count": {"resources": OTHER}, "less": 2}]}
GOOD: dict[str, Any] = {"type": THING, "name": "good", "properties": {"ok": True}}
BAD: dict[str, Any] = {"type": THING, "name": "bad", "properties": {"ok": False}}


def run(folder: Path, case: dict[str, Any] | None = None, **fields: Any) -> str:
    """What is wrong with one case of a small policy."""
    (folder / "p.yaml").write_text(policy_text(REQUIRE, message="bad: {name}"), "utf-8")
    whole = {"policy": "TST-001", "now": "2026-06-01T12:00:00Z", "cases": [{"name": "a case", **(case or {})}]}
    (folder / "p.test.yaml").write_text(json.dumps({**whole, **fields}, indent=1), "utf-8")
    policy, (found,) = cases_of(folder / "p.yaml")
    return found.failure(policy)


@pytest.mark.parametrize(
    "case",
    [
        {"expect": "compliant", "resources": [GOOD]},
        {"expect": "nonCompliant", "resources": [BAD], "message": "bad: bad"},
        {"expect": {"good": "compliant", "bad": "nonCompliant"}, "resources": [GOOD, BAD]},
        {"expect": {}},
        {"expect": "unknown", "resources": [GOOD], "failed": {OTHER: "403"}, "message": "403"},
        {"expect": "unknown", "resources": [GOOD], "unknown": {"good": {"/properties/ok": "403"}}},
        {"expect": {"things": "unknown"}, "failed": {THING: "403"}},
        {"expect": "nonCompliant", "resources": [GOOD, {"type": OTHER}, {"type": OTHER}]},
    ],
)
def test_right_case(case: dict[str, Any], tmp_path: Path) -> None:
    """A case that is so fails."""
    assert run(tmp_path, case) == ""


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        ({"expect": "compliant", "resources": [BAD]}, "expected compliant, found bad: nonCompliant (bad: bad)"),
        ({"expect": "nonCompliant", "resources": [GOOD]}, "found good: compliant"),
        ({"expect": "compliant"}, "expected compliant, found no result"),
        ({"expect": "compliant", "resources": [GOOD, BAD]}, "bad: nonCompliant"),
        ({"expect": {"good": "compliant"}, "resources": [GOOD, BAD]}, "expected good: compliant"),
        ({"expect": {"good": "compliant", "other": "compliant"}, "resources": [GOOD]}, "other: compliant"),
        ({"expect": {}, "resources": [GOOD]}, "expected no result"),
        ({"expect": "nonCompliant", "resources": [BAD], "message": "worse"}, "no message holds 'worse'"),
        ({"expect": "compliant", "resources": [GOOD], "failed": {OTHER: "403"}}, "unknown"),
        # Two of one name, of which the first or the last alone is as expected.
        (
            {"expect": "compliant", "resources": [{**BAD, "name": "x", "id": "/1"}, {**GOOD, "name": "x", "id": "/2"}]},
            "x: compliant and nonCompliant",
        ),
        (
            {"expect": {"x": "nonCompliant"}, "resources": [{**GOOD, "name": "x", "id": f"/{i}"} for i in (1, 2)]},
            "found x: compliant",
        ),
    ],
)
def test_wrong_case(case: dict[str, Any], sentence: str, tmp_path: Path) -> None:
    """The runner passes a case that is not so: a policy that judges wrongly ships."""
    assert sentence in run(tmp_path, case)


@pytest.mark.parametrize(
    ("fields", "place", "sentence"),
    [
        ({"policy": "TST-002"}, ":2:", "these are cases of TST-002, the policy is TST-001"),
        ({"now": "today"}, ":3:", "is not a time"),
        ({"cases": []}, ":4:", "must not be empty"),
        ({"cases": [{"name": "x", "expect": "compilant"}]}, ":", "did you mean 'compliant'?"),
        ({"cases": [{"name": "x"}]}, ":", "lacks 'expect'"),
        ({"cases": [{"name": "x", "expect": {}, "resource": []}]}, ":", "did you mean 'resources'?"),
        ({"cases": [{"name": "x", "expect": {}, "resources": [{"name": "a"}]}]}, ":", "lacks 'type'"),
    ],
)
def test_wrong_file(fields: dict[str, Any], place: str, sentence: str, tmp_path: Path) -> None:
    """A slip in a file of cases ends in a traceback, or the case is not run."""
    with pytest.raises(DocumentError) as caught:
        run(tmp_path, {"expect": {}}, **fields)
    assert f"p.test.yaml{place}" in str(caught.value)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ({"resources": [{"type": THING, "properties": {"t": {"ago": "2 fortnights"}}}]}, "is not a duration"),
        ({"resources": [{"type": THING, "properties": {"t": {"ago": "999999d"}}}]}, "out of range"),
        ({"resources": [GOOD], "unknown": {"good": {"properties/ok": "403"}}}, "is not a JSON Pointer"),
    ],
)
def test_wrong_values(part: dict[str, Any], sentence: str, tmp_path: Path) -> None:
    """A slip in a case's resources ends in a traceback."""
    with pytest.raises(DocumentError, match=sentence):
        run(tmp_path, {"expect": {}, **part})


def test_wrong_parameter_of_a_case(tmp_path: Path) -> None:
    """A case sets a parameter that the policy does not have, and passes by the default."""
    with pytest.raises(UsageError, match="no policy has a parameter 'limit'"):
        run(tmp_path, {"expect": "compliant", "resources": [GOOD], "parameters": {"limit": 1}})


def test_no_cases(tmp_path: Path) -> None:
    """A policy without cases passes its test."""
    (tmp_path / "p.yaml").write_text(policy_text(REQUIRE), "utf-8")
    with pytest.raises(DocumentError, match=r"the policy has no cases: write p\.test\.yaml beside it"):
        cases_of(tmp_path / "p.yaml")
