"""Which files a template takes in: linked templates, modules of Bicep, and what those take in."""

import os
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Final

_LINK: Final = re.compile(r"[\w.\-/\\]*[\w\-]\.jsonc?\b", re.IGNORECASE)
_MODULE: Final = re.compile(r"'([^'\n$]+\.[A-Za-z0-9]+)'")
_MOST_STEPS: Final = 20


def could_take_in(path: Path) -> Iterator[Path]:
    """The files that a template's text names, whether they are there or not."""
    try:
        text = path.read_text("utf-8-sig", errors="replace")
    except OSError:
        return
    if path.suffix.lower() == ".bicep":
        for name in set(_MODULE.findall(text)):
            yield Path(os.path.normpath(path.parent / name))
    elif "templateLink" in text or "parametersLink" in text:
        for name in set(_LINK.findall(text)):
            steps = [step for step in re.split(r"[/\\]", name) if step not in ("", ".")][-_MOST_STEPS:]
            # The beginning may be an address.
            for start in range(len(steps)):
                yield Path(os.path.normpath(path.parent.joinpath(*steps[start:])))


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
