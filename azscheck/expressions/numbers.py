"""Functions on numbers: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-numeric

Whole numbers are of 64 bits; a result beyond them is an error, as in Azure.
"""

import math
import re
from typing import Any, Final

from azscheck.expressions.arguments import FunctionError, array, in_64_bits, integer
from azscheck.expressions.characters import BLANKS
from azscheck.expressions.function import Function, Table, table

_WHOLE = re.compile(r"[+-]?[0-9]{1,40}")
_FRACTION = re.compile(r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,4})?")
_LONGEST_RANGE: Final = 10_000
_LAST_OF_RANGE: Final = 2**31 - 1


def add(left: Any, right: Any) -> int:
    """The sum."""
    return in_64_bits(integer(left) + integer(right))


def subtract(left: Any, right: Any) -> int:
    """The difference."""
    return in_64_bits(integer(left) - integer(right))


def multiply(left: Any, right: Any) -> int:
    """The product."""
    return in_64_bits(integer(left) * integer(right))


def divide(left: Any, right: Any) -> int:
    """The quotient without its fraction: towards zero, unlike Python's."""
    if integer(right) == 0:
        raise FunctionError("divides by zero")
    quotient = abs(integer(left)) // abs(right)
    return in_64_bits(quotient if (left < 0) == (right < 0) else -quotient)


def remainder(left: Any, right: Any) -> int:
    """What a division leaves, with the sign of the number divided."""
    return int(left - right * divide(left, right))


def to_int(value: Any) -> int:
    """A whole number, or the one that a text writes."""
    if not isinstance(value, str):
        return integer(value)
    if not _WHOLE.fullmatch(value.strip(BLANKS)):
        raise FunctionError("takes a whole number or a text of one")
    return in_64_bits(int(value.strip(BLANKS)))


def to_float(value: Any) -> float:
    """A number with a fraction, of a whole number or of the text of either."""
    if isinstance(value, float):
        return value
    if isinstance(value, str) and not _FRACTION.fullmatch(value.strip(BLANKS)):
        raise FunctionError("takes a number or a text of one")
    number = float(value.strip(BLANKS) if isinstance(value, str) else integer(value))
    if math.isinf(number):
        raise FunctionError("makes a number too large")
    return number


def whole_numbers(values: tuple[Any, ...]) -> list[int]:
    """Whole numbers, given one by one or as one array."""
    found = array(values[0]) if len(values) == 1 and isinstance(values[0], list) else list(values)
    if not found:
        raise FunctionError("takes at least one number")
    return [integer(value) for value in found]


def number_range(start: Any, count: Any) -> list[int]:
    """Whole numbers in a row."""
    if not 0 <= integer(count) <= _LONGEST_RANGE:
        raise FunctionError(f"makes from 0 to {_LONGEST_RANGE} numbers")
    if integer(start) < -(2**31) or start + count - 1 > _LAST_OF_RANGE:
        raise FunctionError(f"makes numbers of 32 bits, up to {_LAST_OF_RANGE}")
    return list(range(start, start + count))


def to_bool(value: Any) -> bool:
    """The truth that a text or a number writes."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        written = value.strip(BLANKS).lower()
        if written not in ("true", "false"):
            raise FunctionError("takes 'true', 'false', a whole number or a boolean")
        return written == "true"
    return integer(value) != 0


FUNCTIONS: Final[Table] = table(
    Function("add", add, 2, 2, "The sum of two whole numbers.", "add(5, 3)", 8),
    Function("bool", to_bool, 1, 1, "The truth that a text or a number writes.", "bool('true')", True),
    Function("div", divide, 2, 2, "The quotient, without its fraction.", "div(8, 3)", 2),
    Function("float", to_float, 1, 1, "A number with a fraction.", "float('3.5')", 3.5),
    Function("int", to_int, 1, 1, "The whole number that a text writes.", "int('4')", 4),
    Function("max", lambda *values: max(whole_numbers(values)), 1, None, "The largest number.", "max(0, 3, 2)", 3),
    Function(
        "min", lambda *values: min(whole_numbers(values)), 1, None, "The smallest number.", "min(createArray(4, 2))", 2
    ),
    Function("mod", remainder, 2, 2, "What a division leaves.", "mod(7, 3)", 1),
    Function("mul", multiply, 2, 2, "The product of two whole numbers.", "mul(5, 3)", 15),
    Function("range", number_range, 2, 2, "Whole numbers in a row.", "range(5, 3)", [5, 6, 7]),
    Function("sub", subtract, 2, 2, "The difference of two whole numbers.", "sub(7, 3)", 4),
)
