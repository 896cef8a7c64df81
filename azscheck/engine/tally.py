"""A count that may be known only within bounds, and what a comparison with it is worth."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from azscheck.engine.operators import Truth, compare
from azscheck.inventory import Resource
from azscheck.times import parse_time
from azscheck.values import Unknown

_MANY = 10**9
"""Stands for any larger number, in a count without an upper bound."""
_MONOTONE = ("equals", "notEquals", "in", "notIn", "less", "lessOrEquals", "greater", "greaterOrEquals", "exists")
"""The operators whose truth turns only at the numbers that a count is compared with."""
_DIGITS = re.compile("[0-9]{1,9}")


class Tally(Struct, frozen=True):
    """How many were counted: at least `least`, at most `most` (None: no bound is known), and why not exactly."""

    least: int
    most: int | None
    unknown: Unknown | None = None
    counted: tuple[Resource, ...] = ()
    others: tuple[Resource, ...] = ()
    """Candidates that were not counted."""
    elements: tuple[Any, ...] = ()
    """Elements of an array that were counted."""

    def words(self) -> str:
        """What a report says beside the number."""
        if self.unknown is not None:
            return f"at least {self.least}, because not everything is known: {self.unknown.reason}"
        if self.counted:
            return names_of(self.counted)
        if self.elements:
            return "; ".join(short(element) for element in self.elements)
        return f"of {len(self.others)} looked at" if self.others else ""


def short(element: Any) -> str:
    """An element of an array on one line; of an object its scalars."""
    if isinstance(element, dict):
        scalars = {k: v for k, v in element.items() if isinstance(v, str | int | float) or v is None}
        return ", ".join(f"{k}: {v}" for k, v in scalars.items())[:120]
    return str(element)[:120]


def names_of(resources: tuple[Resource, ...], most: int = 5) -> str:
    """The names of resources on one line, the first few of many."""
    more = f" and {len(resources) - most} more" if len(resources) > most else ""
    return ", ".join(r.name for r in resources[:most]) + more


def tally_of(
    truths: Sequence[tuple[Resource | None, Truth]], gap: Unknown | None = None, *, alternatives: bool = False
) -> Tally:
    """A tally of candidates; with `alternatives` one of them is the one meant, and it is not known which."""
    counted = tuple(r for r, truth in truths if truth is True and r is not None)
    others = tuple(r for r, truth in truths if truth is not True and r is not None)
    reasons = [truth for _, truth in truths if isinstance(truth, Unknown)]
    unknown = gap if gap is not None else next(iter(reasons), None)
    yes = sum(truth is True for _, truth in truths)
    no = sum(truth is False for _, truth in truths)
    if alternatives:
        if gap is not None:
            return Tally(0, 1, gap, counted, others)
        least, most = int(bool(truths) and yes == len(truths)), int(no < len(truths))
        if least != most and unknown is None:
            unknown = Unknown("it cannot be told which is the newest")
        return Tally(least, most, unknown if least != most else None, counted, others)
    return Tally(yes, None if gap is not None else len(truths) - no, unknown, counted, others)


def newest_of(candidates: Iterable[tuple[Resource, Truth, Any]]) -> list[Resource]:
    """The resources that can be the newest: one, if all is known.

    Each comes with the truth of its being a candidate, and the value of its time.
    """
    dated: list[tuple[datetime, Resource, bool]] = []
    undated: list[Resource] = []
    for resource, truth, value in candidates:
        if truth is False:
            continue
        try:
            dated.append((parse_time(value), resource, truth is True))
        except (LookupError, ValueError, TypeError, AttributeError):
            undated.append(resource)
    certain = max((time for time, _, sure in dated if sure), default=None)
    return [r for time, r, _ in dated if certain is None or time >= certain] + undated


def compare_tally(operator: str, tally: Tally, wanted: Any, now: datetime) -> Truth:
    """The truth of a comparison that is the same for every number within the tally's bounds; else unknown."""
    most = _MANY if tally.most is None else tally.most
    if tally.unknown is not None and operator not in _MONOTONE:
        return tally.unknown
    points = {tally.least, most, *(p for p in turning_points(wanted) if tally.least <= p <= most)}
    truths = [compare(operator, point, wanted, now) for point in sorted(points)]
    if all(truth == truths[0] for truth in truths):
        return truths[0]
    return tally.unknown if tally.unknown is not None else Unknown("the count is not known exactly")


def turning_points(wanted: Any) -> set[int]:
    """The counts at which a comparison's truth can turn."""
    return {int(n + d) for n in _numbers(wanted) for d in (-1, 0, 1)}


def _numbers(wanted: Any) -> list[float]:
    found = wanted if isinstance(wanted, list) else [wanted]
    # A number's text equals the number.
    numbers = [int(n) if isinstance(n, str) and _DIGITS.fullmatch(n) else n for n in found]
    return [n for n in numbers if isinstance(n, int | float) and not isinstance(n, bool) and abs(n) < _MANY]
