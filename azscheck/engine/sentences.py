"""Tests, and what would change them, in words."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from azscheck.engine.change import Change, Fewer, Flip, Known, More, Step, has_expression
from azscheck.engine.frame import Frame
from azscheck.engine.message import as_words
from azscheck.engine.tally import Tally
from azscheck.engine.trace import Compared, Counted, Group, Node
from azscheck.engine.words import count_words
from azscheck.expressions import Call, calls, is_expression, parse
from azscheck.inventory import Origin, Resource
from azscheck.policy.conditions import ArrayCount, ComputedField, Field, ResourceCount, Test, Value, ValueCount
from azscheck.times import format_time, parse_duration
from azscheck.values import ABSENT, Unknown

_BE: Final = {
    "equals": "be {}",
    "in": "be one of {}",
    "like": "fit {}",
    "match": "fit the pattern {}",
    "matchInsensitively": "fit the pattern {} in any case",
    "contains": "hold {}",
    "containsKey": "have the key {}",
    "less": "be less than {}",
    "lessOrEquals": "be at most {}",
    "greater": "be more than {}",
    "greaterOrEquals": "be at least {}",
    "newerThan": "be {} or later",
    "olderThan": "be before {}",
    "withinCidr": "be an address in {}",
    "sizeAtLeast": "be at least {}",
    "versionAtLeast": "be version {} or later",
    "matchesRegex": "match {}",
}
"""What a test asks for, after `must` or `must not`."""
_OTHERWISE: Final = {
    "less": "greaterOrEquals",
    "lessOrEquals": "greater",
    "greater": "lessOrEquals",
    "greaterOrEquals": "less",
    "newerThan": "olderThan",
    "olderThan": "newerThan",
}
"""What a person says in the place of `must not`."""
_NOTHING = Resource("", "", "", {}, Origin("", ""))


def demand(operator: str, wanted: Any, to: bool, now: datetime) -> str:
    """What must be so for a test to be true, or to be false: `must be one of gold, silver`."""
    if operator == "exists":
        return "must be there" if (str(wanted).lower() == "true") is to else "must not be there"
    if operator.startswith("not"):
        operator, to = operator[3].lower() + operator[4:], not to
    if not to and operator in _OTHERWISE:
        operator, to = _OTHERWISE[operator], True
    return ("must " if to else "must not ") + _BE[operator].format(_wanted_words(operator, wanted, now))


def _wanted_words(operator: str, wanted: Any, now: datetime) -> str:
    if operator in ("newerThan", "olderThan") and isinstance(wanted, str):
        try:
            return f"{format_time(now - parse_duration(wanted))} ({wanted} before now)"
        except (ValueError, OverflowError):
            pass
    return _plain(wanted)


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_plain, value)) or "nothing"
    return "''" if value == "" else as_words(value)


def subject_words(test: Test, frame: Frame) -> str:
    """What a test looks at, as a sentence names it: the property where an expression reads nothing else."""
    match test.left:
        case ArrayCount() | ResourceCount():
            return f"the {count_words(test)}"
        case Field(path=path):
            return path
        case ComputedField(path=text) | Value(value=str(text)) | ValueCount(value=str(text)) if is_expression(text):
            tree = parse(text)
            named = Call("field", (tree,), text) if isinstance(test.left, ComputedField) else tree
            read = frame.evaluate(named.arguments[0]) if isinstance(named, Call) and named.name == "field" else None
            return read if isinstance(read, str) else text[1:-1]
        case ComputedField(path=value) | Value(value=value) | ValueCount(value=value):
            return as_words(value)


def step_words(step: Step, change: Change) -> str:
    """One step of a change, as a sentence without its full stop."""
    match step:
        case Flip(node=node, to=to):
            asked = demand(node.test.operator, node.wanted, to, node.frame.now)
            seen = _is(node) if isinstance(node, Compared) else f"is {tally_words(node.tally)}"
            kept = "".join(f", and still {_still(k)}" for k in _beside(step, change))
            return f"{_within(node)}{subject_words(node.test, node.frame)} {asked} ({seen}){kept}"
        case Known(reason=reason):
            return f"must be known, and add nothing that is counted: {reason.rstrip('.')}"
        case Fewer(node=node, number=number):
            return f"{_within(node)}{number} fewer of {_counted_words(node)}"
        case More(node=node, number=number, tests=tests):
            of = [
                f"{subject_words(t, node.frame)} {demand(t.operator, _right(node, t), to, node.frame.now)}"
                for t, to in tests
            ]
            return f"{_within(node)}{number} more of {_counted_words(node)}" + (f": {'; '.join(of)}" if of else "")


def _within(node: Compared | Counted) -> str:
    return "".join(f"{name} > " for name in node.within)


def _counted_words(node: Counted) -> str:
    match node.count:
        case ResourceCount(type=kind):
            return kind
        case ArrayCount(field=field):
            return field.path
        case count:
            return subject_words(Test(count, "", None, node.test.place), node.frame) or "the values"


def _is(node: Compared) -> str:
    if isinstance(node.truth, Unknown):
        return f"not known: {node.truth.reason}"
    if node.seen is ABSENT:
        return "is not there"
    return f"is {_plain(node.seen)}"


def _beside(step: Flip, change: Change) -> Iterator[Flip]:
    """What holds now of the property that must change, and must go on to."""
    for kept in change.kept:
        node = kept.node
        if (
            isinstance(node, Compared)
            and node.within == step.node.within
            and node.test.left == step.node.test.left
            and node.test.operator != "exists"
        ):
            yield kept


def _still(kept: Flip) -> str:
    node = kept.node
    words = demand(node.test.operator, node.wanted, kept.to, node.frame.now)
    return words.removeprefix("must ")


def _right(node: Counted, test: Test) -> Any:
    """What a right side comes to for a resource that is not there yet; as it is written where that is open."""
    if not has_expression(test.right):
        return node.frame.resolve(test.right)
    texts = [text for text in _texts(test.right) if is_expression(text)]
    if any(call.name in ("field", "current") for text in texts for call in calls(parse(text))):
        return test.right
    frame = node.frame.of(_NOTHING) if isinstance(node.count, ResourceCount) else node.frame
    value = frame.resolve(test.right)
    return test.right if isinstance(value, Unknown) else value


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list() | dict():
            for below in value.values() if isinstance(value, dict) else value:
                yield from _texts(below)


def tally_words(tally: Tally) -> str:
    """A count, as far as it is known."""
    return str(tally.least) if tally.most == tally.least else f"at least {tally.least}"


def not_known(node: Node) -> Iterator[tuple[str, Unknown]]:
    """What leaves a node unknown: each thing that was looked at, and why it is not known."""
    if not isinstance(node.truth, Unknown):
        return
    match node:
        case Group(parts=parts):
            for part in parts:
                yield from not_known(part)
        case Compared():
            yield _within(node) + subject_words(node.test, node.frame), node.truth
        case Counted(gap=gap, members=members):
            if gap is not None:
                yield _within(node) + subject_words(node.test, node.frame), gap
            below = [found for member in members if member.node is not None for found in not_known(member.node)]
            yield from below
            if gap is None and not below:
                yield _within(node) + subject_words(node.test, node.frame), node.truth
