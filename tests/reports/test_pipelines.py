"""The formats of GitHub, Azure DevOps and GitLab: read back as their consumers read them."""

import json
import re
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from azscheck.inventory import Origin
from azscheck.reports import render
from azscheck.reports.github import MOST
from azscheck.reports.table import render as table
from azscheck.reports.wording import inert
from azscheck.results import ComplianceState, Result, Results

from . import sample

CASES = ("everything", "clean", "empty", "gate")
LEVELS = ("error", "warning", "notice")
# What GitLab documents of a Code Quality report.
ISSUES = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{16}(-[0-9]+)?$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^(?!/|\\./)."},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def github(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Workflow commands as the runner reads them: name, properties, data."""
    found = []
    for line in text.splitlines():
        if not line.startswith("::"):
            continue
        head, _, data = line[2:].partition("::")
        name, _, rest = head.partition(" ")
        properties = dict(pair.split("=", 1) for pair in rest.split(",") if pair)
        found.append((name, {k: _plain(v) for k, v in properties.items()}, _plain(data)))
    return found


def _plain(text: str) -> str:
    for code, character in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(code, character)
    return text


def azdo(text: str) -> list[tuple[dict[str, str], str]]:
    """Logging commands as the agent reads them: properties, data."""
    found = []
    for line in text.splitlines():
        if parted := re.fullmatch(r"##vso\[task\.logissue ([^\]]*)\](.*)", line):
            properties = dict(pair.split("=", 1) for pair in parted[1].split(";") if pair)
            decode = {
                k: v.replace("%3B", ";").replace("%5D", "]").replace("%AZP25", "%") for k, v in properties.items()
            }
            found.append((decode, parted[2]))
    return found


@pytest.mark.parametrize("case", CASES)
def test_every_line_but_the_last_is_a_command(case: str) -> None:
    """A name with a line break in it sets a variable of the pipeline."""
    results = getattr(sample, case)()
    for form, read in (("github", github), ("azdo", azdo)):
        lines = render(results, form).splitlines()
        assert len(read("\n".join(lines))) == len(lines) - 1
        assert lines[-1].startswith("azscheck 0.1.0, ")


def test_places_survive_the_escapes() -> None:
    """An annotation is lost, because a folder has a comma in its name."""
    path = "infra/a,b:c;%]d.json"
    (told,) = (p for _, p, _ in github(render(sample.gate(), "github")) if p.get("file") == path)
    assert (told["line"], told["col"]) == ("3", "1")
    assert told["title"] == "ASH-TEN-006 medium: Machines that need it are replicated to a second location"
    (issue,) = (p for p, _ in azdo(render(sample.gate(), "azdo")) if p.get("sourcepath") == path)
    assert (issue["linenumber"], issue["type"]) == ("3", "warning")


def many(number: int) -> Results:
    """So many findings of a high policy, one of a critical one."""
    found = [
        sample.result(sample.PROTECTED, "main.json", f"vm-{n:04}", ComplianceState.NON_COMPLIANT, "no tag")
        for n in range(number)
    ]
    found.append(sample.result(sample.RECENT, "main.json", "stamp", ComplianceState.NON_COMPLIANT, "old"))
    return replace(sample.clean(), results=tuple(found))


def test_github_is_told_no_more_than_it_shows() -> None:
    """GitHub drops the critical finding, and says nothing of those that it left out."""
    told = github(render(many(50), "github"))
    assert all(sum(name == level for name, _, _ in told) <= MOST for level in LEVELS)
    assert told[0][1]["title"].startswith("ASH-INF-005 critical")
    assert told[-1][2].startswith("41 more of 51 errors")
    assert not any("more of" in data for _, _, data in github(render(many(9), "github")))


def test_unknown_is_shown() -> None:
    """Silence is taken for a pass."""
    told = {p["title"][:11]: name for name, p, data in github(render(sample.gate(), "github")) if "judged" in data}
    assert told == {"ASH-TEN-001": "warning", "ASH-TEN-006": "warning"}
    issues = json.loads(render(sample.gate(), "gitlab"))
    assert sum("could not be judged" in issue["description"] for issue in issues) == 2


@pytest.mark.parametrize("case", CASES)
def test_gitlab_takes_the_report(case: str) -> None:
    """GitLab drops the report, or shows two findings as one."""
    issues: list[dict[str, Any]] = json.loads(render(getattr(sample, case)(), "gitlab"))
    jsonschema.validate(issues, ISSUES)
    prints = [issue["fingerprint"] for issue in issues]
    assert len(set(prints)) == len(prints)


def test_a_fingerprint_does_not_follow_the_line() -> None:
    """A blank line makes every finding new."""
    results = sample.gate()

    def moved(result: Result) -> Result:
        origin = result.origin
        return replace(result, origin=origin and Origin("file", origin.address, None, 99, 1))

    again = replace(results, results=tuple(map(moved, results.results)))
    prints = [{issue["fingerprint"] for issue in json.loads(render(r, "gitlab"))} for r in (results, again)]
    assert prints[0] == prints[1]


@given(st.text(alphabet=st.sampled_from("#vso[: \terror]a"), max_size=40))
def test_no_line_of_a_table_is_a_command(text: str) -> None:
    """A machine's name ends the task as succeeded."""
    line = inert(text)
    assert "##vso[" not in line
    assert "##[" not in line
    assert not line.lstrip().startswith("::")


def test_a_table_holds_no_command() -> None:
    """A machine's name in the log of a pipeline sets a variable."""
    text = table(sample.gate(), width=80)
    assert "##vso[" not in text
    assert "##[" not in text
