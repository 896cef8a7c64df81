"""One Resource Manager endpoint: a GET in, its JSON or a clause that says why not out."""

import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from azure.core.exceptions import AzureError
from azure.core.pipeline import Pipeline
from azure.core.pipeline.policies import RequestIdPolicy, UserAgentPolicy
from azure.core.rest import HttpRequest
from azure.mgmt.core import ARMPipelineClient

from azscheck import __version__
from azscheck.errors import CollectionError
from azscheck.sources.hub.address import origin_of
from azscheck.sources.hub.failures import connection_clause, refusal_of
from azscheck.sources.hub.limits import Limits
from azscheck.sources.hub.pipeline import (
    DOCUMENT,
    RETRIED,
    Bearer,
    CappedRetry,
    Guard,
    Pace,
    ReadAnswer,
    Tokens,
    parse_json,
)
from azscheck.sources.hub.transport import Transport


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
            return Answer(response.context[DOCUMENT], f"{parts.path}?{parts.query}")
        refusal = refusal_of(http.status_code, _error_document(http.content), _host(http.headers.get("Location", "")))
        failed = http.status_code in RETRIED or http.status_code == 401
        self._failures[provider] = (in_a_row + 1, str(refusal)) if failed else (0, "")
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
