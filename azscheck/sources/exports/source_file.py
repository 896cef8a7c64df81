"""The file that another tool wrote: its bytes, its text in any encoding, and JSON with the line of each element."""

import codecs
import hashlib
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NoReturn

from msgspec import Struct

from azscheck.errors import DocumentError
from azscheck.place import Place

LARGEST: Final = 256 * 1024 * 1024
_LONGEST_NUMBER: Final = 400
"""Of digits: more than any number that a service writes."""
_BLANK: Final = " \t\r\n"
_BLANKS: Final = re.compile(f"[{_BLANK}]*")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _whole_number(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise ValueError(f"a number of {len(digits)} digits is none that such an export holds")
    return int(digits)


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse, parse_int=_whole_number)


class SourceFile(Struct, frozen=True):
    """A file, read once."""

    path: Path
    content: bytes
    sha256: str
    modified: datetime

    @classmethod
    def read(cls, path: Path, largest: int = LARGEST) -> "SourceFile":
        """Read a file; raises DocumentError."""
        try:
            state = path.stat()
            with path.open("rb") as file:
                # Not by its size alone: a device has none, and never ends.
                content = file.read(largest + 1)
        except OSError as error:
            raise DocumentError([(Place(path.as_posix()), f"cannot be read: {error.strerror or error}.")]) from error
        if len(content) > largest:
            advice = "split it" if largest == LARGEST else "no such report is"
            raise DocumentError([(Place(path.as_posix()), f"is larger than {largest >> 20} MiB: {advice}.")])
        return cls(path, content, hashlib.sha256(content).hexdigest(), datetime.fromtimestamp(state.st_mtime, UTC))

    def mistake(self, sentence: str, line: int = 1, column: int = 1) -> DocumentError:
        """An error at a place in the file."""
        return DocumentError([(Place(self.path.as_posix(), line, column), sentence)])

    def text(self, encoding: str = "") -> str:
        """The text, in UTF-8 unless an `encoding` is said; what PowerShell writes by itself outweighs it."""
        found = next((name for mark, name in _MARKS if self.content.startswith(mark)), "") or self._unmarked()
        found = found or encoding or "utf-8"
        try:
            return self.content.decode(found)
        except UnicodeDecodeError as error:
            line = self.content.count(b"\n", 0, error.start) + 1
            advice = "or correct the encoding of the mapping" if encoding else "in UTF-8"
            raise self.mistake(f"is not {found} text: export it again, {advice}.", line) from error

    def _unmarked(self) -> str:
        """UTF-16 without a byte order mark, which shows in a first character of two bytes."""
        low, high = self.content[:4:2], self.content[1:4:2]
        if len(low) == len(high) == 2 and high == b"\0\0" and b"\0" not in low:
            return "utf-16-le"
        return "utf-16-be" if len(low) == len(high) == 2 and low == b"\0\0" and b"\0" not in high else ""

    def tolerant_text(self) -> str:
        """The text, with a mark in place of what is no character: for reports that are looked through for words."""
        try:
            return self.text()
        except DocumentError:
            return self.content.decode("utf-8", "replace")

    def elements(self) -> list[tuple[dict[str, Any], int]]:
        """The objects of `{"value": [...]}`, of an array, or the one object, each with its line.

        Raises DocumentError for what is no JSON, is cut off, or holds anything else.
        """
        text = self.text()
        try:
            found = list(_Scan(text).elements())
        except json.JSONDecodeError as error:
            cut = " and seems to be cut off" if error.pos >= len(text.rstrip(_BLANK)) else ""
            raise self.mistake(f"is not JSON{cut}: {error.msg}.", error.lineno, error.colno) from error
        except RecursionError as error:
            raise self.mistake("is nested too deep to be such an export.") from error
        except ValueError as error:
            raise self.mistake(f"{error}.") from error
        for value, line in found:
            if not isinstance(value, dict):
                raise self.mistake(f"holds {json.dumps(value)[:40]} where an item must stand, an object.", line)
        return found

    def whole(self) -> Any:
        """The one JSON value of the file; raises DocumentError."""
        text = self.text()
        try:
            return _DECODER.decode(text)
        except json.JSONDecodeError as error:
            cut = " and seems to be cut off" if error.pos >= len(text.rstrip(_BLANK)) else ""
            raise self.mistake(f"is not JSON{cut}: {error.msg}.", error.lineno, error.colno) from error
        except RecursionError as error:
            raise self.mistake("is nested too deep to be such a report.") from error
        except ValueError as error:
            raise self.mistake(f"{error}.") from error


class _Scan:
    """Walks the outermost array, so that each of its elements has a line; what is inside is the decoder's work."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self._line, self._counted = 1, 0

    def elements(self) -> Iterator[tuple[Any, int]]:
        match self._peek():
            case "[":
                yield from self._array()
            case "{":
                yield from self._object()
            case _:
                raise json.JSONDecodeError("an object or an array was expected", self._text, self._at)
        if self._peek():
            raise json.JSONDecodeError("there is more after the end of the document", self._text, self._at)

    def _object(self) -> Iterator[tuple[Any, int]]:
        """The elements of its `value`, where that is an array; else the object itself."""
        start, line = self._at, self._here()
        found: list[tuple[Any, int]] | None = None
        more = ""
        self._at += 1
        while self._peek() != "}":
            name = self._value()
            if not isinstance(name, str):
                raise json.JSONDecodeError("a property's name was expected", self._text, self._at)
            self._take(":")
            if name == "value" and self._peek() == "[":
                found = list(self._array())
            else:
                value = self._value()
                more = value if name == "nextLink" and isinstance(value, str) else more
            if self._peek() != "}":
                self._take(",")
        self._at += 1
        if more:
            raise ValueError("is one page of several, for it has a nextLink: export the whole list into one file")
        if found is None:
            yield _DECODER.raw_decode(self._text, start)[0], line
        else:
            yield from found

    def _array(self) -> Iterator[tuple[Any, int]]:
        self._at += 1
        while self._peek() != "]":
            line = self._here()
            yield self._value(), line
            if self._peek() != "]":
                self._take(",")
        self._at += 1

    def _peek(self) -> str:
        blanks = _BLANKS.match(self._text, self._at)
        self._at = blanks.end() if blanks else self._at
        return self._text[self._at : self._at + 1]

    def _take(self, wanted: str) -> None:
        if self._peek() != wanted:
            raise json.JSONDecodeError(f"{wanted!r} was expected", self._text, self._at)
        self._at += 1

    def _value(self) -> Any:
        self._peek()
        value, self._at = _DECODER.raw_decode(self._text, self._at)
        return value

    def _here(self) -> int:
        self._peek()
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line
