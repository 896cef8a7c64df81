"""What an operator takes on its right side, and so what a literal there may not be.

What is refused here could never be true of any resource, or is an error on every one.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from azscheck.documents import shorten
from azscheck.expressions import is_expression
from azscheck.expressions.networks import network_range
from azscheck.policy.regex import regex
from azscheck.times import parse_duration

_UNITS: Final = {unit: 1024**power for power, unit in enumerate(("B", "KB", "MB", "GB", "TB", "PB"))}
LONGEST_PATTERN: Final = 10_000
"""Characters of a pattern of `match`: of each, more memory is taken than of a text."""
_SIZE = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*([KMGTP]?)I?B\s*$", re.IGNORECASE | re.ASCII)


def size_in_bytes(value: Any) -> float:
    """A size as the API writes it (`29.6 TB`, of 1024 each), or a number of bytes; raises ValueError."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    found = _SIZE.match(value) if isinstance(value, str) else None
    if not found:
        raise ValueError(f"{value!r} is not a size such as 500 GB")
    return float(found[1].replace(",", ".")) * float(_UNITS[f"{found[2].upper()}B"])


def version_of(value: Any) -> tuple[int, ...]:
    """A version's numbers without the zeros at its end; raises ValueError."""
    parts = str(value).split(".")
    if not isinstance(value, str) or not all(part.isdecimal() and len(part) < 20 for part in parts):
        raise ValueError(f"{value!r} is not a version such as 1.2301.2.58")
    numbers = [int(part) for part in parts]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def _array(value: Any) -> None:
    if not isinstance(value, list):
        raise TypeError("an array")


def _text(value: Any) -> None:
    if not isinstance(value, str):
        raise TypeError("a text")


def _pattern(value: Any) -> None:
    _text_of(value, "a text")
    if len(value) > LONGEST_PATTERN:
        raise TypeError(f"a text of at most {LONGEST_PATTERN} characters")


def _scalar(value: Any) -> None:
    if not isinstance(value, str | int | float):
        raise TypeError("a text")


def _ordered(value: Any) -> None:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise TypeError("a number, a time or a text")


def _truth(value: Any) -> None:
    if str(value).lower() not in ("true", "false"):
        raise TypeError("true or false")


def _duration(value: Any) -> None:
    _text_of(value, "a duration such as PT24H, 24h or 7d")
    parse_duration(value)


def _networks(value: Any) -> None:
    for network in value if isinstance(value, list) else [value]:
        _text_of(network, "a network such as 10.0.0.0/8, or an array of them")
        if not is_expression(network):
            network_range(network)


def _regex(value: Any) -> None:
    _text(value)
    regex(value)


def _text_of(value: Any, wanted: str) -> None:
    if not isinstance(value, str):
        raise TypeError(wanted)


_TAKES: Final[Mapping[str, Callable[[Any], Any]]] = {
    "in": _array,
    "like": _scalar,
    "match": _pattern,
    "matchInsensitively": _pattern,
    "contains": _scalar,
    "containsKey": _scalar,
    **dict.fromkeys(("less", "lessOrEquals", "greater", "greaterOrEquals"), _ordered),
    "exists": _truth,
    "newerThan": _duration,
    "olderThan": _duration,
    "withinCidr": _networks,
    "sizeAtLeast": size_in_bytes,
    "versionAtLeast": version_of,
    "matchesRegex": _regex,
}
"""For an operator, what raises ValueError (what is wrong) or TypeError (what it takes); `notX` takes what `x` takes."""


def wrong_literal(operator: str, value: Any) -> str:
    """What is wrong with a literal on the right side of an operator, in a sentence; empty when nothing is."""
    positive = operator[3:4].lower() + operator[4:] if operator.startswith("not") else operator
    takes = _TAKES.get(positive)
    if takes is None or is_expression(value):
        return ""
    try:
        takes(value[1:] if isinstance(value, str) and value.startswith("[[") else value)
    except TypeError as error:
        return f"{operator} takes {error}, not {shorten(value)}."
    except (ValueError, OverflowError) as error:
        return f"{operator}: {error}."
    return ""
