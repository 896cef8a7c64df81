"""What is different between two runs: each finding once, and nothing fixed that nobody could look at."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from azscheck.inventory import CoverageState
from azscheck.results import ComplianceState, Result, Results
from azscheck.results.changes import KINDS, Changes, compare

from ..builders import GROUP, NOW, THING, coverage, failed, judge, resource

RULE = {"field": "properties.x", "equals": 1}
C, N, U, A, X, E = (
    ComplianceState.COMPLIANT,
    ComplianceState.NON_COMPLIANT,
    ComplianceState.UNKNOWN,
    ComplianceState.NOT_APPLICABLE,
    ComplianceState.EXEMPT,
    ComplianceState.ERROR,
)


def run(states: dict[str, ComplianceState], *lists: Any, later: int = 0) -> Results:
    """A run in which each thing is in a state; its list is complete unless lists are given."""
    found = judge(RULE, *[resource(name, {"x": 1}) for name in states], *lists)
    told = {r.name: r for r in found.results}
    results = [replace(told[n], state=s, would_be=N if s is X else None) for n, s in states.items()]
    results += [r for r in found.results if r.name not in states]
    return replace(found, now=NOW + timedelta(hours=later), results=tuple(results))


def places(changes: Changes) -> dict[str, str]:
    """Where each finding stands, by its resource's name."""
    told = [(change.result.name, kind) for kind in KINDS for change in getattr(changes, kind)]
    assert not [name for name, number in Counter(name for name, _ in told).items() if number > 1]
    return dict(told)


@pytest.mark.parametrize(
    ("was", "now", "place"),
    [
        *((None, N, "new"), (C, N, "new"), (U, N, "new"), (E, N, "new"), (A, N, "new"), (X, N, "lapsed")),
        *((N, N, "still_failing"), (N, C, "fixed"), (N, A, "gone"), (N, None, "gone"), (U, None, "gone")),
        *((C, U, "became_unknown"), (N, U, "became_unknown"), (N, E, "became_unknown"), (None, U, "became_unknown")),
        *((U, C, "known_again"), (U, A, "known_again"), (E, C, "known_again"), (N, X, "exempted"), (U, X, "exempted")),
        *((X, U, "lapsed"), (C, C, ""), (U, U, ""), (U, E, ""), (A, C, ""), (C, A, ""), (X, C, ""), (X, X, "")),
        *((None, C, ""), (None, A, ""), (C, None, ""), (A, None, ""), (X, None, "")),
    ],
)
def test_where_a_change_stands(was: ComplianceState | None, now: ComplianceState | None, place: str) -> None:
    """A change is told as another one, or not at all."""
    before, after = (run({"a": state} if state else {}, coverage(THING)) for state in (was, now))
    changes = compare(before, after)
    assert places(changes) == ({"a": place} if place else {})
    assert changes.worth_telling is (place not in ("", "still_failing"))
    if place:
        (change,) = getattr(changes, place)
        assert (change.was, change.now) == (was, now)


def test_a_list_that_could_not_be_read_fixes_nothing() -> None:
    """Who takes away azscheck's rights sees all findings fixed."""
    before = run({"a": N, "b": C})
    after = run({}, failed(THING))
    changes = compare(before, after)
    assert places(changes) == {"a": "became_unknown", "things": "became_unknown"}
    assert [c.now for c in changes.became_unknown if c.result.name == "a"] == [U]
    back = compare(after, before)
    assert places(back) == {"a": "new", "things": "known_again"}
    assert back.new[0].was is U


def test_another_subscription_could_not_be_read() -> None:
    """One subscription without rights makes everything that was removed elsewhere unknown for ever."""
    before, after = run({"a": N}), run({}, coverage(THING, scope=GROUP), failed(THING, scope="/subscriptions/s2"))
    assert places(compare(before, after))["a"] == "gone"
    inside = run({}, failed(THING, scope="/subscriptions/S1"))
    assert places(compare(before, inside))["a"] == "became_unknown"


@pytest.mark.parametrize("state", [CoverageState.SKIPPED, CoverageState.FAILED])
def test_a_list_that_is_not_taken(state: CoverageState) -> None:
    """What was not asked for is told as removed."""
    assert places(compare(run({"a": N}), run({}, coverage(THING, state, "why"))))["a"] == "became_unknown"


def test_a_stamp_that_is_not_judged() -> None:
    """A scan of one stamp tells that the other's findings are gone."""
    before = run({"a": N})
    after = replace(run({}), results=(), coverage=())
    assert places(compare(before, after)) == {"a": "became_unknown"}


def test_policies_that_come_and_go() -> None:
    """A new policy's findings look like new damage, or a removed one's like repairs."""
    before = run({"a": N})
    other = judge(RULE, resource("a", {"x": 2}), resource("b", {"x": 1}), id="TST-002")
    changes = compare(before, other)
    assert [c.result.name for c in changes.of_new_policies] == ["a"]
    assert changes.policies_added == ("TST-002",)
    assert changes.policies_removed == ("TST-001",)
    assert list(places(changes)) == ["a"]
    assert changes.worth_telling


def test_since_when() -> None:
    """A finding of a year is told as one of today."""
    before, after = run({"a": N, "b": N, "c": C}), run({"a": N, "b": C, "c": N}, later=6)
    changes = compare(before, after)
    assert changes.still_failing[0].since == changes.fixed[0].since == NOW
    assert changes.new[0].since == after.now
    long = {r.id: NOW - timedelta(days=9) for r in before.results if r.state is N}
    changes = compare(before, after, long)
    assert changes.still_failing[0].since == changes.fixed[0].since == NOW - timedelta(days=9)
    assert changes.new[0].since == after.now


def test_a_resource_that_is_there_twice() -> None:
    """A list that repeats a resource hides its finding behind its better self."""
    good, bad = run({"a": C}), run({"a": N})
    for both in (good.results + bad.results, bad.results + good.results):
        assert places(compare(good, replace(good, results=both))) == {"a": "new"}


some = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from([C, N, U, A, X, E]))
lists = st.sampled_from([coverage(THING), failed(THING), failed(THING, scope="/subscriptions/s2")])


@given(some, some, lists, lists)
def test_nothing_is_lost_and_nothing_told_twice(before: Any, after: Any, one: Any, other: Any) -> None:
    """A finding is told in two places, in none, or a change is told that a comparison with itself has too."""
    first, second = run(before, one), run(after, other, later=1)
    changes = compare(first, second)
    told = places(changes)
    failing = {r.name for r in second.results if r.state is N}
    assert {name for name, kind in told.items() if kind in ("new", "lapsed", "still_failing")} >= failing
    for name in (n for n, s in before.items() if s is N):
        assert name in told
    for change in changes.fixed:
        assert isinstance(change.result, Result)
        assert after[change.result.name] is C
    if other != coverage(THING):
        assert not [c for c in changes.gone if c.now is None and other.scope == ""]
    assert not compare(second, second).worth_telling
