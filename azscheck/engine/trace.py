"""A condition's tree with the truth of each node, as the interpreter finds it: what `explain` shows."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from msgspec import Struct

from azscheck.engine.frame import Frame
from azscheck.engine.interpret import Interpreter
from azscheck.engine.operators import Truth
from azscheck.engine.proof import combine
from azscheck.engine.tally import Tally, short
from azscheck.inventory import Resource
from azscheck.policy.conditions import (
    AllOf,
    AnyOf,
    ArrayCount,
    Condition,
    Not,
    ResourceCount,
    Test,
    ValueCount,
)
from azscheck.values import Unknown

MOST_TRACED: Final = 10_000
"""Candidates of one count whose own trees are made; what is counted comes first. Of the others only the truth."""

Count = ArrayCount | ValueCount | ResourceCount


class Group(Struct, frozen=True):
    """An allOf, anyOf or not."""

    word: str
    truth: Truth
    parts: tuple["Node", ...]


class Compared(Struct, frozen=True):
    """A test of a value."""

    test: Test
    truth: Truth
    seen: Any
    wanted: Any
    """What the right side came to."""
    frame: Frame
    within: tuple[str, ...]
    """The counted resources and elements that it is of, the outermost first; empty for the judged resource."""


class Member(Struct, frozen=True):
    """A resource or an element that a count looked at."""

    name: str
    truth: Truth
    resource: Resource | None
    node: "Node | None"
    """Its tree; None where nothing is asked of it, or where there are too many."""


class Counted(Struct, frozen=True):
    """A test of a count."""

    test: Test
    count: Count
    truth: Truth
    tally: Tally
    wanted: Any
    frame: Frame
    within: tuple[str, ...]
    members: tuple[Member, ...]
    older: int = 0
    """Of a count of the newest: how many resources are not the newest."""
    gap: Unknown | None = None
    """Why there may be more to count than the members."""


Node = Group | Compared | Counted


def trace(interpreter: Interpreter, condition: Condition, frame: Frame, within: tuple[str, ...] = ()) -> Node:
    """The tree of a condition, standing in a frame."""
    match condition:
        case AllOf(conditions=conditions) | AnyOf(conditions=conditions):
            parts = tuple(trace(interpreter, c, frame, within) for c in conditions)
            any_of = isinstance(condition, AnyOf)
            return Group("anyOf" if any_of else "allOf", combine((p.truth for p in parts), decides=any_of), parts)
        case Not():
            part = trace(interpreter, condition.condition, frame, within)
            return Group("not", part.truth if isinstance(part.truth, Unknown) else not part.truth, (part,))
        case Test(left=ArrayCount() | ValueCount() | ResourceCount() as count):
            return _counted(interpreter, condition, count, frame, within)
        case Test():
            return Compared(condition, *interpreter.test(condition, frame), frame, within)


def _counted(interpreter: Interpreter, test: Test, count: Count, frame: Frame, within: tuple[str, ...]) -> Counted:
    truth, tally, wanted = interpreter.test(test, frame)
    older = 0
    gap: Unknown | None
    inner: list[tuple[str, Resource | None, Frame]]
    if isinstance(count, ResourceCount):
        population = interpreter.resources(count, frame)
        candidates: Sequence[Resource] = population.candidates
        gap = population.gap
        if count.newest is not None:
            candidates, _ = interpreter.newest(count.newest, candidates, frame)
            older = len(population.candidates) - len(candidates)
        inner = [(r.name, r, frame.of(r)) for r in candidates]
    else:
        frames = interpreter.elements(count, frame)
        gap = next((f for f in frames if isinstance(f, Unknown)), None)
        inner = [(short(f.named[0][1]), None, f) for f in frames if isinstance(f, Frame)]
    members = tuple(_members(interpreter, count.where, inner, within))
    return Counted(test, count, truth, tally, wanted, frame, within, members, older, gap)


def _members(
    interpreter: Interpreter,
    where: Condition | None,
    inner: Iterable[tuple[str, Resource | None, Frame]],
    within: tuple[str, ...],
) -> Iterable[Member]:
    judged = [(interpreter.truth(where, frame), name, resource, frame) for name, resource, frame in inner]
    # What is counted, or may be, first; a false one is the least to tell.
    judged.sort(key=lambda found: (found[0] is False, found[0] is not True))
    for i, (truth, name, resource, frame) in enumerate(judged):
        traced = where is not None and i < MOST_TRACED
        node = trace(interpreter, where, frame, (*within, name)) if where is not None and traced else None
        yield Member(name, truth, resource, node)
