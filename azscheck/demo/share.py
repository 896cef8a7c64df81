"""The demo stamp's backup share, as a folder on this computer; `share.yaml` says what is on it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from msgspec import Struct

from azscheck.demo.placeholders import Filler
from azscheck.documents import read_own
from azscheck.errors import UsageError

_MARK = ".azscheck-demo"


class ShareFile(Struct, frozen=True):
    """A file on the share; its path has `/` between folders."""

    path: str
    modified: datetime
    bytes: int


def share_files(fill: Filler) -> tuple[ShareFile, ...]:
    """All files on the share."""
    content = read_own(files("azscheck.demo").joinpath("share.yaml").read_text("utf-8"))
    plain = (ShareFile(path, fill.before(file["ago"]), file["bytes"]) for path, file in content["files"].items())
    return (*plain, *_backup_files(content["backups"], fill))


def _backup_files(backups: dict[str, Any], fill: Filler) -> Iterator[ShareFile]:
    root = f"MASBackup/progressivebackup/{backups['stampVersion']}"
    for name, ago in backups["ago"].items():
        made = fill.before(ago)
        for repository, size in backups["repositories"].items():
            if repository not in backups["lacks"].get(name, ()):
                path = f"{root}/{repository}/{made:%Y%m%d%H%M}_{fill.guid(name)}_Full_C"
                yield ShareFile(f"{path}.zip", made, size)
                yield ShareFile(f"{path}.xml", made, backups["metadataBytes"])


def write_share(folder: Path, share: Iterable[ShareFile]) -> None:
    """Make the folder anew; raises UsageError rather than touch one that the demo did not make."""
    if folder.exists():
        if not (folder / _MARK).is_file():
            raise UsageError(f"{folder} is there and not the demo's: give another folder with --output.")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / _MARK).touch()
    for file in share:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(file.bytes))
        os.utime(path, (file.modified.timestamp(),) * 2)
