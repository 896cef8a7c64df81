"""Progress of a collection: a live line a stamp on a terminal, quiet lines in a pipeline."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

_SECONDS_BETWEEN_LINES = 10.0

Report = Callable[[str, str, int], None]


@contextmanager
def shown(quiet: bool) -> Iterator[Report | None]:
    """A callback for `collect`, that shows what it is told on standard error."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _live() as report:
            yield report
    else:
        yield _Lines()


@contextmanager
def _live() -> Iterator[Report]:
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.fields[stamp]}", markup=False),
        TextColumn("{task.completed:.0f} resources"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[what]}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks: dict[str, int] = {}
        lock = threading.Lock()

        def report(stamp: str, what: str, count: int) -> None:
            with lock:
                if stamp not in tasks:
                    tasks[stamp] = progress.add_task("", total=None, stamp=stamp, what=what)
                task = tasks[stamp]
            progress.update(task, completed=count, what=what)  # type: ignore[arg-type]

        yield report


class _Lines:
    """A line a stamp every ten seconds: enough to see in a log that it lives."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}

    def __call__(self, stamp: str, what: str, count: int) -> None:
        now = time.monotonic()
        if now - self._last.setdefault(stamp, now) >= _SECONDS_BETWEEN_LINES:
            self._last[stamp] = now
            click.echo(f"{stamp}: {count} resources, reading {what}", err=True)
