"""The file that another tool wrote: its bytes, its text in any encoding, and JSON with the line of each element."""

import codecs
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NoReturn

from azscheck.errors import DocumentError, Place

_LARGEST: Final = 512 * 1024 * 1024
_BLANK: Final = " \t\r\n"
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file, read once."""

    path: Path
    content: bytes
    sha256: str
    modified: datetime

    @classmethod
    def read(cls, path: Path) -> "SourceFile":
        """Read a file; raises DocumentError."""
        try:
            state = path.stat()
            if state.st_size > _LARGEST:
                raise DocumentError([(Place(path.as_posix()), f"is larger than {_LARGEST >> 20} MiB: split it.")])
            content = path.read_bytes()
        except OSError as error:
            raise DocumentError([(Place(path.as_posix()), f"cannot be read: {error.strerror or error}.")]) from error
        return cls(path, content, hashlib.sha256(content).hexdigest(), datetime.fromtimestamp(state.st_mtime, UTC))

    def mistake(self, sentence: str, line: int = 1, column: int = 1) -> DocumentError:
        """An error at a place in the file."""
        return DocumentError([(Place(self.path.as_posix(), line, column), sentence)])

    def text(self, encoding: str = "utf-8") -> str:
        """The text; a byte order mark, as PowerShell writes it, outweighs the encoding."""
        encoding = next((name for mark, name in _MARKS if self.content.startswith(mark)), encoding)
        try:
            return self.content.decode(encoding)
        except UnicodeDecodeError as error:
            line = self.content.count(b"\n", 0, error.start) + 1
            raise self.mistake(f"is not {encoding} text: export it again, or say its encoding.", line) from error

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
            return json.loads(text, parse_constant=_refuse)
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
        text, at = self._text, self._at
        while at < len(text) and text[at] in _BLANK:
            at += 1
        self._at = at
        return text[at : at + 1]

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
