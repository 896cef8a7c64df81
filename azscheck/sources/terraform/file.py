"""The file of a plan: JSON in any encoding of Unicode, as PowerShell's `>` writes it, too."""

import codecs
import json
from pathlib import Path
from typing import Any, Final, NoReturn

from msgspec import Struct

from azscheck.errors import DocumentError
from azscheck.place import Place

HOW: Final = "write one with: terraform show -json PLANFILE"
_LARGEST: Final = 256 * 1024 * 1024
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class PlanFile(Struct, frozen=True):
    """A file that should hold a plan."""

    path: Path

    def mistake(self, sentence: str, line: int = 1, column: int = 1) -> DocumentError:
        """An error at a place in it."""
        return DocumentError([(Place(self.path.as_posix(), line, column), sentence)])

    def value(self) -> Any:
        """The JSON value; raises DocumentError."""
        text = self._text()
        if text.lstrip().startswith('{"@level"'):
            raise self.mistake(f"is the log of a run, not a plan: {HOW}.")
        try:
            return json.loads(text, parse_constant=_refuse)
        except json.JSONDecodeError as error:
            cut = " and seems to be cut off" if error.pos >= len(text.rstrip()) else ""
            raise self.mistake(f"is not JSON{cut}: {error.msg}; {HOW}.", error.lineno, error.colno) from error
        except RecursionError as error:
            raise self.mistake(f"is nested too deep to be a plan: {HOW}.") from error
        except ValueError as error:
            raise self.mistake(f"is not JSON: {error}; {HOW}.") from error

    def _text(self) -> str:
        try:
            if self.path.is_char_device():
                raise self.mistake("is a device, not a file: name a file.")
            with self.path.open("rb") as file:
                content = file.read(_LARGEST + 1)
        except OSError as error:
            raise self.mistake(f"cannot be read: {error.strerror or error}.") from error
        except ValueError as error:
            raise self.mistake("is no name of a file.") from error
        if len(content) > _LARGEST:
            raise self.mistake(f"is larger than {_LARGEST >> 20} MiB, which no plan is.")
        if content.startswith(b"PK\x03\x04"):
            raise self.mistake(f"is a plan in Terraform's own form: {HOW}.")
        encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            raise self.mistake(f"is not {encoding} text: {HOW}.", content.count(b"\n", 0, error.start) + 1) from error


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is none of its numbers")
