"""A live Azure Stack Hub, read over its two Resource Manager endpoints; nothing is ever written to it.

The Azure SDKs are imported when `collect` is called, not before: they take a good half second.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Final

from azscheck.inventory import Inventory
from azscheck.inventory.spool import Spool
from azscheck.sources.hub.interruption import Interrupted
from azscheck.sources.hub.journal import Journal
from azscheck.sources.hub.limits import Limits
from azscheck.sources.hub.settings import Credential, StampSettings

__all__ = ["Credential", "Interrupted", "Journal", "Limits", "Progress", "StampSettings", "collect"]

Progress = Callable[[str, str, int], None]
"""The stamp's name, what is being read (`Microsoft.Compute/virtualMachines`), resources so far of this stamp."""

_USUAL: Final = Limits()


def collect(
    stamps: Sequence[StampSettings],
    *,
    clock: Callable[[], datetime],
    progress: Progress | None = None,
    limits: Limits = _USUAL,
    types: Collection[str] | None = None,
    journal: Journal | None = None,
    spool: Spool | None = None,
) -> Inventory:
    """Read stamps, all at once. `clock` gives the time that origins, coverage and the inventory bear.

    A stamp, plane or list that cannot be read is no error: the inventory's Coverage says so, in a sentence each, and
    its `Azscheck/stamps` resource is there all the same. Only `types`, and what leads to them, are asked for (None: all
    that azscheck knows); the others are skipped, and Coverage says that too. `progress` is called from several threads,
    one a stamp. What is read whole is kept in `journal`, and what that has already is not asked for again.
    With `spool` most resources are there and not in the inventory: together they are written.

    Raises UsageError, before any call is made, for a secret that is not there or settings that cannot work, and
    Interrupted with what was read for Ctrl-C.
    """
    # Not a module called `collect`: importing it would put it in this function's place.
    from azscheck.sources.hub.collection import collect_stamps

    return collect_stamps(stamps, clock, progress, limits, types, journal, spool)
