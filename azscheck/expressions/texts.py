"""Functions on texts: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-string"""

from typing import Any

from azscheck.expressions.arguments import FunctionError, integer, string
from azscheck.values import type_name

_LONGEST_PADDING = 10_000
_LONGEST_TEXT = 1_000_000


def concat(*parts: Any) -> Any:
    """Texts as one text, or arrays as one array."""
    if all(isinstance(part, list) for part in parts):
        return [item for part in parts for item in part]
    return "".join(as_text(part) for part in parts)


def as_text(value: Any) -> str:
    """A scalar as ARM's string() writes it."""
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, str | int | float):
        return str(value)
    # Not empty text for what is not there: a pattern made of it would be another pattern.
    raise FunctionError(f"takes strings, numbers and booleans, not a value of type {type_name(value)}")


def compose(template: Any, *arguments: Any) -> str:
    """.NET's composite formatting, of plain `{0}` only."""
    out, rest = [], string(template)
    while rest:
        before, brace, rest = rest.partition("{")
        out.append(before.replace("}}", "}"))
        if not brace:
            break
        if rest.startswith("{"):
            out.append("{")
            rest = rest[1:]
            continue
        index, closing, rest = rest.partition("}")
        if not closing or not index.isdecimal() or len(index) > 4 or int(index) >= len(arguments):
            raise FunctionError(f"{{{index}}} names no argument")
        out.append(as_text(arguments[int(index)]))
    return "".join(out)


def split(text: Any, delimiters: Any) -> list[str]:
    """The pieces of a text between delimiters."""
    parts = [string(text)]
    for delimiter in delimiters if isinstance(delimiters, list) else [delimiters]:
        if string(delimiter):
            parts = [piece for part in parts for piece in part.split(delimiter)]
    return parts


def replace(text: Any, old: Any, new: Any) -> str:
    """A text with each occurrence of another replaced."""
    if not string(old):
        raise FunctionError("takes a text to replace that is not empty")
    if len(string(text)) + text.count(old) * len(string(new)) > _LONGEST_TEXT:
        raise FunctionError(f"makes a text of at most {_LONGEST_TEXT} characters")
    return str(text.replace(old, new))


def pad_left(value: Any, width: Any, fill: Any = " ") -> str:
    """A text filled up on its left."""
    if integer(width) > _LONGEST_PADDING or len(string(fill)) != 1:
        raise FunctionError(f"pads with one character to at most {_LONGEST_PADDING}")
    return as_text(value).rjust(width, fill)
