"""What is said on standard error while stamps are read: sentences for people, or a JSON object a line."""

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import click

from azscheck.cli.output import close, closing_words, gate
from azscheck.errors import ExitCode
from azscheck.inventory.fields import json_text
from azscheck.results import Outcome, Results

REQUESTS = "azscheck.requests"
"""The logger of the calls to stamps."""


@dataclass(frozen=True)
class Log:
    """How a command speaks."""

    form: Literal["text", "json"]
    verbose: bool = False
    quiet: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def live(self) -> bool:
        """Whether a display that is drawn over and over has its place here."""
        return self.form == "text" and not self.verbose and sys.stderr.isatty()

    def say(self, event: str, text: str = "", *, always: bool = False, **fields: Any) -> None:
        """One line, also where quiet is asked for when `always`; `fields` are what a machine needs to know."""
        if self.quiet and not always:
            return
        if self.form == "json":
            time = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            text = json_text({"time": time, "event": event, **({"text": text} if text else {}), **fields})
        with self._lock:
            click.echo(text, err=True)

    def close(self, results: Results | Outcome, fail_on: str, fail_on_unknown: bool) -> ExitCode:
        """The exit code of a scan, and one line that says why."""
        if self.form == "text":
            return close(results, fail_on, fail_on_unknown, self.quiet)
        code = gate(results, fail_on, fail_on_unknown)
        self.say("end", closing_words(results, code), always=code is ExitCode.INCOMPLETE, exitCode=int(code))
        return code

    @contextmanager
    def requests(self) -> Iterator[None]:
        """Within it each call is said, where more than usual is asked for."""
        if not self.verbose:
            yield
            return
        logger, handler = logging.getLogger(REQUESTS), _Requests(self)
        before = logger.level, logger.propagate
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
        try:
            yield
        finally:
            logger.removeHandler(handler)
            logger.setLevel(before[0])
            logger.propagate = before[1]


class _Requests(logging.Handler):
    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage() if self._log.form == "text" else ""
        self._log.say("request", text, always=True, **getattr(record, "call", {}))
