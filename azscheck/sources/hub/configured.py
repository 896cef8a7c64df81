"""`credential:` of azscheck.yaml, as its schema has it, made into settings."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from azscheck.sources.hub.settings import Credential

_SECRETS: Final = ("secretEnv", "secretFile", "certificateFile")
_TAKES: Final[Mapping[str, frozenset[str]]] = {
    "servicePrincipal": frozenset({"clientId", "tenantId", *_SECRETS, "certificatePasswordEnv"}),
    "workloadIdentity": frozenset({"clientId", "tenantId", "tokenFile"}),
    "azureCli": frozenset({"tenantId"}),
}


def credential_mistakes(value: Mapping[str, Any], name: str) -> Iterator[str]:
    """What no schema can say of the credential that stands under `name`."""
    kind = value.get("kind", "servicePrincipal")
    takes = _TAKES[kind]
    for key in value:
        if key != "kind" and key not in takes:
            fit = " or ".join(other for other, known in _TAKES.items() if key in known)
            yield f"{name} is of the kind {kind}, which has no {key!r}: leave it out, or say kind: {fit}."
    needed = [key for key in ("clientId", "tokenFile") if key in takes and key not in value]
    if needed:
        yield f"{name!r} lacks {', '.join(map(repr, needed))}."
    given = [key for key in _SECRETS if key in value]
    if kind == "servicePrincipal" and len(given) != 1:
        yield f"{name} needs exactly one of {', '.join(_SECRETS)}; it has {len(given) or 'none'}."


def credential_settings(value: Mapping[str, Any], base: Path) -> Credential:
    """The settings; relative paths are relative to `base`."""

    def path(key: str) -> Path | None:
        return base / Path(value[key]).expanduser() if key in value else None

    return Credential(
        client_id=value.get("clientId", ""),
        tenant_id=value.get("tenantId", ""),
        secret_env=value.get("secretEnv", ""),
        secret_file=path("secretFile"),
        certificate_file=path("certificateFile"),
        certificate_password_env=value.get("certificatePasswordEnv", ""),
        kind=value.get("kind", "servicePrincipal"),
        token_file=path("tokenFile"),
    )
