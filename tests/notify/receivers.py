"""Real servers on loopback that take what azscheck sends, with TLS from an authority of the tests' own."""

from __future__ import annotations

import asyncio
import email.policy
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from azscheck.demo.certificates import make_server_certificate, server_context
from azscheck.demo.messages import Reply, Request
from azscheck.demo.server import Listener

PATH = "/services/T0/B0/s3cr3t-of-the-hook"


@dataclass
class HookServer:
    """An HTTPS server; `replies` are given one after the other, then 200."""

    url: str = ""
    ca: Path = Path()
    requests: list[Request] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def answer(self, request: Request) -> Reply:
        self.times.append(time.monotonic())
        self.requests.append(request)
        return self.replies.pop(0) if self.replies else Reply(200, b"ok")


@contextmanager
def hook_server(folder: Path) -> Iterator[HookServer]:
    certificate, server = make_server_certificate(), HookServer()
    listener = Listener(0, server_context(certificate), server.answer)
    listener.start()
    server.ca = folder / "hook-ca.pem"
    server.ca.write_bytes(certificate.ca_pem)
    server.url = f"{listener.url}{PATH}"
    try:
        yield server
    finally:
        listener.stop()


@dataclass
class MailServer:
    """An SMTP server that wants STARTTLS and an account, unless told otherwise."""

    port: int = 0
    ca: Path = Path()
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    codes: list[str] = field(default_factory=list)
    """What DATA is answered with, one after the other, then 250."""
    encrypted: list[bool] = field(default_factory=list)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: ARG002, N802
        if address in self.refused:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        if self.codes:
            return self.codes.pop(0)
        found = message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(found, EmailMessage)
        self.mails.append(found)
        self.recipients.append(envelope.rcpt_tos)
        return "250 OK"


def _authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:  # noqa: ARG001
    return AuthResult(success=(data.login, data.password) == (b"azscheck", b"correct horse"), handled=False)


@contextmanager
def mail_server(folder: Path, security: str = "starttls") -> Iterator[MailServer]:
    """`none` offers no STARTTLS; without it no account is asked for."""
    certificate, server = make_server_certificate(), MailServer()
    server.ca = folder / "mail-ca.pem"
    server.ca.write_bytes(certificate.ca_pem)
    context = server_context(certificate)
    starttls = security == "starttls"

    class Server(Controller):
        def factory(self) -> SMTP:
            return SMTP(
                server,
                tls_context=context if starttls else None,
                require_starttls=starttls,
                authenticator=_authenticate,
                auth_required=starttls,
            )

        def _trigger_server(self) -> None:
            # It calls itself by its port, which the system chose.
            assert isinstance(self.server, asyncio.Server)
            self.port = self.server.sockets[0].getsockname()[1]
            super()._trigger_server()  # type: ignore[no-untyped-call]

    running = Server(server, hostname="127.0.0.1", port=0, ssl_context=context if security == "tls" else None)
    running.start()
    server.port = running.port
    try:
        yield server
    finally:
        running.stop()
