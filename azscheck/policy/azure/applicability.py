"""To which resources a definition applies: https://learn.microsoft.com/azure/governance/policy/concepts/policy-applicability

But for the `...IfNotExists` effects, only the conditions on type, name and kind count; every other counts as met, and
so does its negation.
"""

from collections.abc import Sequence
from typing import Final

from azscheck.expressions import is_expression
from azscheck.place import Place
from azscheck.policy.conditions import AllOf, AnyOf, Condition, Field, Not, Test, all_tests
from azscheck.policy.model import ANY
from azscheck.policy.paths import LOCATION, TYPE

SUBSCRIPTIONS: Final = "Microsoft.Resources/subscriptions"
ALWAYS: Final = AllOf(())
NEVER: Final = AnyOf(())
_DECIDING: Final = ("type", "name", "kind")


def applicable(condition: Condition) -> Condition:
    """The condition under which a rule applies to a resource."""
    about = {_about(test) for test in all_tests(condition)}
    relaxed = _relaxed(condition, _kept(about), negated=False)
    if "location" not in about:
        return relaxed
    # A subscription has no location.
    return both(no_subscription(next(all_tests(condition)).place), relaxed)


def no_subscription(place: Place) -> Condition:
    """The resource is not a subscription."""
    return Test(Field("type", ("type",)), "notEquals", SUBSCRIPTIONS, place)


def both(*conditions: Condition) -> Condition:
    """All of several conditions, in the simplest form."""
    parts = [part for condition in conditions for part in _parts(condition)]
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _parts(condition: Condition) -> tuple[Condition, ...]:
    return condition.conditions if isinstance(condition, AllOf) else (condition,)


def _kept(about: set[str]) -> frozenset[str]:
    deciding = frozenset(about & set(_DECIDING))
    if about in ({"name"}, {"kind"}):
        return frozenset()
    if about in ({"type", "name"}, {"type", "kind"}):
        return frozenset({"type"})
    return deciding


def _about(test: Test) -> str:
    match test.left:
        case Field(key=key) if key == LOCATION:
            return "location"
        case Field(alias_of="", key=("", name)) if name in _DECIDING:
            return name
        case _:
            return "other"


def _relaxed(condition: Condition, kept: frozenset[str], *, negated: bool) -> Condition:
    match condition:
        case Not(condition=below):
            return _relaxed(below, kept, negated=not negated)
        case Test():
            if _about(condition) not in kept:
                return ALWAYS
            return Not(condition) if negated else condition
        case AllOf(conditions=parts) | AnyOf(conditions=parts):
            relaxed = [_relaxed(part, kept, negated=negated) for part in parts]
            if isinstance(condition, AllOf) is not negated:
                return both(*relaxed)
            return ALWAYS if not relaxed or ALWAYS in relaxed else AnyOf(tuple(relaxed))


def named_types(condition: Condition) -> dict[str, str] | None:
    """The types outside of which a condition cannot be true, by their lower case; None when it names none."""
    match condition:
        case Test(left=Field(key=key), operator="equals", right=str() as right) if key == TYPE:
            return None if is_expression(right) else {right.lower(): right}
        case Test(left=Field(key=key), operator="in", right=list() as right) if key == TYPE:
            literal = all(isinstance(item, str) and not is_expression(item) for item in right)
            return {item.lower(): item for item in right} if literal else None
        case AllOf(conditions=parts):
            found = [types for types in map(named_types, parts) if types is not None]
            if not found:
                return None
            return {key: kind for key, kind in found[0].items() if all(key in types for types in found)}
        case AnyOf(conditions=parts):
            each = [named_types(part) for part in parts]
            known = [types for types in each if types is not None]
            return {k: v for types in known for k, v in types.items()} if each and len(known) == len(each) else None
        case _:
            return None


def settled(condition: Condition, types: Sequence[str]) -> Condition:
    """A condition without the tests of the type, where all that is judged is of one type."""
    if len(types) != 1 or types[0] == ANY:
        return condition
    match condition:
        case Not(condition=below):
            # Not turned round: what is wrong with a resource is told from a negation.
            return Not(settled(below, types))
        case AllOf(conditions=parts):
            found = [settled(part, types) for part in parts]
            return NEVER if NEVER in found else both(*found)
        case AnyOf(conditions=parts):
            found = [settled(part, types) for part in parts]
            return ALWAYS if ALWAYS in found else AnyOf(tuple(part for part in found if part != NEVER))
        case Test():
            named = named_types(condition)
            return condition if named is None else ALWAYS if types[0].lower() in named else NEVER
