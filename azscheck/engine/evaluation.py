"""evaluate: one result for each policy and resource, and one for each list that could not be read."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

import azscheck
from azscheck.engine.applicability import Bound, types_of
from azscheck.engine.attested import without_lapsed
from azscheck.engine.compiled.judge import compile_judge
from azscheck.engine.compiled.rules import Rule
from azscheck.engine.exempting import exempt
from azscheck.engine.frame import Frame
from azscheck.engine.interpret import Interpreter
from azscheck.engine.message import message_of
from azscheck.engine.population import World
from azscheck.engine.quantities import CLOCK_SKEW
from azscheck.engine.work import TooMuch
from azscheck.errors import UsageError
from azscheck.inventory import Coverage, Inventory, Origin, Resource, type_key
from azscheck.policy import ANY, STAMPS, Policy
from azscheck.policy.conditions import Condition, Test, Value
from azscheck.policy.exemptions import Exemption
from azscheck.policy.model import DISABLED, PolicyInfo
from azscheck.policy.parameters import Overrides, check_overrides, over, resolve, values_of
from azscheck.results import ComplianceState, Evidence, Result, Results, in_order
from azscheck.times import format_time
from azscheck.values import Unknown

_WORTH_COMPILING = 16
"""Resources of a type, known whole, from which on generating code for them takes less time than it saves."""


def evaluate(
    inventory: Inventory,
    policies: Iterable[Policy],
    *,
    now: datetime,
    parameters: Overrides | None = None,
    stamp_parameters: Mapping[str, Overrides] | None = None,
    exemptions: Sequence[Exemption] = (),
    sets: Sequence[str] = (),
) -> Results:
    """Judge every resource of an inventory by every policy that applies to its type.

    `now` is the moment from which ages are measured. `parameters` replace defaults by `ID.name` or `name`,
    `stamp_parameters` do so for one stamp and come first. What an exemption in force is of is judged all the same, and
    becomes exempt. `sets` are the names of the policy sets that the policies are of, for the report. Raises UsageError
    for a parameter that no policy has, and for a `now` without a time zone or before the inventory was collected.
    """
    check_now(now, inventory.created)
    policies = list(policies)
    bounds_of = bound(policies, parameters or {}, stamp_parameters or {})
    inventory = without_lapsed(inventory, now)
    evaluation = _Evaluation(inventory, Interpreter(World(inventory)), now)
    results = [result for stamp in inventory.stamps for result in evaluation.of_stamp(stamp, bounds_of(stamp))]
    results, uses = exempt(results, exemptions, policies, inventory, now)
    infos = infos_of(map(bounds_of, inventory.stamps or ("",)))
    return Results(
        now=now,
        collected=inventory.created,
        version=azscheck.__version__,
        policies=infos,
        results=in_order(results, infos),
        coverage=inventory.coverage,
        stamps=tuple(inventory.of_type(STAMPS)),
        resource_counts=dict(sorted(Counter(r.type for r in inventory.resources).items())),
        sets=tuple(sets),
        exemptions=uses,
    )


def check_now(now: datetime, collected: datetime) -> None:
    """Raise UsageError for a moment from which ages cannot be measured."""
    if now.tzinfo is None:
        raise UsageError("now has no time zone: use datetime.now(UTC).")
    if now < collected - CLOCK_SKEW:
        # Everything would seem fresh.
        raise UsageError(
            f"now is {format_time(now)}, before the inventory was collected at {format_time(collected)}: "
            "check this computer's clock, or --now."
        )


def bound(
    policies: Sequence[Policy], parameters: Overrides, stamp_parameters: Mapping[str, Overrides]
) -> Callable[[str], list[Bound]]:
    """A function from a stamp to the policies with their parameters' values there; raises UsageError."""
    for overrides in (parameters, *stamp_parameters.values()):
        check_overrides(policies, overrides)

    @cache
    def of_stamp(stamp: str) -> list[Bound]:
        overrides = over(stamp_parameters.get(stamp, {}), parameters)
        bounds = [(policy, values_of(policy, overrides)) for policy in policies]
        return [(_guarded(policy, values), values) for policy, values in bounds if _effect(policy, values) != DISABLED]

    return of_stamp


def _effect(policy: Policy, parameters: Mapping[str, Any]) -> Any:
    """An Azure Policy definition's effect in lower case, or why it is not known."""
    effect = resolve(policy.effect, parameters)
    return effect.lower() if isinstance(effect, str) else effect


def _guarded(policy: Policy, parameters: Mapping[str, Any]) -> Policy:
    """The policy; where it is not known whether it is disabled, one that says so of every resource."""
    if not isinstance(_effect(policy, parameters), Unknown):
        return policy
    known = Test(Value(policy.effect), "exists", True, policy.info.place)
    return replace(policy, when=known)


def infos_of(bounds: Iterable[Sequence[Bound]]) -> tuple[PolicyInfo, ...]:
    """What a report says of the policies that are judged somewhere, in order."""
    infos = {policy.id: policy.info for each in bounds for policy, _ in each}
    return tuple(infos[id] for id in sorted(infos))


