"""A baseline: the findings that were there when a gate was put up, so that a pipeline fails only on new ones.

A file of JSON that is kept beside the code and reviewed like it. An entry is known again by the finding's id, which no
line number is part of, and by its state: what was unknown and is now a finding is new.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from azscheck.errors import DocumentError, InventoryError, UsageError
from azscheck.inventory.fields import json_text
from azscheck.place import Place
from azscheck.results.model import Result, Results
from azscheck.results.states import ComplianceState

VERSION: Final = 1
KEPT: Final = (ComplianceState.NON_COMPLIANT, ComplianceState.UNKNOWN)
"""The states that a baseline holds. An error is never accepted: it is a mistake in a policy."""


class Entry(Struct, frozen=True):
    """A finding that is known."""

    id: str
    policy: str
    stamp: str
    """The stamp, or the file."""
    type: str
    resource: str
    state: str
    message: str


class BaselineUse(Struct, frozen=True):
    """What became of a baseline in a run."""

    file: str
    known: int
    """How many results it holds already."""
    fixed: tuple[Entry, ...]
    """The entries that no longer occur in what was judged: they can go."""


def use_fields(use: BaselineUse) -> dict[str, Any]:
    """As JSON."""
    return {"file": use.file, "known": use.known, "fixed": [_fields(entry) for entry in use.fixed]}


def use_of(fields: dict[str, Any]) -> BaselineUse:
    """From JSON."""
    return BaselineUse(fields["file"], fields["known"], tuple(Entry(**entry) for entry in fields["fixed"]))


def entries_of(results: Results) -> list[Entry]:
    """All that a baseline would hold of these results."""
    return [
        Entry(r.id, r.policy, r.stamp, r.type, r.resource, r.state.value, r.message)
        for r in results.results
        if r.state in KEPT
    ]


def with_baseline(results: Results, entries: Sequence[Entry], file: str) -> Results:
    """The results, those that the baseline holds marked as known.

    An entry of what was not judged now, or could not be, is neither known nor fixed.
    """
    known = {(entry.id, entry.state) for entry in entries}
    marked = tuple(replace(r, baselined=True) if _key(r) in known else r for r in results.results)
    use = BaselineUse(file, sum(r.baselined for r in marked), tuple(e for e in entries if _is_fixed(e, results)))
    return replace(results, results=marked, baseline=use)


def _key(result: Result) -> tuple[str, str]:
    return result.id, result.state.value


def _is_fixed(entry: Entry, results: Results) -> bool:
    if entry.policy not in results.by_id or entry.stamp not in results.read_whole:
        return False
    state = results.states.get(entry.id)
    return state not in (*KEPT, ComplianceState.ERROR)


def kept_beside(results: Results, entries: Iterable[Entry]) -> list[Entry]:
    """The entries that a new baseline takes over: those of stamps, files and policies that were not judged now."""
    return [e for e in entries if e.policy not in results.by_id or e.stamp not in results.read_whole]


def write(entries: Iterable[Entry], path: Path) -> None:
    """Write a baseline, an entry a line, sorted; InventoryError when that cannot be done."""
    unique = {(e.id, e.state): e for e in entries}.values()
    ordered = sorted(unique, key=lambda e: (e.stamp, e.policy, e.type.lower(), e.resource.lower(), e.id, e.state))
    lines = ",".join(f"\n  {json_text(_fields(entry))}" for entry in ordered)
    text = f'{{\n"azscheck": "baseline",\n"version": {VERSION},\n"findings": [{lines}{chr(10) if lines else ""}]\n}}\n'
    try:
        path.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        raise InventoryError(f"{path}: cannot be written: {error.strerror or error}.") from error


def _fields(entry: Entry) -> dict[str, str]:
    return {name: getattr(entry, name) for name in Entry.__struct_fields__}


def read(path: Path) -> list[Entry]:
    """Read a baseline; UsageError and DocumentError say what is wrong with the file."""
    try:
        saved: Any = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"--baseline: {path} cannot be read: {error.strerror or error}.") from error
    except json.JSONDecodeError as error:
        raise DocumentError([(Place(str(path), error.lineno, error.colno), f"is not JSON: {error.msg}.")]) from error
    except (ValueError, RecursionError) as error:
        raise DocumentError([(Place(str(path)), "is not JSON in UTF-8.")]) from error
    if not isinstance(saved, dict) or saved.get("azscheck") != "baseline":
        raise DocumentError([(Place(str(path)), "is not a baseline: `azscheck gate --write-baseline` writes one.")])
    if saved.get("version") != VERSION:
        sentence = f"has version {saved.get('version')!r} of the baseline format, not {VERSION}."
        raise DocumentError([(Place(str(path)), sentence)])
    found = saved.get("findings")
    if not isinstance(found, list) or not all(map(_is_entry, found)):
        raise DocumentError([(Place(str(path)), "lacks a part that a baseline has: write it again.")])
    return [Entry(**fields) for fields in found]


def _is_entry(fields: Any) -> bool:
    return (
        isinstance(fields, dict)
        and set(fields) == set(Entry.__struct_fields__)
        and all(isinstance(value, str) for value in fields.values())
    )
