"""Progress of a collection: a live line a stamp on a terminal, quiet lines in a pipeline."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from azscheck.cli.log import Log

_SECONDS_BETWEEN_LINES = 10.0

Report = Callable[[str, str, int], None]


@contextmanager
def shown(log: Log) -> Iterator[Report | None]:
    """A callback for `collect`, that shows what it is told on standard error."""
    if log.quiet:
        yield None
    elif log.live:
        with _live() as report:
            yield report
    else:
        yield _Lines(log)


@contextmanager
def _live() -> Iterator[Report]:
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.fields[stamp]}", markup=False),
        TextColumn("{task.completed:.0f} resources {task.fields[rate]}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[what]}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks: dict[str, int] = {}
        begun: dict[str, float] = {}
        lock = threading.Lock()

        def report(stamp: str, what: str, count: int) -> None:
            with lock:
                if stamp not in tasks:
                    tasks[stamp] = progress.add_task("", total=None, stamp=stamp, what=what, rate="")
                    begun[stamp] = time.monotonic()
                task = tasks[stamp]
            rate = f"{count / max(time.monotonic() - begun[stamp], 0.1):.0f}/s"
            progress.update(task, completed=count, what=what, rate=rate)  # type: ignore[arg-type]

        yield report


class _Lines:
    """A line a stamp every ten seconds: enough to see in a log that it lives."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._last: dict[str, float] = {}

    def __call__(self, stamp: str, what: str, count: int) -> None:
        now = time.monotonic()
        if now - self._last.setdefault(stamp, now) >= _SECONDS_BETWEEN_LINES:
            self._last[stamp] = now
            text = f"{stamp}: {count} resources, reading {what}"
            self._log.say("progress", text, stamp=stamp, resources=count, reading=what)
