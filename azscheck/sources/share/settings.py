"""What must be said about a backup share before it can be read."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct, field


class Device(Struct, frozen=True):
    """One that backs up to a folder: a switch, a hardware lifecycle host."""

    name: str
    globs: tuple[str, ...] = ()
    """Which files are its own; empty: those with its name in their path."""


class FolderSettings(Struct, frozen=True):
    """What is expected in one folder of the share; None: what `layout.yaml` says."""

    path: str | None = None
    """Below the share's path, with `/` or a backslash between folders."""
    globs: tuple[str, ...] | None = None
    devices: tuple[Device, ...] = ()
    minimum_bytes: int = 1


class Limits(Struct, frozen=True):
    """How long a share may take."""

    connect_seconds: float = 10.0
    answer_seconds: float = 20.0
    total_seconds: float = 300.0


class ShareSettings(Struct, frozen=True):
    r"""One stamp's share. The account's password is named, never held."""

    path: str = ""
    r"""`\\server\share\folder`, or a folder where the share is mounted; empty: the one that the stamp backs up to."""
    user: str = ""
    password_env: str = ""
    password_file: Path | None = None
    authentication: str = "negotiate"
    """`negotiate`, `ntlm` or `kerberos`."""
    require_encryption: bool = True
    port: int = 445
    folders: Mapping[str, FolderSettings] = field(default_factory=dict)
    limits: Limits = Limits()
    in_clear: str = "ifOffered"
    """How the file with the settings says `encryption` where none is required."""

    @property
    def mounted(self) -> bool:
        """True when the operating system holds the connection, and azscheck reads a folder."""
        return bool(self.path) and self.path[:2] not in ("\\\\", "//")

    @property
    def has_account(self) -> bool:
        """True when somebody can be signed in: Kerberos has tickets of its own."""
        return bool(self.user) or self.authentication == "kerberos"
