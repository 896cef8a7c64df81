r"""`Azscheck/shareBackups`: the backups inside MASBackup, each with its repositories and whether it is whole.

MASBackup\progressivebackup\<stamp version>\<role;component;partition;repository>\<time>_<id>_<kind>_C.zip and .xml
MASBackup\<folder of a backup>\BackupInfo.xml                                  builds before 2022
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from msgspec import Struct, field

from azscheck.sources.share.folders import Walked
from azscheck.sources.share.layout import Names, names
from azscheck.sources.share.listing import Entry, Path
from azscheck.times import format_time

_OLDER: Final = "a backup of a build before 2022 does not name its {} in the names of its files"


class _Snapshot(Struct):
    """One repository in one backup."""

    time: str
    id: str
    full: bool
    archive: int | None = None
    """Bytes of the .zip; None: there is none."""
    metadata: int | None = None
    """Bytes of the .xml, likewise."""
    chain: str = "broken"

    @property
    def complete(self) -> bool:
        return bool(self.archive) and bool(self.metadata)


class _Version(Struct):
    """What one stamp version's folder holds: repositories by folded name, snapshots by backup."""

    spelled: dict[str, str] = field(default_factory=dict)
    repositories: dict[str, dict[str, _Snapshot]] = field(default_factory=lambda: defaultdict(dict))


class Backups(Struct, frozen=True):
    """All backups, as `name, properties, unknown`, and what does not belong where they are."""

    found: list[tuple[str, Mapping[str, Any], Mapping[str, str]]]
    strangers: list[Path]


def read_backups(walked: Walked) -> Backups:
    """The backups among all that lies in MASBackup."""
    known, versions, strangers = names(), defaultdict[str, _Version](_Version), list[Path]()
    older = {path[0] for path, e in walked if len(path) == 2 and not e.folder and path[1].casefold() == known.legacy}
    odd: set[Path] = set()
    for path, entry in walked:
        if any(path[:depth] in odd for depth in range(1, len(path))) or path[0] in older:
            continue
        if not _take(path, entry, known, versions):
            odd.add(path)
            strangers.append(path)
    found = [_older(name, walked) for name in sorted(older)]
    for version, held in sorted(versions.items()):
        found += _backups(version, held, known)
    return Backups(found, sorted(strangers))


def _take(path: Path, entry: Entry, known: Names, versions: dict[str, _Version]) -> bool:
    """Put an entry where it belongs; False for one that belongs nowhere."""
    if not entry.folder and known.metadata.match(entry.name):
        return True
    if path[0].casefold() != known.progressive:
        return False
    match path[1:], entry.folder:
        case (), True:
            return True
        case (version,), True:
            return known.version.fullmatch(version) is not None
        case (version, repository), True:
            if known.repository.fullmatch(repository) is None:
                return False
            versions[version].spelled[repository.casefold()] = repository
            return True
        case (version, repository, name), False:
            return _take_snapshot(versions[version].repositories[repository.casefold()], name, entry.bytes, known)
    return False


def _take_snapshot(repository: dict[str, _Snapshot], name: str, size: int, known: Names) -> bool:
    named = known.snapshot.fullmatch(name)
    if named is None:
        return False
    backup = named["id"].lower()
    full = named["kind"].casefold() in known.full_kinds
    snapshot = repository.setdefault(backup, _Snapshot(named["time"], backup, full))
    if named["form"].lower() == "zip":
        snapshot.archive = size
    else:
        snapshot.metadata = size
    return True


def _backups(version: str, held: _Version, known: Names) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, str]]]:
    expected = held.spelled | {name.casefold(): name for name in known.repositories}
    backups: dict[str, dict[str, _Snapshot]] = defaultdict(dict)
    for repository, snapshots in held.repositories.items():
        _chain(snapshots)
        for backup, snapshot in snapshots.items():
            backups[backup][repository] = snapshot
    for backup, own in sorted(backups.items()):
        yield backup, _facts(backup, version, own, expected, known), {}


def _chain(snapshots: Mapping[str, _Snapshot]) -> None:
    """Say of each snapshot whether it and all it builds on are there."""
    sound = False
    for snapshot in sorted(snapshots.values(), key=lambda s: (s.time, s.id)):
        sound = snapshot.complete and (snapshot.full or sound)
        snapshot.chain = ("full" if snapshot.full else "incremental") if sound else "broken"


def _facts(
    backup: str, version: str, own: Mapping[str, _Snapshot], expected: Mapping[str, str], known: Names
) -> dict[str, Any]:
    missing = [name for key, name in sorted(expected.items()) if key not in own]
    zips = [snapshot.archive for snapshot in own.values()]
    metadata = [snapshot.metadata for snapshot in own.values()]
    facts: dict[str, Any] = {
        "backupId": backup,
        "stampVersion": version,
        "bytes": sum(size or 0 for size in [*zips, *metadata]),
        "repositories": [
            {"name": expected[key], "complete": snapshot.complete, "chain": snapshot.chain}
            for key, snapshot in sorted(own.items())
        ],
        "missingRepositories": missing,
        "lost": [known.repositories[name] for name in missing if name in known.repositories],
        "zip": {"present": all(zips), "metadata": all(metadata)},
        "whole": not missing and all(snapshot.chain != "broken" for snapshot in own.values()),
    }
    created = _time(min(snapshot.time for snapshot in own.values()))
    return facts | ({"created": created} if created else {})


def _time(text: str) -> str | None:
    try:
        return format_time(datetime.strptime(text, "%Y%m%d%H%M").replace(tzinfo=UTC))
    except ValueError:
        return None


def _older(name: str, walked: Walked) -> tuple[str, Mapping[str, Any], Mapping[str, str]]:
    own = [e for path, e in walked if path[0] == name and len(path) > 1 and not e.folder]
    zips = [e.bytes for e in own if e.name.casefold().endswith(".zip")]
    present = bool(zips) and all(zips)
    facts: dict[str, Any] = {
        "backupId": name,
        "created": format_time(max(e.modified for e in own)),
        "bytes": sum(e.bytes for e in own),
        "zip": {"present": present, "metadata": True},
    }
    unknown = {
        f"/properties/{key}": _OLDER.format("repositories") for key in ("repositories", "missingRepositories", "lost")
    }
    unknown["/properties/stampVersion"] = _OLDER.format("stamp version")
    if present:
        return name, facts, unknown | {"/properties/whole": _OLDER.format("repositories")}
    return name, facts | {"whole": False}, unknown
