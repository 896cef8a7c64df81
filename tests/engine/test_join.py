"""Joins: the index finds what a scan of all would find."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azscheck.engine import evaluate
from azscheck.engine.frame import Frame
from azscheck.engine.interpret import Interpreter
from azscheck.engine.population import World
from azscheck.inventory import Inventory, Resource
from azscheck.policy.conditions import ResourceCount
from azscheck.values import Unknown

from ..builders import NOW, OTHER, THING, condition, coverage, failed, inventory, judge, policy, resource, state, states

keys = st.sampled_from(
    [
        *(
            "/Subscriptions/S1/a",
            "/subscriptions/s1/A",
            "subscriptions/s1/a",
            "x",
            "X",
            "ß",
            "SS",
            "İ",
            "",
            "true",
            "1",
        ),
        *(1, 1.0, 0, False, True, None, [], ["x"], ["X"], {"a": "x"}, {"A": "X"}, 10**400, "unread", "missing"),
    ]
)


def holder(name: str, key: Any, kind: str) -> Resource:
    if key == "missing":
        return resource(name, {}, kind=kind)
    if key == "unread":
        return resource(name, {}, kind=kind, unknown={"/properties/key": "403"})
    return resource(name, {"key": key}, kind=kind)


EQUALITY = {"field": "properties.key", "equals": "[subject('properties.key')]"}


def key_of(test: Any) -> Any:
    assert isinstance(test.left, ResourceCount)
    return test.left.key


@settings(max_examples=400)
@given(keys, st.lists(keys, max_size=6), st.booleans(), st.sampled_from([{"equals": 1}, {"equals": 0}, {"less": 2}]))
def test_index_is_a_full_scan(wanted: Any, held: list[Any], gap: bool, comparison: Any) -> None:
    """A machine's recovery point is not found, or another machine's is taken for it."""
    others = [holder(f"o{i}", key, OTHER) for i, key in enumerate(held)]
    subject = holder("a", wanted, "Test.Azs/things")
    found = inventory(subject, *others, *([failed()] if gap else []))
    joined = condition({"count": {"resources": OTHER, "where": EQUALITY}, **comparison})
    # Inside anyOf an equality is no key: every candidate is looked at.
    scanned = condition({"count": {"resources": OTHER, "where": {"anyOf": [EQUALITY]}}, **comparison})
    assert key_of(joined) is not None
    assert key_of(scanned) is None
    interpreter, frame = Interpreter(World(found)), Frame(subject, subject.document, {}, NOW)
    by_index, by_scan = interpreter.truth(joined, frame), interpreter.truth(scanned, frame)
    if isinstance(by_index, Unknown) and wanted == "unread":
        return
    assert by_index == by_scan


@pytest.mark.parametrize("key", [None, "missing"])
@pytest.mark.parametrize("other", [None, "missing"])
@pytest.mark.parametrize("where", [EQUALITY, {"anyOf": [EQUALITY]}])
def test_two_absences_are_no_pair(key: Any, other: Any, where: Any) -> None:
    """A machine without an id is protected by an item without one."""
    count = {"count": {"resources": OTHER, "where": where}, "greaterOrEquals": 1}
    assert state(count, holder("a", key, "Test.Azs/things"), holder("o", other, OTHER)) == "nonCompliant"


def test_a_key_that_could_not_be_read() -> None:
    """What the judged resource is to be found by was not read, and it is said to have nothing."""
    for comparison in ({"equals": 0}, {"greaterOrEquals": 1}):
        count = {"count": {"resources": OTHER, "where": EQUALITY}, **comparison}
        assert state(count, holder("a", "unread", "Test.Azs/things"), holder("o", "x", OTHER)) == "unknown"
        assert state(count, holder("a", "x", "Test.Azs/things"), holder("o", "unread", OTHER)) == "unknown"


def test_a_key_that_is_a_mistake() -> None:
    """A function that cannot take the key's value is called a lack of knowledge, and never mended."""
    where = {"field": "properties.key", "equals": "[toLower(subject('properties.key'))]"}
    count = {"count": {"resources": OTHER, "where": where}, "equals": 0}
    assert state(count, holder("a", 5, "Test.Azs/things"), holder("o", "x", OTHER)) == "error"


def test_joins_stay_on_their_stamp() -> None:
    """A machine of one stamp is protected by an item of another."""
    count: dict[str, Any] = {"count": {"resources": OTHER, "where": EQUALITY}, "greaterOrEquals": 1}
    east = resource("a", {"key": "x"})
    west = resource("o", {"key": "x"}, kind=OTHER, stamp="west")
    assert states(judge(count, east, west)) == {"a": "nonCompliant"}
    count["count"] |= {"scope": "fleet"}
    assert states(judge(count, east, west)) == {"a": "compliant"}


def test_a_join_looks_at_few() -> None:
    """A stamp with many machines takes hours: each machine is held against each item."""
    many = 4000
    things = [resource(f"vm{i}", {"key": f"K{i}"}) for i in range(many)]
    others = [resource(f"o{i}", {"key": f"k{i}"}, kind=OTHER) for i in range(many)]
    count = {"count": {"resources": OTHER, "where": EQUALITY}, "equals": 1}
    begun = time.process_time()
    results = judge(count, *things, *others)
    assert {r.state.value for r in results.results} == {"compliant"}
    # A scan of all pairs takes minutes.
    assert time.process_time() - begun < 10


def test_children_are_found_whatever_the_order_they_came_in() -> None:
    """Extensions are taken for another machine's, or not found, because a list came in another order."""
    machines = [resource(name) for name in ("b", "a", "a-2", "A1", "ab")]
    children = [
        resource("x", kind=f"{THING}/parts", id=f"{machine.id.upper()}/parts/x")
        for machine in machines
        if machine.name in ("a", "ab")
    ]
    kind = f"{THING}/parts"
    lists = (coverage(THING), coverage(kind))
    require = {"count": {"resources": kind, "scope": "children"}, "equals": 1}
    for parts in ((*machines, *children), (*reversed(children), *reversed(machines))):
        results = evaluate(Inventory(NOW, parts, lists), [policy(require)], now=NOW)
        assert {n for n, state in states(results).items() if state == "compliant"} == {"a", "ab"}
