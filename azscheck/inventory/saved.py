"""The saved form of an inventory: NDJSON, a header, the coverage, a resource a line, a closing record.

The closing record tells a whole file from one that was cut off. Version 1::

    {"azscheck": "inventory", "version": 1, "created": "2026-01-31T12:00:00Z"}
    {"coverage": {"stamp": "east", "type": "...", "scope": "...", "state": "complete", ...}}
    {"stamp": "east", "type": "...", "id": "...", "origin": {...}, "unknown": {...}, "resource": {...}}
    {"end": {"coverage": 1, "resources": 1}, "keys": ["id", "name", ...], "tags": ["owner", ...], "xxh3": "9d3c..."}

`keys` are those of all resources, `tags` those below `tags`; without them a reader that wants few properties decodes
all. They hold for the lines of resources that have this checksum, and for no others: a line that was edited may have a
key that is not among them.
"""

import gzip
import heapq
import json
import math
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext, suppress
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO, Final, NoReturn, cast

import xxhash

from azscheck.errors import InventoryError
from azscheck.inventory.fields import coverage_fields, coverage_of, json_text, resource_of
from azscheck.inventory.keys import Keys
from azscheck.inventory.model import Inventory, held_twice
from azscheck.inventory.parts import Coverage, Resource
from azscheck.inventory.spool import Key, Spool, key_of, line_of
from azscheck.times import format_time, parse_time

VERSION = 1

LONGEST_LINE: Final = 32 << 20
"""Bytes; no service sends a resource of as many."""
_MOST_UNPACKED: Final = 64 << 20
_MOST_TIMES: Final = 200
"""How many times its size a packed file may unpack to, from so many bytes on: inventories pack to a tenth."""
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def _line(value: Mapping[str, Any]) -> bytes:
    return json_text(value, separators=(",", ":")).encode() + b"\n"


def write(inventory: Inventory, path: Path, spool: Spool | None = None) -> int:
    """Write to a file beside `path`, then give it the name; how many resources it has. What is in the spool is in the
    file, too; raises InventoryError where both hold the same resource."""
    partial = path.with_name(path.name + ".partial")
    try:
        with partial.open("wb") as raw:
            if path.suffix == ".gz":
                # No time and no name in the gzip header, so that equal inventories are equal files.
                with gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed:
                    count = _write_lines(inventory, cast(BinaryIO, packed), spool)
            else:
                count = _write_lines(inventory, raw, spool)
        os.replace(partial, path)
    except (OSError, ValueError, RecursionError) as error:
        with suppress(OSError):
            partial.unlink()
        why = getattr(error, "strerror", None) or error
        raise InventoryError(f"{path}: cannot be written: {why}.") from error
    except InventoryError:
        with suppress(OSError):
            partial.unlink()
        raise
    return count


def _write_lines(inventory: Inventory, out: BinaryIO, spool: Spool | None) -> int:
    out.write(_line({"azscheck": "inventory", "version": VERSION, "created": format_time(inventory.created)}))
    for coverage in inventory.coverage:
        out.write(_line({"coverage": coverage_fields(coverage)}))
    keys, count, checksum = spool.keys if spool else Keys(), 0, xxhash.xxh3_64()
    for line in _resource_lines(inventory.resources, spool, keys):
        count += 1
        checksum.update(line)
        out.write(line)
    end = {"coverage": len(inventory.coverage), "resources": count}
    out.write(_line({"end": end, **keys.listed(), "xxh3": checksum.hexdigest()}))
    return count


def _resource_lines(resources: Iterable[Resource], spool: Spool | None, keys: Keys) -> Iterator[bytes]:
    held = ((key_of(resource), resource) for resource in resources)
    spooled: Iterator[tuple[Key, Resource | bytes]] = spool.lines() if spool else iter(())
    last: tuple[Key, type] | None = None
    for key, found in heapq.merge(held, spooled, key=itemgetter(0)):
        if last and key == last[0] and last[1] is not type(found):
            raise held_twice(key[0], key[2])
        last = key, type(found)
        if isinstance(found, Resource):
            keys.add(found.body)
            found = line_of(found)
        yield found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse_constant(text)


def read(path: Path) -> Inventory:
    """Read a saved inventory; raises InventoryError with the file and the line."""
    parts: list[dict[str, Any]] = []
    try:
        with path.open("rb") as raw:
            packed = raw.peek(2)[:2] == b"\x1f\x8b"
            with cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if packed else nullcontext(raw) as lines:
                unpacked = 0
                while line := lines.readline(LONGEST_LINE + 1):
                    parts.append(_record(path, len(parts) + 1, line))
                    unpacked += len(line)
                    if packed and unpacked > max(_MOST_UNPACKED, _MOST_TIMES * raw.tell()):
                        raise InventoryError(f"{path}: unpacks to more than {_MOST_TIMES} times its size: unpack it.")
    except OSError as error:
        raise InventoryError(f"{path}: cannot be read: {error.strerror or error}.") from error
    except (EOFError, zlib.error) as error:
        raise InventoryError(_cut_off(path, len(parts))) from error
    return _assemble(path, parts)


def _record(path: Path, number: int, line: bytes) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        if number == 1:
            raise InventoryError(_not_one(path))
        raise InventoryError(f"{path}: line {number} is longer than {LONGEST_LINE >> 20} MiB: collect again.")
    if number == 1 and line.startswith(_UTF_16):
        raise InventoryError(f"{path}: is UTF-16, as a redirection in PowerShell writes it: let `-o FILE` write it.")
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        record = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
        if isinstance(record, dict):
            return record
    except (ValueError, RecursionError):
        pass
    if number == 1:
        raise InventoryError(_not_one(path))
    raise InventoryError(f"{path}: line {number} is damaged or cut off: copy the file again, or collect again.")


def _not_one(path: Path) -> str:
    return f"{path}: not an azscheck inventory: `azscheck collect -o FILE` writes one."


def _cut_off(path: Path, lines: int) -> str:
    return (
        f"{path}: ends after line {lines} without its closing record, so it was cut off: "
        "copy the file again, or collect again."
    )


def _assemble(path: Path, parts: list[dict[str, Any]]) -> Inventory:
    if not parts or parts[0].get("azscheck") != "inventory":
        raise InventoryError(_not_one(path))
    if parts[0].get("version") != VERSION:
        raise InventoryError(
            f"{path}: has version {parts[0].get('version')!r} of the inventory format, "
            f"this azscheck reads version {VERSION}: collect again with this azscheck."
        )
    coverage: list[Coverage] = []
    resources: list[Resource] = []
    line = 1
    try:
        created = parse_time(parts[0]["created"])
        for part in parts[1:-1]:
            line += 1
            if "coverage" in part:
                coverage.append(coverage_of(part["coverage"]))
            else:
                resources.append(resource_of(part))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InventoryError(f"{path}: line {line} is not a record of an inventory: collect again.") from error
    if parts[-1].get("end") != {"coverage": len(coverage), "resources": len(resources)}:
        raise InventoryError(_cut_off(path, len(parts)))
    return Inventory.of(created, resources, coverage)
