"""Linked templates, where they lie locally: beside or below the template that links to them."""

import posixpath
import re
from pathlib import Path
from typing import Final

from azscheck.sources.templates.reading import Source

_MOST_STEPS: Final = 20
_FILE: Final = re.compile(r"[^{}?#]*?([^{}?#:]*\.jsonc?)(?=[{?#]|$)", re.IGNORECASE)
"""What comes after the last thing that is not known, and before a query or a token."""


def beside(source: Source, relative: str) -> tuple[Path, str] | None:
    """The file of a `relativePath`, and its name as it is shown; None when there is none such."""
    way = posixpath.normpath(relative.replace("\\", "/").lstrip("/"))
    return _file(source, way) if way.lower().endswith((".json", ".jsonc")) else None


def by_address(source: Source, address: str) -> tuple[Path, str] | None:
    """The file that an address ends in, `{_artifactsLocation}/nested/vm.json{token}`.

    The longest end of the address that leads to a file counts, be it beside or below the template or in a folder beside
    the template's own.
    """
    named = [found for found in _FILE.finditer(address) if found[1]]
    if not named:
        return None
    known, before = named[-1][1].replace("\\", "/"), address[: named[-1].start(1)]
    steps = [step for step in known.split("/") if step not in ("", ".", "..")][-_MOST_STEPS:]
    if before.endswith("}") and not known.startswith("/") and before.rpartition("{")[0][-1:] not in ("", "/", "}"):
        # `vm-{size}disks.json`: of the first name a part is not known.
        steps = steps[1:]
    ways = ["/".join(steps[start:]) for start in range(len(steps))]
    # A collection of templates keeps each in a folder of its own, and one uses another's.
    ways[-1:-1] = [f"../{way}" for way in ways[-2:-1]]
    found = (_file(source, way) for way in ways)
    return next((file for file in found if file is not None and file[0] != source.path), None)


def _file(source: Source, way: str) -> tuple[Path, str] | None:
    path = source.path.parent / way
    try:
        there = path.is_file()
    except (OSError, ValueError):
        return None
    return (path, posixpath.normpath(posixpath.join(posixpath.dirname(source.shown), way))) if there else None
