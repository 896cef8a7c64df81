"""The shipped policies: each loads, and each of its cases is so."""

import pytest

from azscheck.engine.cases import Case, cases_of
from azscheck.packaged import policies_folder
from azscheck.policy import Policy, load_policies
from azscheck.policy.load import policy_files

FILES = list(policy_files())
CASES = [
    (policy, case)
    for file, shown in FILES
    for found in [cases_of(file, shown)]
    for policy in found[:1]
    for case in found[1]
]


@pytest.mark.parametrize(("policy", "case"), [pytest.param(p, c, id=f"{p.id}: {c.name}") for p, c in CASES])
def test_case(policy: Policy, case: Case) -> None:
    """A shipped policy judges a stamp otherwise than its author meant."""
    assert case.failure(policy) == ""


@pytest.mark.parametrize("policy_id", [policy.id for policy in load_policies()])
@pytest.mark.parametrize("state", ["compliant", "nonCompliant", "unknown"])
def test_every_state_has_a_case(policy_id: str, state: str) -> None:
    """A policy that can never be violated, or never says that it does not know, ships."""
    expected = [case.expect for policy, case in CASES if policy.id == policy_id]
    assert any(state in (e if isinstance(e, str) else e.values()) for e in expected)


def test_load_policies_finds_every_file() -> None:
    """A policy's file is left out of the run without a word."""
    files = {
        f
        for f in policies_folder().rglob("*.yaml")
        if f.relative_to(policies_folder()).parts[0] not in ("schema", "sets")
        and not f.name.endswith((".test.yaml", ".rules.yaml"))
    }
    assert {file for file, _ in FILES} == files
    assert len(load_policies()) == len(files)


@pytest.mark.parametrize("policy", load_policies(), ids=lambda policy: policy.id)
def test_what_a_finding_needs(policy: Policy) -> None:
    """A finding names no rule, or a place on the machine of whoever made the report."""
    assert policy.info.rules
    assert policy.message
    assert policy.info.place.path.startswith("policies/")
    assert policy.reads >= set(policy.applies_to)
