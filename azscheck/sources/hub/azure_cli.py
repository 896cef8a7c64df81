"""Signing in as whoever is signed in to the Azure CLI: `az login`, in the cloud that `az cloud set` chose.

https://learn.microsoft.com/azure-stack/user/azure-stack-version-profiles-azurecli2
"""

import re
from typing import Final

from azscheck.sources.hub.credentials import usable
from azscheck.sources.hub.discovery import AD_FS, Metadata
from azscheck.sources.hub.signin import SignInFailed

_SECONDS: Final = 30
_CODE: Final = re.compile(r"\b(?:AADSTS|MSIS)\d+\b")
_OTHER_CLOUD: Final = frozenset({"AADSTS500011", "AADSTS650057", "MSIS9602", "MSIS9605"})


class AzureCli:
    """Asks `az` for tokens. It keeps and renews them itself, so azscheck holds no secret at all."""

    def __init__(self, host: str, metadata: Metadata, tenant_id: str) -> None:
        self._audience = metadata.audience
        # On AD FS there is one directory only.
        self._tenant = "" if metadata.identity_provider == AD_FS else tenant_id or metadata.tenant
        self._start = f"Signing in to {host} through the Azure CLI"

    def get(self) -> tuple[str, float]:
        """A token, and when it runs out; raises SignInFailed."""
        from azure.core.exceptions import AzureError
        from azure.identity import AzureCliCredential

        try:
            credential = AzureCliCredential(tenant_id=self._tenant, process_timeout=_SECONDS)
            found = credential.get_token(f"{self._audience}/.default")
            return usable(found.token), found.expires_on
        except (AzureError, ValueError, TypeError) as error:
            raise self._failure(str(error)) from error

    def _failure(self, said: str) -> SignInFailed:
        """What azure-identity says is what `az` wrote, in any language: of that, only codes are shown."""
        found = _CODE.search(said)
        code = found[0] if found else ""
        start = f"{self._start} failed"
        if "not found on path" in said:
            return SignInFailed(f"{start}: there is no az on the PATH: install it, or name a service principal.")
        if "az login" in said and not code:
            return SignInFailed(
                f"{start}: nobody is signed in there: run `az cloud set` for the stamp's cloud, then `az login`."
            )
        if code in _OTHER_CLOUD:
            return SignInFailed(
                f"{start} ({code}): it does not know the audience {self._audience}: "
                "run `az cloud set` for the stamp's cloud, then `az login`."
            )
        tenant = f" --tenant {self._tenant}" if self._tenant else ""
        command = f"az account get-access-token --resource {self._audience}{tenant}"
        why = f" ({code})" if code else ""
        return SignInFailed(f"{start}{why}: run `{command}` to see why.", passing=not code)
