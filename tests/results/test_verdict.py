"""What a run ends with: no combination in which a fault, a gap or nothing at all is a pass."""

import itertools
from typing import Any

import pytest
from msgspec.structs import replace

from azscheck.errors import ExitCode
from azscheck.inventory import Coverage, CoverageState
from azscheck.policy import Category, PolicyInfo, Severity
from azscheck.results import ComplianceState, Result, Results

from ..builders import NOW, coverage, failed, policy

C = ComplianceState
INFOS = {
    severity: replace(policy({"field": "name", "exists": True}).info, id=f"TST-{severity.value}", severity=severity)
    for severity in Severity
}


def results(*states: tuple[C, Severity], lists: tuple[Coverage, ...] = (), infos: Any = None) -> Results:
    found = tuple(
        Result(INFOS[severity].id, "east", f"/{i}", "Test.Azs/things", str(i), state)
        for i, (state, severity) in enumerate(states)
    )
    return Results(NOW, NOW, "0", tuple(infos or INFOS.values()), found, lists)


def expected(states: set[C], worst: Severity | None, fail_on: Severity | None, on_unknown: bool, gap: bool) -> ExitCode:
    judged = states & {C.COMPLIANT, C.NON_COMPLIANT, C.EXEMPT}
    if not judged or gap or C.ERROR in states or (on_unknown and C.UNKNOWN in states):
        return ExitCode.INCOMPLETE
    fails = worst is not None and fail_on is not None and worst >= fail_on
    return ExitCode.FINDINGS if fails else ExitCode.COMPLIANT


@pytest.mark.parametrize("fail_on", [None, *Severity])
@pytest.mark.parametrize("on_unknown", [False, True])
@pytest.mark.parametrize("gap", [False, True])
def test_exit_code(fail_on: Severity | None, on_unknown: bool, gap: bool) -> None:
    """A pipeline goes on although something is wrong, or could not be looked at."""
    lists = (failed(),) if gap else (coverage(), coverage(state=CoverageState.SKIPPED, reason="not asked"))
    for size in range(4):
        for states in itertools.combinations(C, size):
            for severity in Severity:
                found = results(*((state, severity) for state in states), lists=lists)
                worst = severity if C.NON_COMPLIANT in states else None
                wanted = expected(set(states), worst, fail_on, on_unknown, gap)
                assert found.exit_code(fail_on, on_unknown) is wanted, states


def test_the_worst_finding_counts() -> None:
    """A critical finding passes below a threshold because a lesser one came first."""
    found = results((C.NON_COMPLIANT, Severity.LOW), (C.NON_COMPLIANT, Severity.CRITICAL), (C.COMPLIANT, Severity.LOW))
    assert found.exit_code(Severity.CRITICAL) is ExitCode.FINDINGS
    assert [r.policy for r in found.findings()] == ["TST-4", "TST-1"]
    assert results((C.NON_COMPLIANT, Severity.HIGH)).exit_code(Severity.CRITICAL) is ExitCode.COMPLIANT


@pytest.mark.parametrize("size", range(1, 7))
def test_verdict(size: int) -> None:
    """A category is called compliant although a policy was not complied with or not judged."""
    for states in itertools.combinations(C, size):
        verdict = results(*((state, Severity.HIGH) for state in states)).verdict(Category.TENANT)
        if C.NON_COMPLIANT in states:
            assert verdict is C.NON_COMPLIANT
        elif {C.UNKNOWN, C.ERROR} & set(states):
            assert verdict is C.UNKNOWN
        else:
            assert verdict is next((s for s in (C.COMPLIANT, C.EXEMPT) if s in states), C.NOT_APPLICABLE)


def test_categories_are_judged_apart() -> None:
    """The infrastructure is called non-compliant for a tenant's machine, or the other way round."""
    infos = [INFOS[Severity.LOW], replace(INFOS[Severity.HIGH], category=Category.INFRASTRUCTURE)]
    found = results((C.NON_COMPLIANT, Severity.LOW), (C.COMPLIANT, Severity.HIGH), infos=infos)
    assert found.verdict(Category.TENANT) is C.NON_COMPLIANT
    assert found.verdict(Category.INFRASTRUCTURE) is C.COMPLIANT
    assert found.counts(Category.INFRASTRUCTURE) == {C.COMPLIANT: 1}
    assert found.findings(Category.INFRASTRUCTURE) == []


def test_policies_that_found_nothing() -> None:
    """A policy that judged no resource is counted among those complied with."""
    found = results((C.COMPLIANT, Severity.LOW))
    assert [p.id for p in found.unmatched] == ["TST-2", "TST-3", "TST-4"]


def the_id(**changes: Any) -> str:
    return replace(Result("TST-1", "east", "/a/B", "T.A/x", "b", C.COMPLIANT), **changes).id


def test_finding_ids() -> None:
    """A finding's id changes from run to run, so that every report shows all as new; or two findings share one."""
    # Written down: it must be the same in every version.
    assert the_id() == "7f62b4835121ede9"
    same: list[dict[str, Any]] = [
        {"resource": "/A/b/"},
        {"resource": "a/b"},
        {"type": "t.a/X"},
        {"state": C.UNKNOWN, "message": "x", "name": "y"},
    ]
    assert {the_id(**changes) for changes in same} == {the_id()}
    other: list[dict[str, Any]] = [{"policy": "TST-2"}, {"stamp": "west"}, {"resource": "/a/bc"}, {"type": "T.A/y"}]
    assert len({the_id(), *(the_id(**changes) for changes in other)}) == 5
    assert the_id(resource="\ud800")


def test_policy_of_a_result() -> None:
    """A report shows a finding with another policy's words."""
    found = results(*((C.COMPLIANT, severity) for severity in Severity))
    for result in found.results:
        info: PolicyInfo = found.policy_of(result)
        assert info.id == result.policy
