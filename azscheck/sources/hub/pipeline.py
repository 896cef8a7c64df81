"""The policies every call goes through, on both planes, and the Plane that makes the calls.

Unlike the pipeline that the SDK's clients build for themselves, this one has no automatic registration of resource
providers (a POST), no redirects, no logging of bodies, and no unbounded `Retry-After`.
"""

import json
import threading
import time
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from azure.core.exceptions import AzureError, DecodeError, ServiceResponseError
from azure.core.pipeline import Pipeline, PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import HTTPPolicy, RequestIdPolicy, RetryPolicy, UserAgentPolicy
from azure.core.rest import HttpRequest
from azure.mgmt.core import ARMPipelineClient

from azscheck import __version__
from azscheck.errors import CollectionError
from azscheck.sources.hub.failures import connection_clause, refusal_of
from azscheck.sources.hub.limits import Limits
from azscheck.sources.hub.transport import Transport

_RETRIED: Final = frozenset({408, 429, 500, 502, 503, 504})
_READS_LEFT: Final = "x-ms-ratelimit-remaining-subscription-reads"
_DOCUMENT: Final = "azscheck.document"


class Tokens(Protocol):
    """Where the bearer tokens of one plane come from; both raise CollectionError when signing in fails."""

    def current(self) -> str:
        """A token that has not run out."""

    def renewed(self, refused: str) -> str:
        """A token other than the refused one."""


class CappedRetry(RetryPolicy[Any, Any]):
    """The SDK's retries, with a cap on `Retry-After` and for those statuses only that pass by themselves."""

    def __init__(self, limits: Limits, **_: Any) -> None:
        super().__init__(
            retry_total=limits.throttle_retries + limits.read_retries + limits.connect_retries,
            retry_status=limits.throttle_retries,
            retry_read=limits.read_retries,
            retry_connect=limits.connect_retries,
            retry_backoff_factor=limits.backoff_factor,
            retry_backoff_max=limits.backoff_seconds,
            timeout=limits.call_seconds,
        )
        self._longest = limits.retry_after_seconds
        self._failures = limits.status_retries

    def get_retry_after(self, response: PipelineResponse[Any, Any]) -> float | None:
        try:
            asked = super().get_retry_after(response)
        except (ValueError, TypeError, OverflowError):
            return None
        return None if asked is None else min(asked, self._longest)

    def is_retry(self, settings: dict[str, Any], response: PipelineResponse[Any, Any]) -> bool:
        status = response.http_response.status_code
        if status not in _RETRIED:
            return False
        # A throttled call will be let through in the end; a service that fails over and over will not.
        past = [call.http_response.status_code for call in settings["history"] if call.http_response]
        if status != 429 and sum(code != 429 for code in past) >= self._failures:
            return False
        return bool(super().is_retry(settings, response))


class Bearer(HTTPPolicy[Any, Any]):
    """Signs a request, and on 401 once more with a new token: a token can run out while a scan runs."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self._tokens = tokens

    def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        token = self._tokens.current()
        request.http_request.headers["Authorization"] = f"Bearer {token}"
        response = self.next.send(request)
        if response.http_response.status_code == 401:
            request.http_request.headers["Authorization"] = f"Bearer {self._tokens.renewed(token)}"
            response = self.next.send(request)
        return response


class Pace(HTTPPolicy[Any, Any]):
    """Holds all calls back for a moment when the stamp throttles one, and spaces them when few reads are left."""

    def __init__(self, limits: Limits, stop: threading.Event) -> None:
        super().__init__()
        self._limits = limits
        self._stop = stop
        self._lock = threading.Lock()
        self._not_before = 0.0
        self._spacing = 0.0

    def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        if self._spacing or self._not_before:
            self._wait()
        response = self.next.send(request)
        headers = response.http_response.headers
        left = headers.get(_READS_LEFT, "")
        if left.isdigit():
            self._spacing = self._limits.spacing_seconds if int(left) < self._limits.low_reads else 0.0
        if response.http_response.status_code == 429:
            asked = headers.get("Retry-After", "")
            pause = float(asked) if asked.isdigit() else self._limits.spacing_seconds
            with self._lock:
                until = time.monotonic() + min(pause, self._limits.retry_after_seconds)
                self._not_before = max(self._not_before, until)
        return response

    def _wait(self) -> None:
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._not_before)
            self._not_before = turn + self._spacing if self._spacing or turn > now else 0.0
        if turn > now and self._stop.wait(turn - now):
            raise CollectionError("the collection was stopped")


class BrokenAnswer(ServiceResponseError):
    """A body that ended early or is not JSON."""


class ReadAnswer(HTTPPolicy[Any, Any]):
    """Parses a 200 below the retries, and makes of a broken body what is retried as a broken connection is."""

    def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        try:
            response = self.next.send(request)
            if response.http_response.status_code == 200:
                response.context[_DOCUMENT] = json.loads(response.http_response.content)
        except (ValueError, RecursionError, DecodeError) as error:
            # DecodeError: the body ended early.
            raise BrokenAnswer("the answer is broken", error=error) from error
        return response


class Guard(HTTPPolicy[Any, Any]):
    """Last before the wire: only reads leave, and only to the plane's own scheme, host and port."""

    def __init__(self, origin: tuple[str, str]) -> None:
        super().__init__()
        self._origin = origin

    def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        method, url = request.http_request.method, request.http_request.url
        if method not in ("GET", "HEAD"):
            raise CollectionError(f"a {method} was held back: azscheck only reads")
        if origin_of(url) != self._origin:
            raise CollectionError(f"a call to {urlsplit(url).netloc} was held back: it is not the stamp's own address")
        return self.next.send(request)


