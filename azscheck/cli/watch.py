"""What `scan --every` sets up around its runs: the schedule, the lock, the signals."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from azscheck.cli.every import Schedule, repeat, stopping
from azscheck.cli.lock import held
from azscheck.cli.log import Log
from azscheck.cli.options import CONFIGURATION
from azscheck.cli.state_folder import state_file
from azscheck.errors import ExitCode, UsageError
from azscheck.times import parse_duration

_SHORTEST: Final = timedelta(seconds=1)
_LONGEST: Final = timedelta(days=366)


def watch(run: Callable[[], ExitCode], every: str, jitter: int, state: Path | None, asked: dict[str, Any]) -> int:
    """Run until stopped; `asked` are the scan's options. Raises UsageError, or AzscheckError for a second one."""
    length = interval(every)
    if asked["now"] is not None:
        raise UsageError("--now stands still, and --every does not: use one of them.")
    inputs = inputs_of(asked)
    file = state_file(state, inputs)
    name = "\n".join([*map(str, inputs), *asked["stamps"]])
    log = Log(asked["log_format"], asked["verbose"], asked["quiet"])
    with held(file.with_name(f"{file.name}.every.lock"), "`scan --every` of this configuration"), stopping():
        return repeat(run, Schedule(length.total_seconds(), jitter / 100, name), log)


def inputs_of(asked: dict[str, Any]) -> list[Path]:
    """What is judged, by which its state is told from that of others."""
    return [asked["configuration"]] if asked["configuration"] else [*asked["inventories"]] or [CONFIGURATION]


def interval(text: str) -> timedelta:
    """The time from run to run; raises UsageError."""
    try:
        length = parse_duration(text)
    except ValueError as error:
        raise UsageError(f"--every: {error}.") from error
    if not _SHORTEST <= length <= _LONGEST:
        raise UsageError(f"--every {text}: take from a second to 366 days.")
    return length
