"""The schema of a store: made, brought up to date, or refused."""

import os
import sqlite3
import uuid
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL

from azscheck.errors import HistoryError
from azscheck.history.address import Address
from azscheck.history.connection import engine_of, writing
from azscheck.history.schema import HEAD, KNOWN, VERSION_TABLE

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine


def is_current(connection: "Connection", address: Address) -> bool:
    """Whether the schema is this azscheck's; HistoryError where it is a newer one's or another program's."""
    from sqlalchemy import inspect

    tables = inspect(connection).get_table_names()
    if VERSION_TABLE not in tables:
        # A PostgreSQL may well hold other tables; an SQLite file is one program's.
        if tables and address.file is not None:
            raise HistoryError(f"the history {address.words}: is another program's database: name another file.")
        return False
    row = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").first()
    if row is not None and row[0] not in KNOWN:
        raise HistoryError(
            f"the history {address.words}: was written by a newer azscheck (its schema is {row[0]}, this one's {HEAD}):"
            " bring azscheck up to date."
        )
    return row is not None and row[0] == HEAD


def make_file(file: Path) -> None:
    """Make an SQLite store under another name, then give it its own unless another scanner was quicker.

    A file that is in write-ahead mode from the beginning lets scanners read while one writes
    (https://sqlite.org/wal.html); to change the mode of one that others have open takes them all away.
    """
    new = file.with_name(f"{file.name}.{uuid.uuid4().hex}")
    address = Address(URL.create("sqlite", database=str(new)), str(file), new)
    try:
        with closing(sqlite3.connect(new)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
        bring_up_to_date(engine_of(address), address)
        with suppress(FileExistsError):
            # Unlike a rename, this never takes the place of what is there.
            os.link(new, file)
    finally:
        new.unlink(missing_ok=True)


def bring_up_to_date(engine: "Engine", address: Address) -> None:
    """Make the tables, or change those of an older azscheck; whoever comes second finds them done."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    # Alembic takes a % in an option for the beginning of a reference.
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with writing(engine) as connection:
        if not is_current(connection, address):
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
