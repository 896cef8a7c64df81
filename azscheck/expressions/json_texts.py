"""Values as JSON texts, and back: string() and json().

https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-object#json
"""

import json
from typing import Any, Final

from azscheck.expressions.arguments import FunctionError, Unanswerable, bounded, string
from azscheck.expressions.function import Function, Table, table
from azscheck.expressions.numbers import to_float, to_int
from azscheck.expressions.texts import as_text
from azscheck.values import ABSENT

# Characters that ARM's JSON escapes and Python's does not.
_ESCAPED: Final = str.maketrans({c: f"\\u{ord(c):04x}" for c in "\x85\u2028\u2029"})


def as_json(value: Any) -> str:
    """An array or an object as ARM writes it in a text: without blanks."""
    bounded(value)
    try:
        written = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError):
        raise FunctionError("takes JSON, in which nothing is absent") from None
    # Read again for its numbers alone: .NET writes those with an exponent otherwise.
    json.loads(written, parse_float=_plain)
    return written.translate(_ESCAPED)


def _plain(written: str) -> None:
    if "e" in written:
        raise Unanswerable(f"cannot tell how Azure writes the number {written}")


def to_string(value: Any) -> str:
    """Any value as a text."""
    if value is None or value is ABSENT:
        raise Unanswerable("cannot tell which text Azure makes of null")
    return as_json(value) if isinstance(value, list | dict) else as_text(value)


def _refused(constant: str) -> Any:
    raise FunctionError(f"takes JSON, which has no {constant}")


def from_json(text: Any) -> Any:
    """The value that a JSON text writes."""
    try:
        value = json.loads(string(text), parse_constant=_refused, parse_int=to_int, parse_float=to_float)
        # Half a character, as \ud800 alone, could not be written in a report.
        json.dumps(value, ensure_ascii=False).encode()
    except FunctionError:
        raise
    except ValueError:
        raise FunctionError("takes a text that is JSON") from None
    except RecursionError:
        raise FunctionError("takes JSON of fewer levels") from None
    return value


FUNCTIONS: Final[Table] = table(
    Function(
        "json", from_json, 1, 1, "The value that a JSON text writes.", "json('{\"a\": [1, null]}')", {"a": [1, None]}
    ),
    Function("string", to_string, 1, 1, "Any value as a text.", "string(createArray('a', 1))", '["a",1]'),
)
