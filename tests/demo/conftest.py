"""A running stamp and a signed-in client of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from azscheck.demo import DemoStamp

from .stamp_client import NOW, Client, connect


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """For tests that only read: one stamp for all of a module."""
    with DemoStamp(now=NOW) as stamp:
        client = connect(stamp, tmp_path_factory.mktemp("ca"))
        yield client
        client.close()


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    """For tests that switch faults on or count requests: a stamp of their own."""
    with DemoStamp(now=NOW) as stamp:
        client = connect(stamp, tmp_path)
        yield client
        client.close()
