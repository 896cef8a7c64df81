"""A plan as an inventory, in the shapes that a live stamp gives, so that the same policies judge it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from azscheck.inventory import Coverage, CoverageState, Inventory, Origin, Resource
from azscheck.policy.model import ATTESTATIONS, STAMPS
from azscheck.sources import evidence
from azscheck.sources.deployment.plan import DeploymentPlan
from azscheck.sources.deployment.types import PLANS
from azscheck.times import format_time, parse_duration, parse_since

_LOCATIONS: Final = "Microsoft.Backup.Admin/backupLocations"
_POOLS: Final = "Microsoft.Fabric.Admin/fabricLocations/ipPools"
_FILE_SHARES: Final = "Microsoft.Fabric.Admin/fabricLocations/fileShares"
_MACHINES: Final = "Microsoft.Compute/virtualMachines"
_FILE_SERVER: Final = "SU1FileServer"
"""What the stamp's own file server is called, as recorded from live stamps."""
_OF_STAMP: Final = ("region", "externalDomain", "identityProvider", "connected", "nodes", "ipPools")
"""What a plan says of the stamp itself."""
_OWN: Final = ("plan", "evidence")
_SHARE: Final = ("device", "location", "encryption", "onlyForBackups")


def inventory_of(plan: DeploymentPlan, now: datetime) -> Inventory:
    """What the stamp will be. A list that the plan leaves out is skipped; of what nobody has yet, there is none."""
    resources = [_stamp(plan), _location(plan), *_pools(plan), _file_server(plan), _plan(plan)]
    counts = {
        kind: sum(r.type == kind for r in resources) for kind in (STAMPS, _LOCATIONS, _POOLS, _FILE_SHARES, PLANS)
    }
    counts |= {_MACHINES: 0, ATTESTATIONS: 0}
    coverage = [_covered(plan, kind, count, now) for kind, count in counts.items()]
    return Inventory.of(now, resources, coverage) + evidence.collect(plan.evidence, [plan.stamp], now)


def _covered(plan: DeploymentPlan, kind: str, count: int, now: datetime) -> Coverage:
    if kind == _POOLS and not count:
        return Coverage(plan.stamp, kind, "", CoverageState.SKIPPED, "The plan names no IP pools.", time=now)
    return Coverage(plan.stamp, kind, "", CoverageState.COMPLETE, count=count, time=now)


class _Made:
    """A resource in the making, each property with the plan's line on which it is written."""

    def __init__(self, plan: DeploymentPlan, kind: str, identity: str) -> None:
        self._plan, self._kind, self._identity = plan, kind, identity
        self.properties: dict[str, Any] = {}
        self.unknown: dict[str, str] = {}
        self._places: dict[str, Origin] = {}

    def put(self, path: str, value: Any, *steps: str | int) -> None:
        """A property by its path below `properties`; None is none. `steps` lead to where the plan has it."""
        *way, last = path.split(".")
        if value is None:
            return
        inside, pointer = self.properties, "/properties"
        for i, key in enumerate(way):
            inside, pointer = inside.setdefault(key, {}), f"{pointer}/{key}"
            self._places.setdefault(pointer, self._origin(*steps[: i + 1]))
        inside[last] = value
        self._places.update(self._within(f"{pointer}/{last}", value, steps))

    def _within(self, pointer: str, value: Any, steps: tuple[str | int, ...]) -> Iterator[tuple[str, Origin]]:
        yield pointer, self._origin(*steps)
        below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, one in below:
            yield from self._within(f"{pointer}/{key}", one, (*steps, key))

    def _origin(self, *steps: str | int) -> Origin:
        place = self._plan.document.place(*steps)
        return Origin("file", place.path, None, place.line, place.column)

    def resource(self, *steps: str | int) -> Resource:
        """The resource, which stands as a whole where `steps` lead."""
        identity, name = self._identity, self._identity.rpartition("/")[2]
        body = {"id": identity, "name": name, "type": self._kind, "properties": self.properties}
        origin = self._origin(*steps)
        return Resource(self._plan.stamp, self._kind, identity, body, origin, self.unknown, self._places)


