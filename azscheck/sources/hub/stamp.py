"""The `Azscheck/stamps` resource: what is known of a stamp itself, and what is not known and why."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from azscheck.inventory import Coverage, CoverageState, Origin, Resource, type_key
from azscheck.policy.model import STAMPS
from azscheck.sources.hub.discovery import METADATA, Metadata
from azscheck.sources.hub.settings import StampSettings
from azscheck.sources.hub.table import BACKUPS, NODES, SUBSCRIPTIONS, UPDATE_LOCATIONS, PlaneName, Row

_NOT_CONFIGURED: Final[Mapping[PlaneName, str]] = {
    "admin": "the administrators' endpoint of this stamp is not configured",
    "tenant": "the tenants' endpoint of this stamp is not configured",
}


def domain_of(settings: StampSettings, metadata: Sequence[Metadata]) -> str:
    """`<region>.<fqdn>`: declared, or as the stamp's endpoints have it; empty when neither says."""
    return settings.external_domain or next((found.domain for found in metadata if found.domain), "")


def not_configured(settings: StampSettings, rows: Sequence[Row], time: datetime) -> list[Coverage]:
    """Coverage of the rows of an endpoint that is not to be read: without it they would count as forgotten."""
    lines = []
    configured = {"admin": settings.admin, "tenant": settings.tenant}
    for row in rows:
        # Subscriptions are of either plane by themselves; of role assignments one plane's are not all.
        if not configured[row.plane] and row.type != SUBSCRIPTIONS:
            reason = _NOT_CONFIGURED[row.plane]
            lines += [Coverage(settings.name, t, "", CoverageState.SKIPPED, reason, time=time) for t in row.covered]
    return lines


def stamp_resource(
    settings: StampSettings,
    metadata: Sequence[Metadata],
    region: str,
    failures: Sequence[str],
    resources: Sequence[Resource],
    coverage: Sequence[Coverage],
    time: datetime,
) -> Resource:
    """The stamp, from its settings, its metadata and what was read of it.

    `failures` are the sentences of planes that could not be opened. A property that could not be read is in `unknown`;
    one that does not exist, such as the version of an OEM package that is not there, is absent.
    """
    reason = " ".join(failures) or "No endpoint of the stamp says it: set the external domain."
    unknown: dict[str, str] = {}
    facts: dict[str, Any] = {}
    _state(facts, unknown, "region", region, reason)
    domain = domain_of(settings, metadata)
    _state(facts, unknown, "externalDomain", domain, reason)
    # Public addresses of machines are named <label>.<region>.cloudapp.<fqdn>.
    label, _, rest = domain.partition(".")
    _state(facts, unknown, "publicDomain", f"{label}.cloudapp.{rest}" if rest else "", reason)
    _state(facts, unknown, "identityProvider", next((m.identity_provider for m in metadata), ""), reason)
    if settings.connected is not None:
        facts["connected"] = settings.connected
    for name, url in (("administratorEndpoint", settings.admin), ("tenantEndpoint", settings.tenant)):
        if url:
            facts[name] = urlsplit(url).hostname or ""
    updates, gap = _read(UPDATE_LOCATIONS, resources), _gap(UPDATE_LOCATIONS, settings, coverage)
    _read_fact(facts, unknown, "stampVersion", _first(updates, "currentVersion"), gap)
    _read_fact(facts, unknown, "oemVersion", _first(updates, "currentOemVersion"), gap)
    backups, gap = _read(BACKUPS, resources), _gap(BACKUPS, settings, coverage)
    # A list that failed half-way may lack the newest, so what came of it does not tell.
    _read_fact(facts, unknown, "deploymentId", None if gap else _deployment(backups), gap)
    gap = _gap(NODES, settings, coverage)
    _read_fact(facts, unknown, "nodeCount", None if gap else len(_read(NODES, resources)) or None, gap)
    if settings.backup_share:
        facts["backupShare"] = dict(settings.backup_share)
    if settings.backup_offering:
        facts["backupOffering"] = dict(settings.backup_offering)
    identity = f"/azscheck/stamps/{settings.name}"
    location = {"location": region} if region else {}
    body = {"id": identity, "name": settings.name, "type": STAMPS, **location, "properties": facts}
    return Resource(settings.name, STAMPS, identity, body, Origin("hub", METADATA, time), unknown)


def _state(facts: dict[str, Any], unknown: dict[str, str], name: str, value: str, reason: str) -> None:
    if value:
        facts[name] = value
    else:
        unknown[f"/properties/{name}"] = reason


def _read_fact(facts: dict[str, Any], unknown: dict[str, str], name: str, value: Any, gap: str) -> None:
    if value is not None:
        facts[name] = value
    elif gap:
        unknown[f"/properties/{name}"] = gap


def _gap(resource_type: str, settings: StampSettings, coverage: Sequence[Coverage]) -> str:
    """Why a list does not say everything there is; empty when it does."""
    if not settings.admin:
        return f"{_NOT_CONFIGURED['admin'].capitalize()}."
    lists = [c for c in coverage if type_key(c.type) == type_key(resource_type)]
    return next((c.words for c in lists if not c.known), "")


def _read(resource_type: str, resources: Sequence[Resource]) -> list[Mapping[str, Any]]:
    bodies = [r.body.get("properties") for r in resources if type_key(r.type) == type_key(resource_type)]
    return [properties for properties in bodies if isinstance(properties, dict)]


def _first(properties: Sequence[Mapping[str, Any]], name: str) -> str | None:
    values = [found.get(name) for found in properties]
    return next((value for value in values if isinstance(value, str) and value), None)


def _deployment(backups: Sequence[Mapping[str, Any]]) -> str | None:
    """The deployment that the newest backup names; Fabric's `stampInformationId` is not documented to be the same."""
    infos = [info for backup in backups if isinstance(info := backup.get("backupInfo"), dict)]
    infos = [info for info in infos if isinstance(info.get("deploymentID"), str) and info["deploymentID"]]
    newest = max(infos, key=lambda info: str(info.get("createdDateTime") or ""), default=None)
    return newest["deploymentID"] if newest else None
