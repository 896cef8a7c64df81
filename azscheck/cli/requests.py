"""The calls to stamps, said as they are made."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from azscheck.cli.log import Log

_LOGGER = "azscheck.requests"


@contextmanager
def heard(log: Log) -> Iterator[None]:
    """Within it each call is said."""
    logger, handler = logging.getLogger(_LOGGER), _Requests(log)
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
