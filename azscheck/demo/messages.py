"""What goes over the wire: a request as read, a reply to be sent, and Resource Manager's error document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

Document = dict[str, Any]
PlaneName = Literal["admin", "tenant", "identity"]


class Request(Struct, frozen=True):
    """One HTTP request. `query` is the raw query string; the names in `headers` are lower-case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def target(self) -> str:
        """The path with its query, as in the request line."""
        return f"{self.path}?{self.query}" if self.query else self.path


class Reply(Struct, frozen=True):
    """One HTTP reply. `promised` is a Content-Length other than the body's; `drop` closes the connection unanswered;
    `pause` is the seconds after each byte of the body; with `endless` these are bytes of a header that does not end."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = "application/json; charset=utf-8"
    promised: int | None = None
    drop: bool = False
    pause: float = 0.0
    endless: bool = False


def json_reply(document: object, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """A reply with a JSON body, in the compact form a stamp uses."""
    return Reply(status, json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(), headers)


def arm_error(status: int, code: str, message: str, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """Resource Manager's error: `{"error": {"code": ..., "message": ...}}`."""
    return json_reply({"error": {"code": code, "message": message}}, status, headers)
