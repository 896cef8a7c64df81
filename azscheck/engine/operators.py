"""What each operator means. Azure Policy's are Azure's to the letter, case-insensitivity and coercions included:
https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-policy-rule#conditions

To add one: a function here, a line in `OPERATORS`, a word in `policy.parse.OPERATORS` and in the schema.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address
from typing import Any, Final

from azscheck.expressions.networks import network_range, within
from azscheck.times import parse_duration, parse_time
from azscheck.values import ABSENT, Unknown, hidden_unknown, type_name

Truth = bool | Unknown

_UNITS: Final = {unit: 1024**power for power, unit in enumerate(("B", "KB", "MB", "GB", "TB", "PB"))}
_SIZE = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*([KMGTP]?)I?B\s*$", re.IGNORECASE | re.ASCII)
_WILD = {"#": "[0-9]", "?": "[A-Za-z]", ".": "."}


CLOCK_SKEW: Final = timedelta(hours=1)
"""How far two clocks may differ before what one of them says is not believed."""


class _NotKnown(Exception):
    """The value says something that cannot be so."""


class _CannotCompare(ValueError):
    """The two values have no order, or the text no such meaning."""


def scalar_key(value: Any) -> str | None:
    """What two scalars that Azure holds equal have in common: text without regard to case, `true` and true, 1 and 1.0.

    None for what is no scalar.
    """
    match value:
        case str():
            return value.lower()
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case int() | float():
            return str(value)
        case _:
            return None


def equal(seen: Any, wanted: Any) -> bool:
    """Azure's equality; what is absent equals null and nothing else."""
    if seen is ABSENT or seen is None or wanted is None:
        return (seen is ABSENT or seen is None) and wanted is None
    key = scalar_key(seen)
    if key is not None:
        return key == scalar_key(wanted)
    return _same(seen, wanted)


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(equal(a, b) for a, b in zip(left, right, strict=True))
    if isinstance(left, dict) and isinstance(right, dict):
        mine, other = ({k.lower(): v for k, v in d.items()} for d in (left, right))
        return mine.keys() == other.keys() and all(equal(mine[k], other[k]) for k in mine)
    return False


def _in(seen: Any, wanted: Any) -> bool:
    if not isinstance(wanted, list):
        raise _CannotCompare(f"in takes an array, not a value of type {type_name(wanted)}")
    return any(equal(seen, item) for item in wanted)


def _like(seen: Any, wanted: Any) -> bool:
    key, pattern = scalar_key(seen), scalar_key(wanted)
    if pattern is None:
        raise _CannotCompare(f"like takes a text, not a value of type {type_name(wanted)}")
    if key is None:
        return False
    head, *rest = pattern.split("*")
    if not rest:
        return key == pattern
    *middle, tail = rest
    if not (key.startswith(head) and key[len(head) :].endswith(tail)):
        return False
    at, end = len(head), len(key) - len(tail)
    for piece in middle:
        found = key.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


@lru_cache(512)
def _pattern(text: str, flags: int) -> re.Pattern[str]:
    return re.compile("".join(_WILD.get(c) or re.escape(c) for c in text), flags | re.DOTALL)


def _match(seen: Any, wanted: Any, flags: int = 0) -> bool:
    if not isinstance(wanted, str):
        raise _CannotCompare(f"match takes a text, not a value of type {type_name(wanted)}")
    return isinstance(seen, str) and _pattern(wanted, flags).fullmatch(seen) is not None


def _contains(seen: Any, wanted: Any) -> bool:
    if isinstance(seen, list):
        return any(equal(item, wanted) for item in seen)
    key, part = scalar_key(seen), scalar_key(wanted)
    return key is not None and part is not None and part in key


def _contains_key(seen: Any, wanted: Any) -> bool:
    return isinstance(seen, dict) and str(wanted).lower() in (key.lower() for key in seen)


def _order(seen: Any, wanted: Any) -> int:
    if isinstance(seen, str) and isinstance(wanted, str):
        try:
            a, b = parse_time(seen), parse_time(wanted)
        except ValueError:
            left, right = seen.lower(), wanted.lower()
            return (left > right) - (left < right)
        return (a > b) - (a < b)
    if all(isinstance(v, int | float) and not isinstance(v, bool) for v in (seen, wanted)):
        return int(seen > wanted) - int(seen < wanted)
    raise _CannotCompare(f"a value of type {type_name(seen)} has no order with one of type {type_name(wanted)}")


