"""The policies every call goes through, on both planes.

Unlike the pipeline that the SDK's clients build for themselves, this one has no automatic registration of resource
providers (a POST), no redirects, no logging of bodies, and no unbounded `Retry-After`.
"""

import json
import math
from typing import Any, Final, NoReturn, Protocol

from azure.core.exceptions import (
    DecodeError,
    ServiceRequestTimeoutError,
    ServiceResponseError,
    ServiceResponseTimeoutError,
)
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import HTTPPolicy, RetryPolicy

from azscheck.errors import CollectionError
from azscheck.sources.hub.address import host_of, origin_of
from azscheck.sources.hub.limits import Limits

RETRIED: Final = frozenset({408, 429, 500, 502, 503, 504})
DOCUMENT: Final = "azscheck.document"
TIMEOUT_RETRIES: Final = "azscheck_timeout_retries"


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
        self._timeouts = limits.timeout_retries

    def get_retry_after(self, response: PipelineResponse[Any, Any]) -> float | None:
        try:
            asked = super().get_retry_after(response)
        except (ValueError, TypeError, OverflowError):
            return None
        return None if asked is None else min(asked, self._longest)

    def configure_retries(self, options: dict[str, Any]) -> dict[str, Any]:
        left = options.pop(TIMEOUT_RETRIES, self._timeouts)
        return {**super().configure_retries(options), TIMEOUT_RETRIES: left}

    def increment(self, settings: dict[str, Any], response: Any = None, error: Exception | None = None) -> bool:
        if error is not None and is_timeout(error):
            settings[TIMEOUT_RETRIES] -= 1
            if settings[TIMEOUT_RETRIES] < 0:
                return False
        return bool(super().increment(settings, response, error))

    def is_retry(self, settings: dict[str, Any], response: PipelineResponse[Any, Any]) -> bool:
        status = response.http_response.status_code
        if status not in RETRIED:
            return False
        # A throttled call will be let through in the end; a service that fails over and over will not.
        past = [call.http_response.status_code for call in settings["history"] if call.http_response]
        if status != 429 and sum(code != 429 for code in past) >= self._failures:
            return False
        return bool(super().is_retry(settings, response))


def is_timeout(error: BaseException) -> bool:
    """Whether an error is that no answer, or no connection, came in time."""
    return isinstance(error, ServiceRequestTimeoutError | ServiceResponseTimeoutError)


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


class BrokenAnswer(ServiceResponseError):
    """A body that ended early or is not JSON."""


class ReadAnswer(HTTPPolicy[Any, Any]):
    """Parses a 200 below the retries, and makes of a broken body what is retried as a broken connection is."""

    def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        try:
            response = self.next.send(request)
            if response.http_response.status_code == 200:
                response.context[DOCUMENT] = parse_json(response.http_response.content)
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
        try:
            foreign = origin_of(url) != self._origin
        except ValueError:
            foreign = True
        if foreign:
            raise CollectionError(f"a call to {host_of(url)} was held back: it is not the stamp's own address")
        return self.next.send(request)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    # 1e999 is JSON, and nothing that can be written as JSON again.
    number = float(text)
    return number if math.isfinite(number) else _refuse_constant(text)


_JSON: Final = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite)


def parse_json(content: bytes) -> Any:
    """JSON in any of its encodings, with a byte order mark or without; raises ValueError for NaN and infinity too."""
    return _JSON.decode(content.decode(json.detect_encoding(content), "surrogatepass"))
