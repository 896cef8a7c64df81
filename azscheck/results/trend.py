"""How the numbers of findings move from run to run."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from azscheck.results.states import ComplianceState

GROUPS: Final = ("category", "policy", "stamp")
"""What a line may be of."""
_UNJUDGED: Final = (ComplianceState.UNKNOWN, ComplianceState.ERROR)


Counts = Mapping[str, Mapping[str, Mapping[str, int]]]
"""How many results there are, by policy, stamp and state."""


class Point(Struct, frozen=True):
    """One run."""

    run: int
    now: datetime
    stamps: tuple[str, ...]
    sets: tuple[str, ...]
    categories: Mapping[str, str]
    """By policy."""
    counts: Counts


class Line(Struct, frozen=True):
    """The numbers of one category, policy or stamp, a run each; None where it was not judged."""

    name: str
    findings: tuple[int | None, ...]
    unjudged: tuple[int | None, ...]
    judged: tuple[int | None, ...]
    """All results, whatever their state."""


class Trend(Struct, frozen=True):
    """Lines over the same runs, from the first to the last."""

    by: str
    runs: tuple[int, ...]
    times: tuple[datetime, ...]
    lines: tuple[Line, ...]


_Numbers = tuple[int, int, int]


def trend(points: Sequence[Point], by: str, wanted: Callable[[str, str], bool] = lambda *_: True) -> Trend:
    """The lines of what is wanted, by policy and stamp.

    A run tells of its own stamps; what is known of the others stays as it was.
    """
    known: dict[str, dict[str, _Numbers]] = {}
    moments: list[dict[str, _Numbers]] = []
    for point in points:
        known |= _numbers(point, by, wanted)
        moments.append(_together(known.values()))
    names = sorted({name for moment in moments for name in moment})
    return Trend(
        by,
        tuple(point.run for point in points),
        tuple(point.now for point in points),
        tuple(_line(name, moments) for name in names),
    )


def _numbers(point: Point, by: str, wanted: Callable[[str, str], bool]) -> dict[str, dict[str, _Numbers]]:
    """By stamp, then by what a line is of."""
    found: dict[str, dict[str, _Numbers]] = {stamp: {} for stamp in point.stamps}
    for policy, stamps in point.counts.items():
        for stamp, states in stamps.items():
            if wanted(policy, stamp):
                name = {"policy": policy, "stamp": stamp, "category": point.categories[policy]}[by]
                own = found[stamp]
                findings, unjudged, judged = own.get(name, (0, 0, 0))
                own[name] = (
                    findings + states.get(ComplianceState.NON_COMPLIANT, 0),
                    unjudged + sum(states.get(state, 0) for state in _UNJUDGED),
                    judged + sum(states.values()),
                )
    return found


def _together(stamps: Iterable[dict[str, _Numbers]]) -> dict[str, _Numbers]:
    found: dict[str, _Numbers] = {}
    for numbers in stamps:
        for name, more in numbers.items():
            mine = found.get(name, (0, 0, 0))
            found[name] = (mine[0] + more[0], mine[1] + more[1], mine[2] + more[2])
    return found


def _line(name: str, moments: Sequence[dict[str, _Numbers]]) -> Line:
    told = [moment.get(name) for moment in moments]
    columns = (tuple(None if numbers is None else numbers[n] for numbers in told) for n in range(3))
    return Line(name, *columns)
