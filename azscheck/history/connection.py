"""The connection to a store: how each kind of database is opened, locked and brought up to date, and what its errors
mean to a person.
"""

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from azscheck.errors import HistoryError
from azscheck.history.address import Address

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

PATIENCE: Final = 60
"""How many seconds to wait for other scanners that write."""
_LOCK: Final = 0x617A7363_6865636B
"""Of PostgreSQL's advisory locks, the one that a writer holds: `azscheck` in ASCII."""


def engine_of(address: Address) -> "Engine":
    """What connects; connects to nothing yet."""
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    if address.file is None:
        try:
            return create_engine(address.url, poolclass=NullPool, connect_args=_postgresql(address))
        except ModuleNotFoundError:
            raise HistoryError(
                f"the history {address.words} needs psycopg: pip install 'azscheck[postgresql]' brings it."
            ) from None
    engine = create_engine(address.url, poolclass=NullPool, connect_args={"timeout": PATIENCE})
    event.listen(engine, "connect", _opened)
    event.listen(engine, "begin", _begun)
    return engine


def _postgresql(address: Address) -> dict[str, Any]:
    given = address.url.query
    return {} if "connect_timeout" in given else {"connect_timeout": 15}


def _opened(connection: sqlite3.Connection, _: object) -> None:
    # The driver would begin transactions of its own, and not before the first write.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys=ON")


def _begun(connection: "Connection") -> None:
    immediate = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextmanager
def writing(engine: "Engine") -> Iterator["Connection"]:
    """A transaction that no other writer is in at the same time; what is not finished is not there."""
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        yield connection


@contextmanager
def reading(engine: "Engine") -> Iterator["Connection"]:
    """A transaction that sees one state of the store."""
    with engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def told(address: Address, doing: str) -> Iterator[None]:
    """What the database says as one sentence."""
    from msgspec import MsgspecError
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (zlib.error, MsgspecError, ValueError, LookupError) as error:
        raise HistoryError(f"the history {address.words} {doing}: what is in it is damaged.") from error
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        reason = " ".join(str(getattr(error, "orig", None) or error).split())
        raise HistoryError(f"the history {address.words} {doing}: {_reason(reason, address.file)}") from error


def _reason(reason: str, file: Path | None) -> str:
    for words, sentence in _SENTENCES.items():
        if words in reason:
            return sentence
    if "unable to open" in reason and file is not None and not file.parent.is_dir():
        return f"there is no folder {file.parent}."
    short = reason[:300].rstrip(".")
    return short if short.endswith("?") else f"{short}."


_SENTENCES: Final = {
    "locked": f"other scanners kept it locked for {PATIENCE} seconds: see whether one of them hangs.",
    "lock timeout": f"other scanners kept it locked for {PATIENCE} seconds: see whether one of them hangs.",
    "not a database": "the file is no SQLite database: name another file.",
    "malformed": "the file is damaged: restore it, or remove it and begin anew.",
    "disk is full": "the disk is full: make room, or keep fewer runs with `azscheck history prune`.",
    "readonly database": "the file or its folder may not be written.",
}
