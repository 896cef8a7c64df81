"""A table that a report shows beside the results."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct


class Appendix(Struct, frozen=True):
    """A table that a report shows beside the results: what backups need of a share, what remains to be verified."""

    title: str
    note: str
    """What to know of it, in a sentence or two."""
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    """Each with a text for each column."""


def to_fields(appendix: Appendix) -> dict[str, Any]:
    """As saved results have it."""
    rows = [list(row) for row in appendix.rows]
    return {"title": appendix.title, "note": appendix.note, "columns": list(appendix.columns), "rows": rows}


def of_fields(fields: Mapping[str, Any]) -> Appendix:
    """From saved results; raises KeyError or ValueError for what is none."""
    columns, rows = tuple(fields["columns"]), tuple(tuple(row) for row in fields["rows"])
    if any(len(row) != len(columns) or not all(isinstance(cell, str) for cell in row) for row in rows):
        raise ValueError("a row has not a text for each column")
    return Appendix(fields["title"], fields["note"], columns, rows)
