"""Where a stamp departs from its plan: each thing that the plan says, beside what was found of it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from ipaddress import ip_address
from typing import Any, Final

from msgspec import Struct

from azscheck.errors import UsageError
from azscheck.inventory import Coverage, CoverageState, Inventory, Origin, Resource
from azscheck.policy.model import STAMPS
from azscheck.sources.deployment.plan import DeploymentPlan
from azscheck.sources.deployment.types import PLANNED_VALUES
from azscheck.sources.share.place import BACKUP_LOCATIONS
from azscheck.values import Unknown

_POOLS: Final = "Microsoft.Fabric.Admin/fabricLocations/ipPools"
READS: Final = (STAMPS, BACKUP_LOCATIONS, _POOLS)
"""What has to be collected of a stamp."""

_OF_STAMP: Final = {
    "region": "region",
    "externalDomain": "externalDomain",
    "identityProvider": "identityProvider",
    "nodes": "nodeCount",
    "connected": "connected",
}
_DECLARED: Final = (
    ("backupShare", "device"),
    ("backupShare", "location"),
    ("backupOffering", "name"),
    ("backupOffering", "place"),
)
_OF_LOCATION: Final = {
    ("backupShare", "path"): "path",
    ("backupShare", "user"): "userName",
    ("schedule", "everyHours"): "backupFrequencyInHours",
    ("schedule", "retentionDays"): "backupRetentionPeriodInDays",
}
_CERTIFICATE: Final = ("encryptionCertificate", "file")


class _Said(Struct, frozen=True):
    """Something that a plan says, and what was found; `found` None: it is known to be absent."""

    name: str
    planned: Any
    found: Any
    steps: tuple[str | int, ...]


def departures(plans: Sequence[DeploymentPlan], inventory: Inventory, now: datetime) -> Inventory:
    """What the plans say beside what the inventory holds; raises UsageError for a plan of a stamp that is not in it."""
    resources: list[Resource] = []
    for plan in plans:
        if plan.stamp not in inventory.stamps:
            named = ", ".join(inventory.stamps) or "no stamp"
            raise UsageError(f"{plan.document.place('plan')}: is of the stamp {plan.stamp!r}, this scan is of {named}.")
        resources += (_resource(plan, said) for said in _Comparison(plan, inventory).said())
    coverage = [
        # Of a stamp without a plan there is nothing to compare.
        Coverage(s, PLANNED_VALUES, "", CoverageState.COMPLETE, count=sum(r.stamp == s for r in resources), time=now)
        for s in inventory.stamps
    ]
    return Inventory.of(now, resources, coverage)


def _resource(plan: DeploymentPlan, said: _Said) -> Resource:
    identity = f"/azscheck/plans/{plan.stamp}/{said.name}"
    unknown = {"/properties/found": said.found.reason} if isinstance(said.found, Unknown) else {}
    found = {} if unknown or said.found is None else {"found": said.found}
    properties = {"planned": said.planned, **found}
    body = {"id": identity, "name": said.name, "type": PLANNED_VALUES, "properties": properties}
    place = plan.document.place(*said.steps)
    origin = Origin("file", place.path, None, place.line, place.column)
    return Resource(plan.stamp, PLANNED_VALUES, identity, body, origin, unknown)


class _Comparison:
    def __init__(self, plan: DeploymentPlan, inventory: Inventory) -> None:
        self._plan, self._inventory = plan, inventory
        self._stamp = next(iter(inventory.of_type(STAMPS, plan.stamp)), None)
        self._store = self._location()

    def said(self) -> Iterator[_Said]:
        """All that the plan says and a stamp can show."""
        for name, found in _OF_STAMP.items():
            if (planned := self._plan.said(name)) is not None:
                yield _Said(name, planned, self._of_stamp(found), (name,))
        for steps, found in _OF_LOCATION.items():
            if (planned := self._plan.said(*steps)) is not None:
                yield _alike(_Said(".".join(steps), planned, self._of_store(found), steps))
        thumbprint = self._plan.certificate and self._plan.certificate.facts.get("thumbprint")
        if thumbprint:
            found_print = self._of_store("encryptionCertThumbprint")
            yield _Said("encryptionCertificate.thumbprint", thumbprint, found_print, _CERTIFICATE)
        for steps in _DECLARED:
            if (planned := self._plan.said(*steps)) is not None:
                yield _Said(".".join(steps), planned, self._of_stamp(*steps), steps)
        for i, pool in enumerate(self._plan.value.get("ipPools", ())):
            planned = f"{pool['start']}-{pool['end']}"
            yield _Said(f"ipPools.{pool.get('name', i + 1)}", planned, self._pool(pool), ("ipPools", i))

    def _of_stamp(self, *path: str) -> Any:
        """A fact of the stamp; what is not there is not known, for each stamp has it."""
        value: Any = self._stamp.document.get("properties") if self._stamp else None
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
            if isinstance(value, Unknown):
                return value
        return Unknown(f"neither the stamp nor azscheck.yaml says {'.'.join(path)}") if value is None else value

    def _location(self) -> Any:
        gaps = self._inventory.gaps(BACKUP_LOCATIONS, self._plan.stamp)
        if gaps:
            return Unknown(gaps[0].words)
        stores: list[dict[str, Any]] = []
        for location in self._inventory.of_type(BACKUP_LOCATIONS, self._plan.stamp):
            properties = location.document.get("properties")
            store = properties.get("externalStoreDefault") if isinstance(properties, dict) else None
            stores += [store] if isinstance(store, dict) else []
        # A stamp may have one for a share and one for a container of blobs.
        return next((store for store in stores if store.get("path")), stores[0] if stores else {})

    def _of_store(self, name: str) -> Any:
        return self._store if isinstance(self._store, Unknown) else self._store.get(name)

    def _pool(self, planned: dict[str, str]) -> Any:
        """The stamp's pool that has addresses of a planned one, as it is."""
        gaps = self._inventory.gaps(_POOLS, self._plan.stamp)
        first, last = ip_address(planned["start"]), ip_address(planned["end"])
        near = ""
        for pool in self._inventory.of_type(_POOLS, self._plan.stamp):
            properties = pool.body.get("properties")
            ends = [_address(properties, key) for key in ("startIpAddress", "endIpAddress")]
            if ends == [first, last]:
                return f"{planned['start']}-{planned['end']}"
            if all(end is not None and end.version == first.version for end in ends):
                begins, until = (int(end) for end in ends if end is not None)
                if begins <= int(last) and int(first) <= until:
                    near = near or f"{ends[0]}-{ends[1]}"
        return near or (Unknown(gaps[0].words) if gaps else None)


def _address(properties: Any, key: str) -> Any:
    try:
        return ip_address(properties[key])
    except (ValueError, KeyError, TypeError):
        return None


def _alike(said: _Said) -> _Said:
    """Paths and accounts in one spelling, so that a difference is one."""
    if not isinstance(said.found, str):
        return said
    match said.steps[-1]:
        case "path":
            return _Said(said.name, _path(said.planned), _path(said.found), said.steps)
        case "user" if _account(said.planned) == _account(said.found) and ("@" in said.planned) != ("@" in said.found):
            reason = f"planned is {said.planned}, found is {said.found}: whether the domains are one is not known"
            return _Said(said.name, said.planned, Unknown(reason), said.steps)
    return said


def _path(text: str) -> str:
    return text.strip().replace("/", "\\").rstrip("\\")


def _account(text: str) -> str:
    return text.rpartition("\\")[2].partition("@")[0].lower()
