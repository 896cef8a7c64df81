"""The inventories that are judged, in the saved form, made once and kept: `python -m benchmarks.inventories ...`.

They are written a resource at a time: as one `Inventory` a hundred thousand machines take a gigabyte.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from azscheck.inventory import Coverage, CoverageState, Inventory, Resource
from azscheck.inventory.spool import Spool
from benchmarks.machines import machine
from benchmarks.stamp import ITEMS, MACHINES, NOW, STAMP, protected_item


def write(file: Path, machines: int, items: int) -> None:
    """Write an inventory of so many machines, and so many protected items of the first of them."""
    coverage = [
        Coverage(STAMP, kind, "", CoverageState.COMPLETE, count=count)
        for kind, count in ((ITEMS, items), (MACHINES, machines))
    ]
    spool = Spool(file.parent)
    for resource in _resources(machines, items):
        spool.add(resource)
    Inventory.of(NOW, [], coverage).write(file, spool)
    spool.close()


def _resources(machines: int, items: int) -> Iterator[Resource]:
    yield from map(protected_item, range(items))
    yield from map(machine, range(machines))


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
