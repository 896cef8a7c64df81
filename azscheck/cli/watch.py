"""What `scan --every` sets up around its runs: the schedule, the lock, the signals."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from azscheck.cli.every import Schedule, repeat, stopping
from azscheck.cli.keeper import Keeper
from azscheck.cli.lock import held
from azscheck.cli.log import Log
from azscheck.cli.state_file import state_file
from azscheck.errors import ExitCode, UsageError
from azscheck.times import parse_duration

_SHORTEST: Final = timedelta(seconds=1)
_LONGEST: Final = timedelta(days=366)


def watch(
    run: Callable[[], ExitCode],
    keeper: Keeper,
    every: str,
    jitter: int,
    state: Path | None,
    listen: str | None,
    asked: dict[str, Any],
) -> int:
    """Run until stopped; `asked` are the scan's options. Raises UsageError, or AzscheckError for a second one."""
    length = interval(every)
    if asked["now"] is not None:
        raise UsageError("--now stands still, and --every does not: use one of them.")
    file = state_file(state, keeper.inputs)
    name = "\n".join([*map(str, keeper.inputs), *asked["stamps"]])
    log = Log(asked["log_format"], asked["verbose"], asked["quiet"])
    alone = held(file.with_name(f"{file.name}.every.lock"), "`scan --every` of this configuration")
    with alone, stopping(), answering(keeper, listen or listen_of(asked)):
        return repeat(run, Schedule(length.total_seconds(), jitter / 100, name), log)


def listen_of(asked: dict[str, Any]) -> str:
    """Where the configuration wants metrics to be answered; read once, since a port is not changed while it is open."""
    if asked["inventories"] and not asked["configuration"]:
        return ""
    from azscheck.cli.run import configuration_of

    return configuration_of(asked["configuration"], asked["stamps"]).metrics.listen


@contextmanager
def answering(keeper: Keeper, listen: str) -> Iterator[None]:
    """Answer GET /metrics there, once a run has ended; raises UsageError for an address that cannot be taken."""
    if not listen:
        yield
        return
    from azscheck.notify.endpoint import Endpoint
    from azscheck.notify.metrics import exposed

    host, _, port = listen.rpartition(":")
    host = host.strip("[]")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise UsageError(f"--metrics-listen {listen}: write HOST:PORT, such as 127.0.0.1:9464.")
    try:
        endpoint = Endpoint(host, int(port), lambda accept: exposed(keeper.measured or [], accept))
    except OSError as error:
        raise UsageError(f"--metrics-listen {listen}: cannot be taken: {error.strerror or error}.") from error
    keeper.serve()
    try:
        yield
    finally:
        endpoint.stop()


def interval(text: str) -> timedelta:
    """The time from run to run; raises UsageError."""
    try:
        length = parse_duration(text)
    except ValueError as error:
        raise UsageError(f"--every: {error}.") from error
    if not _SHORTEST <= length <= _LONGEST:
        raise UsageError(f"--every {text}: take from a second to 366 days.")
    return length
