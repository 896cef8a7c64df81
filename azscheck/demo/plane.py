"""A plane's front door: its metadata, its check of tokens, the headers on its replies."""

from __future__ import annotations

import itertools
import time
import uuid
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import parse_qs

from msgspec.structs import replace

from azscheck.demo.arm import ResourceManager
from azscheck.demo.content import StampContent
from azscheck.demo.identity import IdentityService
from azscheck.demo.messages import Document, Reply, Request, arm_error, json_reply

_READS_PER_HOUR = 15_000


class Plane:
    """The admin or the tenant endpoint of a stamp; `audience` is the only one whose tokens it takes."""

    def __init__(
        self,
        name: Literal["admin", "tenant"],
        audience: str,
        content: StampContent,
        identity: IdentityService,
        page_size: int,
    ) -> None:
        self.name = name
        self.audience = audience
        self._content = content
        self._identity = identity
        self._manager = ResourceManager(content.admin if name == "admin" else content.tenant, content.name, page_size)
        self._reads = itertools.count(1)

    def answer(self, request: Request) -> Reply:
        """Metadata to anybody; to a bearer of a good token what Resource Manager says; 405 to all but GET."""
        if request.method != "GET":
            message = f"The requested resource does not support http method '{request.method}'."
            return json_reply({"message": message}, 405, (("Allow", "GET"),))
        if request.path.rstrip("/").lower() == "/metadata/endpoints":
            return self._metadata(parse_qs(request.query).get("api-version", [""])[0])
        return self._refuse_token(request) or self._manager.answer(request)

    def _refuse_token(self, request: Request) -> Reply | None:
        challenge = (("WWW-Authenticate", f'Bearer authorization_uri="{self._identity.login_endpoint}"'),)
        authorization = request.headers.get("authorization", "")
        if not authorization.startswith("Bearer "):
            text = "Authentication failed. The 'Authorization' header is missing."
            return arm_error(401, "AuthenticationFailed", text, challenge)
        token = self._identity.find_token(authorization)
        if token is None:
            return arm_error(401, "InvalidAuthenticationToken", "The access token is invalid.", challenge)
        if token.audience != self.audience:
            text = (
                f"The access token has been obtained for wrong audience or resource '{token.audience}'. "
                f"It should exactly match with one of the allowed audiences '{self.audience}'."
            )
            return arm_error(401, "InvalidAuthenticationTokenAudience", text, challenge)
        if token.expires <= time.monotonic():
            text = "The access token expiry UTC time is earlier than the current UTC time."
            return arm_error(401, "ExpiredAuthenticationToken", text, challenge)
        return None

    def _metadata(self, version: str) -> Reply:
        domain = self._content.external_domain
        portal = f"https://{'adminportal' if self.name == 'admin' else 'portal'}.{domain}/"
        adfs = self._identity.kind == "adfs"
        graph = f"https://graph.{domain}/" if adfs else "https://graph.windows.net/"
        login, audiences = self._identity.login_endpoint, [self.audience]
        if version in ("2015-01-01", "1.0"):
            return json_reply(
                {
                    "galleryEndpoint": f"{portal[:-1]}:30015/",
                    "graphEndpoint": graph,
                    "portalEndpoint": portal,
                    "authentication": {"loginEndpoint": login, "audiences": audiences},
                }
            )
        if version == "2020-06-01":
            authentication: Document = {"loginEndpoint": login, "audiences": audiences}
            authentication |= {"tenant": self._identity.tenant_id, "identityProvider": "ADFS" if adfs else "AAD"}
            cloud = f"AzureStack-{'Admin' if self.name == 'admin' else 'User'}-{self._content.identity_tenant}"
            suffixes = {"storage": domain, "keyVaultDns": f"vault.{domain}", "acrLoginServer": f"azsacr.{domain}"}
            hosts = {"resourceManager": "", "graph": graph, "gallery": f"{portal[:-1]}:30015/", "portal": portal}
            return json_reply([{"name": cloud, **hosts, "suffixes": suffixes, "authentication": authentication}])
        if not version:
            text = "The api-version query parameter (?api-version=) is required for all requests."
            return arm_error(400, "MissingApiVersionParameter", text)
        text = f"The api-version '{version}' is invalid. The supported versions are '1.0,2015-01-01,2020-06-01'."
        return arm_error(400, "InvalidApiVersionParameter", text)

    def sign(self, reply: Reply, request: Request) -> Reply:
        """Add what Resource Manager puts on every reply. No collector keeps it, so it may differ from run to run."""
        request_id = str(uuid.uuid4())
        headers = [
            ("Cache-Control", "no-cache"),
            ("x-ms-request-id", request_id),
            ("x-ms-correlation-request-id", request_id),
            (
                "x-ms-routing-request-id",
                f"{self._content.name.upper()}:{datetime.now(UTC):%Y%m%dT%H%M%SZ}:{request_id}",
            ),
            ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        if request.path.lower().startswith("/subscriptions"):
            left = max(_READS_PER_HOUR - next(self._reads), 0)
            headers.append(("x-ms-ratelimit-remaining-subscription-reads", str(left)))
        return replace(reply, headers=(*reply.headers, *headers))
