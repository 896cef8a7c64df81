"""A file that one process holds at a time; the operating system gives it up with the process, however that ends."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from azscheck.errors import AzscheckError, UsageError
from azscheck.times import format_time

_FAR: Final = 1 << 30
"""Windows lets nobody read what is locked: a byte is locked that is not there, so who holds the file can be read."""


@contextmanager
def held(file: Path, what: str) -> Iterator[None]:
    """Hold a lock; raises AzscheckError that says who holds it, UsageError where the file cannot be made.

    The file stays: who removes one takes it from under the next.
    """
    try:
        opened = file.open("a+", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file}: cannot be written: {error.strerror or error}.") from error
    with opened:
        if not _locked(opened):
            opened.seek(0)
            holder = opened.read(500).strip() or "another process"
            raise AzscheckError(f"{what} is under way already: {holder} holds {file}.")
        opened.truncate(0)
        opened.write(f"process {os.getpid()} on {socket.gethostname()} since {format_time(datetime.now(UTC))}\n")
        opened.flush()
        yield


if sys.platform == "win32":
    import msvcrt

    def _locked(file: IO[str]) -> bool:
        file.seek(_FAR)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _locked(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