def origin_of(url: str) -> tuple[str, str]:
    """Scheme, and host with port, in lower case; a default port is written out."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower()
    return parts.scheme.lower(), host if ":" in host.rpartition("]")[2] else f"{host}:443"


@dataclass(frozen=True, slots=True)
class Answer:
    """A parsed answer, and the path and query it came from."""

    document: Any
    address: str


class Plane:
    """One Resource Manager endpoint. With `tokens` None it makes calls that need no sign-in."""

    def __init__(
        self, url: str, transport: Transport, limits: Limits, stop: threading.Event, tokens: Tokens | None
    ) -> None:
        self.url = url
        self.origin = origin_of(url)
        self.host = self.origin[1]
        policies: list[Any] = [RequestIdPolicy(), UserAgentPolicy(f"azscheck/{__version__}"), CappedRetry(limits)]
        policies += [Bearer(tokens)] if tokens else []
        policies += [Pace(limits, stop), ReadAnswer(), Guard(self.origin)]
        self.pipeline: Pipeline[Any, Any] = Pipeline(transport, policies)
        self.client: ARMPipelineClient[Any, Any] = ARMPipelineClient(url, pipeline=self.pipeline, policies=[])
        self._limits = limits
        self._stop = stop
        self._failures: dict[str, tuple[int, str]] = {}

    def get(self, request: HttpRequest, client: Any = None) -> Answer:
        """Send a GET through an SDK client's pipeline (the plane's own by default) and read its JSON.

        Raises Refusal for any status but 200, and CollectionError with a clause for all else.
        """
        if self._stop.is_set():
            raise CollectionError("the collection was stopped")
        client = client or self.client
        request.url = client.format_url(request.url)
        parts = urlsplit(request.url)
        provider = parts.path.lower().rpartition("/providers/")[2].partition("/")[0]
        in_a_row, last = self._failures.get(provider, (0, ""))
        if in_a_row >= self._limits.failures_in_a_row:
            raise CollectionError(f"it was not asked for after {in_a_row} failures in a row, the last of them: {last}")
        try:
            # As the SDK's generated operations do it; send_request would drop the context that holds the document.
            response = client._pipeline.run(request)
        except AzureError as error:
            clause = connection_clause(error, self.host)
            self._failures[provider] = (in_a_row + 1, clause)
            raise CollectionError(clause) from error
        http = response.http_response
        if http.status_code == 200:
            self._failures[provider] = (0, "")
            return Answer(response.context[_DOCUMENT], f"{parts.path}?{parts.query}")
        location = urlsplit(http.headers.get("Location", "")).netloc
        refusal = refusal_of(http.status_code, _error_document(http.content), location)
        failed = http.status_code in _RETRIED or http.status_code == 401
        self._failures[provider] = (in_a_row + 1, str(refusal)) if failed else (0, "")
        raise refusal


def _error_document(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None
