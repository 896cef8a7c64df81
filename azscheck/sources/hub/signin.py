"""Signing in through azure-identity: a secret or a certificate, AD FS or Entra ID, and each failure in one sentence."""

import math
import re
import threading
import time
from functools import partial
from typing import Final

from azscheck.errors import CollectionError
from azscheck.sources.hub.credentials import LoginAnswers, credential_of, request_by_resource, usable
from azscheck.sources.hub.discovery import AD_FS, Metadata
from azscheck.sources.hub.failures import causes, connection_clause
from azscheck.sources.hub.limits import Limits
from azscheck.sources.hub.secret import Secret
from azscheck.sources.hub.settings import Credential
from azscheck.sources.hub.transport import Transport

_PRODUCT = re.compile(r"\b(?:AADSTS|MSIS)\d+\b")
_AUDIENCE: Final = frozenset({"MSIS9605", "MSIS9602", "AADSTS500011", "invalid_resource", "invalid_target"})
_PASSING: Final = frozenset({"temporarily_unavailable", "server_error", "AADSTS90033", "AADSTS90006", "AADSTS90024"})
_PASSING_SECONDS: Final = 30
_PAUSES: Final = (1.0, 4.0)
"""How many backoffs to wait before asking once more after a refusal that passes."""
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
            credential_of, self._client_id, self._tenant, metadata.authority, secret, transport, self._answers
        )
        self._transport = transport
        self._pace = limits.backoff_factor
        self._lock = threading.Lock()
        self._token = ""
        self._renew_at = 0.0
        self._v1 = False
        """Whether the identity service knows the older form of asking only, which names a `resource` and no scope."""
        self._refused = ""
        self._refused_until = 0.0

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

        if time.monotonic() < self._refused_until:
            raise CollectionError(self._refused)
        if not self._tenant:
            raise CollectionError(
                f"Signing in to {self._host} needs the id of the Entra tenant, which the stamp does not name: set it."
            )
        for wait in (*_PAUSES, None):
            asked = time.time()
            try:
                token, expires = self._get()
                break
            except (AzureError, CollectionError, ValueError, TypeError) as error:
                passing = not self._is_definite(error)
                if passing and wait is not None and 400 <= self._answers.status < 500:
                    self._transport.sleep(wait * self._pace)
                    continue
                # Remembered, so that the calls still to come do not each try, wait and fail again.
                held_back = next((cause for cause in causes(error) if isinstance(cause, CollectionError)), None)
                self._refused = str(held_back or self._sentence(error))
                self._refused_until = time.monotonic() + (_PASSING_SECONDS if passing else math.inf)
                raise CollectionError(self._refused) from error
        self._token = token
        self._renew_at = expires - min(_RENEW_SECONDS, (expires - asked) / 5)

    def _get(self) -> tuple[str, float]:
        from azure.core.exceptions import AzureError

        # A new credential each time: the old one would answer from its cache with the token that was refused.
        credential = self._make()
        if not self._v1:
            try:
                token = credential.get_token(f"{self._metadata.audience}/.default")
                return usable(token.token), token.expires_on
            except AzureError as error:
                if self._metadata.identity_provider != AD_FS or not _AUDIENCE.intersection(self._codes(error)):
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
            return f"{start} was refused{said}: check the client id, its secret or certificate, and their expiry."
        if self._answers.status >= 400:
            return (
                f"{start} failed: it answered {self._answers.status}: look at the identity service, then collect again."
            )
        if self._answers.status == 200:
            return f"{start} failed: it answered without an access token that can be used: look for a proxy in between."
        host = login if ":" in login else f"{login}:443"
        return f"{start} failed: {connection_clause(error, host)}."
