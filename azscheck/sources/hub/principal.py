"""Signing in as a service principal, on AD FS and on Entra ID, and what went wrong when that fails, in a sentence."""

import re
from functools import partial
from typing import Final

from azure.core.exceptions import AzureError

from azscheck.errors import CollectionError
from azscheck.sources.hub.credentials import LoginAnswers, credential_of, request_by_resource, usable
from azscheck.sources.hub.discovery import AD_FS, Metadata
from azscheck.sources.hub.failures import causes, connection_clause
from azscheck.sources.hub.limits import Limits
from azscheck.sources.hub.secret import Secret
from azscheck.sources.hub.settings import Credential
from azscheck.sources.hub.signin import SignInFailed
from azscheck.sources.hub.transport import Transport

_PRODUCT: Final = re.compile(r"\b(?:AADSTS|MSIS)\d+\b")
_AUDIENCE: Final = frozenset({"MSIS9605", "MSIS9602", "AADSTS500011", "invalid_resource", "invalid_target"})
_PASSING: Final = frozenset({"temporarily_unavailable", "server_error", "AADSTS90033", "AADSTS90006", "AADSTS90024"})


class ServicePrincipal:
    """Asks the identity service of one plane for tokens, with a secret, a certificate or a workload's own token."""

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
        self._adfs = metadata.identity_provider == AD_FS
        self._tenant = metadata.tenant if self._adfs else credential.tenant_id or metadata.tenant
        self._of_workload = secret.token_file is not None
        self._answers = LoginAnswers(metadata.authority, limits)
        self._make = partial(
            credential_of, self._client_id, self._tenant, metadata.authority, secret, transport, self._answers
        )
        self._v1 = False
        """Whether the identity service knows the older form of asking only, which names a `resource` and no scope."""

    def get(self) -> tuple[str, float]:
        """A token, and when it runs out; raises SignInFailed."""
        if not self._tenant:
            raise SignInFailed(
                f"Signing in to {self._host} needs the id of the Entra tenant, which the stamp does not name: set it."
            )
        if self._adfs and self._of_workload:
            raise SignInFailed(
                f"Signing in to {self._host} as a workload is not possible, for it signs in through AD FS: "
                "give the service principal a certificate or a secret."
            )
        try:
            return self._get()
        except OSError as error:
            why = error.strerror or "cannot be read"
            raise SignInFailed(
                f"Signing in to {self._host} as {self._client_id} failed: its token's file: {why}: "
                "look whether the platform still keeps it there.",
                passing=True,
            ) from error
        except (AzureError, CollectionError, ValueError, TypeError) as error:
            passing = not self._is_definite(error)
            held_back = next((cause for cause in causes(error) if isinstance(cause, CollectionError)), None)
            again = passing and 400 <= self._answers.status < 500
            raise SignInFailed(str(held_back or self._sentence(error)), passing=passing, again=again) from error

    def _get(self) -> tuple[str, float]:
        # A new credential each time: the old one would answer from its cache with the token that was refused.
        credential = self._make()
        if not self._v1:
            try:
                token = credential.get_token(f"{self._metadata.audience}/.default")
                return usable(token.token), token.expires_on
            except AzureError as error:
                if not self._adfs or not _AUDIENCE.intersection(self._codes(error)):
                    raise
        # AD FS of stamps before 1.2108 refuses the scope of an audience that it knows well as a resource.
        found = request_by_resource(credential, self._metadata.audience)
        self._v1 = True
        return found

    def _codes(self, error: Exception) -> list[str]:
        found = _PRODUCT.search(str(error))
        return [code for code in (self._answers.error, found[0] if found else "") if code]

    def _is_definite(self, error: Exception) -> bool:
        codes = self._codes(error)
        return bool(codes) and self._answers.status < 500 and not _PASSING.intersection(codes)

    def _sentence(self, error: Exception) -> str:
        login = self._metadata.authority.removeprefix("https://")
        codes = self._codes(error)
        said = f" ({', '.join(codes)})" if codes else ""
        start = f"Signing in to {self._host} as {self._client_id} at {login}"
        audience = self._metadata.audience
        if codes and not self._is_definite(error):
            return f"{start} failed{said}: the identity service cannot answer for the moment: collect again later."
        if "MSIS9605" in codes:
            return f"{start} was refused{said}: this client may not use the audience {audience}: check the client id."
        if _AUDIENCE.intersection(codes):
            return f"{start} was refused{said}: the identity service does not know the audience {audience}."
        if {"AADSTS90002", "invalid_tenant"}.intersection(codes):
            return f"{start} was refused{said}: it does not know the tenant {self._tenant}: check the tenant id."
        if codes:
            proof = "the token in its file" if self._of_workload else "its secret or certificate"
            return f"{start} was refused{said}: check the client id, {proof}, and their expiry."
        if self._answers.status >= 400:
            return (
                f"{start} failed: it answered {self._answers.status}: look at the identity service, then collect again."
            )
        if self._answers.status == 200:
            return f"{start} failed: it answered without an access token that can be used: look for a proxy in between."
        host = login if ":" in login else f"{login}:443"
        return f"{start} failed: {connection_clause(error, host)}."
