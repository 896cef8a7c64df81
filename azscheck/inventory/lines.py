"""A saved inventory a line at a time, for inventories that are too large to hold."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from azscheck.errors import InventoryError
from azscheck.inventory.fields import coverage_of, json_text
from azscheck.inventory.parts import Coverage
from azscheck.inventory.saved import LONGEST_LINE, VERSION
from azscheck.times import parse_time

_END = 1 << 20
"""Bytes within which the closing record of a file is looked for."""


class NotInOrder(Exception):
    """The lines are not as azscheck writes them: the inventory is to be read as a whole."""


class SavedLines(msgspec.Struct, frozen=True):
    """A saved inventory of which only what is no resource has been read."""

    path: Path
    created: datetime
    coverage: tuple[Coverage, ...]
    keys: tuple[str, ...]
    """The keys of all resources but below `tags`, if their lines have the checksum."""
    tags: tuple[str, ...] | None
    """The keys below `tags`; None when they are not listed."""
    checksum: str
    """Of all lines of resources: XXH3 with 64 bits, as hexadecimal digits."""
    resources: int
    """How many lines of resources there are, by the closing record."""
    start: int
    """Where the first of them begins, in bytes."""
    end: int
    """Where the closing record begins."""

    @classmethod
    def of(cls, path: Path) -> "SavedLines":
        """Look at a file; raises NotInOrder for any that is to be read as a whole, or not at all."""
        if not path.is_file():
            # What a pipe has given it does not give again.
            raise NotInOrder
        try:
            with path.open("rb") as file:
                return cls._of(path, file)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise NotInOrder from error

    @classmethod
    def _of(cls, path: Path, file: BinaryIO) -> "SavedLines":
        header = json.loads(file.readline(LONGEST_LINE))
        if header["azscheck"] != "inventory" or header["version"] != VERSION:
            raise NotInOrder
        coverage: list[Coverage] = []
        start = file.tell()
        while (line := file.readline(LONGEST_LINE)).startswith(b'{"coverage":'):
            coverage.append(coverage_of(json.loads(line)["coverage"]))
            start = file.tell()
        size = file.seek(0, 2)
        file.seek(max(start, size - _END))
        tail = file.read()
        last = tail.rstrip(b"\n").rpartition(b"\n")[2]
        record = json.loads(last)
        count = record["end"]
        if count["coverage"] != len(coverage) or not tail.endswith(b"\n"):
            raise NotInOrder
        end = size - len(last) - 1
        created = parse_time(header["created"])
        keys, checksum = tuple(record["keys"]), record["xxh3"]
        tags = tuple(record["tags"]) if "tags" in record else None
        return cls(path, created, tuple(coverage), keys, tags, checksum, count["resources"], start, end)

    def chunks(self, size: int = 1 << 17) -> Iterator[bytes]:
        """The lines of resources, some at a time."""
        with self.path.open("rb") as file:
            file.seek(self.start)
            left = self.end - self.start
            while left > 0:
                chunk = file.read(min(size, left))
                if not chunk:
                    raise InventoryError(f"{self.path}: was cut off while it was read: copy the file again.")
                if chunk[-1] != 10:
                    chunk += file.readline(LONGEST_LINE)
                    if len(chunk) > LONGEST_LINE:
                        raise NotInOrder
                left -= len(chunk)
                yield chunk


class Envelope(msgspec.Struct):
    """What a line of a resource says before the resource."""

    stamp: str
    type: str
    id: str


_envelope = msgspec.json.Decoder(Envelope)


def told(text: bytes) -> Envelope:
    """The envelope of a line; raises NotInOrder for a line that is none of a resource."""
    try:
        return _envelope.decode(text)
    except msgspec.MsgspecError:
        # Half a character pair, say: odd, and read all the same.
        try:
            whole = json.loads(text)
            return Envelope(whole["stamp"], whole["type"], whole["id"])
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise NotInOrder from error


def beginning(stamp: str, kind: str) -> bytes:
    """What the lines of a type of a stamp begin with, and what can stand nowhere else in a line."""
    return b'{"stamp":%s,"type":%s,' % (json_text(stamp).encode(), json_text(kind).encode())
