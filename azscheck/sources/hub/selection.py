"""Which rows of the table are read for the resource types that are wanted."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Final

from azscheck.inventory import Coverage, CoverageState, type_key
from azscheck.policy.model import STAMPS
from azscheck.sources.hub.table import (
    BACKUPS,
    GROUPS,
    LOCATIONS,
    NODES,
    SUBSCRIPTIONS,
    TABLE,
    UPDATE_LOCATIONS,
    PlaneName,
    Row,
)

NOT_ASKED_FOR: Final = "was not asked for, since no chosen policy reads it; --all collects everything"
_OF_THE_STAMP: Final = (UPDATE_LOCATIONS, BACKUPS, NODES)
"""What the properties of a stamp's own resource are taken from."""


def rows_for(wanted: Collection[str] | None) -> tuple[Row, ...]:
    """The rows of the wanted types and of all that leads to them; None: every row.

    A plane of which nothing is wanted has no rows, and is not signed in to.
    """
    if wanted is None:
        return TABLE
    keys = {type_key(kind) for kind in wanted}
    if type_key(STAMPS) in keys:
        keys |= {type_key(kind) for kind in _OF_THE_STAMP}
    planes: tuple[PlaneName, ...] = ("tenant", "admin")
    chosen = {row for plane in planes for row in _of_plane([row for row in TABLE if row.plane == plane], keys)}
    return tuple(row for row in TABLE if row in chosen)


def _of_plane(rows: list[Row], keys: set[str]) -> set[Row]:
    chosen = {row for row in rows if type_key(row.type) in keys}
    if not chosen:
        return chosen
    while above := {row for row in rows if row not in chosen and any(c.parent == row.type for c in chosen)}:
        chosen |= above
    # What a resource is in decides too: a policy may read the tags of its group.
    needed = {SUBSCRIPTIONS, GROUPS} | ({LOCATIONS} if any("{region}" in row.path for row in chosen) else set())
    return chosen | {row for row in rows if row.type in needed}


def not_asked_for(stamp: str, rows: Collection[Row], clock: Callable[[], datetime]) -> list[Coverage]:
    """Coverage of the types that are in none of the rows: without it they would count as forgotten."""
    read = {row.type for row in rows}
    left = dict.fromkeys(kind for row in TABLE if row.type not in read for kind in row.covered)
    return [Coverage(stamp, kind, "", CoverageState.SKIPPED, NOT_ASKED_FOR, time=clock()) for kind in left]
