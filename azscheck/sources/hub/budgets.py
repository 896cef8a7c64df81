"""When to stop asking: a count of failures in a row for each operation, such as the lists of one type.

One provider has lists that answer and reads of single resources that hang, so neither may count for the other.
"""

import threading

from msgspec import Struct

from azscheck.errors import CollectionError
from azscheck.sources.hub.limits import Limits


class _InARow(Struct, frozen=True):
    failures: int = 0
    timeouts: int = 0
    last: str = ""


class Failures:
    """Failures in a row, counted by operation; safe to use from several threads."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._counts: dict[str, _InARow] = {}
        self._lock = threading.Lock()

    def check(self, operation: str) -> bool:
        """Whether the last call of an operation hung; raises CollectionError when no more of them are to be made."""
        found = self._counts.get(operation)
        if found is None:
            return False
        if found.timeouts >= self._limits.timeouts_in_a_row or found.failures >= self._limits.failures_in_a_row:
            raise CollectionError(
                f"it was not asked for after {found.failures} failures in a row, the last of them: {found.last}"
            )
        return found.timeouts > 0

    def note(self, operation: str, clause: str, *, timeout: bool) -> None:
        """A call failed, despite its retries."""
        with self._lock:
            found = self._counts.get(operation, _InARow())
            timeouts = found.timeouts + 1 if timeout else 0
            self._counts[operation] = _InARow(found.failures + 1, timeouts, clause)

    def forget(self, operation: str) -> None:
        """A call was answered."""
        with self._lock:
            self._counts.pop(operation, None)
