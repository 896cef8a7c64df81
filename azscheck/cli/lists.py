"""What was asked for and what came of it, as a table for the end of a collection."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from azscheck.cli.log import Log
from azscheck.inventory import Coverage, CoverageState, Inventory, type_key

_MOST_STAMPS = 3
_MOST_REASONS = 2


class Row(Struct, frozen=True):
    """The lists of one type of one stamp."""

    stamp: str
    type: str
    resources: int
    states: Counter[CoverageState]
    reasons: tuple[str, ...]

    @property
    def skipped(self) -> bool:
        """Whether nothing was asked for."""
        return set(self.states) == {CoverageState.SKIPPED}

    @property
    def words(self) -> str:
        """`2 complete, 1 failed: why`."""
        counts = ", ".join(f"{self.states[state]} {state}" for state in CoverageState if self.states[state])
        more = f" (and {len(self.reasons) - _MOST_REASONS} more reasons)" if len(self.reasons) > _MOST_REASONS else ""
        return f"{counts}{': ' if self.reasons else ''}{' '.join(self.reasons[:_MOST_REASONS])}{more}"


def rows(inventory: Inventory) -> list[Row]:
    """A row for each stamp and type, in order."""
    lists: dict[tuple[str, str], list[Coverage]] = {}
    for line in inventory.coverage:
        lists.setdefault((line.stamp, type_key(line.type)), []).append(line)
    return [_row(lines) for lines in lists.values()]


def _row(lines: list[Coverage]) -> Row:
    reasons = tuple(dict.fromkeys(line.reason for line in lines if line.reason))
    count = sum(line.count for line in lines)
    return Row(lines[0].stamp, lines[0].type, count, Counter(line.state for line in lines), reasons)


def say_coverage(inventory: Inventory, log: Log) -> None:
    """The table; of many stamps a line each, unless more than usual is asked for."""
    table = rows(inventory)
    if log.form == "json":
        for row in table:
            states = {str(state): row.states[state] for state in CoverageState}
            fields: dict[str, Any] = {"stamp": row.stamp, "type": row.type, "resources": row.resources, **states}
            log.say("coverage", **fields, reasons=row.reasons)
        return
    short = len(inventory.stamps) > _MOST_STAMPS and not log.verbose
    for stamp in inventory.stamps:
        own = [row for row in table if row.stamp == stamp]
        for line in [_total(stamp, own)] if short else _lines(stamp, own):
            log.say("coverage", line)


def _total(stamp: str, table: Iterable[Row]) -> str:
    states: Counter[CoverageState] = Counter()
    for row in table:
        states += row.states
    return f"{stamp}: " + ", ".join(f"{states[state]} lists {state}" for state in CoverageState if states[state])


def _lines(stamp: str, table: list[Row]) -> Iterator[str]:
    asked = [row for row in table if not row.skipped]
    width = max((len(row.type) for row in asked), default=0)
    yield f"{stamp:{width + 2}}  resources  lists"
    for row in asked:
        yield f"  {row.type:{width}}  {row.resources:9}  {row.words}"
    skipped: dict[str, list[str]] = {}
    for row in table:
        if row.skipped:
            skipped.setdefault(" ".join(row.reasons), []).append(row.type)
    for reason, types in skipped.items():
        named = ", ".join(types) if len(types) < 4 else f"{len(types)} types"
        yield f"  {named}: skipped: {reason}"
