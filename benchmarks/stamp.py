"""The stamp that is judged: its moment, its machines' ids, and what a backup product says of them."""

from datetime import datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

from azscheck.inventory import Origin, Resource
from azscheck.times import format_time, parse_time
from benchmarks import NOW as NOW_TEXT

MACHINES: Final = "Microsoft.Compute/virtualMachines"
ITEMS: Final = "Azscheck/protectedItems"
STAMP: Final = "north"
DOMAIN: Final = "north.fabrikam.example"
NOW: Final[datetime] = parse_time(NOW_TEXT)
FAILING: Final = 0.29
"""The share of the machines that fail one rule."""

_FIRST_SUBSCRIPTION = 0x205F527E_C600_505D_959B_C116DE480000


def ago(hours: float) -> str:
    """The time so long before the run."""
    return format_time(NOW - timedelta(hours=hours))


def machine_id(index: int, *, shouted: bool = False) -> str:
    """A machine's id; a greater number has a greater id. Some services write the group in capitals."""
    subscription = UUID(int=_FIRST_SUBSCRIPTION + index // 12_500)
    group = f"rg-workload-{index // 25:05}"
    start = f"/subscriptions/{subscription}/resourceGroups/{group.upper() if shouted else group}"
    return f"{start}/providers/{MACHINES}/vm-{index:07}"


def protected_item(index: int) -> Resource:
    """What a backup product says of the machine with this number."""
    random = Random(f"item {index}")
    good = random.random() >= FAILING
    properties = {
        "product": "Azure Backup Server",
        "sourceResourceId": machine_id(index, shouted=True),
        "target": rf"\\fs{index % 9}.corp.example\mabs",
        "lastRecoveryPoint": ago(random.uniform(0, 20) if good else random.choice((30, 200, 900))),
        "health": "healthy" if good or random.random() < 0.5 else "the last job failed",
    }
    item = f"/azscheck/protectedItems/{index:07}"
    return Resource(STAMP, ITEMS, item, {"properties": properties}, Origin("file", "protected-items.csv"))
