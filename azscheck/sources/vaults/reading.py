"""A vault's items, by GETs alone through the pipeline and the guard that a stamp is read through.

Backup: https://learn.microsoft.com/rest/api/backup/backup-protected-items/list
Site Recovery: https://learn.microsoft.com/rest/api/site-recovery/replication-protected-items/list
"""

import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from msgspec import Struct

from azscheck.errors import CollectionError, UsageError
from azscheck.inventory import Coverage, CoverageState, Inventory, Origin, Resource, type_key
from azscheck.sources.exports.model import PROTECTED, REPLICATED
from azscheck.sources.exports.reading import item_resource
from azscheck.sources.exports.services import SERVICES
from azscheck.sources.hub.limits import Limits
from azscheck.sources.hub.secret import Secret, read_secret
from azscheck.sources.hub.selection import NOT_ASKED_FOR
from azscheck.sources.hub.settings import StampSettings
from azscheck.sources.vaults.settings import Vault

if TYPE_CHECKING:
    from azscheck.sources.hub.failures import Refusal
    from azscheck.sources.hub.resource_manager import Plane

Documents = list[tuple[dict[str, Any], str]]
Read = Callable[[Vault, str], Inventory]
"""A vault and the stamp whose items it holds."""

_USUAL: Final = Limits()
_VERSIONS_TRIED: Final = 4


class _List(Struct, frozen=True):
    type: str
    path: str
    versions: tuple[str, ...]
    filters: tuple[str, ...] = ("",)


LISTS: Final[Mapping[str, _List]] = {
    "recovery-services": _List(
        PROTECTED,
        "backupProtectedItems",
        ("2023-02-01", "2021-12-01", "2016-12-01"),
        # What else a vault protects are Azure's own machines, databases and shares.
        tuple(f"backupManagementType eq '{name}'" for name in ("MAB", "DPM", "AzureBackupServer")),
    ),
    "site-recovery": _List(REPLICATED, "replicationProtectedItems", ("2023-02-01", "2022-10-01", "2018-07-10")),
    "data-replication": _List(REPLICATED, "protectedItems", ("2021-02-16-preview", "2024-09-01")),
}


def reader(
    evidence: Iterable[object],
    clock: Callable[[], datetime],
    report: Callable[[str, str], None] | None = None,
    types: Collection[str] | None = None,
) -> Read:
    """What reads the vaults among `evidence`; raises UsageError, before any call, for a secret that is not there.

    `report` is told the stamp and what is being read. Vaults that hold none of `types` (None: all) are not asked.
    """
    vaults = [source for source in evidence if isinstance(source, Vault)]
    keys = None if types is None else {type_key(kind) for kind in types}
    secrets = {vault: _secret(vault) for vault in vaults if keys is None or type_key(LISTS[vault.kind].type) in keys}

    def read(vault: Vault, stamp: str) -> Inventory:
        if vault not in secrets:
            left = Coverage(stamp, LISTS[vault.kind].type, "", CoverageState.SKIPPED, NOT_ASKED_FOR, time=clock())
            return Inventory.of(clock(), (), [left])
        if report is not None:
            report(stamp, f"the vault {vault.name}")
        return read_vault(vault, stamp, secrets[vault], clock)

    return read


def planned(vault: Vault) -> list[str]:
    """The calls that read the vault, without what leads to them."""
    listed = LISTS[vault.kind]
    of = f"GET  {vault.id}/{listed.path}  api-version {listed.versions[0]}"
    return [f"{of}  ({chosen})" if chosen else of for chosen in listed.filters]


def _secret(vault: Vault) -> Secret:
    """The secret of a vault's service principal, once it is sure that the rest can work."""
    from azscheck.sources.hub.endpoint import is_address

    if not is_address(vault.resource_manager):
        raise UsageError(
            f"The resourceManager of the vault {vault.name} is not an address such as https://management.azure.com."
        )
    if vault.ca_file is not None and not vault.ca_file.is_file():
        raise UsageError(f"The authorities of the vault {vault.name} are not there: {vault.ca_file}.")
    return read_secret(vault.credential, f"the vault {vault.name}")


