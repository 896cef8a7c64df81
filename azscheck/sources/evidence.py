"""What no stamp can tell, from saved inventories that other tools or people made, and from exports of products."""

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from azscheck.errors import InventoryError, UsageError
from azscheck.inventory import Coverage, CoverageState, Inventory, type_key
from azscheck.sources.exports import Export, read_export
from azscheck.sources.vaults import Vault
from azscheck.sources.vaults.reading import LISTS, Read

_HOW = "name a file with them under `evidence:` in azscheck.yaml, or write `evidence: []` if there are none"

TYPES: Final = {
    "Azscheck/protectedItems": f"no list of a backup product's protected items was given: {_HOW}",
    "Azscheck/replicatedItems": f"no list of replicated items was given: {_HOW}",
    "Azscheck/evidence": f"no report of a check was given: {_HOW}",
}
"""The types of evidence, and the reason why there is none of a type."""

_PARTLY: Final = "the evidence holds some, but no coverage line with an empty scope that says that these are all"
ITEMS: Final = ("Azscheck/protectedItems", "Azscheck/replicatedItems", "Azscheck/evidence")
"""The types of which an operator can say that there are none."""


def collect(
    files: Sequence[Path | Export | Vault] | None,
    stamps: Collection[str],
    now: datetime,
    known: Collection[str] = (),
    read: Read | None = None,
) -> Inventory:
    """The evidence in saved inventories and exports, for these stamps; what none covers is skipped, never empty.

    `files` None: nothing was named. An empty sequence: the operator says that there are no such items. `known` are
    further stamps that a file may speak of. `read` reads a vault; None: nobody is asked anything now. Raises
    InventoryError for a saved inventory that cannot be read or speaks of others, DocumentError for an export that is
    damaged.
    """
    found = Inventory.of(now, (), ())
    for file in files or ():
        if not isinstance(file, Path):
            found = _with(found, file, stamps, known, now, read)
            continue
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
        _none(
            stamp,
            kind,
            _PARTLY if (stamp, type_key(kind)) in some else reason,
            now,
            said=files is not None and not files,
        )
        for stamp in stamps
        for kind, reason in TYPES.items()
        if (stamp, type_key(kind)) not in covered
    ]
    return found + Inventory.of(now, (), missing)


def _with(
    found: Inventory,
    source: Export | Vault,
    stamps: Collection[str],
    known: Collection[str],
    now: datetime,
    read: Read | None,
) -> Inventory:
    """What was found, and what an export or a vault has of these stamps."""
    stamp = stamp_of(source, list(known or stamps))
    if stamp not in stamps:
        return found
    if isinstance(source, Export):
        more = read_export(source, stamp, now).inventory
    elif read is not None:
        more = read(source, stamp)
    else:
        reason = f"the vault {source.name} is asked when stamps are collected, not now"
        skipped = Coverage(stamp, LISTS[source.kind].type, "", CoverageState.SKIPPED, reason, time=now)
        more = Inventory.of(now, (), [skipped])
    try:
        return found + more
    except InventoryError as error:
        raise UsageError(f"{_named(source)}: another entry of the evidence holds the same: {error}") from error


def _named(source: Export | Vault) -> str:
    if isinstance(source, Vault):
        return f"the vault {source.name}"
    return ", ".join(path.as_posix() for path in source.files)


def stamp_of(export: Export | Vault, stamps: Sequence[str]) -> str:
    """The stamp that an export is of; raises UsageError where several may be meant, or it is none of them."""
    if export.stamp in stamps or (export.stamp and not stamps):
        return export.stamp
    files = _named(export)
    if export.stamp:
        named = ", ".join(stamps)
        raise UsageError(f"{files}: is said to be of the stamp {export.stamp!r}, the configuration has: {named}.")
    if len(stamps) != 1:
        raise UsageError(f"{files}: of which stamp is it? Say stamp: {' or '.join(stamps) or 'NAME'}.")
    return stamps[0]


def _none(stamp: str, kind: str, reason: str, now: datetime, *, said: bool) -> Coverage:
    if said and kind in ITEMS:
        return Coverage(stamp, kind, "", CoverageState.COMPLETE, time=now)
    return Coverage(stamp, kind, "", CoverageState.SKIPPED, reason, time=now)
