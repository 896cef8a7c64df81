"""`history` of azscheck.yaml: whether runs are kept, where, and for how long."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from azscheck.errors import UsageError
from azscheck.place import Place
from azscheck.times import parse_duration

if TYPE_CHECKING:
    from azscheck.documents import Document


class Keeping(Struct, frozen=True):
    """Where runs are kept, and which are removed after a run."""

    url: str = ""
    """Empty: the user's own store."""
    base: Path = Path()
    """The folder that relative paths are relative to."""
    keep: int | None = None
    """How many of the newest runs of the same stamps and sets stay; None: all."""
    older_than: timedelta | None = None
    """How old a run may become; None: any age."""
    password_env: str = ""
    password_file: Path | None = None

    def password(self) -> str | None:
        """The store's password; None where the configuration names none. Raises UsageError where there is none."""
        if self.password_env:
            if not os.environ.get(self.password_env):
                raise UsageError(f"history: the environment variable {self.password_env} is not set or empty.")
            return os.environ[self.password_env]
        if self.password_file is None:
            return None
        try:
            return self.password_file.read_text("utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "is not UTF-8"
            raise UsageError(f"history: {self.password_file} cannot be read: {reason}.") from error


def keeping_of(value: bool | str | dict[str, Any] | None, base: Path) -> Keeping | None:
    """The settings that a checked configuration has; None where no runs are to be kept."""
    if not value:
        return Keeping("", base) if isinstance(value, dict) else None
    if value is True or isinstance(value, str):
        return Keeping("" if value is True else value, base)
    return Keeping(
        url=value.get("url", ""),
        base=base,
        keep=value.get("keep"),
        older_than=parse_duration(value["olderThan"]) if "olderThan" in value else None,
        password_env=value.get("passwordEnv", ""),
        password_file=base / Path(value["passwordFile"]).expanduser() if "passwordFile" in value else None,
    )


def keeping_mistakes(document: "Document") -> Iterator[tuple[Place, str]]:
    """What no schema can say."""
    value = document.value.get("history")
    if not isinstance(value, dict):
        return
    if "passwordEnv" in value and "passwordFile" in value:
        yield document.place("history"), "history needs one of passwordEnv and passwordFile, not both."
    if "olderThan" in value:
        try:
            length = parse_duration(value["olderThan"])
        except ValueError as error:
            yield document.place("history", "olderThan"), f"{error}."
        else:
            if length < timedelta(0):
                yield document.place("history", "olderThan"), "olderThan is negative: every run would be removed."
