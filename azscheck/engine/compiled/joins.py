"""Counts of other resources for generated code: what is asked of them is worked out once, and looked up for each."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import Any

from azscheck.engine.compiled.answers import NoAnswer
from azscheck.engine.compiled.rules import OF_THE_JUDGED, Opaque, Rule
from azscheck.engine.equality import scalar_key
from azscheck.engine.population import World, prefix_of
from azscheck.engine.reading import walk
from azscheck.expressions import Call, Literal, calls, is_expression, parse
from azscheck.inventory import Resource
from azscheck.policy.conditions import (
    AllOf,
    AnyOf,
    ArrayCount,
    Condition,
    Field,
    Not,
    ResourceCount,
    Scope,
    Test,
    Value,
    ValueCount,
)
from azscheck.policy.join_key import is_key
from azscheck.policy.paths import EACH, parse_path
from azscheck.values import ABSENT, Unknown

Count = Callable[[Any], int]
Truths = Callable[[Condition, Sequence[Resource], Rule], list[bool | None]]
"""The truth of a condition on each of some resources of one type; None where it is not known."""


class Joins:
    """The counts of other resources, as seen from one stamp."""

    def __init__(self, world: World, stamp: str, truths: Truths) -> None:
        self._world = world
        self._stamp = stamp
        self._truths = truths

    def of(self, count: ResourceCount, rule: Rule) -> tuple[Count, Field | None]:
        """A function that counts, and the field of the judged resource that it takes; None: it takes the resource.

        Raises Opaque where only the interpreter can count.
        """
        if count.newest is not None:
            raise Opaque
        rest, subject = without_key(count)
        if rest is not None and reads_subject(rest):
            raise Opaque
        stamps = self._world.stamps_of(count, self._stamp)
        if any(self._world.gaps(count.type, s) for s in stamps):
            return _no_answer, None
        if count.scope in (Scope.STAMP, Scope.FLEET):
            resources = [r for s in stamps for r in self._world.resources(count.type, s)]
            truths = self._truths_of(rest, resources, rule)
            if subject is None:
                return self._all(count, truths), None
            assert count.key is not None
            return _keyed(count, count.key.field, resources, truths), subject
        if subject is not None:
            raise Opaque
        truths = self._truths_of(rest, self._world.resources(count.type, self._stamp), rule)
        return _below(count, self._world.keys(count.type, self._stamp), truths), None

    def _truths_of(self, rest: Condition | None, resources: Sequence[Resource], rule: Rule) -> list[bool | None]:
        return [True] * len(resources) if rest is None else self._truths(rest, resources, rule)

    @staticmethod
    def _all(count: ResourceCount, truths: list[bool | None]) -> Count:
        if None in truths or (not truths and count.unknown_when_none):
            return _no_answer
        number = sum(truth is True for truth in truths)
        return lambda _: number


def _no_answer(_: Any) -> int:
    raise NoAnswer


def _keyed(count: ResourceCount, key: Field, resources: Sequence[Resource], truths: list[bool | None]) -> Count:
    index: dict[str, int] = {}
    unsure: set[str] = set()
    for resource, truth in zip(resources, truths, strict=True):
        value = key_of(key, resource)
        text = scalar_key(value)
        if isinstance(value, Unknown):
            # It may belong to any of the judged ones.
            return _no_answer
        if text is not None:
            index[text] = index.get(text, 0) + (truth is True)
            if truth is None:
                unsure.add(text)
    return lookup_of(index, unsure, bool(count.unknown_when_none))


def lookup_of(index: Mapping[str, int], unsure: set[str], unknown_when_none: bool) -> Count:
    """A count by the value of the join key."""

    def counted(value: Any) -> int:
        text = value.lower() if type(value) is str else scalar_key(value)
        if text is None:
            if unknown_when_none or isinstance(value, list | dict):
                raise NoAnswer
            return 0
        found = index.get(text)
        if text in unsure or (found is None and unknown_when_none):
            raise NoAnswer
        return found or 0

    return counted


def _below(count: ResourceCount, keys: list[str], truths: list[bool | None]) -> Count:
    """Counts in the range of ids that begin with a prefix, by two running totals."""
    counted = [0, *accumulate(truth is True for truth in truths)]
    unsure = [0, *accumulate(truth is None for truth in truths)]

    def count_below(resource: Resource) -> int:
        prefix = prefix_of(count.scope, resource)
        if prefix is None:
            raise NoAnswer
        start = bisect_left(keys, prefix)
        end = bisect_left(keys, True, lo=start, key=lambda key: not key.startswith(prefix))
        if unsure[end] > unsure[start] or (start == end and count.unknown_when_none):
            raise NoAnswer
        return counted[end] - counted[start]

    return count_below


def key_of(key: Field, resource: Resource) -> Any:
    """The value of a join key in a counted resource."""
    match key.key[1:]:
        case ("id",):
            return resource.id
        case ("name",):
            return resource.name
        case ("fullname",):
            return resource.full_name
        case ("type",):
            return resource.common_type
    return ABSENT if key.alias_of else walk(resource.document, key.steps)


def without_key(count: ResourceCount) -> tuple[Condition | None, Field | None]:
    """What is asked of the counted ones beside the join key, and the field of the judged one that the key equals."""
    if count.key is None:
        return count.where, None
    if count.key.field.alias_of:
        raise Opaque
    match count.key.value:
        case Call(name="subject", arguments=(Literal(value=str(path)),)):
            subject = parse_path(path)
        case _:
            raise Opaque
    if subject.alias_of or EACH in subject.steps:
        raise Opaque
    parts = count.where.conditions if isinstance(count.where, AllOf) else (count.where,)
    key = next(part for part in parts if part is not None and is_key(part))
    rest = tuple(part for part in parts if part is not None and part is not key)
    return (AllOf(rest) if rest else None), subject


def reads_subject(condition: Condition | None) -> bool:
    """Whether a condition on a counted resource reads the judged one."""
    match condition:
        case AllOf(conditions=parts) | AnyOf(conditions=parts):
            return any(map(reads_subject, parts))
        case Not(condition=part):
            return reads_subject(part)
        case Test(left=left, right=right):
            return _names_subject(right) or _left_reads_subject(left)
        case _:
            return False


def _left_reads_subject(left: Any) -> bool:
    match left:
        case Value(value=value):
            return _names_subject(value)
        case ValueCount(value=value, where=where):
            return _names_subject(value) or reads_subject(where)
        case ArrayCount(where=where):
            return reads_subject(where)
        case Field():
            return False
        case _:
            # A computed path, or a count within a count, whose subject is another.
            return True


def _names_subject(value: Any) -> bool:
    match value:
        case str() if is_expression(value):
            return any(call.name in OF_THE_JUDGED for call in calls(parse(value)))
        case list():
            return any(map(_names_subject, value))
        case dict():
            return any(map(_names_subject, value.values()))
        case _:
            return False
