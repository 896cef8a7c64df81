"""Bicep files: compiled by the `bicep` or the `az` on the PATH, then read as the template that they become.

Lines are those of the template, which nobody wrote, so what is found points at the Bicep file as a whole.
Commands: https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-cli
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from azscheck.errors import DocumentError, UsageError
from azscheck.inventory import Inventory, Origin
from azscheck.place import Place
from azscheck.sources.made_templates import made_templates
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
    with made_templates() as made:
        if template.suffix.lower() == PARAMETERS:
            whole, own = _both(template)
            compiled, given = made.file(whole, _origin(template)), [made.file(own, _origin(template))]
        else:
            compiled, given = made.file(template_of(template), _origin(template)), []
        given += [made.file(parameters_of(p), _origin(p)) if p.suffix.lower() == PARAMETERS else p for p in parameters]
        return made.collect(compiled, stamp, given, values, placement, now)


def _origin(path: Path) -> Origin:
    return Origin("file", path.as_posix(), None, 1, 1)


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
