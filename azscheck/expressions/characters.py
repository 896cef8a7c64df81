"""Characters as Azure counts and compares them.

.NET's texts are of UTF-16 units: a character outside the basic plane counts as two. What would cut one in half has
no answer here, for what Azure makes of half a character is nowhere said.
"""

from typing import Final

from azscheck.expressions.arguments import Unanswerable

BLANKS: Final = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
"""What .NET's Trim removes; Python's strip takes four control characters more."""


def units(text: str) -> int:
    """How long a text is for Azure."""
    return len(text) if text.isascii() else len(text) + sum(character > "\uffff" for character in text)


def cut(text: str, start: int, stop: int) -> str:
    """The part of a text between two of Azure's positions, from 0 to the text's length."""
    if text.isascii():
        return text[start:stop]
    try:
        return text.encode("utf-16-le")[2 * start : 2 * stop].decode("utf-16-le")
    except UnicodeError:
        raise Unanswerable("would cut in half a character of two UTF-16 units") from None


def lower(text: str) -> str:
    """A text in lower case, character by character as .NET's invariant culture does it."""
    return text.lower() if text.isascii() else "".join(_same_length(c, c.lower()) for c in text)


def upper(text: str) -> str:
    """A text in upper case, character by character as .NET's invariant culture does it."""
    return text.upper() if text.isascii() else "".join(_same_length(c, c.upper()) for c in text)


def _same_length(character: str, changed: str) -> str:
    return changed if len(changed) == 1 else character
