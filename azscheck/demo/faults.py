"""Faults a real stamp, proxy or network shows sooner or later, switched on by request and repeatable."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from azscheck.demo.messages import PlaneName, Reply, Request, arm_error, json_reply

Action = Literal[
    "throttle", "status", "deny", "expire", "drop", "truncate", "malformed", "html",
    "empty", "loop", "foreign", "redirect", "duplicate", "slow", "drip", "headers", "unregistered",
]  # fmt: skip


class Fault(Struct, frozen=True):
    """One kind of misbehaviour, for the requests it matches.

    `match` is looked for in `METHOD path?query` (the path decoded, the query as it was sent): a string as a part of it,
    letter case ignored; a compiled pattern by `search`. The first `after` matching requests pass, the next `times` are
    hit (None: all that follow).

    Actions, and the parameters they read:
    throttle      429 TooManyRequests; `retry_after` (seconds; None sends no Retry-After)
    status        `status` with an ARM error of `code` and `message`; `retry_after`
    deny          403 AuthorizationFailed
    expire        401 ExpiredAuthenticationToken
    unregistered  409 MissingSubscriptionRegistration
    drop          the connection closes without an answer
    truncate      the connection closes in mid-body: Content-Length says more than is sent
    malformed     200 with half of the JSON
    html          200 with a proxy's HTML page
    empty         200 with no body
    loop          nextLink is the request's own address
    foreign       nextLink is `url` (default: a path on the identity service, which is another origin)
    redirect      307 to `url` (default as for foreign)
    duplicate     the first item of a list comes again at its end
    drip          the body comes byte by byte, `seconds` apart
    headers       a header comes byte by byte, `seconds` apart, and does not end
    slow          sleeps `seconds`, then answers; the only action that lets a further fault match
    """

    match: str | re.Pattern[str]
    action: Action
    times: int | None = None
    plane: PlaneName | Literal["any"] = "any"
    after: int = 0
    status: int = 500
    code: str = "InternalServerError"
    message: str = "The server encountered an internal error. Please retry the request."
    retry_after: float | None = None
    seconds: float = 1.0
    url: str = ""

    def matches(self, plane: PlaneName, request: Request) -> bool:
        """Whether this request is one the fault is meant for."""
        if self.plane not in ("any", plane):
            return False
        line = f"{request.method} {request.target}"
        if isinstance(self.match, str):
            return self.match.lower() in line.lower()
        return self.match.search(line) is not None


class FaultInjector:
    """Puts the current `faults` between a request and its answer, and counts their hits."""

    def __init__(self, faults: Callable[[], list[Fault]], elsewhere: Callable[[], str]) -> None:
        self._faults = faults
        self._elsewhere = elsewhere
        self._lock = threading.Lock()
        # Keyed by identity, since two equal faults count apart; the fault is kept so that its id is not used again.
        self._seen: dict[int, tuple[Fault, int]] = {}

    def answer(self, plane: PlaneName, request: Request, serve: Callable[[], Reply]) -> Reply:
        """What the client gets: `serve()`'s reply, a fault's instead of it, or the one spoilt by the other."""
        for fault in list(self._faults()):
            if not fault.matches(plane, request) or not self._due(fault):
                continue
            if fault.action == "slow":
                time.sleep(fault.seconds)
                continue
            return self._apply(fault, request, serve)
        return serve()

    def _due(self, fault: Fault) -> bool:
        with self._lock:
            seen = self._seen.get(id(fault), (fault, 0))[1]
            self._seen[id(fault)] = (fault, seen + 1)
        return seen >= fault.after and (fault.times is None or seen < fault.after + fault.times)

    def _apply(self, fault: Fault, request: Request, serve: Callable[[], Reply]) -> Reply:
        url = fault.url or self._elsewhere()
        match fault.action:
            case "drop":
                return Reply(drop=True)
            case "html":
                page = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Proxy sign-in</body></html>"
                return Reply(body=page, content_type="text/html; charset=utf-8")
            case "empty":
                return Reply()
            case "redirect":
                return Reply(307, headers=(("Location", url),))
            case "drip":
                return replace(serve(), pause=fault.seconds)
            case "headers":
                return Reply(pause=fault.seconds, endless=True)
            case "truncate":
                reply = serve()
                return replace(reply, body=reply.body[: len(reply.body) // 2], promised=len(reply.body))
            case "malformed":
                reply = serve()
                return replace(reply, body=reply.body[: len(reply.body) // 2])
            case "loop":
                return _with_next_link(serve(), f"https://{request.headers.get('host', '')}{request.target}")
            case "foreign":
                return _with_next_link(serve(), url)
            case "duplicate":
                return _with_duplicate(serve())
            case _:
                return _refusal(fault, request)


def _refusal(fault: Fault, request: Request) -> Reply:
    retry = () if fault.retry_after is None else (("Retry-After", f"{fault.retry_after:g}"),)
    match fault.action:
        case "throttle":
            text = "The request is being throttled as the limit has been reached for operation type - Read."
            return arm_error(429, "TooManyRequests", text, retry)
        case "deny":
            text = (
                "The client 'azscheck' with object id 'azscheck' does not have authorization to perform action 'read' "
                f"over scope '{request.path}' or the scope is invalid."
            )
            return arm_error(403, "AuthorizationFailed", text)
        case "expire":
            return arm_error(401, "ExpiredAuthenticationToken", "The access token has expired.")
        case "unregistered":
            return _unregistered(request.path)
        case _:
            return arm_error(fault.status, fault.code, fault.message, retry)


def _unregistered(path: str) -> Reply:
    found = re.search(r"/providers/([^/]+)", path, re.IGNORECASE)
    namespace = found[1] if found else "Microsoft.Resources"
    code = "MissingSubscriptionRegistration"
    text = f"The subscription is not registered to use namespace '{namespace}'."
    # The SDK's automatic registration reads the namespace from `details[].target`.
    details = [{"code": code, "target": namespace, "message": text}]
    return json_reply({"error": {"code": code, "message": text, "details": details}}, 409)


def _with_next_link(reply: Reply, url: str) -> Reply:
    document = json.loads(reply.body or b"null")
    if not isinstance(document, dict) or "value" not in document:
        return reply
    return json_reply({**document, "nextLink": url}, reply.status, reply.headers)


def _with_duplicate(reply: Reply) -> Reply:
    document = json.loads(reply.body or b"null")
    if not isinstance(document, dict) or not document.get("value"):
        return reply
    items = document["value"]
    return json_reply({**document, "value": [*items, items[0]]}, reply.status, reply.headers)
