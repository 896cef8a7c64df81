"""Files of JSON, and from an offset in one to its line and column."""

import re
from bisect import bisect_right
from pathlib import Path
from typing import Any, Final

from azscheck.errors import DocumentError, UsageError
from azscheck.inventory import Origin
from azscheck.place import Place
from azscheck.sources.templates.scanner import Scanner

_LARGEST: Final = 4 * 1024 * 1024
"""Bytes; Resource Manager's own limit of a template."""


class Source:
    """A file that was read: its value, and from an offset in it to a place."""

    def __init__(self, path: Path, shown: str, text: str) -> None:
        self.path = path
        self.shown = shown
        self._lines = [0, *(found.end() for found in re.finditer("\n", text))]
        self._origins: dict[int, Origin] = {}
        self.value: Any = Scanner(text, self.place).document()

    def place(self, at: int) -> Place:
        """The line and the column of an offset."""
        line = bisect_right(self._lines, at)
        return Place(self.shown, line, at - self._lines[line - 1] + 1)

    def origin(self, at: int) -> Origin:
        """Likewise; the same object for the same offset."""
        found = self._origins.get(at)
        if found is None:
            place = self.place(at)
            found = self._origins[at] = Origin("file", self.shown, None, place.line, place.column)
        return found


def read(path: Path, shown: str = "") -> Source:
    """Read a file; UsageError when it cannot be opened, DocumentError with the place when it is not JSON."""
    shown = shown or path.as_posix()
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except (OSError, ValueError) as error:
        raise UsageError(f"{shown}: cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    if len(content) > _LARGEST:
        raise DocumentError([(Place(shown), f"is larger than {_LARGEST >> 20} MiB, which no deployment takes.")])
    try:
        text = _decoded(content)
    except UnicodeDecodeError as error:
        raise DocumentError([(Place(shown), "is not UTF-8 text: save it as UTF-8.")]) from error
    return Source(path, shown, text)


def _decoded(content: bytes) -> str:
    # Windows' editors write UTF-16, which begins with a mark of its own.
    return content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
