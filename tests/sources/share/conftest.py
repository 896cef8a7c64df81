"""Real SMB servers, started once; and shares in memory, for what no server is needed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from azscheck.sources.share.listing import Entry, NotThere, Path
from tests.sources.share.samba import Samba, samba

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def server() -> Iterator[Samba]:
    """Offers encryption, and demands none."""
    with samba("if_required") as running:
        filled(running)
        yield running


@pytest.fixture(scope="session")
def clear_server() -> Iterator[Samba]:
    """Cannot encrypt."""
    with samba("off") as running:
        filled(running)
        yield running


@pytest.fixture(scope="session")
def strict_server() -> Iterator[Samba]:
    """Takes nothing that is not encrypted."""
    with samba("required") as running:
        filled(running)
        yield running


def filled(running: Samba) -> None:
    """A few files, and a folder that nobody may list."""
    (running.share / "Switches").mkdir()
    (running.share / "Switches/tor1.cfg").write_bytes(bytes(1234))
    (running.share / "Switches/größe-日本-😀.txt").write_bytes(bytes(5))
    (running.share / "denied").mkdir(mode=0o700)
    if running.user != "daemon":
        (running.share / "denied").chmod(0)


@dataclass
class MemoryShare:
    r"""Files by path, `{"MASBackup/x.zip": (bytes, time)}`; a path that ends in `/` is an empty folder."""

    files: Mapping[str, tuple[int, datetime] | None] = field(default_factory=dict)

    def entries(self, path: Path) -> Iterator[Entry]:
        below = {}
        for name, file in self.files.items():
            parts = name.rstrip("/").split("/")
            if tuple(part.casefold() for part in parts[: len(path)]) == tuple(part.casefold() for part in path):
                if len(parts) == len(path) and not name.endswith("/"):
                    raise NotThere(name)
                if len(parts) > len(path):
                    leaf = len(parts) == len(path) + 1 and file is not None
                    size, modified = file if leaf and file else (0, NOW)
                    below[parts[len(path)]] = Entry(parts[len(path)], not leaf, size, modified)
        if not below and path and "/".join(path) + "/" not in self.files:
            raise NotThere("/".join(path))
        yield from below.values()

    def facts(self) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        return {}, {}

    def shown(self, path: Path) -> str:
        return "\\".join([r"\\fs01\b", *path])

    def close(self) -> None: ...
