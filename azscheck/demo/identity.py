"""The identity service: AD FS or an emulation of Entra ID, for one service principal and client credentials only."""

from __future__ import annotations

import base64
import json
import re
import secrets
import threading
import time
from collections.abc import Mapping
from hmac import compare_digest
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qs

from msgspec import Struct

from azscheck.demo.messages import Reply, Request, json_reply

if TYPE_CHECKING:
    from cryptography import x509

IdentityKind = Literal["adfs", "entra"]

_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Token(Struct, frozen=True):
    """An issued token's audience, and when it expires (`time.monotonic`)."""

    audience: str
    expires: float


class IdentityService:
    """Issues opaque tokens for `audiences` to the principal `client_id`. `url` is set once its port is known."""

    def __init__(
        self, kind: IdentityKind, tenant_id: str, client_id: str, audiences: tuple[str, ...], lifetime: int
    ) -> None:
        self.kind: IdentityKind = kind
        self.tenant_id = tenant_id
        self.client_id = client_id
        self.client_secret = secrets.token_urlsafe(30)
        self.certificate: x509.Certificate | None = None
        self.url = ""
        self._audiences = audiences
        self._lifetime = lifetime
        self._tokens: dict[str, Token] = {}
        self._lock = threading.Lock()

    @property
    def login_endpoint(self) -> str:
        """What a plane's metadata says: `.../adfs` for AD FS, the bare host with a slash for Entra ID."""
        return f"{self.url}/adfs" if self.kind == "adfs" else f"{self.url}/"

    def is_token_request(self, request: Request) -> bool:
        """Whether this is the one POST that a read-only client has to make."""
        return request.method == "POST" and request.path.lower().rstrip("/") in self._token_paths()

    def find_token(self, authorization: str) -> Token | None:
        """The token in an `Authorization` header, if this service issued it."""
        with self._lock:
            return self._tokens.get(authorization.removeprefix("Bearer "))

    def answer(self, request: Request) -> Reply:
        """Discovery, tokens, and 404 for the rest."""
        path = request.path.lower()
        base = "/adfs" if self.kind == "adfs" else f"/{self.tenant_id}"
        version = "" if self.kind == "adfs" else "/v2.0"
        if self.is_token_request(request):
            return self._token(request)
        if request.method == "GET" and path == f"{base}{version}/.well-known/openid-configuration":
            return json_reply(self._discovery(base))
        if request.method == "GET" and path == "/common/discovery/instance" and self.kind == "entra":
            discovery = f"{self.url}{base}/v2.0/.well-known/openid-configuration"
            return json_reply({"tenant_discovery_endpoint": discovery, "api-version": "1.1", "metadata": []})
        if request.method == "GET" and path == "/elsewhere":
            # Where a foreign nextLink leads: there is a page, so nothing but the client's own guard stops it.
            return json_reply({"value": []})
        if self.kind == "entra" and re.fullmatch(r"/[^/]+/v2\.0/\.well-known/openid-configuration", path):
            tenant = path.split("/")[1]
            return _refuse(400, "invalid_tenant", f"AADSTS90002: Tenant '{tenant}' not found.")
        return Reply(404, b"<html><body><h2>404 - Not Found</h2></body></html>", content_type="text/html")

    def _token_paths(self) -> tuple[str, ...]:
        if self.kind == "adfs":
            return ("/adfs/oauth2/token",)
        return (f"/{self.tenant_id}/oauth2/v2.0/token", f"/{self.tenant_id}/oauth2/token")

    def _discovery(self, base: str) -> dict[str, object]:
        oauth = f"{self.url}{base}/oauth2" if self.kind == "adfs" else f"{self.url}{base}/oauth2/v2.0"
        return {
            "issuer": f"{self.url}{base}" if self.kind == "adfs" else f"{self.url}{base}/v2.0",
            "authorization_endpoint": f"{oauth}/authorize" + ("/" if self.kind == "adfs" else ""),
            "token_endpoint": self._token_endpoint(),
            "jwks_uri": f"{self.url}{base}/discovery/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic", "private_key_jwt"],
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
            "scopes_supported": ["openid", "profile", "email", "user_impersonation"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "subject_types_supported": ["pairwise"],
        }

    def _token_endpoint(self) -> str:
        return f"{self.url}/adfs/oauth2/token/" if self.kind == "adfs" else f"{self.url}{self._token_paths()[0]}"

    def _token(self, request: Request) -> Reply:
        form = {name: values[0] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
        if form.get("grant_type") != "client_credentials":
            return _refuse(400, "unsupported_grant_type", "MSIS9611: The requested grant is not supported.")
        if not self._is_principal(form):
            return self._refuse_client()
        asked = form.get("resource") or re.sub(r"/\.default$", "", form.get("scope", "").split(" ")[0])
        if asked not in self._audiences:
            return self._refuse_resource(asked)
        token = secrets.token_urlsafe(48)
        with self._lock:
            self._tokens[token] = Token(asked, time.monotonic() + self._lifetime)
        return json_reply({"access_token": token, "token_type": "bearer", "expires_in": self._lifetime})

    def _is_principal(self, form: Mapping[str, str]) -> bool:
        if form.get("client_assertion_type") == _ASSERTION_TYPE:
            return self.certificate is not None and _is_signed_by(
                self.certificate, form.get("client_assertion", ""), self.client_id, self._token_endpoint()
            )
        known = form.get("client_id", "").lower() == self.client_id
        return known and compare_digest(form.get("client_secret", "").encode(), self.client_secret.encode())

    def _refuse_client(self) -> Reply:
        adfs = "MSIS9622: Client authentication failed. Please verify the credential provided."
        entra = "AADSTS7000215: Invalid client secret provided."
        return _refuse(401, "invalid_client", adfs if self.kind == "adfs" else entra)

    def _refuse_resource(self, asked: str) -> Reply:
        adfs = "MSIS9602: The received 'resource' parameter is invalid. The authorization server can not find it."
        entra = f"AADSTS500011: The resource principal named {asked} was not found in the tenant."
        return _refuse(400, "invalid_resource", adfs if self.kind == "adfs" else entra)


def _refuse(status: int, error: str, description: str) -> Reply:
    """OAuth 2.0's error document (RFC 6749, 5.2)."""
    return json_reply({"error": error, "error_description": description}, status)


def _is_signed_by(certificate: x509.Certificate, assertion: str, client_id: str, audience: str) -> bool:
    """Check a client assertion (RFC 7523): its signature, by whom and for whom it was made, until when it holds."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    key = certificate.public_key()
    try:
        header, claims, signature = (_decode(part) for part in assertion.split("."))
        described, claimed = json.loads(header), json.loads(claims)
    except ValueError:
        return False
    if not isinstance(described, dict) or not isinstance(claimed, dict):
        return False
    schemes: dict[Any, padding.AsymmetricPadding] = {
        "RS256": padding.PKCS1v15(),
        "PS256": padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH),
    }
    scheme = schemes.get(described.get("alg"))
    if scheme is None or not isinstance(key, rsa.RSAPublicKey):
        return False
    try:
        key.verify(signature, assertion.rpartition(".")[0].encode(), scheme, hashes.SHA256())
    except InvalidSignature:
        return False
    same = claimed.get("iss") == claimed.get("sub") == client_id and claimed.get("aud") == audience
    return same and float(claimed.get("exp", 0)) > time.time()


def _decode(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
