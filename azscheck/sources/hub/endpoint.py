"""Opening one plane of a stamp: what it says of itself, whom to trust there, and the first token."""

import re
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

from azscheck.errors import UsageError
from azscheck.inventory.spool import Spool
from azscheck.sources.hub.address import origin_of
from azscheck.sources.hub.azure_cli import AzureCli
from azscheck.sources.hub.credentials import PUBLIC_LOGINS
from azscheck.sources.hub.discovery import AD_FS, Metadata, discover
from azscheck.sources.hub.journal import Journal
from azscheck.sources.hub.limits import Limits
from azscheck.sources.hub.listing import Lister
from azscheck.sources.hub.principal import ServicePrincipal
from azscheck.sources.hub.resource_manager import Plane
from azscheck.sources.hub.secret import Secret, read_secret
from azscheck.sources.hub.settings import Credential, StampSettings
from azscheck.sources.hub.signin import Identity, SignIn
from azscheck.sources.hub.table import PlaneName
from azscheck.sources.hub.transport import Transport, trust

_TENANT: Final = re.compile(r"[A-Za-z0-9.\-]*")


class Endpoint(Struct, frozen=True):
    """One plane as the settings have it, with its secret read."""

    plane: PlaneName
    url: str
    credential: Credential
    secret: Secret


def endpoints_of(settings: StampSettings) -> list[Endpoint]:
    """The planes to read; raises UsageError for settings that cannot work, before any call is made."""
    found = []
    planes: tuple[tuple[PlaneName, str, Credential], ...] = (
        ("tenant", settings.tenant, settings.tenant_credential or settings.credential),
        ("admin", settings.admin, settings.credential),
    )
    for plane, url, credential in planes:
        if not url:
            continue
        if not is_address(url):
            raise UsageError(
                f"The {plane} endpoint of stamp {settings.name} is not an address such as "
                "https://management.north.example: write https:// and a host, and a port where that is not 443."
            )
        if not _TENANT.fullmatch(credential.tenant_id):
            raise UsageError(
                f"The tenant id of stamp {settings.name} is none: give the Entra tenant's id or one of its domains."
            )
        found.append(Endpoint(plane, url.rstrip("/"), credential, read_secret(credential, f"stamp {settings.name}")))
    if not found:
        raise UsageError(f"Stamp {settings.name} has no endpoint: give its administrator or its tenant endpoint.")
    try:
        trust(settings.ca_file, strict=settings.strict_x509)
    except OSError as error:
        raise UsageError(
            f"The authorities of stamp {settings.name} cannot be read: "
            f"{settings.ca_file or 'REQUESTS_CA_BUNDLE'} must be a file of PEM certificates."
        ) from error
    return found


def is_address(url: str) -> bool:
    """Whether it is `https://` and a host, and nothing after it."""
    try:
        parts = urlsplit(url)
        # It refuses a user name too, which would end up in messages.
        scheme = origin_of(url)[0]
    except ValueError:
        return False
    return scheme == "https" and parts.port != 0 and not (parts.path.strip("/") or parts.query or parts.fragment)


def open_endpoint(
    endpoint: Endpoint,
    settings: StampSettings,
    limits: Limits,
    clock: Callable[[], datetime],
    stop: threading.Event,
    transports: list[Transport],
    journal: Journal | None,
    spool: Spool | None,
) -> tuple[Metadata, Lister]:
    """Discover and sign in; raises CollectionError with a sentence. What was opened, and is to be closed, is added to
    `transports`."""
    context = trust(settings.ca_file, strict=settings.strict_x509)
    transport = Transport(endpoint.url, context, settings.concurrency, limits, stop)
    transports.append(transport)
    metadata = discover(Plane(endpoint.url, transport, limits, stop, None))
    tokens = SignIn(_identity(endpoint, metadata, settings, limits, stop, transports), transport.sleep, limits)
    tokens.current()
    plane = Plane(endpoint.url, transport, limits, stop, tokens)
    client = endpoint.credential.client_id or endpoint.credential.kind
    kept = journal.of(settings.name, endpoint.url, client) if journal else None
    return metadata, Lister(settings.name, plane, limits, clock, kept, spool)


def _identity(
    endpoint: Endpoint,
    metadata: Metadata,
    settings: StampSettings,
    limits: Limits,
    stop: threading.Event,
    transports: list[Transport],
) -> Identity:
    host = urlsplit(endpoint.url).netloc
    if endpoint.credential.kind == "azureCli":
        return AzureCli(host, metadata, endpoint.credential.tenant_id)
    context = trust(settings.ca_file, strict=settings.strict_x509)
    if metadata.identity_provider != AD_FS:
        # Entra ID's hosts are signed by public authorities; another login host may well be by the stamp's.
        login_host = (urlsplit(metadata.authority).hostname or "").lower()
        own = None if login_host in PUBLIC_LOGINS else settings.ca_file
        context = trust(own, strict=settings.strict_x509, system_too=True)
    login = Transport(metadata.authority, context, 2, limits, stop)
    transports.append(login)
    return ServicePrincipal(host, metadata, endpoint.credential, endpoint.secret, login, limits)
