"""Where the password of the share's account is: an environment variable or a file."""

import os
from collections.abc import Mapping
from typing import Final

from azscheck.errors import UsageError
from azscheck.sources.share.settings import ShareSettings

_LONGEST: Final = 64 * 1024
"""A device such as /dev/zero never ends."""


def read_passwords(shares: Mapping[str, ShareSettings]) -> dict[str, str]:
    """The passwords of the shares' accounts, by stamp; raises UsageError with a sentence for one that is not there."""
    return {stamp: _read(settings, stamp) for stamp, settings in shares.items()}


def _read(settings: ShareSettings, stamp: str) -> str:
    """The password; empty where none is named."""
    of = f"The password of {settings.user} for the backup share of stamp {stamp}"
    if settings.password_env:
        found = os.environ.get(settings.password_env, "")
        if not found:
            raise UsageError(f"{of} is not there: set the environment variable {settings.password_env}.")
        return found
    if settings.password_file is None:
        return ""
    try:
        with settings.password_file.open("rb") as file:
            content = file.read(_LONGEST)
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise UsageError(f"{of} cannot be read: {settings.password_file}: {reason}.") from error
    found = content.decode("utf-8", "replace").rstrip("\r\n")
    if not found:
        raise UsageError(f"{of} is not there: {settings.password_file} is empty.")
    return found
