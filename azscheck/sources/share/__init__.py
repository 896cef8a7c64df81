"""The SMB share that a stamp backs up to: what is on it, and how it can be reached. Nothing on it is ever changed, but
by `write_probe`, which says how and is imported for `azscheck readiness --allow-write-probe` alone.

smbprotocol is imported when a share is read, not before.
"""

from azscheck.sources.share.collection import collect
from azscheck.sources.share.password import read_passwords
from azscheck.sources.share.reading import TYPES
from azscheck.sources.share.settings import Device, FolderSettings, Limits, ShareSettings

__all__ = ["TYPES", "Device", "FolderSettings", "Limits", "ShareSettings", "collect", "read_passwords"]
