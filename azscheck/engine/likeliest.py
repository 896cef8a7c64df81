"""Of several changes that would do, those that a person would try first."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from azscheck.engine.change import Change, Changes, Flip
from azscheck.engine.trace import Compared, Counted, Group, Node
from azscheck.expressions import calls, is_expression, parse
from azscheck.policy.conditions import Field, Test


def likeliest(changes: Changes, tree: Node) -> Changes:
    """Changes in the order in which a person would try them.

    Last come those by which a resource would be another one, or lack something, and those of a property that other
    tests look at too.
    """
    looked_at = Counter(map(_property_of, _compared(tree)))

    def unlikely(change: Change) -> tuple[int, int]:
        flips = [(s.node, s.to) for s in change.steps if isinstance(s, Flip) and isinstance(s.node, Compared)]
        odd = sum(_identifies(node.test) or _removes(node, to) for node, to in flips)
        return odd, sum(looked_at[_property_of(node)] - 1 for node, _ in flips)

    return tuple(sorted(changes, key=unlikely))


def _property_of(node: Compared) -> Any:
    """What two tests of one property of one resource have in common."""
    left = node.test.left
    key = left.key if isinstance(left, Field) else str(getattr(left, "value", getattr(left, "path", "")))
    return node.frame.resource.id, node.within, key


def _compared(node: Node) -> Iterator[Compared]:
    match node:
        case Group(parts=parts):
            for part in parts:
                yield from _compared(part)
        case Compared():
            yield node
        case Counted(members=members):
            for member in members:
                if member.node is not None:
                    yield from _compared(member.node)


def _identifies(test: Test) -> bool:
    if not isinstance(test.left, Field):
        return False
    joins = is_expression(test.right) and any(call.name == "subject" for call in calls(parse(test.right)))
    return joins or test.left.key[1:] in (("id",), ("name",), ("type",))


def _removes(node: Compared, to: bool) -> bool:
    return node.test.operator == "exists" and (str(node.wanted).lower() == "true") is not to
