"""Connections: whom to trust, and one session a host. The SDK's own transport cannot take an `SSLContext`."""

import logging
import os
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from azure.core.pipeline.transport._requests_basic import RequestsTransport
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3.exceptions import ReadTimeoutError
from urllib3.util.retry import Retry

from azscheck.errors import CollectionError
from azscheck.sources.hub.headers import pool_of
from azscheck.sources.hub.limits import Limits

_LOG: Final = logging.getLogger("azscheck.requests")
_SHOWN: Final = frozenset({"api-version", "$expand", "%24expand"})
STOPPED: Final = "the collection was stopped"
_PIECE: Final = 64 * 1024
_USUAL: Final = {"Accept": "*/*", "Accept-Encoding": "gzip, deflate", "Connection": "keep-alive"}


def _note(request: Any, outcome: int | str, begun: float) -> None:
    """Log a call without its headers and body; of its query only what is known to be harmless."""
    if not _LOG.isEnabledFor(logging.INFO):
        return
    parts = urlsplit(request.url)
    named = [pair.partition("=") for pair in parts.query.split("&") if pair]
    query = "&".join(name + (f"={value}" if name.lower() in _SHOWN else "=...") for name, _, value in named)
    seconds = round(time.monotonic() - begun, 3)
    path = f"{parts.path}?{query}" if query else parts.path
    call = {"method": request.method, "host": parts.netloc, "path": path, "status": outcome, "seconds": seconds}
    _LOG.info("%s %s%s %s %.3f s", request.method, parts.netloc, path, outcome, seconds, extra={"call": call})


def trust(ca_file: Path | None, *, strict: bool, system_too: bool = False) -> ssl.SSLContext:
    """A context that verifies against `ca_file` alone, or the system's authorities: without one, or with `system_too`.

    `strict` False clears Python 3.13's demand for key identifiers; the chain and the name are verified regardless.
    Raises OSError or ssl.SSLError for a file that cannot be read or is not PEM.
    """
    system = os.environ.get("REQUESTS_CA_BUNDLE") or None
    if ca_file is None or system_too:
        context = ssl.create_default_context(cafile=system)
        if ca_file is not None:
            context.load_verify_locations(ca_file)
    else:
        context = ssl.create_default_context(cafile=str(ca_file))
    # Python 3.13's default: an intermediate authority in the file is enough.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    if not strict:
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


class _TrustingAdapter(HTTPAdapter):
    """Uses one context and nothing else: requests would add certifi's public authorities to it at every connection."""

    def __init__(self, context: ssl.SSLContext, connections: int, limits: Limits) -> None:
        self._context = context
        self._limits = limits
        # The pipeline retries; a second layer below it would multiply the attempts.
        retries = Retry(total=False, redirect=False, raise_on_status=False)
        super().__init__(pool_connections=2, pool_maxsize=connections, max_retries=retries)

    def send(self, *arguments: Any, **options: Any) -> requests.Response:
        response = super().send(*arguments, **options)
        # requests reads the body from there: without a bound, and with a timeout for each piece of it only.
        raw: Any = response.raw
        raw.stream = partial(_pieces, raw, self._limits)
        return response

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options, ssl_context=self._context)
        self._bound(self.poolmanager)

    def proxy_manager_for(self, *arguments: Any, **options: Any) -> Any:
        manager = super().proxy_manager_for(*arguments, **options, ssl_context=self._context)
        self._bound(manager)
        return manager

    def _bound(self, manager: Any) -> None:
        manager.pool_classes_by_scheme = {
            **manager.pool_classes_by_scheme,
            "https": pool_of(self._limits.call_seconds),
        }

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:  # noqa: ARG002
        conn.cert_reqs = "CERT_REQUIRED"


def _pieces(raw: Any, limits: Limits, amount: int, decode_content: bool = True) -> Iterator[bytes]:
    until, length = time.monotonic() + limits.call_seconds, 0
    while piece := _piece(raw, max(amount, _PIECE), decode_content):
        length += len(piece)
        if length > limits.answer_bytes:
            raw.close()
            size = limits.answer_bytes // (1024 * 1024)
            raise CollectionError(f"the answer is longer than {size} MiB: report it to its vendor")
        if time.monotonic() > until:
            raw.close()
            raise requests.exceptions.ReadTimeout("the body did not end")
        yield piece


def _piece(raw: Any, amount: int, decode_content: bool) -> bytes:
    try:
        # Not read(): that waits for all of the amount, however long each byte takes.
        return bytes(raw.read1(amount, decode_content=decode_content))
    except ReadTimeoutError as error:
        # requests makes of it a failed connection, which is tried more often.
        raise requests.exceptions.ReadTimeout(error) from error


class _Session(requests.Session):
    """Sends what it is given: no cookies, no entry of a ~/.netrc, which would replace the token, and no authorities
    that an environment variable names. To merge all these in, requests itself takes a fifth of a call's time."""

    def request(  # type: ignore[override]
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        data: Any = None,
        files: Any = None,
        stream: bool = False,
        **options: Any,
    ) -> requests.Response:
        prepared = requests.PreparedRequest()
        prepared.prepare(method=method, url=url, headers={**_USUAL, **headers}, data=data, files=files)
        sent = {name: options[name] for name in ("timeout", "verify", "cert") if name in options}
        response = self.get_adapter(url).send(prepared, stream=stream, proxies=self.proxies, **sent)
        if not stream:
            # Errors of the body are those of the call.
            _ = response.content
        return response


class Transport(RequestsTransport):
    """A transport to one host, with connections for all workers, whose waits end when the collection is stopped."""

    def __init__(
        self, url: str, context: ssl.SSLContext, connections: int, limits: Limits, stop: threading.Event
    ) -> None:
        session = _Session()
        session.proxies = get_environ_proxies(url)
        session.mount("https://", _TrustingAdapter(context, connections, limits))
        super().__init__(
            session=session,
            session_owner=False,
            connection_timeout=limits.connect_seconds,
            read_timeout=limits.read_seconds,
        )
        self._stop = stop

    def send(self, request: Any, **options: Any) -> Any:
        """Send a request; raises CollectionError when the collection was stopped."""
        if self._stop.is_set():
            raise CollectionError(STOPPED)
        begun = time.monotonic()
        try:
            response = super().send(request, **options)
        except Exception as error:
            _note(request, f"no answer ({type(error).__name__})", begun)
            raise
        _note(request, response.status_code, begun)
        return response

    def sleep(self, duration: float) -> None:
        """Wait for a retry; raises CollectionError when the collection is stopped meanwhile."""
        if self._stop.wait(duration):
            raise CollectionError(STOPPED)

    def close(self) -> None:
        """Close the session's connections."""
        if self.session is not None:
            self.session.close()
