"""What went wrong in words: one clause that says what happened and what to do, never an exception's own text."""

import errno
import re
import socket
import ssl
from collections.abc import Iterator
from typing import Any

from azscheck.errors import CollectionError

_UNKNOWN_AUTHORITY = {2, 18, 19, 20, 21}
_EXPIRED = {9, 10}
_OTHER_NAME = {62, 63, 64}
_ADVICE = {
    401: "the sign-in was not accepted: check that the service principal belongs to this directory",
    403: "access was denied: give the service principal the Reader role there",
    404: "it was not found: it may have been deleted meanwhile, so collect again",
    408: "it timed out: collect again",
    429: "it kept throttling: collect again when it is less busy, or with a lower concurrency",
}
_ABSENT = {"InvalidResourceNamespace", "InvalidResourceType", "NoRegisteredProviderFound"}
_CODE = re.compile(r"[\w.\-]{1,80}$")


class Refusal(CollectionError):
    """An answer other than 200: its status, the `code` and `message` of its error, and a clause for a reason."""

    def __init__(self, status: int, code: str, message: str, clause: str) -> None:
        super().__init__(clause)
        self.status = status
        self.code = code
        self.message = message


def refusal_of(status: int, document: Any, location: str = "") -> Refusal:
    """A Refusal from a status and the error document, which may lack the `error` around code and message."""
    error = document.get("error", document) if isinstance(document, dict) else {}
    error = error if isinstance(error, dict) else {}
    code, message = error.get("code"), error.get("message")
    code = code if isinstance(code, str) and _CODE.match(code) else ""
    answered = f"{status} {code}".rstrip()
    if 300 <= status < 400:
        clause = f"it redirects to {location or 'another address'}, which azscheck does not follow: check the address"
    elif code == "MissingSubscriptionRegistration":
        clause = "the subscription is not registered for that resource provider, and azscheck registers nothing"
    elif code == "ExpiredAuthenticationToken":
        clause = "it says that a token just made has run out: check the clocks of the stamp and of this machine"
    elif code in _ABSENT:
        clause = (
            "it says that it has no such list, which its /providers does not confirm: look at the resource provider"
        )
    elif status in _ADVICE:
        clause = _ADVICE[status]
    elif status >= 500:
        clause = "the service failed: look at the health of its resource provider, then collect again"
    else:
        clause = "the request was refused"
    return Refusal(status, code, message if isinstance(message, str) else "", f"{clause} ({answered})")


def causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all that led to it: the SDK, requests and urllib3 each keep the cause in another place."""
    todo: list[BaseException] = [error]
    seen: set[int] = set()
    while todo:
        found = todo.pop(0)
        if id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        kept = (getattr(found, "inner_exception", None), getattr(found, "reason", None), *found.args)
        todo += [e for e in (found.__cause__, found.__context__, *kept) if isinstance(e, BaseException)]


def connection_clause(error: BaseException, host: str) -> str:
    """Why a call to `host` (`name:port`) brought no answer."""
    chain = list(causes(error))
    for cause in chain:
        if clause := _certificate_clause(cause, host) or _socket_clause(cause, host):
            return clause
    names = {type(cause).__name__ for cause in chain}
    if names & {"IncompleteReadError", "IncompleteRead"}:
        return f"the answer of {host} was cut off: collect again"
    if names & {"BrokenAnswer", "JSONDecodeError", "UnicodeDecodeError", "RecursionError"}:
        return f"the answer of {host} is not JSON: look for a proxy or sign-in page in between, then collect again"
    if names & {"ProxyError"}:
        return f"the proxy on the way to {host} refused: check HTTPS_PROXY and NO_PROXY"
    if names & {"ServiceResponseTimeoutError", "ReadTimeout", "ReadTimeoutError"}:
        return f"{host} did not answer in time: collect again when it is less busy"
    if names & {"RemoteDisconnected", "ProtocolError"}:
        return f"{host} closed the connection without an answer: collect again"
    if names & {"ServiceRequestTimeoutError", "ConnectTimeout", "ConnectTimeoutError"}:
        return f"{host} cannot be reached in time: check the address and the firewall"
    return f"the connection to {host} failed: check the address and the network"


def _certificate_clause(cause: BaseException, host: str) -> str:
    if isinstance(cause, ssl.SSLCertVerificationError):
        if "Key Identifier" in cause.verify_message:
            return (
                f"the certificate of {host} lacks the key identifiers that Python 3.13 demands: "
                "renew it, or set `strictX509: false` for this stamp"
            )
        if cause.verify_code in _EXPIRED:
            return f"the certificate of {host} has expired or is not valid yet: renew it, or check this machine's clock"
        if cause.verify_code in _OTHER_NAME:
            return f"the certificate of {host} is for another name: check the address"
        if cause.verify_code in _UNKNOWN_AUTHORITY:
            return (
                f"the certificate of {host} is not signed by a known authority: "
                "set `ca:` to the PEM file of the authority that signed it"
            )
        return f"the certificate of {host} was not accepted ({cause.verify_message}): renew it, or set `ca:`"
    if isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return f"{host} closed the connection while TLS was being set up: check the address and the port"
    if isinstance(cause, ssl.SSLError):
        return f"{host} does not speak TLS as azscheck does: check the address and the port"
    return ""


def _socket_clause(cause: BaseException, host: str) -> str:
    if isinstance(cause, socket.gaierror):
        return f"the name {host.rpartition(':')[0]} does not resolve: check the address and this machine's DNS"
    if isinstance(cause, ConnectionRefusedError):
        return f"nothing listens at {host}: check the address and the port"
    if isinstance(cause, ConnectionError):
        return f"{host} closed the connection without an answer: collect again"
    if isinstance(cause, OSError) and cause.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH):
        return f"there is no route to {host}: check the address and the network"
    return ""
