"""Where a scan leaves its state for the next one."""

from os.path import realpath
from pathlib import Path

from azscheck.errors import UsageError


def state_file(named: Path | None, inputs: list[Path]) -> Path:
    """The file that was named, else one of these inputs' own; its folder is made. Raises UsageError."""
    # Imported here: most scans keep no state.
    from hashlib import sha256

    from azscheck.history.address import state_folder

    file = named
    if file is None:
        mark = sha256("\n".join(realpath(path) for path in inputs).encode("utf-8", "surrogatepass")).hexdigest()[:12]
        try:
            file = state_folder() / f"{inputs[0].stem}-{mark}.json"
        except RuntimeError as error:
            raise UsageError("there is no home folder for what is kept from run to run: name a --state.") from error
    try:
        file.parent.mkdir(0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--state {file}: its folder cannot be made: {error.strerror or error}.") from error
    if file.is_dir():
        raise UsageError(f"--state: {file} is a folder: name a file.")
    return file
