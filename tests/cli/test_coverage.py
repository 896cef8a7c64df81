"""`azscheck policy coverage`: which rules are judged, and from what."""

import json
from pathlib import Path
from typing import Any

import pytest

from azscheck.policy import load_policies
from azscheck.policy.rules import read_rules
from azscheck.sources.origins import From, origin_of
from tests.builders import policy_text
from tests.cli.conftest import Run


def told(run: Run, *options: str | Path) -> dict[str, dict[str, Any]]:
    ran = run("policy", "coverage", "--format", "json", *options)
    assert ran.code == 0, ran.err
    return {line["rule"]: line for line in json.loads(ran.out)}


def test_every_rule_of_a_shipped_policy_is_known() -> None:
    """A policy names a rule that no table explains, or a slip of one."""
    rules = {rule.id for rule in read_rules()}
    assert {rule for policy in load_policies() for rule in policy.info.rules} <= rules


def test_tenant_rules_have_policies(run: Run) -> None:
    """A documented rule is judged by nothing, and the table does not say so."""
    lines = told(run)
    tenant = [f"DOC-{n:02}" for n in range(8, 15)] + ["PLT-10"]
    assert [rule for rule in tenant if not lines[rule]["policies"]] == []
    assert [policy["id"] for policy in lines["DOC-01"]["policies"]] == ["ASH-INF-009", "ASH-PLAN-001", "ASH-PLAN-020"]


@pytest.mark.parametrize(
    ("kind", "origin"),
    [
        ("Azscheck/stamps", From.CONFIGURATION),
        ("azscheck/PROTECTEDITEMS", From.EVIDENCE),
        ("Azscheck/evidence", From.EVIDENCE),
        ("Azscheck/shareFolders", From.SHARE),
        ("Azscheck/shareBackups", From.SHARE),
        ("Azscheck/attestations", From.ATTESTATION),
        ("Microsoft.Compute/virtualMachines", From.TENANT),
        ("Microsoft.Backup.Admin/backupLocations", From.ADMIN),
        ("Microsoft.Sql/servers", From.ELSEWHERE),
    ],
)
def test_where_a_type_comes_from(kind: str, origin: From) -> None:
    """An operator is sent to the wrong place for what is missing."""
    assert origin_of(kind) is origin


def test_what_an_inventory_lacks(run: Run, shareless_file: Path) -> None:
    """An operator is not told why a rule stays unknown, or what to do."""
    lines = told(run, "--inventory", shareless_file)
    # A stamp that is there has no need of a plan.
    assert [policy["id"] for policy in lines["DOC-01"]["policies"]] == ["ASH-INF-009"]
    assert lines["DOC-13"]["canBeJudged"] == "yes"
    assert lines["DOC-04"]["canBeJudged"] == "in part"
    (gap,) = lines["DOC-04"]["policies"][0]["lacks"]
    assert (gap["stamp"], gap["type"]) == ("north", "Azscheck/shareFolders")
    assert "evidence" in gap["add"]
    table = run("policy", "coverage", "--inventory", shareless_file).out
    assert "in part: DOC-04" in table
    assert "was not looked at" in table


def test_an_inventory_without_what_is_judged(run: Run) -> None:
    """A rule of which nothing at all is known counts as judged."""
    header: dict[str, Any] = {"azscheck": "inventory", "version": 1, "created": "2026-06-01T12:00:00Z"}
    stamp: dict[str, Any] = {"stamp": "north", "type": "Azscheck/stamps", "id": "/azscheck/stamps/north"}
    stamp |= {"origin": {"source": "file", "address": "f"}, "resource": {"name": "north"}}
    end: dict[str, Any] = {"end": {"coverage": 0, "resources": 1}}
    Path("i.ndjson").write_text("\n".join(map(json.dumps, (header, stamp, end))) + "\n")
    lines = told(run, "--inventory", "i.ndjson", "--set", "tenant")
    assert {lines[f"DOC-{n:02}"]["canBeJudged"] for n in (8, 9, 10, 11, 13, 14)} == {"no"}
    assert lines["DOC-12"]["canBeJudged"] == "in part"
    assert lines["DOC-02"]["canBeJudged"] == "no policy"
    assert "no policy" in run("policy", "coverage", "--set", "tenant").out


def test_policies_of_ones_own(run: Run) -> None:
    """Rules of one's own, and policies without a rule, are left out of the table."""
    own = {"references": [{"rule": "MINE-1", "title": "a page", "url": "https://example.com"}]}
    Path("p.yaml").write_text(policy_text({"field": "name", "exists": True}, **own))
    Path("q.yaml").write_text(policy_text({"field": "name", "exists": True}, id="TST-002"))
    lines = told(run, "p.yaml", "q.yaml")
    assert [p["id"] for p in lines["MINE-1"]["policies"]] == ["TST-001"]
    assert [p["id"] for p in lines[""]["policies"]] == ["TST-002"]
