"""What an interrupted collection had read: NDJSON that only grows, each line one list, or one resource, read whole.

A line is written when what it holds is complete and without secrets, so whatever ended the process, the lines before
the last are good, and a last line that was cut off is dropped::

    {"azscheck": "journal", "version": 1, "begun": "2026-01-31T12:00:00Z"}
    {"list": [stamp, address, client, type, path], "coverage": {...}, "resources": [...]}
    {"read": [stamp, address, client, type, id], "resource": {...}}
"""

import json
import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, Final, Self

from msgspec import Struct

from azscheck.errors import UsageError
from azscheck.inventory import Coverage, Resource
from azscheck.inventory.fields import coverage_fields, coverage_of, json_text, resource_of
from azscheck.inventory.spool import line_of
from azscheck.times import format_time, parse_time

_VERSION: Final = 1
_SYNC_SECONDS: Final = 1.0
"""What a power failure may cost: waiting for the disk at each line would take longer than the calls."""
_PIECE: Final = 1 << 18

Key = tuple[str, ...]


class Journal:
    """The journal beside an inventory's file; safe to use from several threads."""

    def __init__(self, path: Path, file: BinaryIO, begun: datetime, places: dict[Key, tuple[int, int]]) -> None:
        self.path = path
        self.begun = begun
        self.taken_up = len(places)
        """How many lists and reads it held when it was opened."""
        self._file = file
        self._places = places
        self._lock = threading.Lock()
        self._synced = time.monotonic()
        self._full = False

    @classmethod
    def begin(cls, path: Path, now: datetime) -> Self:
        """An empty journal, in place of any that is there; OSError where it cannot be written."""
        file = path.open("w+b", buffering=0)
        header = {"azscheck": "journal", "version": _VERSION, "begun": format_time(now)}
        file.write(json_text(header).encode() + b"\n")
        return cls(path, file, now, {})

    @classmethod
    def take_up(cls, path: Path, now: datetime) -> Self:
        """The journal that is there, or an empty one; raises UsageError for a file that is something else."""
        if not path.exists() or not path.stat().st_size:
            return cls.begin(path, now)
        with path.open("rb") as lines:
            begun = _header(path, lines.readline())
            places, end = _index(lines)
        file = path.open("r+b", buffering=0)
        file.truncate(end)
        return cls(path, file, begun, places)

    def of(self, stamp: str, address: str, client: str) -> "Kept":
        """The part of one plane, read as one service principal: another may see something else."""
        return Kept(self, (stamp, address.lower(), client.lower()))

    def find(self, key: Key) -> dict[str, Any] | None:
        """What was kept under a key before the journal was taken up; nobody asks twice in one run."""
        with self._lock:
            if key not in self._places:
                return None
            start, length = self._places[key]
            self._file.seek(start)
            found: dict[str, Any] = json.loads(_whole(self._file, length))
            return found

    def keep(self, key: Key, fields: Iterable[bytes]) -> None:
        """Add a line, of whose fields this is the JSON, in pieces. Where the disk is full nothing more is kept, and
        the collection goes on."""
        start = b'{"%s":%s,' % (key[0].encode(), _json(key[1:]))
        with self._lock:
            if self._full:
                return
            self._file.seek(0, os.SEEK_END)
            try:
                for piece in _pieces(chain((start,), fields, (b"}\n",))):
                    if self._file.write(piece) != len(piece):
                        raise OSError
                if time.monotonic() - self._synced > _SYNC_SECONDS:
                    os.fsync(self._file.fileno())
                    self._synced = time.monotonic()
            except OSError:
                # A line that was begun ends here, and is dropped when the journal is taken up.
                self._full = True

    def close(self) -> None:
        """Close the file, which stays."""
        with self._lock:
            self._full = True
            self._file.close()

    def remove(self) -> None:
        """Close the file and delete it: the inventory has everything."""
        self.close()
        self.path.unlink(missing_ok=True)


class Kept(Struct, frozen=True):
    """What a journal holds of one plane of one stamp."""

    journal: Journal
    plane: Key

    def listed(self, kind: str, path: str) -> tuple[Coverage, tuple[Resource, ...]] | None:
        """A list that was read to its end; None where it has to be read."""
        fields = self.journal.find(("list", *self.plane, kind, path))
        if fields is None:
            return None
        return coverage_of(fields["coverage"]), tuple(resource_of(each) for each in fields["resources"])

    def keep_list(self, kind: str, path: str, coverage: Coverage, resources: Sequence[Resource]) -> None:
        """Keep a list that was read to its end."""
        told = b'"coverage":%s,"resources":[' % _json(coverage_fields(coverage))
        lines = ((b"," if number else b"") + line_of(each)[:-1] for number, each in enumerate(resources))
        self.journal.keep(("list", *self.plane, kind, path), chain((told,), lines, (b"]",)))

    def read(self, kind: str, identity: str) -> Resource | None:
        """A resource that was read by itself; None where it has to be."""
        fields = self.journal.find(("read", *self.plane, kind, identity))
        return None if fields is None else resource_of(fields["resource"])

    def keep_read(self, kind: str, resource: Resource) -> None:
        """Keep a resource that was read by itself, whole."""
        self.journal.keep(("read", *self.plane, kind, resource.id), (b'"resource":', line_of(resource)[:-1]))


def _pieces(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The parts, together until they are worth a call to the system."""
    gathered = bytearray()
    for part in parts:
        gathered += part
        if len(gathered) > _PIECE:
            yield bytes(gathered)
            gathered.clear()
    yield bytes(gathered)


def _json(value: Any) -> bytes:
    return json_text(value, separators=(",", ":")).encode()


def _header(path: Path, line: bytes) -> datetime:
    try:
        header = json.loads(line)
        if header["azscheck"] == "journal" and header["version"] == _VERSION:
            return parse_time(header["begun"])
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    raise UsageError(f"{path}: is not the journal of a collection with this azscheck: move it away, or leave --resume.")


def _index(lines: BinaryIO) -> tuple[dict[Key, tuple[int, int]], int]:
    """Where each key's line is, and where the good lines end."""
    places: dict[Key, tuple[int, int]] = {}
    end = lines.tell()
    for line in lines:
        key = _key(line)
        if key is None:
            break
        places[key] = (end, len(line))
        end += len(line)
    return places, end


def _key(line: bytes) -> Key | None:
    """A line's key; None when it was cut off, or is something else."""
    try:
        if not line.endswith(b"\n"):
            return None
        record = json.loads(line)
        if "list" in record:
            coverage_of(record["coverage"])
            for each in record["resources"]:
                resource_of(each)
            return "list", *record["list"]
        resource_of(record["resource"])
        return "read", *record["read"]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _whole(file: BinaryIO, length: int) -> bytes:
    # Without a buffer, one read may bring less than was asked for.
    parts = b""
    while len(parts) < length and (part := file.read(length - len(parts))):
        parts += part
    return parts