def read_vault(
    vault: Vault, stamp: str, secret: Secret, clock: Callable[[], datetime], limits: Limits = _USUAL
) -> Inventory:
    """The vault's items, as resources of a stamp; where it cannot be read, Coverage has the one reason."""
    listed = LISTS[vault.kind]
    try:
        documents = _documents(vault, listed, secret, clock, limits)
    except CollectionError as error:
        reason = f"Reading the vault {vault.name} failed: {str(error).rstrip('.')}."
        failed = Coverage(stamp, listed.type, "", CoverageState.FAILED, reason, time=clock())
        return Inventory.of(clock(), (), [failed])
    now = clock()
    resources: dict[str, Resource] = {}
    made, _ = SERVICES[vault.kind]
    for body, address in documents:
        item = made(body, None, vault.target)
        if item is not None:
            found = item_resource(item, stamp, {"source": vault.name}, Origin("vault", address, now))
            resources.setdefault(found.id.lower(), found)
    scope = "" if vault.whole else vault.id
    complete = Coverage(stamp, listed.type, scope, CoverageState.COMPLETE, count=len(resources), time=now)
    return Inventory.of(now, resources.values(), [complete])


def _documents(vault: Vault, listed: _List, secret: Secret, clock: Callable[[], datetime], limits: Limits) -> Documents:
    """Every element of the vault's lists; raises CollectionError with a clause where one is not all there."""
    # They take half a second to import.
    from azscheck.sources.hub.endpoint import Endpoint, open_endpoint
    from azscheck.sources.hub.transport import Transport

    url = vault.resource_manager.rstrip("/")
    settings = StampSettings(vault.name, "", url, vault.credential, ca_file=vault.ca_file)
    transports: list[Transport] = []
    try:
        endpoint = Endpoint("tenant", url, vault.credential, secret)
        _, lister = open_endpoint(endpoint, settings, limits, clock, threading.Event(), transports, None, None)
        path = quote(f"{vault.id}/{listed.path}", safe="/~!$&'()*+,;=:@")
        found: Documents = []
        for chosen in listed.filters:
            found += _list(lister.plane, path, chosen, listed.versions, limits)
        return found
    finally:
        for transport in transports:
            transport.close()


def _list(plane: "Plane", path: str, chosen: str, versions: Sequence[str], limits: Limits) -> Documents:
    from azure.core.rest import HttpRequest

    from azscheck.sources.hub.failures import Refusal
    from azscheck.sources.hub.pages import follow
    from azscheck.sources.hub.versions import next_version

    wanted = f"&$filter={quote(chosen)}" if chosen else ""
    version, tried = versions[0], list[str]()
    found: Documents = []

    def take(body: dict[str, Any], address: str) -> None:
        found.append((body, address))

    while True:
        tried.append(version)
        request = HttpRequest("GET", f"{path}?api-version={version}{wanted}", headers={"Accept": "application/json"})
        try:
            first = plane.get(request, None, path)
        except Refusal as refusal:
            other = next_version(refusal, versions, tried) if len(tried) < _VERSIONS_TRIED else ""
            if not other:
                raise CollectionError(_clause(refusal)) from refusal
            version = other
            continue
        broken = follow(plane, first, version, limits, take, path)
        if broken:
            raise CollectionError(broken)
        if any(not isinstance(body.get("id"), str) for body, _ in found):
            raise CollectionError("its list holds an item without an id: look for a proxy in between")
        return found


def _clause(refusal: "Refusal") -> str:
    said = f"({refusal.status} {refusal.code}".rstrip() + ")"
    if refusal.status == 403:
        return f"access was denied: give the service principal the role Reader on the vault {said}"
    if refusal.status == 404:
        return f"there is no such vault: check subscriptionId, resourceGroup and vault {said}"
    return str(refusal)
