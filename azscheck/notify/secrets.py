"""The addresses and passwords of channels, from where the configuration says that they are."""

import os
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from azscheck.errors import UsageError
from azscheck.sources.channels import Channel, Hook, Mail

_LONGEST: Final = 64 * 1024
"""A device such as /dev/zero never ends."""


def address_of(channel: Channel, hook: Hook) -> str:
    """Where to post; raises UsageError with a sentence that does not show it: who has it may post there."""
    what = f"The address of the channel {channel.name}"
    url = hook.url or _read(what, hook.env, hook.file).strip()
    try:
        parts = urlsplit(url)
        sound = bool(parts.hostname) and url.isascii() and url.isprintable() and " " not in url and parts.port != 0
    except ValueError:
        sound = False
    if not sound or parts.scheme not in ("http", "https") or parts.username is not None:
        raise UsageError(f"{what} is none: an https address without an account is needed.")
    if parts.scheme == "http" and not _loopback(parts.hostname or ""):
        raise UsageError(f"{what} is not https: what is told of the stamp could be read on the way.")
    return url


def password_of(channel: Channel, mail: Mail) -> str:
    """The mail account's password; empty without an account. Raises UsageError."""
    what = f"The password of {mail.user} for the channel {channel.name}"
    return _read(what, mail.password_env, mail.password_file).rstrip("\r\n") if mail.user else ""


def check(channel: Channel) -> None:
    """Raises UsageError for what is not there, before a stamp is asked anything."""
    match channel.target:
        case Hook():
            address_of(channel, channel.target)
        case Mail():
            password_of(channel, channel.target)
    if channel.ca_file is not None and not channel.ca_file.is_file():
        raise UsageError(f"The authority of the channel {channel.name}: there is no file {channel.ca_file}.")


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _read(what: str, variable: str, file: Path | None) -> str:
    if file is None:
        found = os.environ.get(variable, "")
        if not found.strip():
            raise UsageError(f"{what} is not there: set the environment variable {variable}.")
        return found
    try:
        with file.open("rb") as opened:
            found = opened.read(_LONGEST).decode("utf-8", "replace")
    except OSError as error:
        raise UsageError(f"{what} cannot be read: {file}: {error.strerror or 'cannot be read'}.") from error
    if not found.strip():
        raise UsageError(f"{what} is not there: {file} is empty.")
    return found
