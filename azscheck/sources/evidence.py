"""What no stamp can tell, from saved inventories that other tools or people made."""

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from azscheck.errors import InventoryError
from azscheck.inventory import Coverage, CoverageState, Inventory, type_key

_HOW = "name a file with them under `evidence:` in azscheck.yaml, or write `evidence: []` if there are none"

TYPES: Final = {
    "Azscheck/protectedItems": f"no list of a backup product's protected items was given: {_HOW}",
    "Azscheck/replicatedItems": f"no list of replicated items was given: {_HOW}",
}
"""The types of evidence, and the reason why there is none of a type."""

_PARTLY: Final = "the evidence holds some, but no coverage line with an empty scope that says that these are all"
ITEMS: Final = ("Azscheck/protectedItems", "Azscheck/replicatedItems")
"""The types of which an operator can say that there are none."""


def collect(
    files: Sequence[Path] | None, stamps: Collection[str], now: datetime, known: Collection[str] = ()
) -> Inventory:
    """The evidence in saved inventories, for these stamps; what none of them covers is skipped, never empty.

    `files` None: nothing was named. An empty sequence: the operator says that there are no such items. `known` are
    further stamps that a file may speak of. Raises InventoryError for a file that cannot be read or speaks of others.
    """
    found = Inventory.of(now, (), ())
    for file in files or ():
        more = Inventory.read(file)
        others = sorted(set(more.stamps) - {*stamps, *known})
        if others:
            named = ", ".join(known or stamps)
            raise InventoryError(f"{file}: speaks of the stamp {others[0]!r}, the configuration has: {named}.")
        found += more.only(stamps)
    # A list of one subscription's items says nothing of the others.
    covered = {(c.stamp, type_key(c.type)) for c in found.coverage if not c.scope}
    some = {(r.stamp, type_key(r.type)) for r in found.resources}
    missing = [
        _none(stamp, kind, _PARTLY if (stamp, type_key(kind)) in some else reason, now, said=files == ())
        for stamp in stamps
        for kind, reason in TYPES.items()
        if (stamp, type_key(kind)) not in covered
    ]
    return found + Inventory.of(now, (), missing)


def _none(stamp: str, kind: str, reason: str, now: datetime, *, said: bool) -> Coverage:
    if said and kind in ITEMS:
        return Coverage(stamp, kind, "", CoverageState.COMPLETE, time=now)
    return Coverage(stamp, kind, "", CoverageState.SKIPPED, reason, time=now)
