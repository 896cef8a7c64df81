"""Resources on their way into a file, on the disk and not in memory: sorted in runs as they come, then in one order."""

import heapq
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final, cast, overload

from azscheck.inventory.fields import json_text, resource_fields, resource_of
from azscheck.inventory.keys import Keys
from azscheck.inventory.parts import Resource, arm_key, type_key

_RUN_BYTES: Final = 2 << 20
_CHUNK: Final = 1 << 16
_NEAR: Final = 200

Key = tuple[str, ...]
"""Stamp, type and id as keys."""


def key_of(resource: Resource) -> Key:
    """What one resource is told from another by, and the first that inventories are ordered by."""
    return resource.stamp, type_key(resource.type), arm_key(resource.id)


def line_of(resource: Resource) -> bytes:
    """A resource's line of a saved inventory."""
    return json_text(resource_fields(resource), separators=(",", ":")).encode() + b"\n"


class Shelf(Sequence[Resource]):
    """Resources in the order in which they came. The first are in memory; with a spool, those after them are put by."""

    def __init__(self, spool: "Spool | None" = None) -> None:
        self._spool = spool
        self._near: list[Resource] = []
        self._far: list[Callable[[], Resource]] = []

    def append(self, resource: Resource) -> None:
        """Add one."""
        if self._spool is None or len(self._near) < _NEAR:
            self._near.append(resource)
        else:
            self._far.append(self._spool.put_by(resource))

    def __len__(self) -> int:
        return len(self._near) + len(self._far)

    @overload
    def __getitem__(self, place: int) -> Resource: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Resource]: ...
    def __getitem__(self, place: int | slice) -> Resource | Sequence[Resource]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        return self._near[place] if place < len(self._near) else self._far[place - len(self._near)]()


class Spool:
    """Holds some MiB however many resources it is given; safe to use from several threads.

    Its file has no name and is gone with the process. A run holds resources in order, each with its key on a line:
    JSON has no tab but in strings, where it is written otherwise.
    """

    def __init__(self, folder: Path) -> None:
        """Raises OSError where nothing can be written."""
        import tempfile

        self.keys = Keys()
        self._file = cast(BinaryIO, tempfile.TemporaryFile(dir=folder))  # noqa: SIM115
        self._end = 0
        self._runs: list[tuple[int, int]] = []
        self._waiting: list[tuple[Key, bytes]] = []
        self._bytes = 0
        self._lock = threading.Lock()

    def add(self, resource: Resource, rank: Key = ()) -> None:
        """Take a resource up. Of several of one key, the one of the least rank is kept."""
        key, line = (*key_of(resource), *rank), line_of(resource)
        with self._lock:
            self.keys.add(resource.body)
            self._waiting.append((key, line))
            self._bytes += len(line)
            if self._bytes > _RUN_BYTES:
                self._flush()

    def put_by(self, resource: Resource) -> Callable[[], Resource]:
        """Put a resource by, to be had again by a call; it is none of those taken up."""
        line = line_of(resource)
        with self._lock:
            start = self._write(line)

        def fetch() -> Resource:
            with self._lock:
                self._file.seek(start)
                return resource_of(json.loads(self._file.read(len(line))))

        return fetch

    def lines(self) -> Iterator[tuple[Key, bytes]]:
        """All resources in order, one a key, each with its line; nothing must be added any more."""
        with self._lock:
            self._flush()
        last: Key = ()
        for key, line in heapq.merge(*(self._run(*run) for run in self._runs)):
            if key[:3] != last:
                last = key[:3]
                yield last, line

    def of_type(self, resource_type: str) -> Iterator[Resource]:
        """The resources of a type, of all stamps; it costs a look at all that there are."""
        kind = type_key(resource_type)
        return (resource_of(json.loads(line)) for (_, found, _), line in self.lines() if found == kind)

    def close(self) -> None:
        """Give the disk back."""
        self._file.close()

    def _flush(self) -> None:
        start = self._end
        for key, line in sorted(self._waiting):
            self._write(json.dumps(key).encode() + b"\t" + line)
        self._waiting, self._bytes = [], 0
        if self._end > start:
            self._runs.append((start, self._end))

    def _write(self, content: bytes) -> int:
        start = self._end
        self._file.seek(start)
        self._file.write(content)
        self._end += len(content)
        return start

    def _run(self, start: int, end: int) -> Iterator[tuple[Key, bytes]]:
        rest = b""
        while start < end:
            with self._lock:
                self._file.seek(start)
                chunk = self._file.read(min(_CHUNK, end - start))
            start += len(chunk)
            *records, rest = (rest + chunk).split(b"\n")
            for record in records:
                key, _, line = record.partition(b"\t")
                parts: list[Any] = json.loads(key)
                yield tuple(parts), line + b"\n"
