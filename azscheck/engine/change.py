"""The smallest change that would turn a condition: which tests would have to come out otherwise.

By dynamic programming over the tree: what it costs to make each node true and to make it false, in tests whose truth
changes. An `allOf` is made true by all of its parts and false by the cheapest; a count by the candidates that are
nearest to being counted. The sum is the least, and turns the condition, where no two tests look at the same property;
where they do, `kept` says what must stay as it is.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, product
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from azscheck.engine.tally import compare_tally, turning_points
from azscheck.engine.trace import Compared, Counted, Group, Member, Node
from azscheck.expressions import is_expression
from azscheck.policy.conditions import (
    AllOf,
    AnyOf,
    ArrayCount,
    Condition,
    Not,
    ResourceCount,
    Test,
    Value,
    ValueCount,
)
from azscheck.values import Unknown


class Flip(Struct, frozen=True):
    """A test that must come out as `to`."""

    node: Compared | Counted
    to: bool


class Known(Struct, frozen=True):
    """A list that must be read, and hold nothing more that is counted."""

    node: Counted
    reason: str


class More(Struct, frozen=True):
    """So many more to count, of which `tests` hold (or do not)."""

    node: Counted
    number: int
    tests: tuple[tuple[Test, bool], ...]


class Fewer(Struct, frozen=True):
    """So many fewer to count, of which nothing is asked but to be there."""

    node: Counted
    number: int


Step = Flip | Known | More | Fewer


class Change(Struct, frozen=True):
    """Steps that together turn a condition, and the tests that must not turn meanwhile."""

    cost: int = 0
    steps: tuple[Step, ...] = ()
    kept: tuple[Flip, ...] = ()

    def __add__(self, other: "Change") -> "Change":
        return Change(self.cost + other.cost, self.steps + other.steps, self.kept + other.kept)


Changes = tuple[Change, ...]
"""Several that cost the same; none where there is no way."""

_MOST_WAYS: Final = 12


def smallest_changes(node: Node, to: bool) -> Changes:
    """The changes of the fewest tests by which a node is `to`; none when nothing can make it so."""
    match node:
        case Group(word="not", parts=(part,)):
            return smallest_changes(part, not to)
        case Group(word=word, parts=parts):
            changes = [smallest_changes(part, to) for part in parts]
            return _all(changes) if (word == "allOf") is to else _cheapest(changes)
        case Compared():
            if node.truth is to:
                return (Change(kept=(Flip(node, to),)),)
            return (Change(1, (Flip(node, to),)),) if _changeable(node, to) else ()
        case Counted():
            return (Change(),) if node.truth is to else _of_count(node, to)


def _all(changes: Iterable[Changes]) -> Changes:
    """Each way to do all of them."""
    ways = islice(product(*changes), _MOST_WAYS)
    return tuple(sum(way, start=Change()) for way in ways)


def _cheapest(changes: Iterable[Changes]) -> Changes:
    """The ways of the least cost."""
    found = [way for ways in changes for way in ways]
    least = min((way.cost for way in found), default=0)
    return tuple(way for way in found if way.cost == least)[:_MOST_WAYS]


def _changeable(node: Compared, to: bool) -> bool:
    """Whether anything about a resource can make a test come out so."""
    if node.wanted == [] and node.test.operator in ("in", "notIn"):
        return (node.test.operator == "notIn") is to
    return _open(node.test)


def _open(test: Test) -> bool:
    return not isinstance(test.left, Value) or has_expression(test.left.value) or has_expression(test.right)


def has_expression(value: Any) -> bool:
    """Whether any part of a value is worked out."""
    match value:
        case dict():
            return any(map(has_expression, value.values()))
        case list():
            return any(map(has_expression, value))
        case _:
            return is_expression(value)


def _of_count(node: Counted, to: bool) -> Changes:
    goals = {0, sum(m.truth is True for m in node.members), *turning_points(node.wanted)}
    if isinstance(node.count, ResourceCount) and node.count.newest is not None:
        # One of them is the newest: which, is not known while there are several.
        goals = {0, 1} if len(node.members) <= 1 else set()
    ways = [ways for goal in sorted(goals) if goal >= 0 for ways in _to_goal(node, goal, to)]
    # What costs nothing does not turn a count that is not yet so.
    return _cheapest(w for w in ways if w and w[0].cost) or (Change(1, (Flip(node, to),)),)


def _to_goal(node: Counted, goal: int, to: bool) -> Iterator[Changes]:
    """Ways to count exactly `goal` (or as many and an unknown number more, where that is enough)."""
    yes = [m for m in node.members if m.truth is True]
    rest = [m for m in node.members if m.truth is not True]
    more = goal >= len(yes)
    needed = abs(goal - len(yes))
    turned = [(m, ways) for m in (rest if more else yes) if (ways := _of_member(m, to=more))]
    chosen = sorted(turned, key=lambda found: found[1][0].cost)[:needed]
    lacking = needed - len(chosen)
    others = _more(node, lacking) if more else _fewer(node, lacking)
    steps = _all([*(ways for _, ways in chosen), others])
    taken = {id(m) for m, _ in chosen}
    still_open = [m for m in rest if isinstance(m.truth, Unknown) and id(m) not in taken]
    if _holds(node, goal, None if node.gap is not None else goal + len(still_open), to):
        yield steps
    if (still_open or node.gap is not None) and _holds(node, goal, goal, to):
        known = Change(1, (Known(node, node.gap.reason),)) if node.gap is not None else Change()
        yield _all([steps, (known,), *(_of_member(m, to=False) for m in still_open)])


def _holds(node: Counted, least: int, most: int | None, to: bool) -> bool:
    unknown = None if most == least else Unknown("")
    tally = replace(node.tally, least=least, most=most, unknown=unknown)
    return compare_tally(node.test.operator, tally, node.wanted, node.frame.now) is to


def _of_member(member: Member, *, to: bool) -> Changes:
    return smallest_changes(member.node, to) if member.node is not None else ()


def _more(node: Counted, number: int) -> Changes:
    if not number:
        return (Change(),)
    if isinstance(node.count, ValueCount) and not has_expression(node.count.value):
        return ()
    tests = _fewest_tests(node.count.where, to=True)
    return () if tests is None else (Change(number * max(len(tests), 1), (More(node, number, tests),)),)


def _fewer(node: Counted, number: int) -> Changes:
    if not number:
        return (Change(),)
    removable = isinstance(node.count, ArrayCount | ResourceCount) and node.count.where is None
    return (Change(number, (Fewer(node, number),)),) if removable else ()


def _fewest_tests(condition: Condition | None, *, to: bool) -> tuple[tuple[Test, bool], ...] | None:
    """The fewest tests by whose truth alone a condition is `to`, of a resource of which nothing is known."""
    match condition:
        case None:
            return ()
        case Not():
            return _fewest_tests(condition.condition, to=not to)
        case Test():
            return ((condition, to),) if _open(condition) else None
        case AllOf() | AnyOf():
            found: Sequence[tuple[tuple[Test, bool], ...] | None]
            found = [_fewest_tests(part, to=to) for part in condition.conditions]
            if isinstance(condition, AllOf) is to:
                return None if None in found else tuple(test for tests in found if tests for test in tests)
            return min((tests for tests in found if tests is not None), key=len, default=None)
