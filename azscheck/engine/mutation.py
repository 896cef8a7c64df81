"""Mutants of a policy: each says one thing otherwise than the policy, and some case has to notice.

A mutant that no inventory could tell from the policy would be noticed by no case, so none such is made: an operator
becomes its negation or its neighbour at the boundary, never another word for itself; a group of one part stays as it
is, and so does one of two equal parts; a scope becomes one that differs within the one stamp of a case; a parameter is
shifted only where a condition reads it, and no number below zero.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from azscheck.documents import shorten
from azscheck.engine.cases import Case
from azscheck.engine.equality import equal
from azscheck.engine.message import as_words
from azscheck.engine.shifted import shifted_defaults
from azscheck.engine.words import count_words, left_words
from azscheck.expressions import is_expression
from azscheck.place import Place
from azscheck.policy import Policy
from azscheck.policy.conditions import (
    AllOf,
    AnyOf,
    ArrayCount,
    Condition,
    Not,
    ResourceCount,
    Scope,
    Test,
    ValueCount,
    all_tests,
)
from azscheck.policy.join_key import join_key
from azscheck.policy.parse import PLACEHOLDER

_NEIGHBOURS: Final[Mapping[str, str]] = {
    one: other
    for pair in (
        ("equals", "notEquals"),
        ("in", "notIn"),
        ("like", "notLike"),
        ("match", "notMatch"),
        ("matchInsensitively", "notMatchInsensitively"),
        ("contains", "notContains"),
        ("containsKey", "notContainsKey"),
        ("less", "lessOrEquals"),
        ("greater", "greaterOrEquals"),
        ("newerThan", "olderThan"),
        ("withinCidr", "notWithinCidr"),
    )
    for one, other in (pair, pair[::-1])
}
"""What takes an operator's place; one that is not here is negated."""
_SCOPES: Final = {
    Scope.STAMP: Scope.CHILDREN,
    Scope.CHILDREN: Scope.STAMP,
    Scope.RESOURCE_GROUP: Scope.SUBSCRIPTION,
    Scope.SUBSCRIPTION: Scope.RESOURCE_GROUP,
    Scope.FLEET: Scope.CHILDREN,
}
"""What takes a scope's place. A case has one stamp, in which the stamp and the fleet are the same."""


class Mutant(Struct, frozen=True):
    """A policy that says one thing otherwise."""

    place: Place
    words: str
    """What was changed."""
    policy: Policy

    def noticed(self, cases: Sequence[Case]) -> bool:
        """Whether a case fails by it."""
        return any(case.failure(self.policy) for case in cases)


class _Variant(Struct, frozen=True):
    place: Place
    words: str
    condition: Condition


def mutants(policy: Policy) -> Iterator[Mutant]:
    """Every mutant of a policy."""
    if policy.when is not None:
        yield Mutant(_place(policy.when), "when is left out", replace(policy, when=None))
        for variant in _variants(policy.when):
            yield Mutant(variant.place, variant.words, replace(policy, when=variant.condition))
    for variant in _variants(policy.require):
        yield Mutant(variant.place, variant.words, replace(policy, require=variant.condition))
    for test, name, default in shifted_defaults(policy, _all_tests(policy)):
        parameter = policy.parameters[name]
        words = f"parameter {name} is {as_words(default)}, not {as_words(parameter.default)}"
        changed = {**policy.parameters, name: replace(parameter, default=default)}
        yield Mutant(test.place, words, replace(policy, parameters=changed))
    for placeholder in PLACEHOLDER.finditer(policy.message):
        text = policy.message[: placeholder.start()] + policy.message[placeholder.end() :]
        yield Mutant(policy.info.place, f"the message lacks {placeholder[0]}", replace(policy, message=text))


def _variants(condition: Condition) -> Iterator[_Variant]:
    match condition:
        case AllOf(conditions=parts) | AnyOf(conditions=parts):
            yield from _of_group(condition, parts)
        case Not(condition=part):
            yield _Variant(_place(part), "not is left out", part)
            for variant in _variants(part):
                yield replace(variant, condition=Not(variant.condition))
        case Test():
            yield from _of_test(condition)


