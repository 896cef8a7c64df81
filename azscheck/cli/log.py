"""What is said on standard error while stamps are read: sentences for people, or a JSON object a line."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from msgspec import Struct

from azscheck.cli.stderr import say

REQUESTS = "azscheck.requests"
"""The logger of the calls to stamps."""


class Log(Struct, frozen=True):
    """How a command speaks."""

    form: Literal["text", "json"]
    verbose: bool = False
    quiet: bool = False

    @property
    def live(self) -> bool:
        """Whether a display that is drawn over and over has its place here."""
        return self.form == "text" and not self.verbose and sys.stderr.isatty()

    def say(self, event: str, text: str = "", *, always: bool = False, **fields: Any) -> None:
        """One line, also where quiet is asked for when `always`; `fields` are what a machine needs to know."""
        if self.quiet and not always:
            return
        say(text, event, **fields)

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
