"""evaluate: one result for each policy and resource, and one for each list that could not be read."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import azscheck
from azscheck.engine.applicability import types_of
from azscheck.engine.attested import without_lapsed
from azscheck.engine.compiled.judge import compile_judge
from azscheck.engine.compiled.source import Rule
from azscheck.engine.frame import Frame
from azscheck.engine.interpret import Interpreter
from azscheck.engine.message import message_of
from azscheck.engine.population import World
from azscheck.engine.quantities import CLOCK_SKEW
from azscheck.errors import UsageError
from azscheck.inventory import Coverage, Inventory, Resource, type_key
from azscheck.policy import ANY, STAMPS, Policy
from azscheck.policy.model import DISABLED
from azscheck.policy.parameters import Overrides, check_overrides, over, resolve, values_of
from azscheck.results import ComplianceState, Result, Results, in_order
from azscheck.times import format_time
from azscheck.values import ABSENT, Unknown

_WORTH_COMPILING = 16
"""Resources of a type from which on generating code for them takes less time than it saves."""


def evaluate(
    inventory: Inventory,
    policies: Iterable[Policy],
    *,
    now: datetime,
    parameters: Overrides | None = None,
    stamp_parameters: Mapping[str, Overrides] | None = None,
) -> Results:
    """Judge every resource of an inventory by every policy that applies to its type.

    `now` is the moment from which ages are measured. `parameters` replace defaults by `ID.name` or `name`,
    `stamp_parameters` do so for one stamp and come first. Raises UsageError for a parameter that no policy has, and
    for a `now` without a time zone or before the inventory was collected.
    """
    _check_now(now, inventory)
    policies = list(policies)
    stamp_parameters = stamp_parameters or {}
    per_stamp = {stamp: over(stamp_parameters.get(stamp, {}), parameters or {}) for stamp in inventory.stamps}
    for overrides in (parameters or {}, *stamp_parameters.values()):
        check_overrides(policies, overrides)
    inventory = without_lapsed(inventory, now)
    evaluation = _Evaluation(inventory, Interpreter(World(inventory)), now)
    bound = {s: [_Bound.of(policy, values_of(policy, per_stamp[s])) for policy in policies] for s in inventory.stamps}
    results = [result for stamp in bound for result in evaluation.of_stamp(stamp, bound[stamp])]
    # What is disabled on every stamp is no part of the run.
    judged = [p for i, p in enumerate(policies) if not bound or any(bound[s][i].effect != DISABLED for s in bound)]
    infos = tuple(sorted((p.info for p in judged), key=lambda info: info.id))
    return Results(
        now=now,
        collected=inventory.created,
        version=azscheck.__version__,
        policies=infos,
        results=in_order(results, infos),
        coverage=inventory.coverage,
        stamps=tuple(inventory.of_type(STAMPS)),
        resource_counts=dict(sorted(Counter(r.type for r in inventory.resources).items())),
    )


def _check_now(now: datetime, inventory: Inventory) -> None:
    if now.tzinfo is None:
        raise UsageError("now has no time zone: use datetime.now(UTC).")
    if now < inventory.created - CLOCK_SKEW:
        # Everything would seem fresh.
        raise UsageError(
            f"now is {format_time(now)}, before the inventory was collected at {format_time(inventory.created)}: "
            "check this computer's clock, or --now."
        )


@dataclass(frozen=True, slots=True)
class _Bound:
    """A policy with the values of its parameters."""

    policy: Policy
    parameters: Mapping[str, Any]
    effect: Any
    """An Azure Policy definition's effect in lower case, or why it is not known."""

    @classmethod
    def of(cls, policy: Policy, parameters: Mapping[str, Any]) -> "_Bound":
        effect = resolve(policy.effect, parameters)
        return cls(policy, parameters, effect.lower() if isinstance(effect, str) else effect)

    @property
    def blank(self) -> Any:
        """What an expression makes of a property that is not there."""
        return ABSENT if self.policy.effect is None else ""


@dataclass(frozen=True, slots=True)
class _Evaluation:
    inventory: Inventory
    interpreter: Interpreter
    now: datetime

    def of_stamp(self, stamp: str, policies: Iterable[_Bound]) -> Iterator[Result]:
        """The results of one stamp."""
        by_kind: dict[str, list[_Bound]] = {}
        for bound in policies:
            policy = bound.policy
            if bound.effect == DISABLED:
                continue
            for kind in types_of(policy, self.inventory.types, self.now):
                by_kind.setdefault(type_key(kind), []).append(bound)
                if ANY not in policy.applies_to:
                    yield from (_of_gap(policy, gap) for gap in self.inventory.gaps(kind, stamp))
        for kind, bounds in by_kind.items():
            yield from self._of_kind(kind, stamp, bounds)

    def _of_kind(self, kind: str, stamp: str, bounds: list[_Bound]) -> Iterator[Result]:
        resources = self.inventory.of_type(kind, stamp)
        if len(resources) < _WORTH_COMPILING:
            yield from (self._judge(resource, bound) for resource in resources for bound in bounds)
            return
        rules = [Rule(b.policy.when, b.policy.require, b.parameters, b.blank) for b in bounds]
        judge = compile_judge(rules, stamp, self.interpreter, self.now)
        for resource in resources:
            for bound, state in zip(bounds, judge.states(resource), strict=True):
                yield self._found(resource, bound, state)

    def _found(self, resource: Resource, bound: _Bound, state: ComplianceState | None) -> Result:
        if isinstance(bound.effect, Unknown):
            return self._judge(resource, bound)
        if state is ComplianceState.COMPLIANT:
            return _result(bound.policy, resource, state, "", lambda: self._judge(resource, bound).evidence)
        if state is ComplianceState.NOT_APPLICABLE:
            return _result(bound.policy, resource, state)
        # What fails is to be proven, and what generated code cannot say is to be found out.
        return self._judge(resource, bound)

    def _judge(self, resource: Resource, bound: _Bound) -> Result:
        policy, world = bound.policy, self.interpreter.world
        if isinstance(bound.effect, Unknown):
            return _result(policy, resource, _state(bound.effect), bound.effect.reason)
        try:
            frame = Frame(resource, resource.document, bound.parameters, self.now, bound.blank, world.containers)
            return _judge(policy, self.interpreter, frame)
        except RecursionError:
            return _result(policy, resource, ComplianceState.ERROR, "a value or a condition is nested too deeply")


def _of_gap(policy: Policy, gap: Coverage) -> Result:
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
            proof = interpreter.prove(policy.when, frame)
            return _result(policy, frame.resource, _state(applies), applies.reason, proof.evidence)
    proof = interpreter.prove(policy.require, frame)
    match proof.truth:
        case Unknown(reason=reason):
            message = reason
        case True:
            message = ""
        case _:
            message = message_of(policy, proof, frame, interpreter)
    return _result(policy, frame.resource, _state(proof.truth), message, proof.evidence)


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
        origin=resource.origin,
    )
