"""Stores of both kinds, and runs to keep in them."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from azscheck.history.address import address_of
from azscheck.history.store import History

from .postgresql import database, postgresql

_numbers = count()


@pytest.fixture(scope="session")
def server() -> Iterator[Path]:
    """A PostgreSQL, started once."""
    with postgresql() as folder:
        yield folder


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a store that is not there yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/history.db"
    return database(request.getfixturevalue("server"), f"test{next(_numbers)}")


@pytest.fixture
def history(url: str) -> Iterator[History]:
    """An empty store."""
    with History.open(address_of(url), create=True) as opened:
        yield opened
