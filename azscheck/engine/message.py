"""A finding's one line, filled from its evidence."""

import json
import re
from collections.abc import Iterable
from typing import Any, Final

from azscheck.engine.frame import Frame
from azscheck.engine.interpret import Interpreter
from azscheck.engine.proof import Proof
from azscheck.engine.tally import names_of
from azscheck.policy import Policy
from azscheck.policy.conditions import AllOf, AnyOf, ArrayCount, Condition, Field, Not, ResourceCount, Test, all_tests
from azscheck.policy.parse import PLACEHOLDER
from azscheck.policy.paths import parse_path
from azscheck.results import Evidence
from azscheck.times import format_duration, parse_duration, parse_time
from azscheck.values import ABSENT, Unknown

_LONGEST: Final = 4000
_LONGEST_VALUE: Final = 1000
_MOST_OF_A_RULE = 3
"""Tests of a rule that a message has room for."""


def message_of(policy: Policy, proof: Proof, frame: Frame, interpreter: Interpreter) -> str:
    """The policy's message with its placeholders filled; without one, the first piece of evidence in words."""
    if not policy.message:
        if policy.effect is not None and isinstance(policy.require, Not):
            return _short(_words_of_a_rule(proof.evidence))
        return _short(_words(proof.evidence[0])) if proof.evidence else "does not comply"

    left = _LONGEST

    def fill(found: re.Match[str]) -> str:
        nonlocal left
        if left <= 0:
            return "..."
        words = _short(_placeholder(found[1], policy, proof, frame, interpreter), _LONGEST_VALUE)
        left -= len(words)
        return words

    return _short(PLACEHOLDER.sub(fill, policy.message))


def _short(text: str, most: int = _LONGEST) -> str:
    return text if len(text) <= most else text[:most] + "..."


def _placeholder(name: str, policy: Policy, proof: Proof, frame: Frame, interpreter: Interpreter) -> str:
    if name in policy.parameters:
        return _parameter(policy.parameters[name].type, frame.parameters[name])
    if name == "count":
        return str(proof.tally.least if proof.tally else 0)
    if name == "names":
        return names_of(proof.tally.counted or proof.tally.others) if proof.tally else ""
    if name == "seen":
        return ", ".join(dict.fromkeys(as_words(e.seen) for e in _last_inside(proof.evidence)))
    if name in ("newest", "oldest"):
        return _age(name, policy, frame, interpreter)
    return as_words(frame.read(parse_path(name)))


def _last_inside(evidence: Iterable[Evidence]) -> Iterable[Evidence]:
    """The last test of a value in each resource that a count went into."""
    return {e.resource: e for e in evidence if e.resource and not e.test.startswith("count")}.values()


def _seen(evidence: Evidence) -> str:
    return evidence.note if evidence.seen is None and evidence.note else as_words(evidence.seen)


def _words(evidence: Evidence) -> str:
    return f"{evidence.test} is {_seen(evidence)}; wanted: {evidence.operator} {as_words(evidence.wanted)}"


def _words_of_a_rule(evidence: Iterable[Evidence]) -> str:
    """What is so and should not be: of an Azure Policy rule all that it found but for the type."""
    found = [e for e in evidence if e.test != "type"]
    words = [f"{e.test} is {_seen(e)} (rule: {e.operator} {as_words(e.wanted)})" for e in found[:_MOST_OF_A_RULE]]
    return "; ".join(words) or "the definition's rule is about every resource of this type"


def as_words(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, str):
        return " ".join(value.splitlines())
    if value is ABSENT or value is None:
        return "not set"
    if isinstance(value, Unknown):
        return "not known"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return " ".join(", ".join(value).splitlines())
    return json.dumps(value, ensure_ascii=False, default=str)


def _parameter(kind: str, value: Any) -> str:
    return format_duration(parse_duration(value)) if kind == "duration" else as_words(value)


def _age(which: str, policy: Policy, frame: Frame, interpreter: Interpreter) -> str:
    times = []
    for value in _dated(policy.require, frame, interpreter):
        try:
            times.append(parse_time(value))
        except (ValueError, TypeError, AttributeError):
            continue
    if not times:
        return "none"
    return format_duration(frame.now - (max(times) if which == "newest" else min(times)))


def _dated(condition: Condition, frame: Frame, interpreter: Interpreter) -> Iterable[Any]:
    """The values that age tests looked at, in the condition and in its counts of resources."""
    for test in all_tests(condition):
        if _is_age(test) and isinstance(test.left, Field):
            yield frame.read(test.left)
        elif isinstance(test.left, ResourceCount) and test.left.where is not None:
            count, where = test.left, test.left.where
            fields = [t.left for t in all_tests(where) if _is_age(t) and isinstance(t.left, Field)]
            if not fields:
                continue
            yield from _dated_resources(count, where, fields, frame, interpreter)


def _dated_resources(
    count: ResourceCount, where: Condition, fields: list[Field], frame: Frame, interpreter: Interpreter
) -> Iterable[Any]:
    """Of those that satisfy all else; where none does, of those that do but for counts of their parts."""
    chosen = (count.newest.where,) if count.newest and count.newest.where else ()
    frames = [frame.of(resource) for resource in interpreter.world.population(count, frame).candidates]
    for ageless in (_without_ages(where), _without_ages(where, parts=False)):
        fitting = [inner for inner in frames if interpreter.truth(AllOf((ageless, *chosen)), inner) is True]
        if fitting:
            return [inner.read(field) for inner in fitting for field in fields]
    return ()


def _is_age(test: Test) -> bool:
    return test.operator in ("newerThan", "olderThan")


def _without_ages(condition: Condition, *, parts: bool = True) -> Condition:
    """The condition without its tests of ages; without `parts`, also without those of a resource's own parts."""
    match condition:
        case AllOf(conditions=below):
            return AllOf(tuple(_without_ages(part, parts=parts) for part in below))
        case AnyOf(conditions=below):
            return AnyOf(tuple(_without_ages(part, parts=parts) for part in below))
        case Test() if _is_age(condition):
            return AllOf(())
        case Test(left=ArrayCount(where=where)) if not parts or (
            where is not None and any(map(_is_age, all_tests(where)))
        ):
            # How old the parts are is a question of age, too.
            return AllOf(())
        case _:
            return condition
