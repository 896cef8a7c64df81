"""Of several changes that would do, those that a person would try first."""

from typing import Any

from msgspec.structs import replace

from azscheck.engine.change import Change, Changes, Fewer, Flip, Known, More
from azscheck.engine.operators import Truth, compare
from azscheck.engine.proof import combine
from azscheck.engine.tally import compare_tally
from azscheck.engine.trace import Compared, Counted, Group, Node
from azscheck.expressions import calls, is_expression, parse
from azscheck.policy.conditions import Field, Test
from azscheck.values import Unknown

_EITHER = Unknown("looks at a property that is changed")


def likeliest(changes: Changes, tree: Node, to: bool) -> tuple[Changes, bool]:
    """Changes in the order in which a person would try them, and whether they are sure to do.

    A change is sure when the tree is `to` after it, whatever becomes of the other tests that look at a property which
    it changes. Where some are sure, the others are left out. Last come those by which a resource would be another one,
    or lack something.
    """

    def odd(change: Change) -> int:
        flips = [(f.node, f.to) for f in _flips(change) if isinstance(f.node, Compared)]
        return sum(_identifies(node.test) or _removes(node, to) for node, to in flips)

    possible = tuple(change for change in changes if not _contradicts_itself(change))
    sure = tuple(change for change in possible if _After(change).truth(tree) is to)
    return tuple(sorted(sure or possible or changes, key=odd)), bool(sure)


def _flips(change: Change) -> list[Flip]:
    return [step for step in change.steps if isinstance(step, Flip)]


def _contradicts_itself(change: Change) -> bool:
    """Whether the one value that a property must have is one that it must not have."""
    told = [(f.node, f.to) for f in (*change.kept, *_flips(change)) if isinstance(f.node, Compared)]
    for node, to in told:
        if (node.test.operator, to) in (("equals", True), ("notEquals", False)):
            others = [(o, other_to) for o, other_to in told if _property_of(o) == _property_of(node)]
            if any(compare(o.test.operator, node.wanted, o.wanted, o.frame.now) is not t for o, t in others):
                return True
    return False


class _After:
    """The truth of nodes when a change has been made."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self._told = {id(flip.node): flip.to for flip in (*change.kept, *_flips(change))}
        self._touched = {_property_of(f.node) for f in _flips(change) if isinstance(f.node, Compared)}

    def truth(self, node: Node) -> Truth:
        """Unknown where it may be either."""
        if id(node) in self._told:
            return self._told[id(node)]
        match node:
            case Group(word="not", parts=(part,)):
                truth = self.truth(part)
                return truth if isinstance(truth, Unknown) else not truth
            case Group(word=word, parts=parts):
                return combine(map(self.truth, parts), decides=word == "anyOf")
            case Compared():
                return _EITHER if _property_of(node) in self._touched else node.truth
            case Counted():
                return self._of_count(node)

    def _of_count(self, node: Counted) -> Truth:
        truths = [m.truth if m.node is None else self.truth(m.node) for m in node.members]
        least, most = sum(t is True for t in truths), sum(t is not False for t in truths)
        gap = node.gap
        for step in self._change.steps:
            match step:
                case More(node=of, number=number) if of is node:
                    least, most = least + number, most + number
                case Fewer(node=of, number=number) if of is node:
                    least, most = least - number, most - number
                case Known(node=of) if of is node:
                    gap = None
        unknown = None if least == most and gap is None else _EITHER
        tally = replace(node.tally, least=least, most=most if gap is None else None, unknown=unknown)
        return compare_tally(node.test.operator, tally, node.wanted, node.frame.now)


def _property_of(node: Compared) -> Any:
    """What two tests of one property of one resource have in common."""
    left = node.test.left
    key = left.key if isinstance(left, Field) else str(getattr(left, "value", getattr(left, "path", "")))
    return node.frame.resource.id, node.within, key


def _identifies(test: Test) -> bool:
    if not isinstance(test.left, Field):
        return False
    joins = is_expression(test.right) and any(call.name == "subject" for call in calls(parse(test.right)))
    return joins or test.left.key[1:] in (("id",), ("name",), ("type",))


def _removes(node: Compared, to: bool) -> bool:
    return node.test.operator == "exists" and (str(node.wanted).lower() == "true") is not to
