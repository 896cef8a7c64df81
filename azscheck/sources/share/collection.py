"""Reading shares: a thread each, so that one that hangs delays none of the others beyond its own limit."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from threading import Thread
from typing import Final

from msgspec import Struct

from azscheck.inventory import Coverage, CoverageState, Inventory
from azscheck.sources.share.listing import Refusal
from azscheck.sources.share.place import skip_reason, told_path
from azscheck.sources.share.reading import TYPES, Reading
from azscheck.sources.share.settings import ShareSettings

Progress = Callable[[str, str, int], None]
"""The stamp's name, what is being read (`the share: switches`), resources so far of this stamp."""

_NONE: Final = ShareSettings()
_WAIT_SECONDS: Final = 0.2
_GRACE_SECONDS: Final = 2.0
"""What signing in and resolving may take beyond the share's own limit before nobody waits any more."""


def collect(
    inventory: Inventory,
    stamps: Sequence[str],
    shares: Mapping[str, ShareSettings],
    passwords: Mapping[str, str],
    *,
    clock: Callable[[], datetime],
    progress: Progress | None = None,
) -> Inventory:
    """Read the stamps' shares, all at once; `inventory` is what the stamps told, which may be where the share is.

    A share that cannot be reached, entered or listed is no error: the inventory's Coverage has the reason. None delays
    the others beyond its `limits.total_seconds`.
    """
    tasks = []
    for stamp in stamps:
        settings = shares.get(stamp, _NONE)
        tasks.append(_Task(stamp, settings, skip_reason(inventory, stamp, settings)))
    for task in tasks:
        if not task.skipped:
            told, device = told_path(inventory, task.stamp), _device(inventory, task.stamp)
            base = len([r for r in inventory.resources if r.stamp == task.stamp])
            report = partial(_report, progress, task.stamp, base)
            task.start(Reading(task.stamp, task.settings, told, clock), passwords.get(task.stamp, ""), device, report)
    found = [task.result(clock()) for task in tasks]
    resources = [resource for inventory in found for resource in inventory.resources]
    return Inventory.of(clock(), resources, [line for inventory in found for line in inventory.coverage])


def _report(progress: Progress | None, stamp: str, base: int, folder: str, files: int) -> None:
    if progress is not None:
        progress(stamp, f"the share: {folder}" + (f", {files:,} files" if files else ""), base)


def _device(inventory: Inventory, stamp: str) -> str:
    """What the operator declares to be behind the share."""
    for resource in inventory.of_type("Azscheck/stamps", stamp):
        declared = resource.body.get("properties", {}).get("backupShare", {})
        return str(declared.get("device", ""))
    return ""


class _Task(Struct):
    """A share and the thread that reads it: a daemon, so that a call that hangs keeps nobody."""

    stamp: str
    settings: ShareSettings
    skipped: str
    refusal: str = ""
    error: BaseException | None = None
    thread: Thread | None = None
    reading: Reading | None = None
    until: float = 0.0

    def start(self, reading: Reading, password: str, device: str, report: Callable[[str, int], None]) -> None:
        self.reading = reading
        self.until = time.monotonic() + self.settings.limits.total_seconds + _GRACE_SECONDS
        target = partial(self._run, reading, password, device, report)
        self.thread = Thread(target=target, name=f"azscheck share {self.stamp}", daemon=True)
        self.thread.start()

    def _run(self, reading: Reading, password: str, device: str, report: Callable[[str, int], None]) -> None:
        try:
            reading.run(password, device, report)
        except Refusal as error:
            self.refusal = str(error)
        except BaseException as error:
            # Raised again in the thread that waits for this one.
            self.error = error

    def result(self, now: datetime) -> Inventory:
        """What came of it, once that is known or it is too late."""
        if self.thread is None or self.reading is None:
            return self._nothing(CoverageState.SKIPPED, self.skipped, now)
        while self.thread.is_alive() and time.monotonic() < self.until:
            # With a timeout: on Windows nothing interrupts a wait that has none.
            self.thread.join(_WAIT_SECONDS)
        if self.thread.is_alive():
            seconds = self.settings.limits.total_seconds
            reason = (
                f"The backup share was not read within {seconds:g} s: look at what slows it, or raise"
                " `backupShare.deadlineSeconds`."
            )
            return self._nothing(CoverageState.FAILED, reason, now)
        if self.error is not None:
            raise self.error
        if self.refusal:
            return self._nothing(CoverageState.FAILED, self.refusal, now)
        return Inventory.of(now, self.reading.resources, self.reading.coverage)

    def _nothing(self, state: CoverageState, reason: str, now: datetime) -> Inventory:
        return Inventory.of(now, (), [Coverage(self.stamp, kind, "", state, reason, time=now) for kind in TYPES])
