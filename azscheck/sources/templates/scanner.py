"""From the text of a JSON file to its values, with the offset of every part.

Resource Manager takes comments, texts over several lines and a comma after the last one; of a key that stands twice it
takes the last: https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax#comments-and-metadata
A scanner of its own, for a template of 300 resources is read in 50 ms by it and in a second by a YAML parser.
"""

import re
from collections.abc import Callable
from json import JSONDecodeError, decoder
from math import isfinite
from typing import Any, Final

from azscheck.documents import shorten
from azscheck.errors import DocumentError
from azscheck.place import Place
from azscheck.sources.templates.nodes import Array, Object

_MOST_VALUES: Final = 400_000
_DEEPEST: Final = 100
_LONGEST_NUMBER: Final = 300

_BLANK: Final = re.compile(r"(?:[ \t\r\n\ufeff\xa0]++|//[^\n]*+|/\*(?s:.*?)\*/)*+")
_WORD: Final = re.compile(r"(?:true|false|null)(?![\w$])")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?(?![\w.$])", re.ASCII)
_WORDS: Final = {"true": True, "false": False, "null": None}
# In C, and known to json alone.
_scan: Final[Callable[[str, int, bool], tuple[str, int]]] = decoder.scanstring  # type: ignore[attr-defined]


class Scanner:
    """One text; `place` makes of an offset the place that an error tells."""

    def __init__(self, text: str, place: Callable[[int], Place]) -> None:
        self._text = text
        self._place = place
        self._left = _MOST_VALUES

    def document(self) -> Any:
        """The value; DocumentError with the place where the text is no JSON."""
        at = self._skip(0)
        if at == len(self._text):
            raise self._fail(0, "is empty: a JSON object was expected.")
        value, at = self._value(at, 0)
        at = self._skip(at)
        if at < len(self._text):
            raise self._unexpected(at, "the end of the file")
        return value

    def _fail(self, at: int, sentence: str) -> DocumentError:
        return DocumentError([(self._place(min(at, len(self._text))), sentence)])

    def _unexpected(self, at: int, wanted: str) -> DocumentError:
        if self._text.startswith("/*", at):
            return self._fail(at, "is not JSON: a comment begins here and never ends.")
        rest = self._text[at : at + 20].split("\n")[0].strip()
        return self._fail(at, f"is not JSON: {wanted} was expected, not {shorten(rest) if rest else 'the end'}.")

    def _skip(self, at: int) -> int:
        found = _BLANK.match(self._text, at)
        return found.end() if found else at

    def _value(self, at: int, depth: int) -> tuple[Any, int]:
        self._left -= 1
        if self._left < 0:
            raise self._fail(at, f"has more than {_MOST_VALUES:,} values: split it.")
        match self._text[at : at + 1]:
            case '"':
                return self._string(at)
            case "{" | "[" if depth >= _DEEPEST:
                raise self._fail(at, f"is nested more than {_DEEPEST} levels deep.")
            case "{":
                return self._object(at, depth + 1)
            case "[":
                return self._array(at, depth + 1)
            case _:
                return self._scalar(at)

    def _string(self, at: int) -> tuple[str, int]:
        try:
            value, end = _scan(self._text, at + 1, False)
            if not value.isascii():
                value.encode()
        except JSONDecodeError as error:
            what = "a text begins here and never ends" if "Unterminated" in error.msg else "a text has a wrong escape"
            raise self._fail(at if "Unterminated" in error.msg else error.pos, f"is not JSON: {what}.") from error
        except UnicodeEncodeError as error:
            raise self._fail(at, "holds half of a character (a lone surrogate).") from error
        return value, end

    def _scalar(self, at: int) -> tuple[Any, int]:
        word = _WORD.match(self._text, at)
        if word is not None:
            return _WORDS[word[0]], word.end()
        number = _NUMBER.match(self._text, at)
        if number is None:
            raise self._unexpected(at, "a value")
        if len(number[0]) > _LONGEST_NUMBER:
            raise self._fail(at, f"holds a number of more than {_LONGEST_NUMBER} characters.")
        if not (number[1] or number[2]):
            return int(number[0]), number.end()
        value = float(number[0])
        if not isfinite(value):
            raise self._fail(at, "holds a number that is too large.")
        return value, number.end()

    def _object(self, at: int, depth: int) -> tuple[Object, int]:
        found = Object(at)
        text, at = self._text, self._skip(at + 1)
        while text[at : at + 1] != "}":
            if text[at : at + 1] != '"':
                raise self._unexpected(at, "a key in double quotes or '}'")
            key, end = self._string(at)
            # The last one of a name counts, and it is that one's place that is told.
            found.keys_at[key] = at
            at = self._skip(end)
            if text[at : at + 1] != ":":
                raise self._unexpected(at, "':'")
            found[key], end = self._value(self._skip(at + 1), depth)
            at = self._after(end, "}")
        return found, at + 1

    def _array(self, at: int, depth: int) -> tuple[Array, int]:
        found = Array(at)
        text, at = self._text, self._skip(at + 1)
        while text[at : at + 1] != "]":
            found.items_at.append(at)
            value, end = self._value(at, depth)
            found.append(value)
            at = self._after(end, "]")
        return found, at + 1

    def _after(self, at: int, close: str) -> int:
        at = self._skip(at)
        mark = self._text[at : at + 1]
        if mark == ",":
            return self._skip(at + 1)
        if mark != close:
            raise self._unexpected(at, f"',' or '{close}'")
        return at
