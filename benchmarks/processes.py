"""A contestant's whole process: how long it took and how much memory it held at its peak."""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks import FOLDER

# ru_maxrss is in bytes on macOS, in KiB elsewhere: getrusage(2).
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


class Failed(Exception):
    """A contestant did not do its work; the message has its own words."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one process cost."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    """At least this process's own, which a child begins with: it imports little, so that a contestant needs more."""


def python(*arguments: str | Path) -> tuple[str, ...]:
    """The command that runs this Python."""
    return (sys.executable, *map(str, arguments))


def run(command: tuple[str, ...]) -> Run:
    """Run to the end, in the checkout; raises Failed unless it ends with 0."""
    with tempfile.TemporaryFile() as words:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=FOLDER.parent, stdout=subprocess.DEVNULL, stderr=words)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            words.seek(0)
            said = words.read().decode(errors="replace").strip()
            raise Failed(f"{' '.join(command)}\nended with {process.returncode}: {said}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _MAXRSS_UNIT)
