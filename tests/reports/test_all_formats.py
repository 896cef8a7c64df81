"""What holds for every format alike."""

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

import azscheck
from azscheck.policy.model import Category
from azscheck.reports import FORMATS, render
from azscheck.reports.wording import visible
from azscheck.results import Results
from azscheck.results.saved import from_json

from . import sample

CASES = ("everything", "clean", "empty", "compared", "gate")


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", FORMATS)
def test_report_is_the_golden_file(name: str, case: str, golden: Callable[[str, str], None]) -> None:
    """A report changes under its readers without anybody having looked at the change."""
    golden(case + FORMATS[name].suffix, render(getattr(sample, case)(), name, width=80))


@pytest.mark.parametrize("case", ["everything", "compared", "gate"])
@pytest.mark.parametrize("name", FORMATS)
def test_saved_results_give_the_same_report(name: str, case: str) -> None:
    """A report made later from a saved json report says something else than the first one did."""
    import json

    found: Results = getattr(sample, case)()
    again = from_json(json.loads(render(found, "json").encode()))
    assert again.changes == found.changes
    assert render(again, name) == render(found, name)


@pytest.mark.parametrize("name", FORMATS)
def test_report_repeats_byte_for_byte(name: str, everything: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runs over one inventory differ, so that nobody can compare their reports."""
    first = render(everything, name, colour=True).encode()
    for variable, value in {
        "COLUMNS": "40",
        "NO_COLOR": "1",
        "TERM": "dumb",
        "FORCE_COLOR": "1",
        "TZ": "UTC-9",
    }.items():
        monkeypatch.setenv(variable, value)
    assert render(sample.everything(), name, colour=True).encode() == first


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"json"}))
@pytest.mark.parametrize("case", CASES)
def test_no_character_acts_instead_of_showing(name: str, case: str) -> None:
    """A machine's name rewrites an operator's screen, breaks a line or reverses what stands after it."""
    text = render(getattr(sample, case)(), name)
    assert visible(text.replace("\n", "").replace("\u200b", "")) == text.replace("\n", "").replace("\u200b", "")


def test_json_hides_nothing_from_a_terminal_either(everything: Results) -> None:
    """`--format json` on a terminal obeys the escape sequences in a machine's name."""
    text = render(everything, "json")
    assert not {c for c in text if c != "\n" and not c.isprintable()}


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"json"}))
def test_incomplete_run_says_so(name: str, everything: Results, clean: Results) -> None:
    """A run that could not read a list looks like one that read everything."""
    sign = {"sarif": '"executionSuccessful": false'}.get(name, "incomplete")
    assert sign in render(everything, name).lower().replace("executionsuccessful", "executionSuccessful")
    assert sign not in render(clean, name).lower().replace("executionsuccessful", "executionSuccessful")


@pytest.mark.parametrize("name", ["table", "html", "markdown"])
def test_each_category_has_its_verdict(name: str, clean: Results, everything: Results, empty: Results) -> None:
    """A report says nothing of tenants, or calls a run compliant in which nothing was evaluated."""
    for results, words in ((clean, "compliant"), (everything, "not compliant"), (empty, "nothing was evaluated")):
        text = render(results, name).lower()
        assert words in text
        for title in ("infrastructure", "tenants"):
            assert title in text
    assert "not compliant" not in render(clean, name).lower()


@pytest.mark.parametrize("name", ["table", "html", "markdown"])
def test_compliant_is_not_said_of_what_was_half_read(name: str, clean: Results, everything: Results) -> None:
    """A list could not be read, all that was read is compliant, and the report is green."""
    half = replace(clean, coverage=everything.coverage)
    assert "compliant as far as could be read" in render(half, name).lower()


def test_unknown_is_counted_in_the_verdict(everything: Results) -> None:
    """An operator can't tell whether one machine or all of them could not be judged."""
    unknown = replace(
        everything, results=tuple(r for r in everything.results if r.name in ("db-01", "db-02", "web-01"))
    )
    assert "NOT KNOWN: 2 COULD NOT BE JUDGED" in render(unknown, "table")


@pytest.mark.parametrize("name", FORMATS)
def test_format_does_not_change_the_exit_code(name: str, everything: Results) -> None:
    """A pipeline passes or fails by the format that it asked for."""
    before = everything.exit_code()
    render(everything, name)
    assert everything.exit_code() == before


def test_formats_are_imported_when_they_are_used() -> None:
    """`azscheck --version` waits for jinja2, rich and an XML library that it does not need."""
    code = "import azscheck.reports, sys; print({'jinja2', 'rich', 'xml.etree.ElementTree', 'csv'} & set(sys.modules))"
    root = Path(azscheck.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=root)
    assert done.stdout.strip() == "set()", done.stderr


def test_unknown_format_is_a_key_error(clean: Results) -> None:
    """A misspelt format gives some other report instead of a mistake that the command line can name."""
    with pytest.raises(KeyError):
        render(clean, "htlm")


def test_times_are_the_results_own(clean: Results) -> None:
    """A report made again next year claims that its facts are of next year."""
    later = replace(clean, now=clean.now + timedelta(days=400))
    for name in set(FORMATS) - {"csv", "gitlab"}:
        assert "2027-03-07T12:00:00Z" in render(later, name)


def test_categories_are_both_there() -> None:
    """A third category would be evaluated and shown nowhere."""
    from azscheck.reports.wording import CATEGORIES, STATES
    from azscheck.results import ComplianceState

    assert set(CATEGORIES) == set(Category)
    assert set(STATES) == set(ComplianceState)
