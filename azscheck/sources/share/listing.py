"""A share as the reader sees it: folders that can be listed, over SMB or where the share is mounted."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from msgspec import Struct

Path = tuple[str, ...]
"""The names from the share's path down; empty: the share's path itself."""

_DEEPEST: Final = 32
_MOST: Final = 500_000


class NotThere(Exception):
    """No folder has this path."""


class Refusal(Exception):
    """The share, or a folder of it, cannot be read; the text is a sentence that says why and what to do."""


class Entry(Struct, frozen=True):
    """A file or a folder."""

    name: str
    folder: bool
    bytes: int
    modified: datetime
    link: bool = False
    """Leads elsewhere, and is not followed."""


class Share(Protocol):
    """What is asked of a share."""

    def entries(self, path: Path) -> Iterator[Entry]:
        """What a folder holds. Raises NotThere and Refusal; names are compared without regard to case."""

    def facts(self) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """The properties of `Azscheck/shares`, and the JSON Pointers of what is not known, each with the reason."""

    def shown(self, path: Path) -> str:
        """A path as a person writes it."""

    def close(self) -> None:
        """Leave the share."""


def walk(share: Share, root: Path) -> Iterator[tuple[Path, Entry]]:
    """All that lies below a folder, a folder before what is in it; paths are relative to `root`."""
    folders: list[Path] = [()]
    seen = 0
    while folders:
        folder = folders.pop()
        for entry in share.entries(root + folder):
            seen += 1
            if seen > _MOST:
                raise Refusal(f"{share.shown(root)} holds more than {_MOST:,} files, which azscheck does not read.")
            path = (*folder, entry.name)
            yield path, entry
            if entry.folder and not entry.link:
                if len(path) > _DEEPEST:
                    raise Refusal(f"{share.shown(root + path)} lies deeper than {_DEEPEST} folders.")
                folders.append(path)
