"""The tokens of one plane, whoever signs in."""

import math
import threading
import time
from collections.abc import Callable
from typing import Final, Protocol

from azscheck.errors import CollectionError
from azscheck.sources.hub.limits import Limits

_PASSING_SECONDS: Final = 30
_PAUSES: Final = (1.0, 4.0)
"""How many backoffs to wait before asking once more after a refusal that passes."""
_RENEW_SECONDS: Final = 300


class SignInFailed(CollectionError):
    """Why there is no token, in a sentence: for good, or for the moment, and then perhaps not if asked `again`."""

    def __init__(self, sentence: str, *, passing: bool = False, again: bool = False) -> None:
        super().__init__(sentence)
        self.passing = passing
        self.again = again


class Identity(Protocol):
    """Whoever signs in to one plane."""

    def get(self) -> tuple[str, float]:
        """A new token and when it runs out, as `time.time` has it; raises SignInFailed."""


class SignIn:
    """The tokens of one plane: kept here and not by the SDK, so that a refused one is replaced once for all threads."""

    def __init__(self, identity: Identity, sleep: Callable[[float], None], limits: Limits) -> None:
        self._identity = identity
        self._sleep = sleep
        self._pace = limits.backoff_factor
        self._lock = threading.Lock()
        self._token = ""
        self._renew_at = 0.0
        self._refused = ""
        self._refused_until = 0.0

    def current(self) -> str:
        """A token that has not run out; raises CollectionError with a sentence."""
        if time.time() >= self._renew_at:
            with self._lock:
                if time.time() >= self._renew_at:
                    self._ask()
        return self._token

    def renewed(self, refused: str) -> str:
        """A token other than `refused`, asked for once however many threads were refused."""
        with self._lock:
            if self._token == refused:
                self._ask()
            return self._token

    def _ask(self) -> None:
        if time.monotonic() < self._refused_until:
            raise CollectionError(self._refused)
        for wait in (*_PAUSES, None):
            asked = time.time()
            try:
                token, expires = self._identity.get()
                break
            except SignInFailed as failed:
                if failed.again and wait is not None:
                    self._sleep(wait * self._pace)
                    continue
                # Remembered, so that the calls still to come do not each try, wait and fail again.
                self._refused = str(failed)
                self._refused_until = time.monotonic() + (_PASSING_SECONDS if failed.passing else math.inf)
                raise CollectionError(self._refused) from failed
        self._token = token
        self._renew_at = expires - min(_RENEW_SECONDS, (expires - asked) / 5)
