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
    """The file that an address ends in, `{_artifactsLocation}/nested/vm.json{_artifactsLocationSasToken}`.

    The longest end of the address that leads to a file beside or below the template counts.
    """
    named = [found[1] for found in _FILE.finditer(address) if found[1]]
    if not named:
        return None
    steps = [step for step in named[-1].replace("\\", "/").split("/") if step not in ("", ".", "..")][-_MOST_STEPS:]
    found = (_file(source, "/".join(steps[start:])) for start in range(len(steps)))
    return next((file for file in found if file is not None and file[0] != source.path), None)


def _file(source: Source, way: str) -> tuple[Path, str] | None:
    path = source.path.parent / way
    try:
        there = path.is_file()
    except (OSError, ValueError):
        return None
    return (path, posixpath.normpath(posixpath.join(posixpath.dirname(source.shown), way))) if there else None
