"""Where azscheck keeps what one run leaves for the next."""

import os
import sys
from hashlib import sha256
from os.path import realpath
from pathlib import Path

from azscheck.errors import UsageError


def state_folder() -> Path:
    """The service manager's folder for the service, else the user's; it is not made.

    $STATE_DIRECTORY is systemd's (systemd.exec(5)), $XDG_STATE_HOME that of the XDG Base Directory Specification.
    """
    managed = os.environ.get("STATE_DIRECTORY", "").split(":")[0]
    if managed:
        return Path(managed)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA", "")
    else:
        base = os.environ.get("XDG_STATE_HOME", "")
    try:
        return (Path(base) if base else Path.home() / ".local" / "state") / "azscheck"
    except RuntimeError as error:
        raise UsageError(
            "there is no home folder for what is kept from run to run: name a file with --state."
        ) from error


def state_file(named: Path | None, inputs: list[Path]) -> Path:
    """The file that was named, else one of these inputs' own; its folder is made. Raises UsageError."""
    file = named
    if file is None:
        mark = sha256("\n".join(realpath(path) for path in inputs).encode("utf-8", "surrogatepass")).hexdigest()[:12]
        file = state_folder() / f"{inputs[0].stem}-{mark}.json"
    try:
        file.parent.mkdir(0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--state {file}: its folder cannot be made: {error.strerror or error}.") from error
    if file.is_dir():
        raise UsageError(f"--state: {file} is a folder: name a file.")
    return file
