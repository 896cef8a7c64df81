"""What a sign-in goes through: azure-identity's credentials, and the guard of what they send and where."""

import logging
import re
import time
from typing import Any, Final

from azure.core.pipeline import PipelineRequest, PipelineResponse

from azscheck.errors import CollectionError
from azscheck.sources.hub.address import origin_of
from azscheck.sources.hub.limits import Limits
from azscheck.sources.hub.pipeline import CappedRetry
from azscheck.sources.hub.secret import Secret
from azscheck.sources.hub.transport import Transport

# They warn on stderr, with the identity service's own text or a traceback, unless someone listens.
for _name in ("azure", "msal", "urllib3"):
    logging.getLogger(_name).addHandler(logging.NullHandler())

PUBLIC_LOGINS: Final = frozenset(
    {"login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"}
    | {"login.microsoftonline.us", "login.chinacloudapi.cn", "login.partner.microsoftonline.cn"}
)
_OAUTH: Final = re.compile(r'"error"\s*:\s*"([a-z_]{1,60})"')
_TOKEN: Final = re.compile(r"[\x21-\x7e]+")


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


def credential_of(client_id: str, tenant: str, authority: str, secret: Secret, transport: Transport, retry: Any) -> Any:
    """A credential of azure-identity, with a secret, a certificate or a workload's token."""
    from azure.identity import CertificateCredential, ClientSecretCredential, WorkloadIdentityCredential

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
    if secret.token_file:
        named = {"tenant_id": tenant, "client_id": client_id, "token_file_path": str(secret.token_file)}
        return WorkloadIdentityCredential(**named, **options)
    return ClientSecretCredential(tenant, client_id, secret.client_secret, **options)


def request_by_resource(credential: Any, audience: str) -> tuple[str, float]:
    """A token for a `resource`, as the first form of OAuth at AD FS has it, and when it runs out.

    Raises ClientAuthenticationError. azure-identity asks for scopes only; the client of msal that it made asks for
    anything, with a secret as with a certificate, and through the same transport.
    """
    from azure.core.exceptions import ClientAuthenticationError

    asked = time.time()
    answer = credential._get_app().client.obtain_token_for_client(data={"resource": audience})
    if not isinstance(answer, dict) or "access_token" not in answer:
        said = answer.get("error_description") if isinstance(answer, dict) else ""
        raise ClientAuthenticationError(message=str(said))
    return usable(answer["access_token"]), asked + int(answer.get("expires_in", 600))


def usable(token: Any) -> str:
    """A token that can stand in a header; raises ValueError for what is none."""
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise ValueError("not a token")
    return token
