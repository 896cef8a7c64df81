"""Posting JSON over HTTPS: one request, to the one host that was named, within a time."""

import http.client
import ssl
import time
from base64 import b64encode
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from azscheck import __version__
from azscheck.notify.attempt import Failed, reason, trust, until

_STEP_SECONDS: Final = 15.0
_MOST_READ: Final = 64 * 1024
_LATER: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses after which trying again helps."""
_THIS_ONE: Final = frozenset({400, 413, 422})
"""Statuses by which a receiver refuses one message."""


def post(url: str, body: bytes, key: str, ca_file: Path | None, seconds: float) -> None:
    """Post a body; raises Failed. `key` tells a receiver that it has this one already.

    No redirect is followed: an address that is a secret would be answered by another one, which is not.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    began = time.monotonic()
    connection = _connection(parts, ca_file, min(_STEP_SECONDS, seconds))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": f"azscheck/{__version__}",
        "Idempotency-Key": key,
        "Connection": "close",
    }
    try:
        with until(seconds, lambda: connection.sock):
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            # What is not read cuts some servers off in the middle of their work; more than this none has to say.
            answer.read(_MOST_READ)
    except (OSError, http.client.HTTPException) as error:
        if time.monotonic() - began >= seconds:
            raise Failed(f"{host} did not answer in time") from error
        raise Failed(reason(error, host)) from error
    finally:
        connection.close()
    _judge(answer, host)


def _judge(answer: http.client.HTTPResponse, host: str) -> None:
    status = answer.status
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise Failed(
            f"{host} redirects (HTTP {status}), and no redirect is followed: name its new address", again=False
        )
    later = status in _LATER
    after = _asked(answer) if later else None
    raise Failed(f"{host} answered HTTP {status}", again=later, after=after, others=status in _THIS_ONE)


def _asked(answer: http.client.HTTPResponse) -> float | None:
    """Retry-After, in seconds or as a date (RFC 9110, section 10.2.3)."""
    text = (answer.getheader("Retry-After") or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
        return max(0.0, (moment - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None


def _connection(parts: SplitResult, ca_file: Path | None, seconds: float) -> http.client.HTTPConnection:
    host, port = parts.hostname or "", parts.port
    if parts.scheme == "http":
        # Loopback alone: no proxy stands before it.
        return http.client.HTTPConnection(host, port or 80, timeout=seconds)
    context: ssl.SSLContext = trust(ca_file)
    proxy = getproxies().get("https", "")
    if not proxy or proxy_bypass(f"{host}:{port or 443}"):
        return http.client.HTTPSConnection(host, port or 443, timeout=seconds, context=context)
    return _through(proxy, host, port or 443, seconds, context)


def _through(proxy: str, host: str, port: int, seconds: float, context: ssl.SSLContext) -> http.client.HTTPSConnection:
    """A tunnel, so that the proxy sees the host and neither path nor body."""
    parts = urlsplit(proxy if "//" in proxy else f"//{proxy}")
    try:
        at = parts.hostname or "", parts.port or 8080
    except ValueError as error:
        raise Failed("HTTPS_PROXY is no address of a proxy", again=False) from error
    headers = {}
    if parts.username is not None:
        account = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Proxy-Authorization"] = f"Basic {b64encode(account.encode()).decode()}"
    connection = http.client.HTTPSConnection(*at, timeout=seconds, context=context)
    connection.set_tunnel(host, port, headers)
    return connection
