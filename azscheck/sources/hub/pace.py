"""How fast a plane is asked: by what the stamp says is left, and by its 429s."""

import re
import threading
import time
from typing import Any, Final

from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import HTTPPolicy

from azscheck.errors import CollectionError
from azscheck.sources.hub.limits import Limits

_READS_LEFT: Final = "x-ms-ratelimit-remaining-subscription-reads"
_SUBSCRIPTION: Final = re.compile(r"/subscriptions/[^/?]+", re.IGNORECASE)


class Pace(HTTPPolicy[Any, Any]):
    """Holds all calls back when the stamp throttles, and spaces those of a subscription that has few reads left.

    One 429 among answers holds back its own call only, by its retry; a second in a row is the stamp's answer to all.
    """

    def __init__(self, limits: Limits, stop: threading.Event) -> None:
        super().__init__()
        self._limits = limits
        self._stop = stop
        self._lock = threading.Lock()
        self._not_before: dict[str, float] = {}
        """When the next call may go: of a subscription, or of all under ``."""
        self._spacing: dict[str, float] = {}
        self._throttled = 0

    def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        found = _SUBSCRIPTION.search(request.http_request.url)
        subscription = found[0].lower() if found else ""
        if self._spacing or self._not_before:
            self._wait(subscription)
        response = self.next.send(request)
        headers = response.http_response.headers
        left = headers.get(_READS_LEFT, "")
        if left.isdigit():
            self._note(subscription, int(left))
        if response.http_response.status_code != 429:
            self._throttled = 0
            return response
        self._throttled += 1
        if self._throttled > 1:
            asked = headers.get("Retry-After", "")
            pause = float(asked) if asked.isdigit() else self._limits.spacing_seconds
            with self._lock:
                until = time.monotonic() + min(pause, self._limits.retry_after_seconds)
                self._not_before[""] = max(self._not_before.get("", 0.0), until)
        return response

    def _note(self, subscription: str, left: int) -> None:
        limits = self._limits
        with self._lock:
            if left >= limits.low_reads:
                self._spacing.pop(subscription, None)
                return
            seconds = limits.spacing_seconds * limits.low_reads / (left + 1)
            self._spacing[subscription] = min(seconds, max(limits.longest_spacing_seconds, limits.spacing_seconds))

    def _wait(self, subscription: str) -> None:
        with self._lock:
            now, spacing = time.monotonic(), self._spacing.get(subscription, 0.0)
            turn = max(now, self._not_before.get("", 0.0), self._not_before.get(subscription, 0.0) if spacing else 0.0)
            if spacing:
                self._not_before[subscription] = turn + spacing
            if self._not_before.get("", 0.0) <= now:
                self._not_before.pop("", None)
        if turn > now and self._stop.wait(turn - now):
            raise CollectionError("the collection was stopped")
