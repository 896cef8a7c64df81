"""The demo stamp itself: three listeners, the metadata they publish, who may come in, and the record of who came."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from msgspec import Struct

from azscheck.demo.certificates import (
    ClientCertificate,
    make_client_certificate,
    make_server_certificate,
    server_context,
)
from azscheck.demo.content import expand, read_content
from azscheck.demo.faults import Fault, FaultInjector
from azscheck.demo.identity import IdentityKind, IdentityService
from azscheck.demo.messages import PlaneName, Reply, Request
from azscheck.demo.plane import Plane
from azscheck.demo.server import Listener
from azscheck.demo.share import write_share


class RequestRecord(Struct, frozen=True):
    """One request a listener received. `plane` is admin, tenant or identity; `query` is the raw query string.

    `audience` is None for a request without an Authorization header, that of its token if this stamp issued it, and
    else `unknown`."""

    plane: PlaneName
    method: str
    path: str
    query: str
    audience: str | None


class DemoStamp:
    """A small Azure Stack Hub on loopback, a context manager; `content` has the shape of `stamp.yaml`.

    `identity` is `adfs` or `entra`. All times in the content are counted from `now`; with the same `now` and `seed`
    every resource is the same, byte for byte. `token_lifetime` and `latency` (before each answer) are in seconds.
    `ports` are those of the admin, tenant and identity listeners; 0 takes a free one.

    Raises ValueError for another `identity` or a mistake in `content`; `start()` raises OSError for a taken port."""

    def __init__(
        self,
        *,
        identity: str = "adfs",
        now: datetime | None = None,
        seed: int = 0,
        faults: Sequence[Fault] = (),
        page_size: int = 10,
        token_lifetime: int = 3600,
        latency: float = 0.0,
        ports: tuple[int, int, int] = (0, 0, 0),
        content: Mapping[str, Any] | None = None,
    ) -> None:
        if identity not in ("adfs", "entra"):
            raise ValueError(f"demo stamp: identity is 'adfs' or 'entra', not {identity!r}")
        kind: IdentityKind = "adfs" if identity == "adfs" else "entra"
        self._content = expand(read_content() if content is None else content, now or datetime.now(UTC), seed)
        self.name = self._content.name
        self.tenant_id = "adfs" if kind == "adfs" else self._content.identity_tenant
        self.client_id = self._content.client_id
        audiences = self._audience(kind, "adminmanagement"), self._audience(kind, "management")
        self._identity = IdentityService(kind, self.tenant_id, self.client_id, audiences, token_lifetime)
        self.client_secret = self._identity.client_secret
        self.requests: list[RequestRecord] = []
        self.writes: list[RequestRecord] = []
        self.faults: list[Fault] = list(faults)
        self.ca_pem = b""
        self.admin_url = self.tenant_url = self.login_url = ""
        self._planes = {
            "admin": Plane("admin", audiences[0], self._content, self._identity, page_size),
            "tenant": Plane("tenant", audiences[1], self._content, self._identity, page_size),
        }
        self._injector = FaultInjector(lambda: self.faults, lambda: f"{self.login_url}/elsewhere")
        self._latency = latency
        self._ports = ports
        self._listeners: list[Listener] = []
        self._client_certificate: ClientCertificate | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def client_certificate_pem(self) -> bytes:
        """Private key and certificate that the service principal may sign in with, made and registered on first use."""
        if self._client_certificate is None:
            self._client_certificate = make_client_certificate()
            self._identity.certificate = self._client_certificate.certificate
        return self._client_certificate.pem

    def start(self) -> Self:
        """Open the three ports. A stamp that has been stopped starts again, with a new authority."""
        if self._listeners:
            return self
        certificate = make_server_certificate()
        context = server_context(certificate)
        planes: tuple[PlaneName, ...] = ("admin", "tenant", "identity")
        try:
            for plane, port in zip(planes, self._ports, strict=True):
                self._listeners.append(Listener(port, context, partial(self._answer, plane)))
        except OSError:
            for listener in self._listeners:
                listener.server_close()
            self._listeners.clear()
            raise
        self.ca_pem = certificate.ca_pem
        self.admin_url, self.tenant_url, self.login_url = (listener.url for listener in self._listeners)
        self._identity.url = self.login_url
        for listener in self._listeners:
            listener.start()
        return self

    def stop(self) -> None:
        """Close the ports and all connections; does nothing on a stamp that is not running."""
        while self._listeners:
            self._listeners.pop().stop()

    def protected_items(self) -> list[dict[str, Any]]:
        """What a backup product's export says of the stamp's machines: `Azscheck/protectedItems` documents."""
        return deepcopy(list(self._content.protected_items))

    def replicated_items(self) -> list[dict[str, Any]]:
        """What a replication product's export says: `Azscheck/replicatedItems` documents."""
        return deepcopy(list(self._content.replicated_items))

    def write_share(self, folder: Path) -> None:
        """Make a folder that holds what the stamp's backup share would; UsageError where something else is."""
        write_share(folder, self._content.share_files)

    def _audience(self, kind: IdentityKind, host: str) -> str:
        domain = f"adfs.{self._content.external_domain}" if kind == "adfs" else self._content.directory
        return f"https://{host}.{domain}/{self._content.identity_tenant}"

    def _answer(self, plane: PlaneName, request: Request) -> Reply:
        authorization = request.headers.get("authorization")
        token = self._identity.find_token(authorization) if authorization else None
        audience = None if authorization is None else token.audience if token else "unknown"
        record = RequestRecord(plane, request.method, request.path, request.query, audience)
        self.requests.append(record)
        if request.method != "GET" and not (plane == "identity" and self._identity.is_token_request(request)):
            self.writes.append(record)
        if self._latency:
            time.sleep(self._latency)
        if plane == "identity":
            return self._injector.answer(plane, request, lambda: self._identity.answer(request))
        door = self._planes[plane]
        return door.sign(self._injector.answer(plane, request, lambda: door.answer(request)), request)
