"""Protected and replicated items joined to the machines of their stamp: by id, else by name, never by a guess.

Each item gets `match`: `id`, `nameAndSubscription`, `name`, `ambiguous` (several machines may be meant) or `none`. Only
where one machine is meant does it get a `sourceResourceId`. A machine that an ambiguous item may be of gets an item of
its own, with the match `possible`, of which nothing else is known: what asks for the machine's protection is then
unknown for this machine, and for no other.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from azscheck.inventory import Inventory, Origin, Resource, arm_key, type_key
from azscheck.inventory.spool import Spool

ITEMS: Final = ("Azscheck/protectedItems", "Azscheck/replicatedItems")
_KEYS: Final = frozenset(map(type_key, ITEMS))
_MACHINES: Final = "Microsoft.Compute/virtualMachines"
_SUBSCRIPTIONS: Final = ("Microsoft.Resources/subscriptions", "Microsoft.Subscriptions.Admin/subscriptions")
_SAID: Final = (
    *("product", "target", "health", "lastRecoveryPoint", "covers", "protectionType"),
    *("targetStamp", "replicationHealth", "lastTestFailover", "state"),
)
"""What an item says of its machine, and what is not known of a machine that it may not be of."""
_MATCH: Final = "/properties/match"


class _Match(Struct, frozen=True):
    kind: str
    machines: tuple[str, ...] = ()
    reason: str = ""
    """Why it is ambiguous, or, where `kind` is empty, why it is not known."""


def joined(inventory: Inventory, spool: Spool | None = None) -> Inventory:
    """The inventory with the items joined that are not yet, to its machines and those in the spool."""
    stamps = {r.stamp for r in inventory.resources if _waits(r)}
    if not stamps:
        return inventory
    machines = {stamp: _Machines(inventory, stamp) for stamp in stamps}
    for spooled in spool.of_type(_MACHINES) if spool else ():
        if spooled.stamp in machines:
            machines[spooled.stamp].add(spooled)
    resources: list[Resource] = []
    doubts: dict[tuple[str, str, str], tuple[str, Origin]] = {}
    told: set[tuple[str, int]] = set()
    for resource in inventory.resources:
        if not _waits(resource):
            resources.append(resource)
            continue
        match = machines[resource.stamp].of(resource.body["properties"])
        resources.append(_with(resource, match))
        if match.kind == "ambiguous" and (resource.type, id(match)) not in told:
            told.add((resource.type, id(match)))
            why = f"{resource.name} ({resource.origin}): {match.reason}", resource.origin
            for machine in match.machines:
                doubts.setdefault((resource.stamp, resource.type, machine), why)
    resources += (_possible(*key, *doubt) for key, doubt in doubts.items())
    return replace(inventory, resources=tuple(resources))


def _waits(resource: Resource) -> bool:
    if type_key(resource.type) not in _KEYS:
        return False
    properties = resource.body.get("properties")
    return isinstance(properties, dict) and "match" not in properties


def _with(resource: Resource, match: _Match) -> Resource:
    unknown = {pointer: reason for pointer, reason in resource.unknown.items() if pointer != _MATCH}
    if not match.kind:
        return replace(resource, unknown={**unknown, _MATCH: match.reason})
    properties: dict[str, Any] = {**resource.body["properties"], "match": match.kind}
    if match.kind == "ambiguous":
        properties["candidates"] = len(match.machines)
    elif match.machines:
        properties["sourceResourceId"] = match.machines[0]
    return replace(resource, body={**resource.body, "properties": properties}, unknown=unknown)


def _possible(stamp: str, kind: str, machine: str, reason: str, origin: Origin) -> Resource:
    identity = f"/azscheck/{kind.rpartition('/')[2]}/possible{machine}"
    properties = {"sourceResourceId": machine, "match": "possible"}
    body = {"id": identity, "name": machine.rpartition("/")[2], "type": kind, "properties": properties}
    return Resource(stamp, kind, identity, body, origin, {f"/properties/{name}": reason for name in _SAID})


class _Machines:
    """The machines of a stamp, by what an item may know of them."""

    def __init__(self, inventory: Inventory, stamp: str) -> None:
        self._by_id: dict[str, str] = {}
        self._by_name: dict[str, list[str]] = {}
        self._by_place: dict[tuple[str, str], list[str]] = {}
        for machine in inventory.of_type(_MACHINES, stamp):
            self.add(machine)
        self._gaps = inventory.gaps(_MACHINES, stamp)
        self._found: dict[tuple[str, str], _Match] = {}
        """One for all items that say the same, so that many items of one name cost no more than one."""
        self._called: dict[str, set[str]] = {}
        for kind in _SUBSCRIPTIONS:
            for found in inventory.of_type(kind, stamp):
                called, identity = _text(found.body, "displayName"), _text(found.body, "subscriptionId")
                if called and identity:
                    self._called.setdefault(called.lower(), set()).add(identity.lower())

    def add(self, machine: Resource) -> None:
        """Take up a machine of the stamp."""
        if arm_key(machine.id) in self._by_id:
            return
        self._by_id[arm_key(machine.id)] = machine.id
        for name in _names(machine):
            self._by_name.setdefault(name, []).append(machine.id)
            self._by_place.setdefault((_subscription(machine.id), name), []).append(machine.id)

    def of(self, item: Mapping[str, Any]) -> _Match:
        """The machine that an item is of."""
        if identity := _text(item, "sourceResourceId"):
            return self._one(self._by_id.get(arm_key(identity)), _subscription(identity), "id")
        name, said = _text(item, "sourceName").lower(), _text(item, "sourceSubscription").lower()
        if not name:
            return _Match("", (), "the export does not name the machine")
        if (name, said) not in self._found:
            self._found[name, said] = self._called_so(name, said)
        return self._found[name, said]

    def _called_so(self, name: str, said: str) -> _Match:
        if not said:
            return self._named(_first(self._by_name.get(form) for form in _forms(name)), set(), "name", name)
        subscriptions = self._called.get(said) or {_subscription(said) or said}
        found = [
            machine
            for subscription in sorted(subscriptions)
            for machine in _first(self._by_place.get((subscription, form)) for form in _forms(name))
        ]
        return self._named(found, subscriptions, "nameAndSubscription", name)

    def _one(self, machine: str | None, subscription: str, kind: str) -> _Match:
        if machine is not None:
            return _Match(kind, (machine,))
        gap = self._gap({subscription})
        return _Match("", (), gap) if gap else _Match("none")

    def _named(self, found: list[str], subscriptions: set[str], kind: str, name: str) -> _Match:
        gap = self._gap(subscriptions)
        if len(found) > 1:
            return _Match("ambiguous", tuple(found), f"{len(found)} machines are called {name}")
        if found and gap:
            return _Match("ambiguous", tuple(found), f"another machine may be called {name}: {gap}")
        if found:
            return _Match(kind, tuple(found))
        return _Match("", (), gap) if gap else _Match("none")

    def _gap(self, subscriptions: set[str]) -> str:
        """Why there may be machines that are not known, in these subscriptions or, of none, in any."""
        for gap in self._gaps:
            if not subscriptions or not gap.scope or _subscription(gap.scope) in subscriptions:
                return gap.words
        return ""


def _first(found: Iterable[list[str] | None]) -> list[str]:
    return next((machines for machines in found if machines), [])


def _forms(name: str) -> list[str]:
    """A machine's name as products write it: alone, or with its domain, which no address has."""
    host, dot, _ = name.partition(".")
    return [name, host] if dot and not host.isdecimal() else [name]


def _names(machine: Resource) -> set[str]:
    properties = machine.body.get("properties")
    profile = properties.get("osProfile") if isinstance(properties, dict) else None
    inside = profile.get("computerName") if isinstance(profile, dict) else None
    return {machine.name.lower()} | ({inside.lower()} if isinstance(inside, str) and inside else set())


def _subscription(identity: str) -> str:
    steps = identity.strip("/").lower().split("/")
    return steps[1] if len(steps) > 1 and steps[0] == "subscriptions" else ""


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    return value.strip() if isinstance(value, str) else ""
