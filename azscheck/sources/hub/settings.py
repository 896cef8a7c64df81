"""What must be said about a stamp before it can be read."""

from pathlib import Path
from typing import Literal

from msgspec import Struct

CredentialKind = Literal["servicePrincipal", "workloadIdentity", "azureCli"]


class Credential(Struct, frozen=True):
    """Whom to sign in as; a secret is named, never held: an environment variable, a file, or a certificate."""

    client_id: str = ""
    """Of the service principal; of whoever is signed in to the Azure CLI there is none to name."""
    tenant_id: str = ""
    """The Entra tenant; empty on AD FS, and where the stamp's own metadata names it."""
    secret_env: str = ""
    """The environment variable that holds the client secret."""
    secret_file: Path | None = None
    """The file that holds the client secret and nothing else."""
    certificate_file: Path | None = None
    """A PEM file with the certificate and its private key."""
    certificate_password_env: str = ""
    """The environment variable that holds the password of that private key."""
    kind: CredentialKind = "servicePrincipal"
    token_file: Path | None = None
    """The file in which a platform keeps the token of a workload that Entra ID trusts in place of a secret."""


class StampSettings(Struct, frozen=True):
    """One stamp of the configuration."""

    name: str
    admin: str
    """`https://adminmanagement.<region>.<fqdn>`, without a trailing slash; empty when only tenants are looked at."""
    tenant: str
    """`https://management.<region>.<fqdn>`, likewise."""
    credential: Credential
    tenant_credential: Credential | None = None
    """For the tenant endpoint, when it is another one."""
    ca_file: Path | None = None
    """PEM certificates of the authority that signed the stamp's endpoints; None: the system's."""
    strict_x509: bool = True
    """False relaxes Python 3.13's demand for key identifiers in certificates, never the verification itself."""
    connected: bool | None = None
    """Whether the stamp is connected to Azure; None: not said."""
    external_domain: str = ""
    """`<region>.<fqdn>`; empty: taken from the stamp's endpoints."""
    backup_share: tuple[tuple[str, str], ...] = ()
    """What the operator declares of the backup share, as names and values (`device`, `location`)."""
    backup_offering: tuple[tuple[str, str], ...] = ()
    """The backup that is offered to tenants, likewise (`name`, `place`)."""
    concurrency: int = 8
    """How many calls may be under way at once."""
