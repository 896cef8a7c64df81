"""evaluate: one result for each policy and resource, and one for each list that could not be read."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import azscheck
from azscheck.engine.applicability import types_of
from azscheck.engine.attested import without_lapsed
from azscheck.engine.exempting import exempt
from azscheck.engine.frame import Frame
from azscheck.engine.interpret import Interpreter
from azscheck.engine.message import message_of
from azscheck.engine.population import World
from azscheck.engine.quantities import CLOCK_SKEW
from azscheck.errors import UsageError
from azscheck.inventory import Coverage, Inventory, Resource
from azscheck.policy import ANY, STAMPS, Policy
from azscheck.policy.exemptions import Exemption
from azscheck.policy.parameters import Overrides, check_overrides, over, values_of
from azscheck.results import ComplianceState, Result, Results, in_order
from azscheck.times import format_time
from azscheck.values import Unknown


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
    _check_now(now, inventory)
    policies = list(policies)
    stamp_parameters = stamp_parameters or {}
    per_stamp = {stamp: over(stamp_parameters.get(stamp, {}), parameters or {}) for stamp in inventory.stamps}
    for overrides in (parameters or {}, *stamp_parameters.values()):
        check_overrides(policies, overrides)
    inventory = without_lapsed(inventory, now)
    interpreter = Interpreter(World(inventory))
    results = [
        result
        for policy in policies
        for stamp in inventory.stamps
        for result in _of_stamp(policy, stamp, inventory, interpreter, values_of(policy, per_stamp[stamp]), now)
    ]
    results, uses = exempt(results, exemptions, policies, inventory, now)
    infos = tuple(sorted((p.info for p in policies), key=lambda info: info.id))
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


def _check_now(now: datetime, inventory: Inventory) -> None:
    if now.tzinfo is None:
        raise UsageError("now has no time zone: use datetime.now(UTC).")
    if now < inventory.created - CLOCK_SKEW:
        # Everything would seem fresh.
        raise UsageError(
            f"now is {format_time(now)}, before the inventory was collected at {format_time(inventory.created)}: "
            "check this computer's clock, or --now."
        )


def _of_stamp(
    policy: Policy,
    stamp: str,
    inventory: Inventory,
    interpreter: Interpreter,
    parameters: Mapping[str, Any],
    now: datetime,
) -> Iterable[Result]:
    for kind in types_of(policy, inventory.types, now):
        for resource in inventory.of_type(kind, stamp):
            try:
                yield _judge(policy, interpreter, Frame(resource, resource.document, parameters, now))
            except RecursionError:
                yield _result(policy, resource, ComplianceState.ERROR, "a value or a condition is nested too deeply")
        if ANY not in policy.applies_to:
            yield from (_of_gap(policy, gap) for gap in inventory.gaps(kind, stamp))


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
        evidence=evidence,
        origin=resource.origin,
    )
