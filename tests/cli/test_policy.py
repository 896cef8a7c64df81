"""`azscheck policy`: what the authors of policies run."""

import json
from pathlib import Path

from ..builders import THING, policy_text
from .conftest import Run

TEST = {"allOf": [{"field": "properties.ok", "equals": True}, {"field": "kind", "notEquals": "draft"}]}
CASES = {
    "policy": "TST-001",
    "cases": [{"name": "c", "expect": "compliant", "resources": [{"type": THING, "properties": {"ok": True}}]}],
}


def test_mutants_that_no_case_notices(run: Run, tmp_path: Path) -> None:
    """A pipeline goes on with cases that hold the policy to nothing."""
    (tmp_path / "p.yaml").write_text(policy_text(TEST), "utf-8")
    (tmp_path / "p.test.yaml").write_text(json.dumps(CASES), "utf-8")
    assert run("policy", "test", "p.yaml").code == 0
    ran = run("policy", "test", "--mutate", "p.yaml")
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "p.yaml:18:5: TST-001: allOf is anyOf: no case notices",
        "p.yaml:18:5: TST-001: allOf lacks properties.ok equals true: no case notices",
        "p.yaml:22:5: TST-001: allOf lacks kind notEquals 'draft': no case notices",
    ]
    assert "2 mutants noticed, 3 not" in ran.err


def test_a_policy_whose_cases_fail_is_not_mutated(run: Run, tmp_path: Path) -> None:
    """Every mutant of a policy that fails its cases is noticed, by the wrong case."""
    (tmp_path / "p.yaml").write_text(policy_text(TEST), "utf-8")
    cases = json.dumps(CASES).replace("compliant", "nonCompliant")
    (tmp_path / "p.test.yaml").write_text(cases, "utf-8")
    ran = run("policy", "test", "--mutate", "p.yaml")
    assert ran.code == 1
    assert "0 mutants noticed, 0 not" in ran.err
    assert "expected nonCompliant, found" in ran.out
