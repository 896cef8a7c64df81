"""Which files a template takes in: linked templates, modules of Bicep, and what those take in."""

import os
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Final

_ENDS: Final = re.compile(r"['\"\r\n{}?#:*<>|]")
"""What ends the name of a file in a template: its quote, or what names have none of."""
_MODULE: Final = re.compile(r"'([^'\n$]+\.[A-Za-z0-9]+)'")
_MOST_STEPS: Final = 20


def could_take_in(path: Path) -> Iterator[Path]:
    """The files that a template's text names, whether they are there or not."""
    text = _text(path)
    if path.suffix.lower() == ".bicep":
        for name in set(_MODULE.findall(text)):
            yield Path(os.path.normpath(path.parent / name))
    for name in _names(text):
        steps = _steps(name)
        # The beginning may be an address.
        for start in range(len(steps)):
            yield Path(os.path.normpath(path.parent.joinpath(*steps[start:])))
        if len(steps) > 1:
            # A collection of templates keeps each in a folder of its own, and one uses another's.
            yield Path(os.path.normpath(path.parent.joinpath("..", *steps[-2:])))


def endings(path: Path) -> frozenset[str]:
    """How the names of linked files may end, in small letters: `-disks.json` where the beginning is an expression."""
    names = (name.lower() for name in _names(_text(path)))
    return frozenset(name for name in names if not re.search(r"[/\\]", name))


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError:
        return ""
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    return content.decode("utf-16" if wide else "utf-8-sig", errors="replace")


def _names(text: str) -> frozenset[str]:
    """The names of JSON files in a template that links to some; `.json` too, of one that is put together."""
    if "templatelink" not in text.lower() and "parameterslink" not in text.lower():
        return frozenset()
    return frozenset(name for name in _ENDS.split(text) if name.lower().endswith((".json", ".jsonc")))


def _steps(name: str) -> list[str]:
    return [step for step in re.split(r"[/\\]", name) if step not in ("", ".")][-_MOST_STEPS:]


def takes_in(path: Path) -> frozenset[Path]:
    """All that a template could take in, by way of others too, under its real path."""
    found: set[Path] = set()
    left = [path]
    while left:
        here = left.pop()
        for candidate in could_take_in(here):
            real = Path(os.path.realpath(candidate))
            if real not in found and real != Path(os.path.realpath(path)):
                found.add(real)
                if real.is_file():
                    left.append(real)
    return frozenset(found)


def linked_from(paths: Collection[Path]) -> frozenset[Path]:
    """The paths that others of them take in. Of templates that take in one another the first stays."""
    real = {path: Path(os.path.realpath(path)) for path in sorted(paths)}
    within = {path: takes_in(path) for path in real}
    linked: set[Path] = set()
    for path in _roots_first(real, within):
        if path not in linked:
            linked |= {other for other, at in real.items() if other != path and at in within[path]}
    return frozenset(linked)


def _roots_first(real: dict[Path, Path], within: dict[Path, frozenset[Path]]) -> Iterable[Path]:
    return sorted(real, key=lambda path: (any(real[path] in taken for taken in within.values()), path))
