"""Mappings: which column of a product's CSV is which property of an item, as data."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, field

from azscheck.documents import check, did_you_mean, read_document
from azscheck.errors import UsageError
from azscheck.packaged import mappings_folder, schema_file
from azscheck.sources.exports.model import PROTECTED, REPLICATED
from azscheck.times import format_time, parse_since

TIMES: Final = ("lastRecoveryPoint", "lastTestFailover")
LISTS: Final = ("covers",)
_NEEDED: Final = ("sourceName", "sourceResourceId")


class ColumnMapping(Struct, frozen=True):
    """A mapping file, checked."""

    product: str
    type: str
    columns: Mapping[str, str]
    """The column of each property."""
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By property: what a value of the column, in any letter case, stands for."""
    constants: Mapping[str, Any] = field(default_factory=dict)
    date_formats: tuple[str, ...] = ()
    zone: timezone = UTC
    blanks: tuple[str, ...] = ()
    encoding: str = "utf-8"
    delimiter: str = ","
    header_line: int = 1

    def moment(self, text: str) -> str:
        """A time of the export in azscheck's form; raises ValueError with what was expected."""
        for form in self.date_formats:
            try:
                found = datetime.strptime(text, form)
            except ValueError:
                continue
            try:
                return format_time(found if found.tzinfo else found.replace(tzinfo=self.zone))
            except OverflowError:
                break
        if self.date_formats:
            raise ValueError(f"{text[:40]!r} fits none of the mapping's dateFormats, {', '.join(self.date_formats)}")
        return format_time(parse_since(text))


def mapping_names() -> list[str]:
    """The shipped mappings."""
    return sorted(file.stem for file in mappings_folder().glob("*.yaml"))


def read_mapping(name: str) -> ColumnMapping:
    """A shipped mapping by its name, or one by its path; raises UsageError or DocumentError."""
    shipped = mapping_names()
    if not name:
        raise UsageError(f"a CSV needs a mapping: the path of one, or {', '.join(shipped)}.")
    path = mappings_folder() / f"{name}.yaml" if name in shipped else Path(name)
    if name not in shipped and not path.exists():
        raise UsageError(f"there is no mapping {name!r}{did_you_mean(name, shipped)} Shipped: {', '.join(shipped)}.")
    document = read_document(path, f"mappings/{name}.yaml" if name in shipped else "")
    check(document, schema_file("mapping"))
    value = document.value
    columns, constants = value["columns"], value.get("constants", {})
    if not any(needed in columns for needed in _NEEDED):
        raise document.mistake("columns need sourceName or sourceResourceId: whose backup is it?", "columns")
    if both := sorted(set(columns) & set(constants)):
        raise document.mistake(f"{both[0]} has a column and a constant: keep one.", "constants", both[0])
    return ColumnMapping(
        product=value["product"],
        type=REPLICATED if value.get("type") == "replicatedItems" else PROTECTED,
        columns=columns,
        values={
            name: {key.strip().lower(): meant for key, meant in words.items()}
            for name, words in value.get("values", {}).items()
        },
        constants=constants,
        date_formats=tuple(value.get("dateFormats", ())),
        zone=_zone(value.get("timeZone", "+00:00")),
        blanks=tuple(text.strip().lower() for text in value.get("blanks", ())),
        encoding=value.get("encoding", "utf-8"),
        delimiter=value.get("delimiter", ","),
        header_line=value.get("headerLine", 1),
    )


def _zone(text: str) -> timezone:
    length = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    return timezone(-length if text[0] == "-" else length)
