"""A share that the operating system has mounted, or any folder that stands for one."""

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path as File
from typing import Any, Final

from azscheck.sources.share.listing import Entry, NotThere, Path, Refusal

_NOT_SEEN: Final = "the share is mounted, so the connection is the operating system's: azscheck does not see it"
_SPACE: Final = "the share is mounted: its free space is read over SMB only"


class MountedShare:
    """Reads a folder; `unc` is the address that the stamp backs up to, empty when that is not known."""

    def __init__(self, folder: File, unc: str, device: str) -> None:
        self._folder = folder
        self._unc = unc
        self._device = device

    def entries(self, path: Path) -> Iterator[Entry]:
        """See `Share`."""
        folder = self._find(path)
        try:
            with os.scandir(folder) as found:
                yield from sorted((_entry(item) for item in found), key=lambda entry: entry.name)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise NotThere(self.shown(path)) from error
        except PermissionError as error:
            raise Refusal(
                f"Who runs azscheck has no right to list {folder}: give read rights on it and what is below."
            ) from error
        except OSError as error:
            raise Refusal(f"{folder} cannot be listed: {error.strerror or error}.") from error

    def _find(self, path: Path) -> File:
        """The folder with a path, in any letter case, as on a Windows file server."""
        folder = self._folder
        for name in path:
            if not (folder / name).exists():
                try:
                    same = sorted(e for e in os.listdir(folder) if e.casefold() == name.casefold())
                except OSError:
                    same = []
                name = same[0] if same else name
            folder = folder / name
        return folder

    def facts(self) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """See `Share`."""
        known: dict[str, Any] = {
            "path": self._unc or str(self._folder),
            "mounted": True,
            "mountedAt": str(self._folder),
        }
        known["device"] = self._device or "mounted"
        unknown = {
            f"/properties/{name}": _NOT_SEEN for name in ("addresses", "encryption", "signing", "dialect", "account")
        }
        unknown |= {f"/properties/{name}": _SPACE for name in ("freeBytes", "totalBytes")}
        if self._unc:
            known["host"] = self._unc.strip("\\/").replace("/", "\\").partition("\\")[0]
        else:
            unknown["/properties/host"] = _NOT_SEEN
        return known, unknown

    def shown(self, path: Path) -> str:
        """See `Share`."""
        if self._unc:
            return "\\".join([self._unc.rstrip("\\/"), *path])
        return str(self._folder.joinpath(*path))

    def close(self) -> None:
        """See `Share`."""


def _entry(item: os.DirEntry[str]) -> Entry:
    found = item.stat(follow_symlinks=False)
    folder = item.is_dir(follow_symlinks=False)
    modified = datetime.fromtimestamp(found.st_mtime, UTC)
    return Entry(item.name, folder, 0 if folder else found.st_size, modified, link=item.is_symlink())
