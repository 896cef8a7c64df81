"""Where runs are kept: the URL of the store, and its password from elsewhere."""

import os
import re
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from azscheck.errors import HistoryError, UsageError

if TYPE_CHECKING:
    from sqlalchemy import URL

_FILE = "azscheck.db"
_POSTGRESQL = ("postgresql", "postgresql+psycopg", "postgres")
_EXAMPLES = "sqlite:///azscheck.db or postgresql://azscheck@db.contoso.com/azscheck"


@dataclass(frozen=True, slots=True)
class Address:
    """A store's address; `words` names it without what is secret."""

    url: "URL" = field(repr=False)
    words: str
    file: Path | None
    """Of SQLite."""
    own: bool = False
    """Whether it is the user's own store, the folder of which nobody else makes."""

    def make_folder(self) -> None:
        """Make the folder of the user's own store; HistoryError where it cannot be."""
        if self.own and self.file:
            try:
                self.file.parent.mkdir(0o700, parents=True, exist_ok=True)
            except OSError as error:
                reason = error.strerror or error
                raise HistoryError(f"the history {self.words}: its folder cannot be made: {reason}.") from error


def address_of(text: str, base: Path = Path(), password: str | None = None) -> Address:
    """The address that a URL means; a relative file is relative to `base`. Empty: the user's own store.

    Raises UsageError for anything else, and for a password in the URL: processes and their arguments are seen by all.
    """
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    if not text:
        try:
            return replace(_of_file(state_folder() / _FILE), own=True)
        except RuntimeError:
            advice = "name a store, such as sqlite:///azscheck.db"
            raise UsageError(f"history: whoever runs azscheck has no home folder: {advice}.") from None
    scheme = text.partition(":")[0]
    if "://" not in text or scheme not in ("sqlite", *_POSTGRESQL):
        raise UsageError(f"the history {_shown(text)!r} is no address of a store: write {_EXAMPLES}.")
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise UsageError(f"the history {_shown(text)!r} cannot be read as an address: write {_EXAMPLES}.") from None
    if url.password is not None or any("password" in key.lower() for key in url.query):
        raise UsageError(
            f"the history {_shown(text)!r} has a password in it, which others can see: leave it out, and give it in"
            " PGPASSWORD, in ~/.pgpass, or as passwordEnv or passwordFile of `history` in azscheck.yaml."
        )
    if scheme == "sqlite":
        if not url.database or url.database == ":memory:" or url.query or url.host:
            raise UsageError(f"the history {text!r} names no file: write sqlite:///azscheck.db.")
        return _of_file(base / Path(url.database).expanduser())
    if not url.database:
        raise UsageError(f"the history {text!r} names no database: write {_EXAMPLES}.")
    url = url.set(drivername="postgresql+psycopg", password=password)
    return Address(url, url.set(drivername="postgresql", password=None).render_as_string(), None)


def _of_file(file: Path) -> Address:
    from sqlalchemy import URL

    return Address(URL.create("sqlite", database=str(file)), str(file), file)


def _shown(text: str) -> str:
    """The text without what may be a password: all between the scheme, or a user's colon, and the last `@`."""
    hidden = re.sub(r"(?<=://).*@", "...@", text, flags=re.DOTALL)
    return re.sub(r"(?i)(password[^=&]*=)[^&]*", r"\1...", hidden)


def state_folder() -> Path:
    """The service's or the user's own folder for what programs keep from run to run, by each system's custom.

    $STATE_DIRECTORY is what systemd gives a service (systemd.exec(5)). RuntimeError where there is no home.
    """
    managed = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]
    if managed:
        return Path(managed)
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "azscheck"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "azscheck"
    # XDG Base Directory Specification 0.8: a path that is not absolute is to be ignored.
    given = Path(os.environ.get("XDG_STATE_HOME", ""))
    return (given if given.is_absolute() else home / ".local" / "state") / "azscheck"
