"""Bicep files: compiled by the `bicep` or the `az` on the PATH, then read as the template that they become.

Lines are those of the template, which nobody wrote, so what is found points at the Bicep file as a whole.
Commands: https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-cli
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from azscheck.errors import DocumentError, Place, UsageError
from azscheck.inventory import Inventory, Origin
from azscheck.sources.placement import Placement

TEMPLATE, PARAMETERS = ".bicep", ".bicepparam"
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
_HERE: Final = Placement()
_PATIENCE: Final = 120
_MISTAKE: Final = re.compile(r"^(?P<path>.+?)\((?P<line>\d+),(?P<column>\d+)\) : Error (?P<sentence>.+)$", re.MULTILINE)


def is_bicep(path: Path) -> bool:
    """Whether a file is one that this module reads."""
    return path.suffix.lower() in (TEMPLATE, PARAMETERS)


def template_of(path: Path) -> bytes:
    """The template of a `.bicep` file, or of the one that a `.bicepparam` file uses.

    Raises DocumentError for mistakes in it, UsageError where there is nothing that compiles it.
    """
    return _both(path)[0] if path.suffix.lower() == PARAMETERS else _run(path, "build")


def parameters_of(path: Path) -> bytes:
    """The parameter file that a `.bicepparam` file stands for; raises as `template_of` does."""
    return _both(path)[1]


def collect(
    template: Path,
    *,
    stamp: str,
    parameters: Sequence[Path] = (),
    values: Mapping[str, Any] = _NOTHING,
    placement: Placement = _HERE,
    now: datetime,
) -> Inventory:
    """What a Bicep file deploys; parameter files may be `.bicepparam` or JSON, and `template` the former, too."""
    from azscheck.sources import templates

    with tempfile.TemporaryDirectory(prefix="azscheck-") as name:
        shown = _Shown(Path(name))
        compiled, given = template, list(parameters)
        if template.suffix.lower() == PARAMETERS:
            whole, own = _both(template)
            compiled, given = shown.file(template, whole), [shown.file(template, own), *given]
        else:
            compiled = shown.file(template, template_of(template))
        given = [shown.file(p, parameters_of(p)) if p.suffix.lower() == PARAMETERS else p for p in given]
        try:
            found = templates.collect(
                compiled, stamp=stamp, parameters=given, values=values, placement=placement, now=now
            )
        except DocumentError as error:
            raise DocumentError([(shown.place(place), shown.text(text)) for place, text in error.mistakes]) from error
        except UsageError as error:
            raise UsageError(shown.text(str(error))) from error
    return shown.inventory(found)


class _Shown:
    """The compiled files, and what they were compiled from, which is what a person knows."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sources: dict[str, str] = {}
        self._origins: dict[Origin, Origin] = {}

    def file(self, source: Path, content: bytes) -> Path:
        """A compiled file."""
        file = self._folder / f"{len(self._sources)}.json"
        file.write_bytes(content)
        self._sources[file.as_posix()] = source.as_posix()
        return file

    def text(self, text: str) -> str:
        """A sentence about the sources; a line of a compiled file is none of theirs."""
        for file, source in self._sources.items():
            text = re.sub(re.escape(file) + r"(:\d+){0,2}", _always(source), text)
        return text

    def place(self, place: Place) -> Place:
        """The place of a mistake."""
        return Place(self._sources[place.path]) if place.path in self._sources else place

    def inventory(self, found: Inventory) -> Inventory:
        """What was found, as found in the sources."""
        resources = [
            replace(
                r,
                origin=self._origin(r.origin),
                unknown={pointer: self.text(reason) for pointer, reason in r.unknown.items()},
                places={pointer: self._origin(origin) for pointer, origin in r.places.items()},
            )
            for r in found.resources
        ]
        coverage = [replace(c, reason=self.text(c.reason)) for c in found.coverage]
        return Inventory.of(found.created, resources, coverage)

    def _origin(self, origin: Origin) -> Origin:
        source = self._sources.get(origin.address)
        if source is None:
            return origin
        return self._origins.setdefault(origin, Origin(origin.source, source, origin.time, 1, 1))


def _always(text: str) -> Callable[[re.Match[str]], str]:
    return lambda _: text


def _both(path: Path) -> tuple[bytes, bytes]:
    """The template and the parameter file that a `.bicepparam` file stands for."""
    try:
        built = json.loads(_run(path, "build-params"))
        return built["templateJson"].encode(), built["parametersJson"].encode()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(
            f"{path.as_posix()}: the Bicep on the PATH gives no template for it: install a newer one."
        ) from error


def _run(path: Path, what: str) -> bytes:
    if not path.is_file():
        raise UsageError(f"{path.as_posix()} is not there, or is no file.")
    command = _command(path, what)
    try:
        done = subprocess.run(command, capture_output=True, timeout=_PATIENCE, stdin=subprocess.DEVNULL, check=False)
    except subprocess.TimeoutExpired as error:
        raise UsageError(f"{path.as_posix()}: {command[0]} took more than {_PATIENCE} s: try it alone.") from error
    except OSError as error:
        raise UsageError(f"{path.as_posix()}: {command[0]} cannot be run: {error.strerror or error}.") from error
    if done.returncode:
        raise _failure(path, done.stderr.decode("utf-8", "replace"))
    return done.stdout


def _command(path: Path, what: str) -> list[str]:
    # With the whole path, for a name can begin with a dash.
    file = os.path.abspath(path)
    if bicep := shutil.which("bicep"):
        return [bicep, what, "--stdout", file]
    if az := shutil.which("az"):
        return [az, "bicep", what, "--stdout", "--file", file]
    raise UsageError(
        f"{path.as_posix()} is Bicep, and neither bicep nor az is on the PATH: install one of them, or give the "
        "template that bicep build makes of it."
    )


def _failure(path: Path, told: str) -> UsageError:
    whole = os.path.abspath(path)
    mistakes = [
        (
            Place(
                path.as_posix() if found["path"] == whole else found["path"], int(found["line"]), int(found["column"])
            ),
            f"is not Bicep: {found['sentence'].strip().rstrip('.')}.",
        )
        for found in _MISTAKE.finditer(told)
    ]
    if mistakes:
        return DocumentError(mistakes)
    words = " ".join(told.split())[:300] or "it said nothing"
    return UsageError(f"{path.as_posix()}: Bicep could not compile it: {words.rstrip('.')}.")
