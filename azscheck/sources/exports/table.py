"""Items of a product's CSV, by a mapping."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final
from urllib.parse import quote

from azscheck.documents import did_you_mean, shorten
from azscheck.sources.exports.mapping import LISTS, TIMES, ColumnMapping
from azscheck.sources.exports.model import REPLICATED, Item
from azscheck.sources.exports.source_file import SourceFile

_DELIMITERS: Final = (";", "\t", "|", ",")
_MOST_COLUMNS: Final = 60
_LONGEST_ROW: Final = 1024 * 1024


def table_items(source: SourceFile, mapping: ColumnMapping, target: str) -> Iterator[Item]:
    """An item a row; raises DocumentError with the line of what does not fit."""
    text = source.text(mapping.encoding)
    # Windows PowerShell's Export-Csv writes the type of the objects above the columns.
    above = 1 if mapping.header_line == 1 and text.startswith("#TYPE ") else mapping.header_line - 1
    if "\0" in text:
        raise source.mistake("holds a NUL where text must stand: it is no CSV, or in another encoding.")
    # Not splitlines, which also parts a line at characters that a cell may hold.
    lines = _Lines(islice(io.StringIO(text, newline=""), above, None))
    rows = csv.reader(lines, delimiter=mapping.delimiter, strict=True)
    seen: Counter[str] = Counter()
    try:
        header = [name.strip() for name in next(rows, [])]
        lines.spent = 0
        places = _places(source, header, mapping, above + 1)
        start = rows.line_num + 1
        for row in rows:
            lines.spent = 0
            line, start = above + start, rows.line_num + 1
            if any(cell.strip() for cell in row):
                yield _item(source, row, len(header), places, mapping, target, line, seen)
    except csv.Error as error:
        raise source.mistake(f"is not a CSV that can be read whole: {error}.", above + lines.number) from error


class _Lines:
    """Lines for the reader of rows, which would hold a row of any length; `spent` is how much of this one there was."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.number = self.spent = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.number += 1
            self.spent += len(line)
            if self.spent > _LONGEST_ROW:
                raise csv.Error(f"a row is longer than {_LONGEST_ROW >> 20} MiB")
            yield line


def _places(source: SourceFile, header: Sequence[str], mapping: ColumnMapping, line: int) -> dict[str, int]:
    """Where the column of each property stands."""
    known = [name.lower() for name in header]
    wanted = {name: column.strip().lower() for name, column in mapping.columns.items()}
    missing = [name for name, column in wanted.items() if column not in known]
    if missing:
        raise source.mistake(_no_columns(header, mapping, missing), line)
    for name, column in wanted.items():
        if known.count(column) > 1:
            raise source.mistake(f"has several columns {mapping.columns[name]!r}: which of them is {name}?", line)
    return {name: known.index(column) for name, column in wanted.items()}


def _no_columns(header: Sequence[str], mapping: ColumnMapping, missing: Sequence[str]) -> str:
    """What is not there, what is, and the likeliest reason."""
    # A file that is no table may have a million cells in its first line.
    named = header[:_MOST_COLUMNS]
    lacks = [
        f"{mapping.columns[name]!r} for {name}{did_you_mean(mapping.columns[name], named)[:-1]}" for name in missing
    ]
    there = ", ".join(map(shorten, named)) + (", ..." if len(header) > len(named) else "")
    words = f"has no column {'; nor '.join(lacks)}. Its columns: {there or 'none'}."
    if len(missing) < len(mapping.columns):
        return words
    other = next((d for d in _DELIMITERS if d != mapping.delimiter and len(header) == 1 and d in header[0]), "")
    asked = f"Is its delimiter {other!r}?" if other else "Is its header in another line (headerLine)?"
    return f"{words} {asked}"


def _item(
    source: SourceFile,
    row: Sequence[str],
    width: int,
    places: Mapping[str, int],
    mapping: ColumnMapping,
    target: str,
    line: int,
    seen: Counter[str],
) -> Item:
    if len(row) < width or any(cell.strip() for cell in row[width:]):
        raise source.mistake(f"the row has {len(row)} cells, the header {width}: it is damaged or cut off.", line)
    found: dict[str, Any] = {"product": mapping.product, **({"target": target} if target else {}), **mapping.constants}
    for name, place in places.items():
        text = row[place].strip()
        if text and text.lower() not in mapping.blanks:
            found[name] = _value(source, name, text, mapping, line)
    owner = found.get("sourceResourceId") or found.get("sourceName")
    if not owner:
        raise source.mistake("the row does not say whose backup it is: its sourceName is empty.", line)
    key = "/".join(quote(str(part).lower(), safe="") for part in (found["product"], owner))
    seen[key] += 1
    health = "replicationHealth" if mapping.type == REPLICATED else "health"
    unknown = {} if health in found else {health: "the export does not say it"}
    return Item(mapping.type, key if seen[key] == 1 else f"{key}/{seen[key]}", found, line, unknown)


def _value(source: SourceFile, name: str, text: str, mapping: ColumnMapping, line: int) -> Any:
    if name in TIMES:
        try:
            return mapping.moment(text)
        except ValueError as error:
            raise source.mistake(f"{mapping.columns[name]}: {error}.", line) from error
    meant = mapping.values.get(name, {}).get(text.lower(), text)
    if name in LISTS and isinstance(meant, str):
        return [part.strip() for part in meant.replace(";", ",").split(",") if part.strip()]
    return meant
