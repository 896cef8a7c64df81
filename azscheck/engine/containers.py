"""What surrounds the judged resource: `resourceGroup()`, `subscription()`, and what only a request would have.

https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-policy-rule#policy-functions
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from azscheck.inventory import Inventory, Resource, arm_key
from azscheck.times import format_time
from azscheck.values import ABSENT, Unknown

GROUPS: Final = "Microsoft.Resources/resourceGroups"
SUBSCRIPTIONS: Final = "Microsoft.Resources/subscriptions"
_OF_A_GROUP: Final = ("location", "tags", "managedBy", "properties")
_OF_A_SUBSCRIPTION: Final = ("displayName", "tenantId", "tags")
_NO_REQUEST: Final = Unknown("there is no request when a resource is judged as it stands")
_NOT_YET: Final = Unknown("it is written in a file, and is yet to be asked for")
_NO_ASSIGNMENT: Final = Unknown("there is no assignment in Azure when a definition is judged here")


class Containers:
    """The resource groups and subscriptions of an inventory, by stamp and id."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._known: dict[tuple[str, str], Resource] | None = None

    def find(self, kind: str, stamp: str, identifier: str) -> Resource | Unknown:
        """One of them; Unknown when it is not in the inventory."""
        if self._known is None:
            found = [r for each in (GROUPS, SUBSCRIPTIONS) for r in self._inventory.of_type(each)]
            self._known = {(resource.stamp, arm_key(resource.id)): resource for resource in found}
        resource = self._known.get((stamp, arm_key(identifier)))
        if resource is not None:
            return resource
        gaps = self._inventory.gaps(kind, stamp)
        return Unknown(gaps[0].words if gaps else f"{identifier} is not in the inventory")


def surroundings(resource: Resource, containers: Containers | None, now: datetime) -> Mapping[str, Callable[[], Any]]:
    """The functions that depend on where the judged resource is."""
    return {
        "resourcegroup": lambda: _group(resource, containers),
        "subscription": lambda: _subscription(resource, containers),
        "requestcontext": lambda: _request(resource, now),
        "policy": lambda: _NO_ASSIGNMENT,
    }


def _request(resource: Resource, now: datetime) -> Any:
    """What stands in for a request: Azure judges what exists by the newest version of the API.

    A stamp's newest is the one that the resource was read by; where nothing tells it, none is newer than the day.
    """
    version: Any = _NOT_YET
    if resource.origin.line is None:
        asked = resource.origin.address.partition("?")[2].split("&")
        told = (value for name, _, value in (part.partition("=") for part in asked) if name == "api-version")
        version = next(told, format_time(now)[:10])
    return {"apiVersion": version, "action": _NO_REQUEST, "identity": _NO_REQUEST}


def _group(resource: Resource, containers: Containers | None) -> Any:
    parts = resource.id.strip("/").split("/")
    if len(parts) < 4 or parts[2].lower() != "resourcegroups":
        return Unknown(f"{resource.id} is in no resource group")
    identifier = "/" + "/".join(parts[:4])
    known = {"id": identifier, "name": parts[3], "type": GROUPS}
    return {**known, **_rest(GROUPS, resource, identifier, containers, _OF_A_GROUP)}


def _subscription(resource: Resource, containers: Containers | None) -> Any:
    parts = resource.id.strip("/").split("/")
    if len(parts) < 2 or parts[0].lower() != "subscriptions":
        return Unknown(f"{resource.id} is in no subscription")
    identifier = "/" + "/".join(parts[:2])
    known = {"id": identifier, "subscriptionId": parts[1]}
    return {**known, **_rest(SUBSCRIPTIONS, resource, identifier, containers, _OF_A_SUBSCRIPTION)}


def _rest(
    kind: str, resource: Resource, identifier: str, containers: Containers | None, keys: tuple[str, ...]
) -> dict[str, Any]:
    found = containers.find(kind, resource.stamp, identifier) if containers else Unknown(f"{kind}: not known")
    if isinstance(found, Unknown):
        return dict.fromkeys(keys, found)
    values = {key: found.document.get(key, ABSENT) for key in keys}
    # A group without tags has none: its tags are an object all the same.
    return {key: {} if value is ABSENT and key == "tags" else value for key, value in values.items()}
