"""A kept run: what a list of them shows, and how its row is made and read."""

import hashlib
import json
import zlib
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from azscheck.policy.model import Category
from azscheck.results import ComplianceState, Results
from azscheck.results.trend import Point
from azscheck.times import format_time, parse_time

_Counts = dict[str, dict[str, dict[str, int]]]


class Run(Struct, frozen=True):
    """A kept run, without its results."""

    id: int
    key: str
    digest: str
    series: str
    now: datetime
    collected: datetime
    tool: str
    stamps: tuple[str, ...]
    sets: tuple[str, ...]
    verdicts: dict[Category, ComplianceState]
    incomplete: bool
    findings: int
    unjudged: int
    judged: int

    @property
    def name(self) -> str:
        """As commands take it."""
        return f"run:{self.id}"


def stamps_of(results: Results) -> tuple[str, ...]:
    """The stamps that results are of, in order."""
    told = {r.stamp for r in results.results} | {c.stamp for c in results.coverage} | {s.stamp for s in results.stamps}
    return tuple(sorted(told))


def series_of(stamps: tuple[str, ...], sets: tuple[str, ...]) -> str:
    """What runs of the same stamps and sets have in common."""
    text = json.dumps([sorted(stamps), sorted(sets)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def digest_of(text: str) -> str:
    """Of saved results: equal for the same ones alone."""
    return hashlib.sha256(text.encode()).hexdigest()


def row_of(results: Results, key: str, digest: str) -> dict[str, Any]:
    """What of a run's row is worked out from its results."""
    stamps, counts = stamps_of(results), results.counts()
    return {
        "key": key,
        "digest": digest,
        "series": series_of(stamps, results.sets),
        "now": format_time(results.now),
        "collected": format_time(results.collected),
        "tool": results.version,
        "stamps": json.dumps(stamps),
        "sets": json.dumps(results.sets),
        **{category.value: results.verdict(category).value for category in Category},
        "incomplete": int(results.incomplete),
        "findings": counts[ComplianceState.NON_COMPLIANT],
        "unjudged": counts[ComplianceState.UNKNOWN] + counts[ComplianceState.ERROR],
        "judged": counts.total(),
        "counts": _packed_counts(results),
    }


def run_of(row: Any) -> Run:
    """A run from its row."""
    return Run(
        id=row.id,
        key=row.key,
        digest=row.digest,
        series=row.series,
        now=parse_time(row.now),
        collected=parse_time(row.collected),
        tool=row.tool,
        stamps=tuple(json.loads(row.stamps)),
        sets=tuple(json.loads(row.sets)),
        verdicts={category: ComplianceState(getattr(row, category.value)) for category in Category},
        incomplete=bool(row.incomplete),
        findings=row.findings,
        unjudged=row.unjudged,
        judged=row.judged,
    )


def _packed_counts(results: Results) -> bytes:
    found: dict[str, dict[str, dict[str, int]]] = {policy.id: {} for policy in results.policies}
    for result in results.results:
        states = found[result.policy].setdefault(result.stamp, {})
        states[result.state] = states.get(result.state, 0) + 1
    categories = {policy.id: policy.category.value for policy in results.policies}
    return zlib.compress(msgspec.json.encode([categories, found]), 9)


def point_of(row: Any) -> Point:
    """What trends are made of, from a run's row."""
    categories, counts = msgspec.json.decode(zlib.decompress(row.counts), type=tuple[dict[str, str], _Counts])
    stamps, sets = tuple(json.loads(row.stamps)), tuple(json.loads(row.sets))
    return Point(row.id, parse_time(row.now), stamps, sets, categories, counts)
