"""The resources that a plane has found: in memory, or, for a file that is too large to be held, in a spool."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Final

from azscheck.inventory import Resource, arm_key, type_key
from azscheck.inventory.spool import Spool
from azscheck.sources.hub.table import BACKUPS, NODES, SUBSCRIPTIONS, TABLE, UPDATE_LOCATIONS, PlaneName, Row

_HELD: Final = frozenset({SUBSCRIPTIONS, BACKUPS, NODES, UPDATE_LOCATIONS, BACKUPS.rpartition("/")[0]})
"""What is looked at again when all is read: of these types a stamp has few."""
_PLANES: Final[tuple[PlaneName, ...]] = ("tenant", "admin")

Rank = tuple[str, ...]


class Found:
    """What one plane has found; used from its own schedule's thread alone."""

    def __init__(self, plane: PlaneName, spool: Spool | None) -> None:
        self.count = 0
        self._plane = str(_PLANES.index(plane))
        self._spool = spool
        self._held: list[tuple[Rank, Resource]] = []

    def keep(self, row: Row, path: str, resources: Iterable[Resource]) -> None:
        """Keep what one list brought. Its place settles which of several is kept, not which list ended first."""
        rank = (self._plane, f"{TABLE.index(row):03}", path.lower())
        spool = None if row.type in _HELD else self._spool
        for resource in resources:
            self.count += 1
            if spool:
                spool.add(resource, rank)
            else:
                self._held.append((rank, resource))

    def put_by(self, resource: Resource) -> Callable[[], Resource]:
        """A resource that is to be read once more, for the case that it cannot be."""
        return self._spool.put_by(resource) if self._spool else partial(_itself, resource)

    def held(self) -> list[Resource]:
        """What is in memory, in the order of the ranks."""
        return [resource for _, resource in sorted(self._held, key=lambda found: found[0])]


def _itself(resource: Resource) -> Resource:
    return resource


def first_of_each(found: Iterable[Found]) -> list[Resource]:
    """What is in memory, each resource once however many lists had it."""
    kept: dict[tuple[str, str], Resource] = {}
    for plane in found:
        for resource in plane.held():
            kept.setdefault((type_key(resource.type), arm_key(resource.id)), resource)
    return list(kept.values())
