"""The csv format: a header and one row a result, for spreadsheets.

A run that is incomplete has rows of the state `incomplete` before those: one for each list that could not be read.
"""

import csv
import io
from collections.abc import Iterator

from azscheck.reports.places import place_of_list, place_words
from azscheck.reports.wording import visible
from azscheck.results import Results

COLUMNS = (
    "stamp",
    "policy",
    "severity",
    "category",
    "state",
    "type",
    "resource",
    "name",
    "message",
    "rules",
    "place",
    "baseline",
)

# OWASP, "CSV Injection": a spreadsheet takes a cell that begins so for a formula; the last four are full-width forms.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def render(results: Results, **_: object) -> str:
    """Results as CSV (RFC 4180, but with plain line feeds), each in one line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in _incomplete(results):
        writer.writerow([cell(row.get(column, "")) for column in COLUMNS])
    for result in results.results:
        policy = results.policy_of(result)
        texts = (
            result.stamp,
            policy.id,
            str(policy.severity),
            policy.category.value,
            result.state.value,
            result.type,
            result.resource,
            result.name,
            result.message,
            " ".join(policy.rules),
            place_words(results, result),
            "known" if result.baselined else "",
        )
        writer.writerow([cell(text) for text in texts])
    return out.getvalue()


def _incomplete(results: Results) -> Iterator[dict[str, str]]:
    for coverage in results.failed_coverage:
        place = place_of_list(results, coverage)
        where = {"stamp": coverage.stamp, "type": coverage.type, "resource": coverage.scope, "place": str(place or "")}
        yield {"state": "incomplete", **where, "message": f"could not be read: {coverage.reason}"}
    if not results.evaluated:
        yield {"state": "incomplete", "message": "nothing was evaluated"}


def cell(text: str) -> str:
    """Text as a cell that no spreadsheet calculates: an apostrophe before it makes it text."""
    shown = visible(text)
    return f"'{shown}" if text.lstrip(" ").startswith(_FORMULA) else shown