class _Evaluation(Struct, frozen=True):
    inventory: Inventory
    interpreter: Interpreter
    now: datetime

    def of_stamp(self, stamp: str, policies: Iterable[Bound]) -> Iterator[Result]:
        """The results of one stamp."""
        by_kind: dict[str, list[Bound]] = {}
        for bound in policies:
            policy = bound[0]
            for kind in types_of(policy, self.inventory.types, self.now):
                by_kind.setdefault(type_key(kind), []).append(bound)
                if ANY not in policy.applies_to:
                    yield from (of_gap(policy, gap) for gap in self.inventory.gaps(kind, stamp))
        for kind, bounds in by_kind.items():
            yield from self._of_kind(kind, stamp, bounds)

    def _of_kind(self, kind: str, stamp: str, bounds: list[Bound]) -> Iterator[Result]:
        resources = self.inventory.of_type(kind, stamp)
        if sum(not resource.unknown for resource in resources) < _WORTH_COMPILING:
            yield from (self._judge(resource, *bound) for resource in resources for bound in bounds)
            return
        work = self.interpreter.work
        rules = [Rule(p.when, p.require, values, p.blank, work(p.id)) for p, values in bounds]
        judge = compile_judge(rules, stamp, self.interpreter, self.now)
        for resource in resources:
            for bound, state in zip(bounds, judge.states(resource), strict=True):
                yield self._found(resource, bound, state)

    def _found(self, resource: Resource, bound: Bound, state: ComplianceState | None) -> Result:
        if state is ComplianceState.COMPLIANT and not resource.places:
            policy, parameters = bound
            return _result(policy, resource, state, "", lambda: self._judge(resource, policy, parameters).evidence)
        if state is ComplianceState.NOT_APPLICABLE:
            return _result(bound[0], resource, state)
        # What fails is to be proven, and what is written somewhere; what generated code cannot say is to be found out.
        return self._judge(resource, *bound)

    def _judge(self, resource: Resource, policy: Policy, parameters: Mapping[str, Any]) -> Result:
        return judge(self.interpreter, resource, policy, parameters, self.now)


def judge(
    interpreter: Interpreter, resource: Resource, policy: Policy, parameters: Mapping[str, Any], now: datetime
) -> Result:
    """The result of one policy for one resource, with its evidence."""
    try:
        document, containers = resource.document, interpreter.world.containers
        work = interpreter.work(policy.id)
        work.begin()
        frame = Frame(resource, document, parameters, now, policy.blank, containers, work=work)
        return _judge(policy, interpreter, frame)
    except TooMuch as error:
        return _result(policy, resource, ComplianceState.ERROR, str(error))
    except RecursionError:
        return _result(policy, resource, ComplianceState.ERROR, "a value or a condition is nested too deeply")


def of_gap(policy: Policy, gap: Coverage) -> Result:
    """What was not looked at is unknown, not absent."""
    return Result(
        policy=policy.id,
        stamp=gap.stamp,
        resource=gap.scope,
        type=gap.type,
        name=gap.type.rpartition("/")[2],
        state=ComplianceState.UNKNOWN,
        message=gap.words,
    )


def _judge(policy: Policy, interpreter: Interpreter, frame: Frame) -> Result:
    if policy.when is not None:
        applies = interpreter.truth(policy.when, frame)
        if applies is False:
            return _result(policy, frame.resource, ComplianceState.NOT_APPLICABLE)
        if isinstance(applies, Unknown):
            return _unknown(applies, policy, policy.when, interpreter, frame)
    if not frame.resource.places and _looks_into_a_gap(policy, interpreter, frame):
        # What is written somewhere is shown at the line of the test that decided, which the proof is to find.
        truth = interpreter.truth(policy.require, frame)
        if isinstance(truth, Unknown):
            return _unknown(truth, policy, policy.require, interpreter, frame)
    proof = interpreter.prove(policy.require, frame)
    match proof.truth:
        case Unknown(reason=reason):
            message = reason
        case True:
            message = ""
        case _:
            message = message_of(policy, proof, frame, interpreter)
    return _result(policy, frame.resource, _state(proof.truth), message, proof.evidence)


def _looks_into_a_gap(policy: Policy, interpreter: Interpreter, frame: Frame) -> bool:
    """Whether something that the policy counts was not listed whole, so that it will mostly not be known."""
    return any(interpreter.world.gaps(kind, frame.resource.stamp) for kind in policy.counts)


def _unknown(why: Unknown, policy: Policy, condition: Condition, interpreter: Interpreter, frame: Frame) -> Result:
    """The tests that decided are found when somebody asks: of many machines without evidence mostly nobody does."""
    tests: Any = partial(_proof_later, condition, interpreter, frame)
    if frame.resource.places:
        # Its line is that of the deciding test.
        tests = tests()
    # What was read may be worked out again: there can be very many of these.
    frame.memo.clear()
    return _result(policy, frame.resource, _state(why), why.reason, tests)


def _proof_later(condition: Condition, interpreter: Interpreter, frame: Frame) -> tuple[Evidence, ...]:
    try:
        frame.work.begin()
        return interpreter.prove(condition, frame).evidence
    except (TooMuch, RecursionError):
        return ()


def _state(truth: bool | Unknown) -> ComplianceState:
    match truth:
        case Unknown(error=error):
            return ComplianceState.ERROR if error else ComplianceState.UNKNOWN
        case True:
            return ComplianceState.COMPLIANT
        case _:
            return ComplianceState.NON_COMPLIANT


def _result(
    policy: Policy, resource: Resource, state: ComplianceState, message: str = "", evidence: Any = ()
) -> Result:
    return Result(
        policy=policy.id,
        stamp=resource.stamp,
        resource=resource.id,
        type=resource.type,
        name=resource.name,
        state=state,
        message=message,
        proof=evidence,
        origin=_place(resource, evidence),
    )


def _place(resource: Resource, evidence: Any) -> Origin:
    """Of what is written in a file the line that decided, of all else where the resource was read."""
    if not resource.places or callable(evidence):
        return resource.origin
    return next((e.origin for e in evidence if not e.resource and e.origin is not None), resource.origin)