def _of_group(group: AllOf | AnyOf, parts: tuple[Condition, ...]) -> Iterator[_Variant]:
    word, other = ("allOf", "anyOf") if isinstance(group, AllOf) else ("anyOf", "allOf")
    if any(part != parts[0] for part in parts):
        swapped: Condition = AnyOf(parts) if isinstance(group, AllOf) else AllOf(parts)
        yield _Variant(_place(group), f"{word} is {other}", swapped)
    for i, part in enumerate(parts):
        without = (*parts[:i], *parts[i + 1 :])
        if without and part not in without:
            yield _Variant(_place(part), f"{word} lacks {_words(part)}", replace(group, conditions=without))
    for i, part in enumerate(parts):
        for variant in _variants(part):
            changed = (*parts[:i], variant.condition, *parts[i + 1 :])
            yield replace(variant, condition=replace(group, conditions=changed))


def _of_test(test: Test) -> Iterator[_Variant]:
    operator, words = test.operator, _words(test)
    if operator == "exists" and not is_expression(test.right):
        flipped = str(test.right).lower() != "true"
        yield _Variant(test.place, f"{words} is exists: {str(flipped).lower()}", replace(test, right=flipped))
    elif operator in _NEIGHBOURS:
        other = _NEIGHBOURS[operator]
        yield _Variant(test.place, f"{words} is {other}", replace(test, operator=other))
    else:
        yield _Variant(test.place, f"{words} is negated", Not(test))
    if isinstance(test.right, list) and len(test.right) > 1:
        for i, item in enumerate(test.right):
            shorter = [*test.right[:i], *test.right[i + 1 :]]
            if not any(equal(item, other) for other in shorter):
                yield _Variant(test.place, f"{words} lacks {shorten(item)}", replace(test, right=shorter))
    count = test.left
    if isinstance(count, ResourceCount):
        for place, changed, words in _of_resources(count, test):
            yield _Variant(place, words, replace(test, left=_joined(changed)))
    elif isinstance(count, ArrayCount | ValueCount) and count.where is not None:
        for variant in _variants(count.where):
            yield replace(variant, condition=replace(test, left=replace(count, where=variant.condition)))


def _of_resources(count: ResourceCount, test: Test) -> Iterator[tuple[Place, ResourceCount, str]]:
    scope = _SCOPES[count.scope]
    yield test.place, replace(count, scope=scope), f"scope {count.scope} of {_words(test)} is {scope}"
    if count.unknown_when_none:
        yield test.place, replace(count, unknown_when_none=""), f"unknownWhenNone of {_words(test)} is left out"
    if count.newest is not None:
        yield test.place, replace(count, newest=None), f"newest of {_words(test)} is left out"
        if count.newest.where is not None:
            for variant in _variants(count.newest.where):
                yield (
                    variant.place,
                    replace(count, newest=replace(count.newest, where=variant.condition)),
                    variant.words,
                )
    if count.where is not None:
        for variant in _variants(count.where):
            yield variant.place, replace(count, where=variant.condition), variant.words


def _joined(count: ResourceCount) -> ResourceCount:
    """The count with the key that its condition now has."""
    return replace(count, key=join_key(count.newest.where if count.newest else count.where))


def _all_tests(policy: Policy) -> Iterator[Test]:
    for condition in (policy.when, policy.require):
        if condition is not None:
            yield from all_tests(condition, within_counts=True)


def _place(condition: Condition) -> Place:
    return next(all_tests(condition, within_counts=True)).place


def _words(condition: Condition) -> str:
    """A condition, short enough to find it by."""
    match condition:
        case AllOf() | AnyOf() | Not():
            word = {AllOf: "allOf", AnyOf: "anyOf", Not: "not"}[type(condition)]
            return f"{word} of {_words(next(all_tests(condition, within_counts=True)))}"
        case Test(left=ArrayCount() | ValueCount() | ResourceCount()):
            return f"{count_words(condition)} {condition.operator} {shorten(condition.right)}"
        case Test():
            return f"{left_words(condition)} {condition.operator} {shorten(condition.right)}"