def _stamp(plan: DeploymentPlan) -> Resource:
    made = _Made(plan, STAMPS, f"/azscheck/stamps/{plan.stamp}")
    made.put("planned", True, "plan")
    for name in ("region", "externalDomain", "identityProvider"):
        made.put(name, plan.said(name), name)
        if plan.said(name) is None:
            made.unknown[f"/properties/{name}"] = f"the plan does not say {name}"
    label, _, rest = (plan.said("externalDomain") or "").partition(".")
    made.put("publicDomain", f"{label}.cloudapp.{rest}" if rest else None, "externalDomain")
    if not rest:
        made.unknown["/properties/publicDomain"] = "the plan does not say externalDomain"
    made.put("connected", plan.said("connected"), "connected")
    made.put("nodeCount", plan.said("nodes"), "nodes")
    made.put("location", plan.said("location"), "location")
    # Rights are some account's.
    known = _SHARE if plan.said("backupShare", "user") else _SHARE[:-1]
    for name in known:
        made.put(f"backupShare.{name}", plan.said("backupShare", name), "backupShare", name)
    for name in ("name", "place"):
        made.put(f"backupOffering.{name}", plan.said("backupOffering", name), "backupOffering", name)
    made.put("recoveryPlan.document", plan.said("recoveryPlan", "document"), "recoveryPlan", "document")
    reviewed = plan.said("recoveryPlan", "reviewedOn")
    day = format_time(parse_since(reviewed)) if reviewed else None
    made.put("recoveryPlan.reviewedOn", day, "recoveryPlan", "reviewedOn")
    custody = "encryptionCertificate", "privateKey"
    made.put("encryptionCertificate.privateKey", plan.said(*custody), *custody)
    return made.resource("plan")


def _location(plan: DeploymentPlan) -> Resource:
    """The backup location as the backup service will show it."""
    made = _Made(plan, _LOCATIONS, f"/azscheck/plans/{plan.stamp}/backupLocations/{plan.said('region') or plan.stamp}")
    made.put("planned", True, "plan")
    store = "externalStoreDefault"
    for name, steps in (
        ("path", ("backupShare", "path")),
        ("userName", ("backupShare", "user")),
        ("availableCapacity", ("backupShare", "capacity")),
        ("backupFrequencyInHours", ("schedule", "everyHours")),
        ("backupRetentionPeriodInDays", ("schedule", "retentionDays")),
    ):
        made.put(f"{store}.{name}", plan.said(*steps), *steps)
    every = plan.said("schedule", "everyHours")
    scheduled = plan.said("schedule", "automatic")
    made.put(f"{store}.isBackupSchedulerEnabled", bool(every) if scheduled is None else scheduled, "schedule")
    if plan.certificate is not None:
        steps = ("encryptionCertificate", "file")
        made.put(f"{store}.encryptionCertThumbprint", plan.certificate.facts.get("thumbprint"), *steps)
        if reason := plan.certificate.unknown.get("thumbprint"):
            made.unknown[f"/properties/{store}/encryptionCertThumbprint"] = reason
    return made.resource("backupShare")


def _pools(plan: DeploymentPlan) -> Iterator[Resource]:
    for i, pool in enumerate(plan.value.get("ipPools", ())):
        made = _Made(plan, _POOLS, f"/azscheck/plans/{plan.stamp}/ipPools/{i + 1}")
        made.put("startIpAddress", pool["start"], "ipPools", i, "start")
        made.put("endIpAddress", pool["end"], "ipPools", i, "end")
        yield made.resource("ipPools", i)


def _file_server(plan: DeploymentPlan) -> Resource:
    """The stamp's own file server, which every stamp has: no share on it is outside."""
    domain = plan.said("internalDomain")
    host = f"{_FILE_SERVER}.{domain}" if domain else _FILE_SERVER
    made = _Made(plan, _FILE_SHARES, f"/azscheck/plans/{plan.stamp}/fileShares/SU1_Infrastructure_1")
    made.put("uncPath", f"\\\\{host}\\SU1_Infrastructure_1", "internalDomain")
    return made.resource("plan")


def _plan(plan: DeploymentPlan) -> Resource:
    made = _Made(plan, PLANS, f"/azscheck/plans/{plan.stamp}")
    for name, said in plan.value.items():
        if name not in _OWN:
            made.put(name, _copied(name, said), name)
    made.put("unsaid", [name for name in _OF_STAMP if plan.said(name) is None], "plan")
    if plan.certificate is not None:
        steps = ("encryptionCertificate", "file")
        for name, fact in plan.certificate.facts.items():
            made.put(f"encryptionCertificate.{name}", fact, *steps)
        made.unknown |= {f"/properties/encryptionCertificate/{n}": why for n, why in plan.certificate.unknown.items()}
    return made.resource("plan")


def _copied(name: str, said: Any) -> Any:
    if name == "devices":
        return [_device(device) for device in said]
    return dict(said) if isinstance(said, Mapping) else said


def _device(device: Mapping[str, Any]) -> dict[str, Any]:
    every = {"everyDays": parse_duration(device["every"]).total_seconds() / 86400} if "every" in device else {}
    return {**device, **every}
