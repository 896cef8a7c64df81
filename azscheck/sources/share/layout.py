"""What `layout.yaml` says of a share: its folders, the names inside MASBackup, the repositories of a backup."""

import fnmatch
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from msgspec import Struct

from azscheck.documents import read_own
from azscheck.sources.share.settings import Device, FolderSettings

INFRASTRUCTURE = "infrastructure"


class Folder(Struct, frozen=True):
    """A folder of the share, and what counts in it."""

    name: str
    path: tuple[str, ...]
    globs: re.Pattern[str]
    devices: tuple[Device, ...] = ()
    minimum_bytes: int = 1


class Names(Struct, frozen=True):
    """The names inside MASBackup."""

    progressive: str
    version: re.Pattern[str]
    repository: re.Pattern[str]
    snapshot: re.Pattern[str]
    full_kinds: frozenset[str]
    metadata: re.Pattern[str]
    legacy: str
    repositories: Mapping[str, str]
    """What each repository of a whole stamp holds, by its name."""


@cache
def _layout() -> dict[str, Any]:
    layout: dict[str, Any] = read_own(files("azscheck.sources.share").joinpath("layout.yaml").read_text("utf-8"))
    return layout


def folders(settings: Mapping[str, FolderSettings]) -> list[Folder]:
    """The folders of a share: those of `layout.yaml`, each with what the configuration says otherwise."""
    return [_folder(name, usual, settings.get(name, FolderSettings())) for name, usual in _layout()["folders"].items()]


def _folder(name: str, usual: Mapping[str, Any], given: FolderSettings) -> Folder:
    path = re.split(r"[\\/]+", (given.path or usual["path"]).strip("\\/"))
    globs = usual["globs"] if given.globs is None else given.globs
    return Folder(name, tuple(path), matching(globs), given.devices, given.minimum_bytes)


@cache
def names() -> Names:
    """The names inside MASBackup."""
    given = _layout()["masBackup"]
    version, repository, snapshot = (re.compile(given[k], re.IGNORECASE) for k in ("version", "repository", "snapshot"))
    return Names(
        progressive=given["progressive"].casefold(),
        version=version,
        repository=repository,
        snapshot=snapshot,
        full_kinds=frozenset(kind.casefold() for kind in given["fullKinds"]),
        metadata=matching(given["metadata"]),
        legacy=given["legacy"].casefold(),
        repositories={repository["name"]: repository["holds"] for repository in _layout()["repositories"]},
    )


def matching(globs: Iterable[str]) -> re.Pattern[str]:
    """Matches a name, or a path with `/`, in any letter case, that one of the globs matches."""
    return re.compile("|".join(fnmatch.translate(glob.replace("\\", "/")) for glob in globs) or "(?!)", re.IGNORECASE)
