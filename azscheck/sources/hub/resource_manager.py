"""One Resource Manager endpoint: a GET in, its JSON or a clause that says why not out."""

import threading
from typing import Any
from urllib.parse import urlsplit

from azure.core.exceptions import AzureError
from azure.core.pipeline import Pipeline
from azure.core.pipeline.policies import RequestIdPolicy, UserAgentPolicy
from azure.core.rest import HttpRequest
from azure.mgmt.core import ARMPipelineClient
from msgspec import Struct

from azscheck import __version__
from azscheck.errors import CollectionError
from azscheck.sources.hub.address import origin_of
from azscheck.sources.hub.budgets import Failures
from azscheck.sources.hub.failures import connection_clause, refusal_of
from azscheck.sources.hub.limits import Limits
from azscheck.sources.hub.pace import Pace
from azscheck.sources.hub.pipeline import (
    DOCUMENT,
    RETRIED,
    TIMEOUT_RETRIES,
    Bearer,
    CappedRetry,
    Guard,
    ReadAnswer,
    Tokens,
    is_timeout,
    parse_json,
)
from azscheck.sources.hub.transport import Transport


class Answer(Struct, frozen=True):
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
        self._stop = stop
        self._failures = Failures(limits)

    def get(self, request: HttpRequest, client: Any = None, operation: str = "") -> Answer:
        """Send a GET through an SDK client's pipeline (the plane's own by default) and read its JSON.

        `operation` names the calls that share one budget of failures, such as the lists of a type. Raises Refusal for
        any status but 200, and CollectionError with a clause for all else.
        """
        if self._stop.is_set():
            raise CollectionError("the collection was stopped")
        client = client or self.client
        request.url = client.format_url(request.url)
        parts = urlsplit(request.url)
        # What hung for the call before is not tried again for this one.
        options = {TIMEOUT_RETRIES: 0} if self._failures.check(operation) else {}
        try:
            # As the SDK's generated operations do it; send_request would drop the context that holds the document.
            response = client._pipeline.run(request, **options)
        except AzureError as error:
            clause = connection_clause(error, self.host)
            self._failures.note(operation, clause, timeout=is_timeout(error))
            raise CollectionError(clause) from error
        http = response.http_response
        if http.status_code == 200:
            self._failures.forget(operation)
            return Answer(response.context[DOCUMENT], f"{parts.path}?{parts.query}")
        refusal = refusal_of(http.status_code, _error_document(http.content), _host(http.headers.get("Location", "")))
        if http.status_code in RETRIED or http.status_code == 401:
            self._failures.note(operation, str(refusal), timeout=False)
        else:
            self._failures.forget(operation)
        raise refusal


def _error_document(content: bytes) -> Any:
    try:
        return parse_json(content)
    except (ValueError, RecursionError):
        return None


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""
