"""Attestations that have lapsed: what they said is not known any more, neither true nor false."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from azscheck.inventory import Inventory, Resource
from azscheck.policy import ATTESTATIONS
from azscheck.times import parse_time

_STATE = "/properties/complianceState"


def without_lapsed(inventory: Inventory, now: datetime) -> Inventory:
    """The inventory with the state of every lapsed attestation unknown."""
    lapsed = {id(r): reason for r in inventory.of_type(ATTESTATIONS) if (reason := _lapse(r, now))}
    if not lapsed:
        return inventory

    def marked(resource: Resource) -> Resource:
        reason = lapsed.get(id(resource))
        return replace(resource, unknown={**resource.unknown, _STATE: reason}) if reason else resource

    return replace(inventory, resources=tuple(map(marked, inventory.resources)))


def _lapse(attestation: Resource, now: datetime) -> str:
    properties: Any = attestation.body.get("properties")
    until = properties.get("expiresOn") if isinstance(properties, dict) else None
    try:
        expired = parse_time(str(until)) <= now
    except ValueError:
        return f"the attestation {attestation.name} does not say when it lapses"
    return f"the attestation {attestation.name} lapsed on {until}" if expired else ""
