"""The inventories that are judged, in the saved form, made once and kept: `python -m benchmarks.inventories ...`.

They are written a resource at a time: as one `Inventory` a hundred thousand machines take a gigabyte.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from azscheck.inventory import Coverage, CoverageState, Resource
from azscheck.inventory.fields import coverage_fields, resource_fields
from azscheck.inventory.saved import lines_of
from benchmarks.machines import machine
from benchmarks.stamp import ITEMS, MACHINES, NOW, STAMP, protected_item


def write(file: Path, machines: int, items: int) -> None:
    """Write an inventory of so many machines, and so many protected items of the first of them."""
    partial = file.with_name(file.name + ".partial")
    coverage = [
        Coverage(STAMP, kind, "", CoverageState.COMPLETE, count=count)
        for kind, count in ((ITEMS, items), (MACHINES, machines))
    ]
    resources = map(resource_fields, _resources(machines, items))
    with partial.open("wb") as out:
        out.writelines(lines_of(NOW, [coverage_fields(each) for each in coverage], resources))
    os.replace(partial, file)


def _resources(machines: int, items: int) -> Iterator[Resource]:
    """In the order of the saved form: by type, then by id."""
    yield from map(protected_item, range(items))
    yield from map(machine, range(machines))


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
