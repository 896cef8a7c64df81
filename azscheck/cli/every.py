"""`scan --every`: one run after the other, on a schedule that does not drift, until somebody says stop."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from msgspec import Struct

from azscheck.cli.failing import told
from azscheck.cli.log import Log
from azscheck.errors import ExitCode
from azscheck.times import format_duration, format_time

_SLICE: Final = 1.0
"""On Windows a wait hears of a signal when it ends."""

STOPPED_BEFORE_A_RUN: Final = 130


class Stopped(KeyboardInterrupt):
    """Ctrl-C, or the signal by which a service manager stops a service; what was under way is abandoned."""


class Schedule(Struct, frozen=True):
    """When runs begin, in seconds from the start: the first at once, then one each `every`, late by its jitter."""

    every: float
    jitter: float = 0.0
    """At most so much of `every`."""
    name: str = ""
    """What sets this scanner's jitter apart from that of others."""

    def due(self, beat: int) -> float:
        """When a beat is due: the same for the same name, whenever it is asked."""
        if not beat:
            return 0.0
        # Imported here: a single scan asks for no schedule.
        import hashlib

        digest = hashlib.sha256(f"{self.name}\n{beat}".encode("utf-8", "surrogatepass")).digest()
        return (beat + self.jitter * int.from_bytes(digest[:8], "big") / 2**64) * self.every

    def after(self, elapsed: float) -> int:
        """The first beat that has not passed: those that passed during a long run are left out, never made up for."""
        beat = int(elapsed // self.every)
        while self.due(beat) <= elapsed:
            beat += 1
        return beat


def repeat(
    run: Callable[[], ExitCode],
    schedule: Schedule,
    log: Log,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Run until Stopped; the exit code is that of the last run that ended, or 130 where none did.

    A run that raises is told, and the next goes on; only what `told` raises, and BrokenPipeError, ends it all.
    """
    code: int = STOPPED_BEFORE_A_RUN
    start, beat = clock(), 0
    try:
        while True:
            begun = clock()
            code = _once(run, log)
            ended = clock()
            following = schedule.after(ended - start)
            _say_next(log, code, ended - begun, start + schedule.due(following) - ended, following - beat - 1)
            beat = following
            while (left := start + schedule.due(beat) - clock()) > 0:
                sleep(min(left, _SLICE))
    except KeyboardInterrupt:
        log.say("stopped", "azscheck: stopped.", always=True, exitCode=code)
    return code


def _once(run: Callable[[], ExitCode], log: Log) -> ExitCode:
    try:
        return run()
    except BrokenPipeError:
        raise
    except Exception as error:
        sentence, code = told(error)
        log.say("error", f"azscheck: {sentence}", always=True, exitCode=int(code))
        return code


def _say_next(log: Log, code: int, took: float, left: float, missed: int) -> None:
    following = format_time(datetime.now(UTC) + timedelta(seconds=left))
    words = f"the run took {format_duration(timedelta(seconds=took))}; the next begins at {following}."
    if missed:
        words = f"{words[:-1]}: {missed} passed during this one. Take a longer --every."
    log.say("next", f"azscheck: {words}", exitCode=int(code), seconds=round(took, 3), next=following, missed=missed)


@contextmanager
def stopping() -> Iterator[None]:
    """Within it Ctrl-C, Ctrl-Break and SIGTERM raise Stopped in the main thread; in another one nothing is changed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: Any) -> None:
        raise Stopped

    # SIGBREAK is Windows' own: what a console sends that is closed, and a service manager.
    names = [name for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), stop) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)
