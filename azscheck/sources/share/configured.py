"""`backupShare:` of azscheck.yaml, as its schema has it, made into settings."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from azscheck.sources.share.settings import Device, FolderSettings, Limits, ShareSettings

_DECLARED: Final = ("device", "location")
_USUAL: Final = Limits()


def declared(value: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What the operator says of the share and no reading shows."""
    return tuple((name, value[name]) for name in _DECLARED if name in value)


def share_mistakes(value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What no schema can say: the key that is wrong, and a sentence."""
    passwords = [name for name in ("passwordEnv", "passwordFile") if name in value]
    kerberos = value.get("authentication") == "kerberos"
    if len(passwords) > 1:
        yield "passwordFile", "backupShare has passwordEnv and passwordFile: keep one of them."
    if passwords and "user" not in value:
        yield passwords[0], f"backupShare has {passwords[0]} and no user: say whose password it is."
    if "user" in value and not passwords and not kerberos:
        yield "user", "backupShare has a user and no password: name it with passwordEnv or passwordFile."
    path = value.get("path", "").replace("/", "\\")
    if path.startswith("\\\\") and len([part for part in path.split("\\") if part]) < 2:
        yield "path", "backupShare.path names a server and no share: \\\\server\\share."


def share_settings(value: Mapping[str, Any], base: Path) -> ShareSettings:
    """The settings; relative paths are relative to `base`."""
    path = value.get("path", "")
    mounted = path and path.replace("/", "\\")[:2] != "\\\\"
    total = float(value.get("deadlineSeconds", _USUAL.total_seconds))
    return ShareSettings(
        path=str(base / Path(path).expanduser()) if mounted else path,
        user=value.get("user", ""),
        password_env=value.get("passwordEnv", ""),
        password_file=base / Path(value["passwordFile"]).expanduser() if "passwordFile" in value else None,
        authentication=value.get("authentication", "negotiate"),
        require_encryption=value.get("encryption", "required") == "required",
        port=value.get("port", 445),
        folders={name: _folder(given) for name, given in value.get("folders", {}).items()},
        limits=Limits(min(_USUAL.connect_seconds, total), min(_USUAL.answer_seconds, total), total),
    )


def _folder(value: Mapping[str, Any]) -> FolderSettings:
    devices = [d if isinstance(d, dict) else {"name": d, "globs": ()} for d in value.get("devices", ())]
    return FolderSettings(
        path=value.get("path"),
        globs=tuple(value["globs"]) if "globs" in value else None,
        devices=tuple(Device(device["name"], tuple(device["globs"])) for device in devices),
        minimum_bytes=value.get("minimumBytes", 1),
    )
