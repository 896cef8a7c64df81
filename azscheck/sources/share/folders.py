"""`Azscheck/shareFolders`: what is in a folder of the share, how new, and from which devices."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from azscheck.sources.share.layout import Folder, matching
from azscheck.sources.share.listing import Entry, Path, Share
from azscheck.sources.share.settings import Device
from azscheck.times import format_time

Walked = Sequence[tuple[Path, Entry]]

NO_DEVICES: Final = "azscheck.yaml names no devices for this folder: list them under `backupShare.folders.{}.devices`"
_BY_DEVICE: Final = ("switches", "hlh")
_UNREAD: Final = ("exists", "newestFile", "newest", "count", "bytes", "devices", "missingDevices", "strangers")


def folder_facts(
    folder: Folder, share: Share, walked: Walked | None, strangers: Sequence[str]
) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    """The properties of a folder and what is not known of it; `walked` None: there is no such folder."""
    found = [(path, e) for path, e in walked or () if not e.folder and _counts(folder, path, e)]
    facts: dict[str, Any] = {
        "path": share.shown(folder.path),
        "exists": walked is not None,
        "count": len(found),
        "bytes": sum(entry.bytes for _, entry in found),
        "strangers": list(strangers),
    }
    newest = _newest(found)
    if newest is not None:
        path, entry = newest
        modified = format_time(entry.modified)
        facts["newest"] = modified
        facts["newestFile"] = {"name": "\\".join(path), "modified": modified, "bytes": entry.bytes}
    devices = [_device(device, found) for device in folder.devices]
    facts["devices"] = devices
    if folder.devices or folder.name not in _BY_DEVICE:
        facts["missingDevices"] = [device["name"] for device in devices if not device["count"]]
        return facts, {}
    return facts, {"/properties/missingDevices": NO_DEVICES.format(folder.name)}


def unread_facts(folder: Folder, share: Share, reason: str) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    """The same of a folder that could not be listed."""
    return {"path": share.shown(folder.path)}, {f"/properties/{name}": reason for name in _UNREAD}


def _counts(folder: Folder, path: Path, entry: Entry) -> bool:
    matched = folder.globs.match(entry.name) or folder.globs.match("/".join(path))
    return bool(matched) and entry.bytes >= folder.minimum_bytes


def _newest(found: Walked) -> tuple[Path, Entry] | None:
    return max(found, key=lambda item: (item[1].modified, item[0]), default=None)


def _device(device: Device, found: Walked) -> dict[str, Any]:
    if device.globs:
        globs = matching(device.globs)
        own = [(path, e) for path, e in found if globs.match(e.name) or globs.match("/".join(path))]
    else:
        # TOR1 is not in the name of TOR10's file.
        word = re.compile(rf"(?<![^\W_]){re.escape(device.name)}(?![^\W_])", re.IGNORECASE)
        own = [(path, e) for path, e in found if word.search("/".join(path))]
    newest = _newest(own)
    facts: dict[str, Any] = {"name": device.name, "count": len(own)}
    if newest is not None:
        facts["newest"] = format_time(newest[1].modified)
    return facts
