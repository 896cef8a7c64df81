"""Functions that compare: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-comparison"""

import json
import string as ascii_characters
from collections.abc import Callable
from typing import Any, Final

from azscheck.expressions.arguments import FunctionError, Unanswerable, integer
from azscheck.expressions.function import Function, Table, table
from azscheck.values import type_name

_PLAIN: Final = frozenset(ascii_characters.digits + ascii_characters.ascii_letters)


def identity(value: Any) -> str:
    """A text that two values share when they are the same to Azure: of one type, whatever the order of properties."""
    # json tells true from 1 and 1 from 1.0, which Python's == does not; what is absent is null to Azure.
    return json.dumps(value, sort_keys=True, default=lambda _: None)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def equals(left: Any, right: Any) -> bool:
    """Whether two values of one type are the same; texts with regard to case."""
    if _is_number(left) and _is_number(right):
        return bool(left == right)
    return identity(left) == identity(right)


def order(left: Any, right: Any) -> int:
    """Below, at or above 0 as the left value comes before, with or after the right."""
    if isinstance(left, str) and isinstance(right, str):
        return text_order(left, right)
    for value in (left, right):
        if not _is_number(value):
            raise FunctionError(f"compares two numbers or two strings, not a value of type {type_name(value)}")
        if isinstance(value, int):
            integer(value)
    return int(left > right) - int(left < right)


def text_order(left: str, right: str) -> int:
    """The order of .NET's invariant culture: digits, then letters, and small before capital when all else is equal.

    Where that order depends on marks or on letters beyond ASCII's it is not told.
    """
    if left == right:
        return 0
    case = 0
    for one, other in zip(left, right, strict=False):
        if one == other and " " <= one <= "~":
            continue
        if not (one in _PLAIN and other in _PLAIN):
            break
        if one.lower() != other.lower():
            return -1 if one.lower() < other.lower() else 1
        case = case or (-1 if one.islower() else 1)
    else:
        rest = left[len(right) :] or right[len(left) :]
        # A mark may count for less than the case of a letter before it.
        if _PLAIN.issuperset(rest):
            return case if not rest else 1 if len(left) > len(right) else -1
    raise Unanswerable("cannot tell how Azure orders texts that differ in other than ASCII's letters and digits")


def _compared(wanted: Callable[[int], bool]) -> Callable[[Any, Any], bool]:
    return lambda left, right: wanted(order(left, right))


FUNCTIONS: Final[Table] = table(
    Function("equals", equals, 2, 2, "Whether two values are the same, texts by case.", "equals('a', 'A')", False),
    Function("greater", _compared(lambda o: o > 0), 2, 2, "Whether the first is greater.", "greater('A', 'a')", True),
    Function(
        "greaterOrEquals",
        _compared(lambda o: o >= 0),
        2,
        2,
        "Whether the first is not less.",
        "greaterOrEquals(2, 2)",
        True,
    ),
    Function("less", _compared(lambda o: o < 0), 2, 2, "Whether the first is less.", "less(1, 2)", True),
    Function(
        "lessOrEquals",
        _compared(lambda o: o <= 0),
        2,
        2,
        "Whether the first is not greater.",
        "lessOrEquals('b', 'a')",
        False,
    ),
)
