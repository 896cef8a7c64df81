"""What a plan takes away: a resource `Azscheck/removals` for each, under the id of what goes."""

from collections.abc import Iterable
from typing import Any, Final

from azscheck.inventory import arm_key, type_key
from azscheck.sources.terraform.body import Body
from azscheck.sources.terraform.change import Change
from azscheck.sources.terraform.identities import Identities
from azscheck.sources.terraform.mapping import Row, row_of

REMOVALS: Final = "Azscheck/removals"
_VAULTS: Final = type_key("Microsoft.RecoveryServices/vaults")
_MACHINES: Final = type_key("Microsoft.Compute/virtualMachines")


class Removals:
    """The removals of a plan, each with what it takes protection from."""

    def __init__(self, changes: Iterable[Change], identities: Identities) -> None:
        self._items: list[tuple[str, str, str]] = []
        self._destroyed: set[str] = set()
        for change in changes:
            row = row_of(change.type)
            if row and row.protects and change.before:
                policy = next((text for text in _policies(change) if text), "")
                self._items.append(
                    (arm_key(identities.of_removed(change)), change.was.attribute(row.protects).text, policy)
                )
            if row and type_key(row.type) == _MACHINES and change.removal == "delete":
                self._destroyed.add(arm_key(identities.of_removed(change)))

    def body(self, change: Change, row: Row, was: Body) -> Body:
        """The removal of a resource that was there as `was`."""
        id = was.value["id"]
        body = Body({"id": id, "type": REMOVALS, "name": was.value.get("name") or id.rpartition("/")[2]})
        for key in ("location", "tags"):
            if key in was.value:
                body.value[key] = was.value[key]
        protects = self._protects(change, row, id)
        properties: dict[str, Any] = {
            "action": change.removal,
            "resourceType": row.type,
            "resourceId": id,
            "address": change.address,
            "protects": protects,
            "leavesUnprotected": [id for id in protects if arm_key(id) not in self._destroyed],
            "was": was.value,
        }
        if change.reason:
            properties["reason"] = change.reason
        body.value["properties"] = properties
        for pointer, reason in was.unknown.items():
            body.unknown[f"/properties/was{pointer}"] = reason
            if pointer.startswith("/tags"):
                body.unknown[pointer] = reason
        body.places.update({pointer: place for pointer, place in was.places.items() if pointer.startswith("/tags")})
        return body

    def _protects(self, change: Change, row: Row, id: str) -> list[str]:
        if row.protects:
            found = [change.was.attribute(row.protects).text]
        elif type_key(row.type) == _VAULTS:
            found = [machine for item, machine, _ in self._items if item.startswith(f"{arm_key(id)}/")]
        else:
            found = [machine for _, machine, policy in self._items if policy and arm_key(policy) == arm_key(id)]
        return sorted({text for text in found if text})


def _policies(change: Change) -> Iterable[str]:
    return (change.was.attribute(name).text for name in ("backup_policy_id", "recovery_replication_policy_id"))
