"""Signing in through azure-identity: a secret or a certificate, AD FS or Entra ID, and each failure in one sentence."""

import logging
import re
import threading
import time
from functools import partial
from typing import Any, Final

from azure.core.pipeline import PipelineRequest, PipelineResponse

from azscheck.errors import CollectionError
from azscheck.sources.hub.address import origin_of
from azscheck.sources.hub.discovery import AD_FS, Metadata
from azscheck.sources.hub.failures import causes, connection_clause
from azscheck.sources.hub.limits import Limits
from azscheck.sources.hub.pipeline import CappedRetry
from azscheck.sources.hub.secret import Secret
from azscheck.sources.hub.settings import Credential
from azscheck.sources.hub.transport import Transport

# azure-identity warns on stderr, with the identity service's own text, unless someone listens.
for _name in ("azure", "msal"):
    logging.getLogger(_name).addHandler(logging.NullHandler())

PUBLIC_LOGINS: Final = frozenset(
    {"login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"}
    | {"login.microsoftonline.us", "login.chinacloudapi.cn", "login.partner.microsoftonline.cn"}
)
_OAUTH = re.compile(r'"error"\s*:\s*"([a-z_]{1,60})"')
_PRODUCT = re.compile(r"\b(?:AADSTS|MSIS)\d+\b")
_RENEW_SECONDS: Final = 300


class SignIn:
    """The tokens of one plane: kept here and not by the SDK, so that a refused one is replaced once for all threads."""

    def __init__(
        self,
        host: str,
        metadata: Metadata,
        credential: Credential,
        secret: Secret,
        transport: Transport,
        limits: Limits,
    ) -> None:
        self._host = host
        self._metadata = metadata
        self._client_id = credential.client_id
        adfs = metadata.identity_provider == AD_FS
        self._tenant = metadata.tenant if adfs else credential.tenant_id or metadata.tenant
        self._answers = LoginAnswers(metadata.authority, limits)
        self._make = partial(
            _credential, self._client_id, self._tenant, metadata.authority, secret, transport, self._answers
        )
        self._lock = threading.Lock()
        self._token = ""
        self._renew_at = 0.0
        self._refused = ""

    def current(self) -> str:
        """A token that has not run out; raises CollectionError with a sentence."""
        if time.time() >= self._renew_at:
            with self._lock:
                if time.time() >= self._renew_at:
                    self._ask()
        return self._token

    def renewed(self, refused: str) -> str:
        """A token other than `refused`, asked for once however many threads were refused."""
        with self._lock:
            if self._token == refused:
                self._ask()
            return self._token

    def _ask(self) -> None:
        from azure.core.exceptions import AzureError

        if self._refused:
            raise CollectionError(self._refused)
        if not self._tenant:
            raise CollectionError(
                f"Signing in to {self._host} needs the id of the Entra tenant, which the stamp does not name: set it."
            )
        asked = time.time()
        try:
            # A new credential each time: the old one would answer from its cache with the token that was refused.
            token = self._make().get_token(f"{self._metadata.audience}/.default")
        except (AzureError, ValueError) as error:
            # Remembered, so that the calls still to come do not each try, wait and fail again.
            held_back = next((cause for cause in causes(error) if isinstance(cause, CollectionError)), None)
            self._refused = str(held_back or self._sentence(error))
            raise CollectionError(self._refused) from error
        self._token = token.token
        lifetime = token.expires_on - asked
        self._renew_at = token.expires_on - min(_RENEW_SECONDS, lifetime / 5)

    def _sentence(self, error: Exception) -> str:
        login = self._metadata.authority.removeprefix("https://")
        found = _PRODUCT.search(str(error))
        codes = [code for code in (self._answers.error, found[0] if found else "") if code]
        said = f" ({', '.join(codes)})" if codes else ""
        start = f"Signing in to {self._host} as {self._client_id} at {login}"
        if {"MSIS9605", "MSIS9602", "AADSTS500011", "invalid_resource", "invalid_target"}.intersection(codes):
            audience = self._metadata.audience
            return f"{start} was refused{said}: the identity service does not know the audience {audience}."
        if {"AADSTS90002", "invalid_tenant"}.intersection(codes):
            return f"{start} was refused{said}: it does not know the tenant {self._tenant}: check the tenant id."
        if codes:
            return f"{start} was refused{said}: check the client id, its secret or certificate, and their expiry."
        if self._answers.status >= 400:
            return (
                f"{start} failed: it answered {self._answers.status}: look at the identity service, then collect again."
            )
        host = login if ":" in login else f"{login}:443"
        return f"{start} failed: {connection_clause(error, host)}."


class LoginAnswers(CappedRetry):
    """The retries of sign-in calls. It notes the last refusal, of which the SDK's error keeps the description only, and
    lets nothing go to any host but the authority's, for a sign-in carries the secret."""

    def __init__(self, authority: str, limits: Limits) -> None:
        super().__init__(limits)
        self._origin = origin_of(authority)
        self.status = 0
        self.error = ""

    def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        try:
            scheme, host = origin_of(request.http_request.url)
        except ValueError:
            scheme, host = "", "an address that is none"
        public = {self._origin[1].partition(":")[0], host.partition(":")[0]} <= PUBLIC_LOGINS
        if (scheme, host) != self._origin and not (scheme == "https" and public):
            raise CollectionError(f"Signing in was held back: {self._origin[1]} sends sign-ins on to {host}.")
        self.status, self.error = 0, ""
        response = super().send(request)
        self.status = response.http_response.status_code
        if self.status >= 400:
            found = _OAUTH.search(response.http_response.text()[:2000])
            self.error = found[1] if found else ""
        return response


def _credential(client_id: str, tenant: str, authority: str, secret: Secret, transport: Transport, retry: Any) -> Any:
    from azure.identity import CertificateCredential, ClientSecretCredential

    options: dict[str, Any] = {
        "authority": authority,
        # Otherwise login.microsoftonline.com is asked about a host that only the stamp knows.
        "disable_instance_discovery": True,
        "transport": transport,
        "retry_policy_class": lambda **_: retry,
    }
    if secret.certificate:
        options |= {"certificate_data": secret.certificate, "password": secret.password or None}
        return CertificateCredential(tenant, client_id, **options)
    return ClientSecretCredential(tenant, client_id, secret.client_secret, **options)
