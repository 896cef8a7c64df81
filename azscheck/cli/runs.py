"""The list of the kept runs."""

import json
from collections.abc import Sequence

from azscheck.history.runs import Run
from azscheck.reports.wording import shortened, visible
from azscheck.times import format_time

_COLUMNS = ("run", "judged", "stamps", "sets", "infrastructure", "tenants", "findings", "not judged", "results")


def as_json(runs: Sequence[Run]) -> str:
    """As JSON."""
    told = [
        {
            "run": run.id,
            "now": format_time(run.now),
            "collected": format_time(run.collected),
            "tool": run.tool,
            "stamps": run.stamps,
            "sets": run.sets,
            "verdicts": {category.value: verdict.value for category, verdict in run.verdicts.items()},
            "incomplete": run.incomplete,
            "findings": run.findings,
            "unjudged": run.unjudged,
            "results": run.judged,
        }
        for run in runs
    ]
    return json.dumps({"azscheck": "runs", "version": 1, "runs": told})


def as_table(runs: Sequence[Run]) -> str:
    """As a table."""
    if not runs:
        return "no run is kept"
    rows: list[tuple[str, ...]] = [_COLUMNS]
    rows += [
        (
            run.name,
            format_time(run.now),
            shortened(visible(", ".join(run.stamps)), 30) or "none",
            shortened(visible(", ".join(run.sets)), 30) or "none",
            *(verdict.words for verdict in run.verdicts.values()),
            f"{run.findings:,}",
            f"{run.unjudged:,}{' (incomplete)' if run.incomplete else ''}",
            f"{run.judged:,}",
        )
        for run in runs
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(f"{c:{w}}" for c, w in zip(row, widths, strict=True)).rstrip() for row in rows)
