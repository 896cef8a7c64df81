"""From files to resources: items with their origin, date and SHA-256, and the coverage that says how many there are."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct

from azscheck.errors import InventoryError, UsageError
from azscheck.inventory import Coverage, CoverageState, Inventory, Origin, Resource
from azscheck.sources.exports.checks import REPORTS, Report
from azscheck.sources.exports.mapping import read_mapping
from azscheck.sources.exports.model import CHECKS, EVIDENCE, MODIFIED, PROTECTED, REPLICATED, Export, Item
from azscheck.sources.exports.services import SERVICES, is_one
from azscheck.sources.exports.source_file import LARGEST, SourceFile
from azscheck.sources.exports.table import table_items
from azscheck.sources.hub.redaction import redact
from azscheck.times import format_time, parse_since

_LARGEST_REPORT: Final = 16 * 1024 * 1024
_REPLICAS: Final = "Microsoft.DataReplication/replicationVaults/protectedItems"
_AHEAD: Final = timedelta(days=1)
"""A day that is written is today somewhere on Earth for as long before it begins in UTC."""
_NO_DATE: Final = "nobody says when the export was made: --as-of, or asOf: in azscheck.yaml, does"


class Imported(Struct, frozen=True):
    """What was read, and how many elements of the files are of no machine of a stamp."""

    inventory: Inventory
    left_out: int = 0


def read_export(export: Export, stamp: str, now: datetime) -> Imported:
    """The items or reports of an export's files, as resources of a stamp; all of them, or DocumentError."""
    largest = _LARGEST_REPORT if export.kind in CHECKS else LARGEST
    sources = [SourceFile.read(path, largest) for path in export.files]
    if export.kind in CHECKS:
        return Imported(_reports(export, sources, stamp, now))
    keys: Counter[str] = Counter()
    resources: list[Resource] = []
    left_out = 0
    for source in sources:
        when = _date(export, source, now)
        for item in _items(export, source):
            if item is None:
                left_out += 1
                continue
            keys[f"{item.type}/{item.key}".lower()] += 1
            again = keys[f"{item.type}/{item.key}".lower()]
            said = {"source": source.path.name, "sha256": source.sha256}
            origin = Origin("file", source.path.as_posix(), when, item.line)
            resources.append(item_resource(item, stamp, said, origin, "" if again == 1 else f";{again}"))
    types = _types(export)
    return Imported(Inventory.of(now, resources, _coverage(export, types, resources, stamp, now)), left_out)


def _types(export: Export) -> Sequence[str]:
    if export.kind == "csv":
        return (read_mapping(export.mapping).type,)
    return (PROTECTED,) if export.kind == "recovery-services" else (REPLICATED,)


def _coverage(
    export: Export, types: Sequence[str], resources: Sequence[Resource], stamp: str, now: datetime
) -> Iterator[Coverage]:
    scope = "" if export.whole else ", ".join(path.as_posix() for path in export.files)
    for kind in types:
        count = sum(r.type == kind for r in resources)
        yield Coverage(stamp, kind, scope, CoverageState.COMPLETE, count=count, time=now)


def _items(export: Export, source: SourceFile) -> Iterator[Item | None]:
    if export.kind == "csv":
        yield from table_items(source, read_mapping(export.mapping), export.target)
        return
    made, marks = SERVICES[export.kind]
    if export.kind == "data-replication":
        if source.content.startswith((b'{"azscheck":', b"\x1f\x8b")):
            yield from _replicas(source)
            return
        if not export.target:
            raise UsageError("data-replication needs the name of the second stamp: --target, or target: in the file.")
    for value, line in source.elements():
        if not is_one(value, marks):
            raise source.mistake(f"is no item of {export.kind}: it has none of {', '.join(marks)}.", line)
        yield made(value, line, export.target)


def _replicas(source: SourceFile) -> Iterator[Item | None]:
    """The replicas in an inventory of the second stamp."""
    try:
        inventory = Inventory.read(source.path)
    except InventoryError as error:
        raise UsageError(str(error)) from error
    for resource in inventory.of_type(_REPLICAS):
        made, _ = SERVICES["data-replication"]
        yield made({**resource.body, "id": resource.id}, None, resource.stamp)


def _date(export: Export, source: SourceFile, now: datetime) -> datetime | None:
    if not export.as_of:
        return None
    if mistake := as_of_mistake(export.as_of):
        raise UsageError(f"as of: {mistake}")
    said = source.modified if export.as_of == MODIFIED else parse_since(export.as_of)
    if said > now + _AHEAD:
        raise UsageError(f"as of: {format_time(said)}, of {source.path.as_posix()}, lies in the future.")
    return said


def as_of_mistake(text: str) -> str:
    """What is wrong with when a file is said to have been made; nothing where nothing is."""
    try:
        if text and text != MODIFIED:
            parse_since(text)
    except ValueError as error:
        return f"{error}, nor `{MODIFIED}`."
    return ""


def item_resource(item: Item, stamp: str, said: Mapping[str, Any], origin: Origin, again: str = "") -> Resource:
    """An item as a resource of a stamp, of the origin's date; `said` is its source, `again` tells it from another."""
    properties: dict[str, Any] = {**item.properties, **said}
    unknown = {f"/properties/{name}": reason for name, reason in item.unknown.items()}
    if origin.time is None:
        unknown["/properties/date"] = _NO_DATE
    else:
        properties["date"] = format_time(origin.time)
    redact(properties)
    identity = f"/azscheck/{item.type.rpartition('/')[2]}/{item.key.strip('/')}{again}"
    name = str(properties.get("sourceName") or identity.rpartition("/")[2])
    body = {"id": identity, "name": name, "type": item.type, "properties": properties}
    return Resource(stamp, item.type, identity, body, origin, unknown)


def _reports(export: Export, sources: Sequence[SourceFile], stamp: str, now: datetime) -> Inventory:
    resources = []
    for source in sources:
        report: Report = REPORTS[export.kind](source)
        own = report.date if report.date and report.date <= now + _AHEAD else None
        when = _date(export, source, now) or own
        checks = [
            {"name": c.name, "result": c.result, **({"detail": c.detail} if c.detail else {})} for c in report.checks
        ]
        properties: dict[str, Any] = {
            "kind": export.kind,
            "result": report.result,
            "source": source.path.name,
            "sha256": source.sha256,
            "checks": checks,
            **({"date": format_time(when)} if when else {}),
            **report.more,
        }
        redact(properties)
        identity = f"/azscheck/evidence/{export.kind}/{source.sha256[:16]}"
        body = {"id": identity, "name": source.path.name, "type": EVIDENCE, "properties": properties}
        origin = Origin("file", source.path.as_posix(), when)
        unknown = {} if when else {"/properties/date": _NO_DATE}
        resources.append(Resource(stamp, EVIDENCE, identity, body, origin, unknown))
    if len({r.id for r in resources}) < len(resources):
        raise UsageError(f"{', '.join(str(s.path) for s in sources)}: two of the files are the same.")
    coverage = Coverage(stamp, EVIDENCE, "", CoverageState.COMPLETE, count=len(resources), time=now)
    return Inventory.of(now, resources, [coverage])
