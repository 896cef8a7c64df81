"""Which types a policy is about, when it names none: those for which its `when` can be true."""

from collections.abc import Iterable, Mapping
from typing import Any

from azscheck.engine.equality import normal_type
from azscheck.engine.operators import Truth, compare
from azscheck.expressions import is_expression
from azscheck.inventory import type_key
from azscheck.policy import ANY, Policy
from azscheck.policy.conditions import AllOf, AnyOf, Condition, Field, Not, Test
from azscheck.policy.paths import TYPE
from azscheck.values import Unknown

Bound = tuple[Policy, Mapping[str, Any]]
"""A policy with the values of its parameters."""

_OPEN = Unknown("depends on more than the type")


def types_of(policy: Policy, known: Iterable[str], now: Any) -> list[str]:
    """The types to judge, each once; of a policy about any type those of `known` that are ARM's and can apply."""
    if ANY in policy.applies_to:
        kinds = [kind for kind in known if not kind.lower().startswith("azscheck/")]
        return [kind for kind in kinds if policy.when is None or _truth(policy.when, kind, now) is not False]
    by_key: Mapping[str, str] = {type_key(kind): kind for kind in policy.applies_to}
    return list(by_key.values())


def _truth(condition: Condition, kind: str, now: Any) -> Truth:
    """The truth of a condition as far as the type alone decides it."""
    match condition:
        case AllOf() | AnyOf():
            decides = isinstance(condition, AnyOf)
            truths = [_truth(part, kind, now) for part in condition.conditions]
            if any(truth is decides for truth in truths):
                return decides
            return _OPEN if any(isinstance(truth, Unknown) for truth in truths) else not decides
        case Not():
            truth = _truth(condition.condition, kind, now)
            return truth if isinstance(truth, Unknown) else not truth
        case Test(left=Field(key=key)) if key == TYPE and not _computed(condition.right):
            return compare(condition.operator, normal_type(kind), normal_type(condition.right), now)
        case _:
            return _OPEN


def _computed(value: Any) -> bool:
    return any(map(_computed, value)) if isinstance(value, list) else is_expression(value)
