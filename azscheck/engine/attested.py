"""What an inventory does not say although it is so: attestations that have lapsed, the domain of a stamp."""

from datetime import datetime
from typing import Any

from msgspec.structs import replace

from azscheck.inventory import Inventory, Resource
from azscheck.policy import ATTESTATIONS, STAMPS
from azscheck.times import parse_time

_STATE = "/properties/complianceState"
_DOMAINS = ("externalDomain", "publicDomain")


def without_lapsed(inventory: Inventory, now: datetime) -> Inventory:
    """The inventory with the state of every lapsed attestation unknown, and the domains that a stamp does not say."""
    more = {id(r): {_STATE: reason} for r in inventory.of_type(ATTESTATIONS) if (reason := _lapse(r, now))}
    more |= {id(r): unsaid for r in inventory.of_type(STAMPS) if (unsaid := _unsaid(r))}
    if not more:
        return inventory

    def marked(resource: Resource) -> Resource:
        unknown = more.get(id(resource))
        return replace(resource, unknown={**unknown, **resource.unknown}) if unknown else resource

    return replace(inventory, resources=tuple(map(marked, inventory.resources)))


def _unsaid(stamp: Resource) -> dict[str, str]:
    """The domains that every stamp has, and an inventory that was not collected from one may lack."""
    properties: Any = stamp.body.get("properties")
    said = properties if isinstance(properties, dict) else {}
    why = f"the inventory does not say the {{}} of the stamp {stamp.name}: externalDomain in azscheck.yaml does"
    return {f"/properties/{name}": why.format(name) for name in _DOMAINS if not isinstance(said.get(name), str)}


def _lapse(attestation: Resource, now: datetime) -> str:
    properties: Any = attestation.body.get("properties")
    until = properties.get("expiresOn") if isinstance(properties, dict) else None
    try:
        expired = parse_time(str(until)) <= now
    except ValueError:
        return f"the attestation {attestation.name} does not say when it lapses"
    return f"the attestation {attestation.name} lapsed on {until}" if expired else ""
