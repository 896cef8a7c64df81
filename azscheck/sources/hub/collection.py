"""Collecting stamps: a thread each, so that a dead one delays none of the others."""

import time
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import partial
from threading import Event, Thread
from typing import Final

from azscheck.errors import UsageError
from azscheck.inventory import Coverage, CoverageState, Inventory, Resource, type_key
from azscheck.inventory.spool import Spool
from azscheck.policy.model import STAMPS
from azscheck.sources.hub.endpoint import endpoints_of, open_endpoint
from azscheck.sources.hub.found import first_of_each
from azscheck.sources.hub.interruption import Interrupted
from azscheck.sources.hub.journal import Journal
from azscheck.sources.hub.limits import Limits
from azscheck.sources.hub.plane import PlaneCollection
from azscheck.sources.hub.schedule import Schedule
from azscheck.sources.hub.selection import not_asked_for, rows_for
from azscheck.sources.hub.settings import StampSettings
from azscheck.sources.hub.stamp import domain_of, not_configured, stamp_resource
from azscheck.sources.hub.table import Row
from azscheck.sources.hub.transport import Transport

_WAIT_SECONDS: Final = 0.2
_LAST_SECONDS: Final = 2.0

Progress = Callable[[str, str, int], None]


def collect_stamps(
    stamps: Sequence[StampSettings],
    clock: Callable[[], datetime],
    progress: Progress | None,
    limits: Limits,
    types: Collection[str] | None,
    journal: Journal | None,
    spool: Spool | None,
) -> Inventory:
    """See `azscheck.sources.hub.collect`."""
    names = [settings.name for settings in stamps]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"Two stamps are called {name}: give each its own name.")
    rows = rows_for(types)
    collections = [_StampCollection(settings, rows, clock, progress, limits, journal, spool) for settings in stamps]
    # Daemons, so that an interrupted process does not wait for calls that hang.
    threads = [
        Thread(target=collection.run, name=f"azscheck {collection.settings.name}", daemon=True)
        for collection in collections
    ]
    try:
        for thread in threads:
            thread.start()
        _wait(collections)
    except KeyboardInterrupt:
        for collection in collections:
            collection.stop.set()
        for thread in threads:
            if thread.ident is None:
                thread.start()
        # Once more Ctrl-C ends this too.
        _wait(collections)
        raise Interrupted(_together(collections, clock())) from None
    finally:
        until = time.monotonic() + _LAST_SECONDS
        for collection in collections:
            collection.stop.set()
        for collection in collections:
            collection.ended.wait(max(0.0, until - time.monotonic()))
    return _together(collections, clock())


def _wait(collections: Sequence["_StampCollection"]) -> None:
    """Until all have ended; raises what was no stamp's fault."""
    while not all(c.ended.is_set() for c in collections) and not any(c.error for c in collections):
        for collection in collections:
            # Not Thread.join: one that Ctrl-C ends takes the thread for ended (CPython issue 90882). With a timeout: on
            # Windows nothing interrupts a wait that has none.
            collection.ended.wait(_WAIT_SECONDS)
    for collection in collections:
        if collection.error is not None:
            raise collection.error


def _together(collections: Sequence["_StampCollection"], created: datetime) -> Inventory:
    resources = [resource for collection in collections for resource in collection.resources]
    coverage = [line for collection in collections for line in collection.coverage]
    return Inventory.of(created, resources, coverage)


class _StampCollection:
    """One stamp: both planes at once, with one pool of calls for both."""

    def __init__(
        self,
        settings: StampSettings,
        rows: Sequence[Row],
        clock: Callable[[], datetime],
        progress: Progress | None,
        limits: Limits,
        journal: Journal | None,
        spool: Spool | None,
    ) -> None:
        self.settings = settings
        self._journal = journal
        self._spool = spool
        self._rows = rows
        self.stop = Event()
        self.ended = Event()
        self.error: BaseException | None = None
        self.resources: list[Resource] = []
        self.coverage: list[Coverage] = []
        self._clock = clock
        self._progress = progress
        self._limits = limits
        read = {row.plane for row in rows}
        self._endpoints = [endpoint for endpoint in endpoints_of(settings) if endpoint.plane in read]
        self._planes: list[PlaneCollection] = []

    def run(self) -> None:
        """Collect both planes; `error` is then what was no stamp's fault."""
        try:
            self._collect()
        except BaseException as error:
            # Raised again in the thread that waits for this one.
            self.error = error
        finally:
            self.ended.set()

    def _collect(self) -> None:
        settings, schedule = self.settings, Schedule(self.settings.name, self.settings.concurrency, self.stop)
        region = settings.external_domain.partition(".")[0]
        transports: list[Transport] = []
        for endpoint in self._endpoints:
            plane = PlaneCollection(
                settings.name, endpoint.plane, region, self._rows, schedule, self._clock, self._report, self._spool
            )
            self._planes.append(plane)
            plane.begin(
                partial(
                    open_endpoint,
                    endpoint,
                    settings,
                    self._limits,
                    self._clock,
                    self.stop,
                    transports,
                    self._journal,
                    self._spool,
                )
            )
        try:
            schedule.run()
        finally:
            for transport in transports:
                transport.close()
        if self.stop.is_set():
            for plane in self._planes:
                plane.break_off()
        self._assemble()

    def _report(self, reading: str) -> None:
        if self._progress is not None:
            self._progress(self.settings.name, reading, sum(plane.found.count for plane in self._planes))

    def _assemble(self) -> None:
        for plane in self._planes:
            # Coverage of both planes can have the same type and scope, so its order is settled here.
            self.coverage += sorted(plane.coverage, key=_order)
        metadata = [plane.metadata for plane in self._planes if plane.metadata]
        regions = [plane.region for plane in reversed(self._planes) if plane.region]
        region = next(iter(regions), "") or domain_of(self.settings, metadata).partition(".")[0]
        failures = [plane.failure for plane in self._planes if plane.failure]
        self.resources = first_of_each(plane.found for plane in self._planes)
        moment = self._clock()
        self.coverage += not_asked_for(self.settings.name, self._rows, self._clock)
        self.resources.append(
            stamp_resource(self.settings, metadata, region, failures, self.resources, self.coverage, moment)
        )
        # Made, not listed: it is there whatever could be read, and what could not is in its `unknown`.
        self.coverage += not_configured(self.settings, self._rows, moment)
        self.coverage.append(Coverage(self.settings.name, STAMPS, "", CoverageState.COMPLETE, count=1, time=moment))


def _order(line: Coverage) -> tuple[str, str, str]:
    return type_key(line.type), line.scope.lower(), line.reason
