"""Compiled evaluators for documents held as dicts."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from types import CodeType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from azscheck.engine.compiled.answers import NoAnswer, sure
from azscheck.engine.compiled.joins import Joins, Truths
from azscheck.engine.compiled.reads import Layout
from azscheck.engine.compiled.rules import Given, Rule, Told
from azscheck.engine.compiled.source import Writer
from azscheck.engine.frame import Frame
from azscheck.engine.interpret import Interpreter
from azscheck.engine.work import TooMuch
from azscheck.inventory import Resource
from azscheck.policy.conditions import Condition, Field, Test
from azscheck.results import ComplianceState

Bits = tuple[int, int, int] | int
"""Three sets of policies: not complied with, not applicable, and those that only the interpreter can answer for.

The first alone where the others are empty.
"""

AT_ONCE = 30
"""Policies a function: more bits make an integer that is slow to add to."""


class Judge(Struct, frozen=True):
    """Generated code for the policies of one type on one stamp."""

    functions: Sequence[Callable[[Any, Resource], Bits]]
    count: int

    def states(self, resource: Resource) -> Sequence[ComplianceState | None]:
        """The state by each policy, in order; None where the interpreter must say."""
        if resource.unknown:
            return [None] * self.count
        found: list[ComplianceState | None] = []
        for function in self.functions:
            most = min(AT_ONCE, self.count - len(found))
            try:
                found += states_of(function(resource.body, resource), most)
            except RecursionError:
                found += [None] * most
        return found


@lru_cache(8192)
def states_of(bits: Bits, count: int) -> tuple[ComplianceState | None, ...]:
    """The states that three sets stand for."""
    fails, not_applicable, no_answer = (bits, 0, 0) if isinstance(bits, int) else bits
    states: list[ComplianceState | None] = [ComplianceState.COMPLIANT] * count
    if fails or not_applicable or no_answer:
        for i in range(count):
            bit = 1 << i
            if no_answer & bit:
                states[i] = None
            elif not_applicable & bit:
                states[i] = ComplianceState.NOT_APPLICABLE
            elif fails & bit:
                states[i] = ComplianceState.NON_COMPLIANT
    return tuple(states)


def compile_judge(rules: Sequence[Rule], stamp: str, interpreter: Interpreter, now: datetime) -> Judge:
    """Generate the code for rules about one type of resource, standing on one stamp."""

    def ask(test: Test, rule: Rule) -> Callable[[Resource], bool]:
        containers = interpreter.world.containers

        def asked(r: Resource) -> bool:
            frame = Frame(r, r.document, rule.parameters, now, rule.blank, containers, work=rule.work)
            try:
                return sure(interpreter.truth(test, frame))
            except TooMuch as error:
                raise NoAnswer from error

        return asked

    given = Given(now, ask, Joins(interpreter.world, stamp, truths_by(interpreter, stamp, now)).of)
    starts = range(0, len(rules), AT_ONCE)
    return Judge([function_of(Writer(given, Layout()), rules[s : s + AT_ONCE]) for s in starts], len(rules))


def truths_by(interpreter: Interpreter, stamp: str, now: datetime) -> Truths:
    """A function that gives the truth of a condition on each of some resources of one type."""

    def truths(condition: Condition, resources: Sequence[Resource], rule: Rule) -> list[bool | None]:
        judge = compile_judge([replace(rule, when=None, require=condition)], stamp, interpreter, now)
        states = [judge.states(resource)[0] for resource in resources]
        return [None if state is None else state is ComplianceState.COMPLIANT for state in states]

    return truths


def function_of(
    writer: Writer,
    rules: Sequence[Rule],
    *,
    tellers: Callable[[Sequence[Told]], Sequence[Any]] | None = None,
    also: Field | None = None,
) -> Callable[..., Any]:
    """The function that a writer's source makes; of telling code `tellers` gives what tells each rule's failures."""
    source = writer.function(rules, telling=tellers is not None, also=also)
    namespace = writer.namespace()
    if tellers is not None:
        namespace |= {f"t{i}": teller for i, teller in enumerate(tellers(writer.told))}
    exec(_compiled(source), namespace)
    judge: Callable[..., Any] = namespace["judge"]
    return judge


@lru_cache(64)
def _compiled(source: str) -> CodeType:
    # Stamps with the same policies have the same source: what differs is in the namespace.
    return compile(source, "<policies>", "exec")
