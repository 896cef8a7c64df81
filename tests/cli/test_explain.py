"""`azscheck explain` as a user has it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NOW

from .conftest import Run


def explain(run: Run, inventory_file: Path, *arguments: str) -> Any:
    return run("explain", *arguments, "--inventory", inventory_file, "--now", NOW)


def test_a_finding(run: Run, inventory_file: Path) -> None:
    """An auditor cannot see what was looked at, where it came from and what would mend it."""
    ran = explain(run, inventory_file, "ash-inf-004", "north")
    assert ran.code == 0, ran.err
    assert "ASH-INF-004  The newest infrastructure backup holds the Key Vault secrets" in ran.out
    assert "NON-COMPLIANT: you would lose the Key Vault secrets" in ran.out
    assert 'roleStatus[*].status notEquals "Succeeded"; seen: "Failed"  (line ' in ran.out
    assert "is counted" in ran.out
    assert "backups?api-version=2018-09-01, 2026-06-01T12:00:00Z" in ran.out
    assert "roleStatus[*].status must be Succeeded (is Failed)" in ran.out
    assert "(--all shows them)" in ran.out
    assert ran.out.isascii()
    assert "--all shows" not in explain(run, inventory_file, "ASH-INF-004", "north", "--all").out


def test_json(run: Run, inventory_file: Path) -> None:
    """A program that reads the explanation finds another tree than a person does."""
    told = json.loads(explain(run, inventory_file, "ASH-TEN-003", "shop-app-02", "--format", "json").out)
    assert told["state"] == "nonCompliant"
    assert told["when"]["truth"] is True
    count = told["require"]["parts"][0]
    assert (count["kind"], count["truth"], count["atLeast"], count["atMost"]) == ("count", False, 0, 0)
    last = count["members"][0]["tree"]["parts"][-1]
    assert last["written"] == "[parameters('maximumTestAge')]"
    assert last["wanted"] == "P180D"
    assert last["seen"].startswith("2025-08-05")
    assert last["origin"]["address"] == "protection.ndjson"
    assert last["place"].startswith("policies/tenant/replicated-machine.yaml:61:")
    assert told["smallestChanges"][0]["tests"] == 1


def test_a_parameter_turns_the_verdict(run: Run, inventory_file: Path) -> None:
    """What is explained was judged by other parameters than were asked for."""
    words = ["ASH-TEN-001", "shop-report-01", "--parameter"]
    assert "COMPLIANT\n" in explain(run, inventory_file, *words, "recoveryPointObjective=30d").out
    # A parameter of another policy is no mistake, one of none is.
    assert explain(run, inventory_file, *words, "maximumTestAge=30d").code == 0
    assert "did you mean" in explain(run, inventory_file, *words, "recoveryPointObjectiv=30d").err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["ASH-INF-04", "north"], "there is no policy 'ASH-INF-04'; did you mean"),
        (["ASH-INF-004", "nort1"], "there is no 'nort1' among the 1 of Azscheck/stamps; did you mean 'north'?"),
        (["ASH-TEN-001", "shop"], "19 resources answer to 'shop'"),
        (["ASH-TEN-001", "north"], "ASH-TEN-001 judges Microsoft.Compute/virtualMachines, and north is one of"),
        (["ASH-INF-004", "north", "--stamp", "south"], "the inventory has no stamp 'south'"),
    ],
)
def test_mistakes(run: Run, inventory_file: Path, arguments: list[str], sentence: str) -> None:
    """A slip is explained as something else."""
    ran = explain(run, inventory_file, *arguments)
    assert ran.code == 2
    assert sentence in ran.err


def test_unknown(run: Run, shareless_file: Path) -> None:
    """What has to be read for a verdict is not told."""
    out = explain(run, shareless_file, "ASH-INF-003", "north").out
    assert (
        "What must be known for a verdict:\n  the count of Azscheck/shareFolders: Azscheck/shareFolders: was not" in out
    )


def test_on_a_terminal(run: Run, inventory_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tree on a terminal lacks what the one in a pipe has."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "400")
    out = explain(run, inventory_file, "ASH-TEN-003", "shop-app-02").out
    assert "[false] properties.lastTestFailover newerThan" in out
    assert "must be 2025-12-03T12:00:00Z (P180D before now) or later" in out
