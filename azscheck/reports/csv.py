"""The csv format: a header and one row a result, for spreadsheets.

A run that is incomplete has rows of the state `incomplete` before those: one for each list that could not be read.
Results that were compared with an earlier run have two more columns, and rows at the end for findings that are gone.
"""

import csv
import io
from collections.abc import Iterator

from azscheck.reports.changed import TITLES, kinds_by_id
from azscheck.reports.wording import visible
from azscheck.results import Results
from azscheck.results.changes import Change
from azscheck.times import format_time

COLUMNS = ("stamp", "policy", "severity", "category", "state", "type", "resource", "name", "message", "rules")
CHANGE_COLUMNS = ("change", "failing since")
"""Of results that were compared with an earlier run."""

# OWASP, "CSV Injection": a spreadsheet takes a cell that begins so for a formula; the last four are full-width forms.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def render(results: Results, **_: object) -> str:
    """Results as CSV (RFC 4180, but with plain line feeds), each in one line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    columns = COLUMNS + (CHANGE_COLUMNS if results.changes else ())
    changes = kinds_by_id(results.changes) if results.changes else {}
    writer.writerow(columns)
    for row in _incomplete(results):
        writer.writerow([cell(row.get(column, "")) for column in columns])
    gone = {id: change.result for id, (_, change) in changes.items() if change.now is not change.result.state}
    for result in (*results.results, *gone.values()):
        policy = results.policy_of(result)
        texts = (
            result.stamp,
            policy.id,
            str(policy.severity),
            policy.category.value,
            _state(changes[result.id][1]) if result.id in gone else result.state.value,
            result.type,
            result.resource,
            result.name,
            result.message,
            " ".join(policy.rules),
            *(_change(*changes.get(result.id, ("", None))) if results.changes else ()),
        )
        writer.writerow([cell(text) for text in texts])
    return out.getvalue()


def _state(change: Change) -> str:
    """Of a finding that is not among the results."""
    return change.now.value if change.now else "gone"


def _change(kind: str, change: Change | None) -> tuple[str, str]:
    return TITLES[kind].lower() if kind else "", format_time(change.since) if change and change.since else ""


def _incomplete(results: Results) -> Iterator[dict[str, str]]:
    for coverage in results.failed_coverage:
        where = {"stamp": coverage.stamp, "type": coverage.type, "resource": coverage.scope}
        yield {"state": "incomplete", **where, "message": f"could not be read: {coverage.reason}"}
    if not results.evaluated:
        yield {"state": "incomplete", "message": "nothing was evaluated"}


def cell(text: str) -> str:
    """Text as a cell that no spreadsheet calculates: an apostrophe before it makes it text."""
    shown = visible(text)
    return f"'{shown}" if text.lstrip(" ").startswith(_FORMULA) else shown
