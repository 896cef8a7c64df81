"""What a stamp says of itself without a sign-in: `/metadata/endpoints`, in both of its shapes."""

import ipaddress
from typing import Any, Final
from urllib.parse import urlsplit

from azure.core.rest import HttpRequest
from msgspec import Struct

from azscheck.errors import CollectionError
from azscheck.sources.hub.address import origin_of
from azscheck.sources.hub.failures import Refusal
from azscheck.sources.hub.resource_manager import Plane

METADATA: Final = "/metadata/endpoints?api-version=2015-01-01"
_VERSIONS: Final = ("2015-01-01", "2020-06-01", "1.0")
AD_FS: Final = "AD FS"
ENTRA_ID: Final = "Entra ID"


class Metadata(Struct, frozen=True):
    """How to sign in to one plane, and the domain its endpoints lie in."""

    identity_provider: str
    """`AD FS` or `Entra ID`."""
    authority: str
    """`https://host[:port]` of the identity service, without `/adfs`."""
    audience: str
    tenant: str
    """The Entra tenant, as far as the stamp names it; `adfs` on AD FS."""
    domain: str
    """`<region>.<fqdn>`; empty where no endpoint tells."""


def discover(plane: Plane) -> Metadata:
    """Ask a plane, with the first api-version that it knows; raises CollectionError with a sentence."""
    doing = f"Reading /metadata/endpoints of {plane.host} failed"
    refused = ""
    for version in _VERSIONS:
        try:
            answer = plane.get(HttpRequest("GET", f"/metadata/endpoints?api-version={version}"))
            found = _parse(answer.document, plane)
        except Refusal as refusal:
            if 300 <= refusal.status < 400:
                raise CollectionError(f"{doing}: {refusal}.") from refusal
            # A version that is not served is answered with many a status; what is wrong with all is told at the end.
            refused = refused or (str(refusal) if refusal.status not in (400, 404) else "")
        except CollectionError as error:
            raise CollectionError(f"{doing}: {error}.") from error
        except ValueError:
            # What stands for an address in it is none.
            continue
        else:
            if found:
                return found
    if refused:
        raise CollectionError(f"{doing}: {refused}.")
    raise CollectionError(f"{doing}: the answer is not that of a Resource Manager: check the address.")


def _parse(document: Any, plane: Plane) -> Metadata | None:
    if isinstance(document, list):
        clouds = [cloud for cloud in document if isinstance(cloud, dict)]
        own = [cloud for cloud in clouds if _is_at(cloud, plane)]
        if len(clouds) > 1 and not own:
            raise CollectionError(
                f"it lists {len(clouds)} clouds, and none of them is at {plane.host}: "
                "use the address that the stamp itself has for this endpoint"
            )
        # The only one is the stamp's: a stamp may leave its own address empty.
        document = next(iter(own or clouds), None)
    if not isinstance(document, dict) or not isinstance(document.get("authentication"), dict):
        return None
    authentication = document["authentication"]
    login, audiences = authentication.get("loginEndpoint"), authentication.get("audiences")
    if not isinstance(login, str) or not isinstance(audiences, list) or not audiences:
        return None
    origin_of(login)
    parts, audience = urlsplit(login), str(audiences[0])
    # The rule of the platform's own tools: AD FS is where the login endpoint's path ends in /adfs.
    adfs = parts.path.rstrip("/").lower().endswith("/adfs")
    if not parts.hostname or parts.scheme != "https":
        return None
    directory = urlsplit(audience).hostname or ""
    named = str(authentication.get("tenant") or "") or (directory if directory.endswith(".onmicrosoft.com") else "")
    return Metadata(
        identity_provider=AD_FS if adfs else ENTRA_ID,
        authority=f"https://{parts.netloc}",
        audience=audience,
        tenant="adfs" if adfs else named,
        domain=_domain(document, plane.host, parts.hostname if adfs else ""),
    )


def _is_at(cloud: dict[str, Any], plane: Plane) -> bool:
    try:
        return origin_of(str(cloud.get("resourceManager") or "")) == plane.origin
    except ValueError:
        return False


def _domain(document: dict[str, Any], host: str, federation: str) -> str:
    for prefix in ("adminmanagement.", "management."):
        if host.startswith(prefix):
            return host.removeprefix(prefix).rpartition(":")[0]
    endpoints = [document.get(name) or document.get(f"{name}Endpoint") for name in ("portal", "gallery", "graph")]
    # With Entra ID the graph is Azure's, not the stamp's.
    names = [urlsplit(str(url or "")).hostname or "" for url in (endpoints if federation else endpoints[:2])]
    return next((name.partition(".")[2] for name in (*names, federation) if _is_inside_a_domain(name)), "")


def _is_inside_a_domain(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name.count(".") >= 2
    return False