def _ordered(holds: Callable[[int], bool]) -> Callable[[Any, Any, datetime], bool]:
    return lambda seen, wanted, _: _there(seen) and holds(_order(seen, wanted))


def _there(seen: Any) -> bool:
    return seen is not ABSENT and seen is not None


def _exists(seen: Any, wanted: Any) -> bool:
    if str(wanted).lower() not in ("true", "false"):
        raise _CannotCompare(f"exists takes true or false, not a value of type {type_name(wanted)}")
    return _there(seen) is (str(wanted).lower() == "true")


def _time(seen: Any) -> datetime:
    if not isinstance(seen, str):
        raise _CannotCompare(f"a value of type {type_name(seen)} is not a time")
    return parse_time(seen)


def _age(seen: Any, now: datetime) -> timedelta:
    age = now - _time(seen)
    if age < -CLOCK_SKEW:
        raise _NotKnown(f"the time {seen} lies in the future: a clock is wrong, so the age is not known")
    return age


def _newer(seen: Any, wanted: Any, now: datetime) -> bool:
    return _there(seen) and _age(seen, now) <= parse_duration(str(wanted))


def _older(seen: Any, wanted: Any, now: datetime) -> bool:
    return _there(seen) and _age(seen, now) > parse_duration(str(wanted))


def _within(seen: Any, wanted: Any) -> bool:
    networks = [network_range(str(n)) for n in (wanted if isinstance(wanted, list) else [wanted])]
    try:
        address = ip_address(seen) if isinstance(seen, str) else None
    except ValueError:
        return False
    return address is not None and any(within((address, address), network) for network in networks)


def size_in_bytes(value: Any) -> float:
    """A size as the API writes it (`29.6 TB`, of 1024 each), or a number of bytes; raises ValueError."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    found = _SIZE.match(value) if isinstance(value, str) else None
    if not found:
        raise _CannotCompare(f"{value!r} is not a size such as 500 GB")
    return float(found[1].replace(",", ".")) * float(_UNITS[f"{found[2].upper()}B"])


def _version(value: Any) -> tuple[int, ...]:
    parts = str(value).split(".")
    if not isinstance(value, str) or not all(part.isdecimal() and len(part) < 20 for part in parts):
        raise _CannotCompare(f"{value!r} is not a version such as 1.2301.2.58")
    numbers = [int(part) for part in parts]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


Operator = Callable[[Any, Any, datetime], bool]


def _plain(function: Callable[[Any, Any], bool]) -> Operator:
    return lambda seen, wanted, _: function(seen, wanted)


def _negated(function: Callable[[Any, Any], bool]) -> Operator:
    return lambda seen, wanted, _: not function(seen, wanted)


def _match_insensitively(seen: Any, wanted: Any) -> bool:
    return _match(seen, wanted, re.IGNORECASE)


OPERATORS: Final[Mapping[str, Operator]] = {
    "equals": _plain(equal),
    "notEquals": _negated(equal),
    "in": _plain(_in),
    "notIn": _negated(_in),
    "like": _plain(_like),
    "notLike": _negated(_like),
    "match": _plain(_match),
    "notMatch": _negated(_match),
    "matchInsensitively": _plain(_match_insensitively),
    "notMatchInsensitively": _negated(_match_insensitively),
    "contains": _plain(_contains),
    "notContains": _negated(_contains),
    "containsKey": _plain(_contains_key),
    "notContainsKey": _negated(_contains_key),
    "less": _ordered(lambda order: order < 0),
    "lessOrEquals": _ordered(lambda order: order <= 0),
    "greater": _ordered(lambda order: order > 0),
    "greaterOrEquals": _ordered(lambda order: order >= 0),
    "exists": _plain(_exists),
    "newerThan": _newer,
    "olderThan": _older,
    "withinCidr": _plain(_within),
    "notWithinCidr": _negated(_within),
    "sizeAtLeast": _plain(lambda seen, wanted: _there(seen) and size_in_bytes(seen) >= size_in_bytes(wanted)),
    "versionAtLeast": _plain(lambda seen, wanted: _there(seen) and _version(seen) >= _version(wanted)),
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
    except _NotKnown as error:
        return Unknown(str(error))
    except (ValueError, OverflowError) as error:
        return Unknown(f"{operator}: {error}", error=True)
