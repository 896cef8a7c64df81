"""format(), .NET's composite formatting:
https://learn.microsoft.com/dotnet/standard/base-types/composite-formatting

What depends on the culture of Azure's machines, or is not read here, has no answer rather than a wrong one.
"""

import re
from typing import Any, Final

from azscheck.expressions.arguments import FunctionError, Unanswerable, integer, room_for, string
from azscheck.expressions.characters import units
from azscheck.expressions.function import Function, Table, table
from azscheck.expressions.json_texts import as_json
from azscheck.expressions.texts import LONGEST_PADDING, as_text
from azscheck.values import ABSENT

_PIECE = re.compile(
    r"(?P<text>[^{}]+)|(?P<brace>\{\{|\}\})"
    r"|\{(?P<index>[0-9]{1,4})\ *(?:,\ *(?P<width>-?[0-9]{1,5})\ *)?(?::(?P<form>[^{}]*))?\}"
)
_STANDARD = re.compile(r"([A-Za-z])([0-9]{0,5})")


def compose(template: Any, *arguments: Any) -> str:
    """A text with its `{0}`, `{1,10}` and `{2:D4}` filled in."""
    out, size, at = [], 0, 0
    while at < len(string(template)):
        piece = _PIECE.match(template, at)
        if piece is None:
            raise FunctionError(f"has a brace that begins or ends no argument at character {at + 1} of its text")
        out.append(_filled(piece, arguments))
        size += len(out[-1])
        room_for(size)
        at = piece.end()
    return "".join(out)


def _filled(piece: re.Match[str], arguments: tuple[Any, ...]) -> str:
    if piece["index"] is None:
        return piece["text"] or piece["brace"][0]
    index, width = int(piece["index"]), int(piece["width"] or 0)
    if index >= len(arguments):
        raise FunctionError(f"{piece[0]} names no argument")
    if abs(width) > LONGEST_PADDING:
        raise FunctionError(f"pads to at most {LONGEST_PADDING}")
    text = formatted(arguments[index], piece["form"] or "")
    padding = " " * (abs(width) - units(text))
    return padding + text if width > 0 else text + padding


def formatted(value: Any, form: str) -> str:
    """A value in one of .NET's forms; only numbers have any."""
    match value:
        case None:
            return ""
        case list() | dict():
            return as_json(value).replace('"', "'")
        case bool() | str():
            return as_text(value)
        case int() if form:
            return _number(integer(value), form)
        case float() if form:
            raise Unanswerable(f"cannot tell how Azure writes a fraction as {form!r}")
    if value is ABSENT:
        raise FunctionError("takes no argument that is not there")
    return as_text(value)


def _number(value: int, form: str) -> str:
    standard = _STANDARD.fullmatch(form)
    kind, digits = (standard[1], standard[2]) if standard else ("", "")
    zeros = re.fullmatch("0+", form)
    places = len(form) if zeros else int(digits or 0)
    if places > LONGEST_PADDING:
        raise FunctionError(f"pads to at most {LONGEST_PADDING}")
    sign = "-" if value < 0 else ""
    if zeros or kind in ("D", "d"):
        return sign + str(abs(value)).zfill(places)
    if kind in ("X", "x"):
        return format(value % 2**64, kind).zfill(places)
    if kind in ("G", "g") and not digits:
        return str(value)
    # Without its digits the number of places is the machine's, and so are the marks of C and P.
    if kind in ("N", "n", "F", "f") and digits:
        return f"{value:{',' if kind in 'Nn' else ''}d}" + ("." + "0" * places if places else "")
    raise Unanswerable(f"cannot tell how Azure writes a whole number as {form!r}")


FUNCTIONS: Final[Table] = table(
    Function(
        "format",
        compose,
        1,
        None,
        "A text with its {0}, {1:D3} ... filled in.",
        "format('{0}-{1:D3}', 'a', 7)",
        "a-007",
    ),
)
