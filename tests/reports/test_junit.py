"""The junit report: valid, and never green for what was not judged."""

import xml.etree.ElementTree as ET
from pathlib import Path

import junitparser
import pytest
import xmlschema

from azscheck.reports import render
from azscheck.results import ComplianceState, Results

from . import sample

SCHEMA = Path(__file__).parent / "schemas" / "junit-10.xsd"


@pytest.mark.parametrize("case", ["everything", "clean", "empty", "compared", "gate"])
def test_document_is_valid(case: str) -> None:
    """Jenkins' xUnit plugin refuses the file."""
    xmlschema.XMLSchema(str(SCHEMA)).validate(ET.fromstring(render(getattr(sample, case)(), "junit").encode()))


def test_only_compliant_cases_pass(everything: Results) -> None:
    """The test tab is green for machines that nobody could look at."""
    cases = list(ET.fromstring(render(everything, "junit")).iter("testcase"))
    passed = [c for c in cases if not len(c)]
    assert len(passed) == everything.counts()[ComplianceState.COMPLIANT]
    children = dict.fromkeys(("failure", "error", "skipped"), 0)
    for case in cases:
        for child in case:
            children[child.tag] += 1
    # 15 findings; 3 unknown, 1 in error and 1 failed list; 2 exempt, 1 not applicable and 1 policy without a resource
    assert children == {"failure": 15, "error": 5, "skipped": 4}


def test_numbers_add_up(everything: Results) -> None:
    """A pipeline's threshold is compared with a number that is not there or not right."""
    root = ET.fromstring(render(everything, "junit"))
    parsed = junitparser.JUnitXml.fromstring(render(everything, "junit").encode())
    assert (parsed.tests, parsed.failures, parsed.errors) == (28, 15, 5)
    assert sum(int(suite.attrib["tests"]) for suite in root) == 28


def test_case_names_are_their_own(everything: Results) -> None:
    """Two machines of one name in two groups become one case, and one of them is never seen."""
    for suite in ET.fromstring(render(everything, "junit")):
        names = [(c.attrib["classname"], c.attrib["name"]) for c in suite.iter("testcase")]
        assert len(names) == len(set(names))


def test_nothing_evaluated_is_an_error(empty: Results) -> None:
    """No policy ran and the pipeline is green."""
    root = ET.fromstring(render(empty, "junit"))
    assert root.attrib["errors"] == "1"
    assert "nothing was evaluated" in str(root.find(".//error").attrib["message"])  # type: ignore[union-attr]


def test_failure_tells_what_to_do(everything: Results) -> None:
    """Whoever opens the failed case has to look elsewhere for the reason."""
    failure = ET.fromstring(render(everything, "junit")).find(".//failure")
    assert failure is not None
    text = str(failure.text)
    for part in ("resource: /east", 'seen: "2026-01-28', "from hub /east/backups, 2026-01-31", "remediation: Start a"):
        assert part in text
