"""What each operator means. Azure Policy's are Azure's to the letter, case-insensitivity and coercions included:
https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-policy-rule#conditions

To add one: a function in `texts` or `quantities`, a line in `OPERATORS`, a word in `policy.parse.OPERATORS`, a
sentence in the schema, and `examples`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from azscheck.engine.equality import CannotCompare, NotKnown, equal, there
from azscheck.engine.quantities import newer, older, order, size_at_least, version_at_least, within_networks
from azscheck.engine.texts import contains, contains_key, is_in, like, match, match_insensitively, matches_regex
from azscheck.values import ABSENT, Unknown, hidden_unknown, type_name

Truth = bool | Unknown
Operator = Callable[[Any, Any, datetime], bool]


def _plain(function: Callable[[Any, Any], bool]) -> Operator:
    return lambda seen, wanted, _: function(seen, wanted)


def _negated(function: Callable[[Any, Any], bool]) -> Operator:
    return lambda seen, wanted, _: not function(seen, wanted)


def _ordered(holds: Callable[[int], bool]) -> Callable[[Any, Any, datetime], bool]:
    return lambda seen, wanted, _: there(seen) and holds(order(seen, wanted))


def _exists(seen: Any, wanted: Any) -> bool:
    if str(wanted).lower() not in ("true", "false"):
        raise CannotCompare(f"exists takes true or false, not a value of type {type_name(wanted)}")
    return there(seen) is (str(wanted).lower() == "true")


OPERATORS: Final[Mapping[str, Operator]] = {
    "equals": _plain(equal),
    "notEquals": _negated(equal),
    "in": _plain(is_in),
    "notIn": _negated(is_in),
    "like": _plain(like),
    "notLike": _negated(like),
    "match": _plain(match),
    "notMatch": _negated(match),
    "matchInsensitively": _plain(match_insensitively),
    "notMatchInsensitively": _negated(match_insensitively),
    "contains": _plain(contains),
    "notContains": _negated(contains),
    "containsKey": _plain(contains_key),
    "notContainsKey": _negated(contains_key),
    "less": _ordered(lambda order: order < 0),
    "lessOrEquals": _ordered(lambda order: order <= 0),
    "greater": _ordered(lambda order: order > 0),
    "greaterOrEquals": _ordered(lambda order: order >= 0),
    "exists": _plain(_exists),
    "newerThan": newer,
    "olderThan": older,
    "withinCidr": _plain(within_networks),
    "notWithinCidr": _negated(within_networks),
    "sizeAtLeast": _plain(size_at_least),
    "versionAtLeast": _plain(version_at_least),
    "matchesRegex": _plain(matches_regex),
}


def compare(operator: str, seen: Any, wanted: Any, now: datetime) -> Truth:
    """The truth of `seen operator wanted`; unknown where either is, an error where they cannot be compared."""
    if isinstance(seen, Unknown):
        return seen
    # Only exists does not look inside an array or an object, where an unknown may be.
    for value in (wanted,) if operator == "exists" else (wanted, seen):
        hidden = hidden_unknown(value)
        if hidden is not None:
            return hidden
    if wanted is ABSENT:
        # A property of the judged resource that is not there equals nothing, or two absences would make a pair.
        return operator.startswith("not")
    try:
        return OPERATORS[operator](seen, wanted, now)
    except NotKnown as error:
        return Unknown(str(error))
    except (ValueError, OverflowError) as error:
        return Unknown(f"{operator}: {error}", error=True)
    except RecursionError:
        return Unknown(f"{operator}: a value is nested too deeply", error=True)
