"""Functions on texts: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-string"""

import re
from typing import Any, Final

from azscheck.expressions.arguments import (
    FunctionError,
    Unanswerable,
    array,
    integer,
    room_for,
    string,
)
from azscheck.expressions.characters import BLANKS, cut, lower, units, upper
from azscheck.expressions.function import Function, Table, table
from azscheck.values import type_name

LONGEST_PADDING: Final = 10_000
_MOST_DELIMITERS: Final = 100
_LONGEST_DELIMITERS: Final = 1_000


def as_text(value: Any) -> str:
    """A scalar as ARM writes it in a text."""
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(integer(value))
    if isinstance(value, float):
        written = repr(value)
        if not re.fullmatch(r"-?\d+\.\d*[1-9]", written):
            raise Unanswerable(f"cannot tell how Azure writes the number {written}")
        return written
    # Not empty text for what is not there: a pattern made of it would be another pattern.
    raise FunctionError(f"takes strings, numbers and booleans, not a value of type {type_name(value)}")


def joined(parts: list[str], between: str = "") -> str:
    """Texts as one text that is not too long."""
    room_for(sum(map(len, parts)) + len(between) * len(parts))
    return between.join(parts)


def concat(*parts: Any) -> Any:
    """Texts as one text, or arrays as one array."""
    if all(isinstance(part, list) for part in parts):
        room_for(sum(map(len, parts)))
        return [item for part in parts for item in part]
    return joined([as_text(part) for part in parts])


def join(parts: Any, delimiter: Any) -> str:
    """The texts of an array, with a delimiter between them."""
    return joined([as_text(part) for part in array(parts)], string(delimiter))


def split(text: Any, delimiters: Any) -> list[str]:
    """The pieces of a text between delimiters; where two delimiters begin at one place the first given counts."""
    if not isinstance(delimiters, list):
        return string(text).split(delimiters) if string(delimiters) else [string(text)]
    wanted = [string(delimiter) for delimiter in delimiters]
    if not wanted or len(wanted) > _MOST_DELIMITERS or sum(map(len, wanted)) > _LONGEST_DELIMITERS:
        raise FunctionError(f"takes 1 to {_MOST_DELIMITERS} delimiters of {_LONGEST_DELIMITERS} characters in all")
    pattern = "|".join(re.escape(d) for d in wanted if d)
    return re.split(pattern, string(text)) if pattern else [string(text)]


def replace(text: Any, old: Any, new: Any) -> str:
    """A text with each occurrence of another replaced."""
    if not string(old):
        raise FunctionError("takes a text to replace that is not empty")
    room_for(len(string(text)) + text.count(old) * len(string(new)))
    return str(text.replace(old, new))


def pad_left(value: Any, width: Any, fill: Any = " ") -> str:
    """A text filled up on its left."""
    if integer(width) > LONGEST_PADDING or units(string(fill)) != 1:
        raise FunctionError(f"pads with one character to at most {LONGEST_PADDING}")
    text = as_text(value)
    return str(fill * (width - units(text)) + text)


def starts_with(text: Any, start: Any) -> bool:
    """Whether a text begins with another, without regard to case."""
    return lower(string(text)).startswith(lower(string(start)))


def ends_with(text: Any, end: Any) -> bool:
    """Whether a text ends with another, without regard to case."""
    return lower(string(text)).endswith(lower(string(end)))


def substring(text: Any, start: Any, length: Any = None) -> str:
    """A part of a text, which must lie in it."""
    whole = units(string(text))
    stop = whole if length is None else integer(start) + integer(length)
    if not 0 <= integer(start) <= stop <= whole:
        raise FunctionError(f"takes a start and a length within the text, which is {whole} long")
    return cut(text, start, stop)


FUNCTIONS: Final[Table] = table(
    Function("concat", concat, 1, None, "Texts as one text, or arrays as one array.", "concat('a', '-', 1)", "a-1"),
    Function(
        "endsWith", ends_with, 2, 2, "Whether a text ends with another, in any case.", "endsWith('abc', 'C')", True
    ),
    Function(
        "join", join, 2, 2, "An array's texts with a delimiter between.", "join(createArray('a', 'b'), '; ')", "a; b"
    ),
    Function("padLeft", pad_left, 2, 3, "A text filled up on its left.", "padLeft(123, 6, '0')", "000123"),
    Function(
        "replace",
        replace,
        3,
        3,
        "A text with each occurrence of another replaced, by case.",
        "replace('1-2-3', '-', '')",
        "123",
    ),
    Function(
        "split",
        split,
        2,
        2,
        "The pieces of a text between one or several delimiters.",
        "split('a,b;c', createArray(',', ';'))",
        ["a", "b", "c"],
    ),
    Function("startsWith", starts_with, 2, 2, "Whether a text begins so, in any case.", "startsWith('abc', 'A')", True),
    Function(
        "substring",
        substring,
        2,
        3,
        "A part of a text, from a position and of a length.",
        "substring('one two three', 4, 3)",
        "two",
    ),
    Function("toLower", lambda text: lower(string(text)), 1, 1, "A text in lower case.", "toLower('ONE')", "one"),
    Function("toUpper", lambda text: upper(string(text)), 1, 1, "A text in upper case.", "toUpper('one')", "ONE"),
    Function(
        "trim", lambda text: string(text).strip(BLANKS), 1, 1, "A text without blanks around.", "trim(' a b ')", "a b"
    ),
)
