"""The sarif report: valid, and accepted by code scanning."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from msgspec.structs import replace

from azscheck.inventory import Origin
from azscheck.place import Place
from azscheck.reports import render
from azscheck.reports.sarif_places import uri_of
from azscheck.results import Results

from . import sample

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0.json").read_text("utf-8"))


def run(results: Results) -> dict[str, Any]:
    """The log's one run."""
    found: dict[str, Any] = json.loads(render(results, "sarif").encode())["runs"][0]
    return found


@pytest.mark.parametrize("case", ["everything", "clean", "empty", "compared", "gate"])
def test_log_is_valid(case: str) -> None:
    """Code scanning refuses the file."""
    checker = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
    log = json.loads(render(getattr(sample, case)(), "sarif").encode())
    assert [error.message for error in checker.iter_errors(log)] == []


def test_every_result_has_a_place_and_an_identity(everything: Results) -> None:
    """GitHub refuses the whole file for one result without a location, and takes equal hashes for one alert."""
    found = run(everything)["results"]
    assert len(found) == len(everything.findings()) + len(everything.not_judged())
    for result in found:
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"]
        assert place["region"]["startLine"] >= 1
        assert result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]
    assert len({r["partialFingerprints"]["primaryLocationLineHash"] for r in found}) == len(found)


def test_live_findings_point_at_the_policy(everything: Results) -> None:
    """A live finding has no file, so nobody can open what the alert points at."""
    found = next(r for r in run(everything)["results"] if r["ruleId"] == "ASH-INF-005")
    place = found["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "policies/infrastructure/inf-005%20rule.yaml"
    assert place["region"] == {"startLine": 3, "startColumn": 1}


def test_template_findings_point_at_the_template(everything: Results) -> None:
    """A pull request is annotated at the policy and not at the line that has to change."""
    found = next(r for r in run(everything)["results"] if r["ruleId"] == "ASH-TEN-006")
    place = found["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "templates/shop%20one.json"
    assert place["region"] == {"startLine": 41, "startColumn": 7}


def test_kinds_and_levels(everything: Results) -> None:
    """Code scanning raises an alert for what is compliant or exempt, or takes the unknown for an error.

    The kinds are section 3.27.9's, the levels 3.27.10's.
    """
    found = {(r["properties"]["state"], r["kind"], r["level"]) for r in run(everything)["results"]}
    assert found == {
        ("nonCompliant", "fail", "error"),
        ("nonCompliant", "fail", "warning"),
        ("nonCompliant", "fail", "note"),
        ("unknown", "open", "none"),
        ("error", "open", "none"),
    }


def test_rules_are_told(everything: Results) -> None:
    """An alert has no severity, no help, or the help of another rule."""
    driver, found = (lambda r: (r["tool"]["driver"], r["results"]))(run(everything))
    assert {r["id"] for r in driver["rules"]} == {p.id for p in everything.policies}
    assert all(driver["rules"][r["ruleIndex"]]["id"] == r["ruleId"] for r in found)
    first = driver["rules"][0]
    assert first["properties"]["security-severity"] == "9.5"
    assert {"security", "infrastructure", "PLT-02"} <= set(first["properties"]["tags"])
    assert "Start-AzsBackup" in first["help"]["markdown"]
    assert "- [PLT-02 Infrastructure Backup Service best practices](https://learn." in first["help"]["markdown"]
    assert first["helpUri"].startswith("https://learn.microsoft.com/")


def test_incomplete_run_was_not_successful(everything: Results, clean: Results) -> None:
    """A half-blind run counts as a whole one, and code scanning closes the alerts that it could not look for."""
    invocation = run(everything)["invocations"][0]
    assert invocation["executionSuccessful"] is False
    texts = [n["message"]["text"] for n in invocation["toolExecutionNotifications"]]
    assert any("403 Forbidden" in text for text in texts)
    assert any("'29.6 XB' is not a size" in text for text in texts)
    assert run(clean)["invocations"][0] == {
        "executionSuccessful": True,
        "endTimeUtc": "2026-01-31T12:00:00Z",
        "toolExecutionNotifications": [],
    }


def test_names_make_no_links(everything: Results) -> None:
    """`[text](target)` from a machine's name becomes a link in the alert (section 3.11.6)."""
    texts = [r["message"]["text"] for r in run(everything)["results"]]
    assert any("javascript" in text for text in texts)
    assert not [text for text in texts if "](" in text.replace("\\](", "")]


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("policies/a b.yaml", "policies/a%20b.yaml"),
        ("./templates/../x#1?.json", "x%231%3F.json"),
        ("templates\\vm.json", "templates/vm.json"),
        ("C:\\repo\\vm.json", "file:///C:/repo/vm.json"),
        ("\\\\fs\\share\\vm.json", "file://fs/share/vm.json"),
        ("/home/me/vm.json", "file:///home/me/vm.json"),
        ("a:b.json", "a%3Ab.json"),
        ("größe.json", "gr%C3%B6%C3%9Fe.json"),
        ("lone\ud800.json", "lone%ED%A0%80.json"),
    ],
)
def test_paths_become_uris(path: str, uri: str) -> None:
    """An alert points at a file that no system finds."""
    assert uri_of(path) == uri


def test_a_place_without_a_line_still_has_a_region(everything: Results) -> None:
    """A file known as a whole only gives line 0, which the schema forbids."""
    old = everything.results[0]
    result = replace(old, origin=Origin("file", "plan.json"))
    found = run(replace(everything, results=(result,)))["results"][0]
    assert found["locations"][0]["physicalLocation"]["region"] == {"startLine": 1, "startColumn": 1}
    policy = replace(everything.policy_of(old), place=Place("/etc/policies/own.yaml", 9))
    live = run(replace(everything, policies=(policy,), results=(old,)))["results"][0]["locations"][0]
    assert live["physicalLocation"]["artifactLocation"]["uri"] == "file:///etc/policies/own.yaml"


def test_a_baseline_is_told_in_sarifs_own_word() -> None:
    """A viewer shows what is known as new."""
    found = run(sample.gate())["results"]
    states = {r["locations"][0]["logicalLocations"][0]["name"]: r["baselineState"] for r in found}
    assert (states["web-01"], states["web-02"]) == ("new", "unchanged")
    assert not any("baselineState" in r for r in run(sample.everything())["results"])


def test_a_file_that_is_broken_is_named_with_its_line() -> None:
    """Somebody looks for a mistake in a file of a thousand lines."""
    (told,) = run(sample.gate())["invocations"][0]["toolExecutionNotifications"]
    place = told["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "infra/broken.json"
    assert place["region"] == {"startLine": 3, "startColumn": 7}
