"""The other resources that a count looks at: which there are, which could be missing, and an index to join them by."""

import re
from bisect import bisect_left
from collections.abc import Iterable

from msgspec import Struct, field

from azscheck.engine.containers import Containers
from azscheck.engine.equality import scalar_key
from azscheck.engine.frame import Frame
from azscheck.inventory import Coverage, Inventory, Resource, arm_key
from azscheck.policy.conditions import Field, JoinKey, ResourceCount, Scope
from azscheck.values import Unknown, hidden_unknown

_PLACES = {
    Scope.RESOURCE_GROUP: ("resource group", re.compile("/subscriptions/[^/]+/resourcegroups/[^/]+/")),
    Scope.SUBSCRIPTION: ("subscription", re.compile("/subscriptions/[^/]+/")),
}


class Population(Struct, frozen=True):
    """The candidates of a count, and why there may be more of them than these."""

    candidates: list[Resource]
    gap: Unknown | None = None
    """None when the candidates are all there are."""


class _Index(Struct):
    by_key: dict[str, list[Resource]] = field(default_factory=dict)
    unknown: list[Resource] = field(default_factory=list)


class World:
    """An inventory as counts see it; indexes are made once, when a join first needs them."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self.containers = Containers(inventory)
        self._indexes: dict[tuple[str, str, str], _Index] = {}
        self._keys: dict[tuple[str, str], list[str]] = {}

    @property
    def size(self) -> int:
        """How many resources there are."""
        return len(self._inventory.resources)

    def stamps_of(self, count: ResourceCount, stamp: str) -> tuple[str, ...]:
        """The stamps whose resources are counted for a resource of one stamp."""
        return self._inventory.stamps if count.scope is Scope.FLEET else (stamp,)

    def resources(self, kind: str, stamp: str) -> list[Resource]:
        """All resources of a type on a stamp, in the order of their ids."""
        return self._inventory.of_type(kind, stamp)

    def gaps(self, kind: str, stamp: str) -> list[Coverage]:
        """The lists of a type that did not say everything."""
        return self._inventory.gaps(kind, stamp)

    def keys(self, kind: str, stamp: str) -> list[str]:
        """The ids of `resources` as keys, in order."""
        keys = self._keys.get((kind, stamp))
        if keys is None:
            keys = self._keys[kind, stamp] = [arm_key(resource.id) for resource in self.resources(kind, stamp)]
        return keys

    def population(self, count: ResourceCount, frame: Frame) -> Population:
        """What `count` looks at for the resource of `frame`."""
        stamps = self.stamps_of(count, frame.resource.stamp)
        prefix = prefix_of(count.scope, frame.resource)
        if prefix is None:
            place = _PLACES[count.scope][0]
            return Population([], Unknown(f"{frame.resource.id} is in no {place}", error=True))
        gaps = [gap for s in stamps for gap in self.gaps(count.type, s) if _touches(gap.scope, prefix)]
        if count.key is None:
            return Population([r for s in stamps for r in self._below(count.type, s, prefix)], _gap(gaps))
        found = self._joined(count.type, stamps, count.key, frame)
        if isinstance(found, Unknown):
            return Population([], found)
        if prefix:
            found = [r for r in found if arm_key(r.id).startswith(prefix)]
        return Population(found, _gap(gaps))

    def _below(self, kind: str, stamp: str, prefix: str) -> list[Resource]:
        """The resources whose ids begin with a prefix: a range of the list, which is in the order of the ids."""
        resources = self.resources(kind, stamp)
        if not prefix:
            return resources
        keys = self.keys(kind, stamp)
        start = bisect_left(keys, prefix)
        return resources[start : bisect_left(keys, True, lo=start, key=lambda key: not key.startswith(prefix))]

    def _joined(self, kind: str, stamps: Iterable[str], key: JoinKey, frame: Frame) -> list[Resource] | Unknown:
        wanted = frame.of(frame.resource).evaluate(key.value)
        hidden = hidden_unknown(wanted)
        if hidden is not None:
            return hidden
        text = scalar_key(wanted)
        if isinstance(wanted, list | dict):
            # Not in the index, and equal to its like all the same.
            return [r for stamp in stamps for r in self._inventory.of_type(kind, stamp)]
        found: list[Resource] = []
        for stamp in stamps:
            index = self._index(kind, stamp, key.field, frame)
            found += index.by_key.get(text, []) if text is not None else []
            found += index.unknown
        return found

    def _index(self, kind: str, stamp: str, path: Field, frame: Frame) -> _Index:
        known = self._indexes.get((kind, stamp, path.path))
        if known is None:
            known = _Index()
            for resource in self._inventory.of_type(kind, stamp):
                value = frame.of(resource).read(path)
                text = scalar_key(value)
                if isinstance(value, Unknown):
                    known.unknown.append(resource)
                elif text is not None:
                    known.by_key.setdefault(text, []).append(resource)
            # Not before it is whole: what could not be indexed would be taken for not there.
            self._indexes[kind, stamp, path.path] = known
        return known


def prefix_of(scope: Scope, resource: Resource) -> str | None:
    """What the ids of the candidates begin with: empty when any id will do, None when there is no such place."""
    key = arm_key(resource.id)
    if scope is Scope.CHILDREN:
        return f"{key}/"
    if scope not in _PLACES:
        return ""
    _, form = _PLACES[scope]
    place = form.match(f"{key}/")
    return place[0] if place else None


def _touches(listed: str, prefix: str) -> bool:
    """Whether a list that was taken under an id could have held resources whose ids begin with `prefix`."""
    taken = f"{arm_key(listed)}/" if listed else "/"
    return taken.startswith(prefix) or prefix.startswith(taken)


def _gap(gaps: list[Coverage]) -> Unknown | None:
    if not gaps:
        return None
    more = f" (and {len(gaps) - 1} more lists)" if len(gaps) > 1 else ""
    return Unknown(gaps[0].words + more)
