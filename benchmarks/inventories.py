"""The inventories that are judged, in the saved form, made once and kept: `python -m benchmarks.inventories ...`.

They are written a resource at a time: as one `Inventory` a hundred thousand machines take a gigabyte.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from azscheck.inventory import Coverage, CoverageState, Resource
from azscheck.inventory.fields import coverage_fields, json_text, resource_fields
from azscheck.inventory.keys import Keys
from azscheck.inventory.saved import VERSION, end_record
from azscheck.times import format_time
from benchmarks.machines import machine
from benchmarks.stamp import ITEMS, MACHINES, NOW, STAMP, protected_item


def write(file: Path, machines: int, items: int) -> None:
    """Write an inventory of so many machines, and so many protected items of the first of them."""
    partial = file.with_name(file.name + ".partial")
    with partial.open("wb") as out:
        for record in _records(machines, items):
            out.write(json_text(record, separators=(",", ":")).encode() + b"\n")
    os.replace(partial, file)


def _records(machines: int, items: int) -> Iterator[dict[str, Any]]:
    coverage = [
        Coverage(STAMP, kind, "", CoverageState.COMPLETE, count=count)
        for kind, count in ((ITEMS, items), (MACHINES, machines))
    ]
    yield {"azscheck": "inventory", "version": VERSION, "created": format_time(NOW)}
    for part in coverage:
        yield {"coverage": coverage_fields(part)}
    keys = Keys()
    for resource in _resources(machines, items):
        keys.add(resource.body)
        yield resource_fields(resource)
    yield end_record(len(coverage), machines + items, keys)


def _resources(machines: int, items: int) -> Iterator[Resource]:
    """In the order of the saved form: by type, then by id."""
    yield from map(protected_item, range(items))
    yield from map(machine, range(machines))


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
