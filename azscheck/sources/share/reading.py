"""One stamp's share, read: from an open share to resources and coverage."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path as File
from typing import Any, Final

from azscheck.inventory import Coverage, CoverageState, Origin, Resource
from azscheck.sources.share.backups import read_backups
from azscheck.sources.share.folders import Walked, folder_facts, unread_facts
from azscheck.sources.share.layout import INFRASTRUCTURE, Folder, folders
from azscheck.sources.share.listing import NotThere, Refusal, Share, walk
from azscheck.sources.share.mounted import MountedShare
from azscheck.sources.share.settings import ShareSettings
from azscheck.sources.share.unc import parse_unc

SHARES: Final = "Azscheck/shares"
SHARE_FOLDERS: Final = "Azscheck/shareFolders"
SHARE_BACKUPS: Final = "Azscheck/shareBackups"
TYPES: Final = (SHARES, SHARE_FOLDERS, SHARE_BACKUPS)

_MOST_STRANGERS: Final = 100

Report = Callable[[str, int], None]
"""What is being read, and how many files and folders were seen."""


def open_share(settings: ShareSettings, told: str, password: str, device: str) -> Share:
    """The share at the configured path, else at the one that the stamp told. Raises Refusal."""
    if settings.mounted:
        return MountedShare(File(settings.path), told, device)
    path = settings.path or told
    unc = parse_unc(path)
    if unc is None:
        raise Refusal(f"The path {path} of the backup share is not of the form \\\\server\\share: correct it.")
    # It takes a fifth of a second to import.
    from azscheck.sources.share.smb import open_smb

    return open_smb(settings, unc, password)


class Reading:
    """What one share gives; `resources` and `coverage` are whole when `run` returns."""

    def __init__(self, stamp: str, settings: ShareSettings, told: str, clock: Callable[[], datetime]) -> None:
        self.resources: list[Resource] = []
        self.coverage: list[Coverage] = []
        self._stamp = stamp
        self._settings = settings
        self._told = told
        self._clock = clock

    def run(self, password: str, device: str, report: Report) -> None:
        """Read it all; raises Refusal when nothing of it can be."""
        share = open_share(self._settings, self._told, password, device)
        try:
            self._read(share, report)
        finally:
            share.close()

    def _read(self, share: Share, report: Report) -> None:
        try:
            # The first question, so that a share that cannot be listed is one failure and not many.
            for _ in share.entries(()):
                break
        except NotThere as error:
            raise Refusal(
                f"There is no folder {share.shown(())} on the backup share: check `backupShare.path`."
            ) from error
        facts, unknown = share.facts()
        self._add(SHARES, self._id("shares", self._stamp), self._stamp, facts, unknown, share.shown(()))
        self._cover(SHARES)
        failed = False
        for folder in folders(self._settings.folders):
            report(folder.name, 0)
            failed |= not self._folder(share, folder, report)
        if not failed:
            self._cover(SHARE_FOLDERS)

    def _folder(self, share: Share, folder: Folder, report: Report) -> bool:
        """Read one folder; False when it cannot be."""
        identity, address = self._id("shareFolders", folder.name), share.shown(folder.path)
        try:
            walked = _walked(share, folder, report)
        except Refusal as error:
            facts, unknown = unread_facts(folder, share, str(error))
            self._add(SHARE_FOLDERS, identity, folder.name, facts, unknown, address)
            self._cover(SHARE_FOLDERS, identity, str(error))
            if folder.name == INFRASTRUCTURE:
                self._cover(SHARE_BACKUPS, "", str(error))
            return False
        strangers: list[str] = []
        if folder.name == INFRASTRUCTURE:
            backups = read_backups(walked or ())
            strangers = ["\\".join(path) for path in backups.strangers[:_MOST_STRANGERS]]
            for name, known, not_known in backups.found:
                self._add(SHARE_BACKUPS, self._id("shareBackups", name), name, known, not_known, address)
            self._cover(SHARE_BACKUPS)
        facts, unknown = folder_facts(folder, share, walked, strangers)
        self._add(SHARE_FOLDERS, identity, folder.name, facts, unknown, address)
        return True

    def _id(self, kind: str, name: str) -> str:
        return f"/azscheck/stamps/{self._stamp}/{kind}/{name}"

    def _add(
        self, kind: str, identity: str, name: str, facts: Mapping[str, Any], unknown: Mapping[str, str], address: str
    ) -> None:
        body = {"id": identity, "name": name, "type": kind, "properties": dict(facts)}
        origin = Origin("share", address, self._clock())
        self.resources.append(Resource(self._stamp, kind, identity, body, origin, unknown))

    def _cover(self, kind: str, scope: str = "", reason: str = "") -> None:
        state = CoverageState.FAILED if reason else CoverageState.COMPLETE
        count = 0 if reason else sum(resource.type == kind for resource in self.resources)
        self.coverage.append(Coverage(self._stamp, kind, scope, state, reason, count=count, time=self._clock()))


def _walked(share: Share, folder: Folder, report: Report) -> Walked | None:
    """All in a folder; None when there is no such folder."""
    found = []
    try:
        for item in walk(share, folder.path):
            found.append(item)
            if len(found) % 1000 == 0:
                report(folder.name, len(found))
    except NotThere:
        # A folder below that goes while it is read: the stamp deletes old backups.
        return found or None
    return found
