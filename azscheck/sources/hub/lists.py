"""The lists of one plane: what follows from each for its resources and for those below them, and what is recorded where
one cannot be taken."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from azscheck.errors import CollectionError
from azscheck.inventory import Coverage, CoverageState, Resource
from azscheck.inventory.spool import Spool
from azscheck.sources.hub.found import Found
from azscheck.sources.hub.interruption import INTERRUPTED
from azscheck.sources.hub.listed import Listed
from azscheck.sources.hub.listing import Lister, Subscription
from azscheck.sources.hub.schedule import Schedule
from azscheck.sources.hub.table import LOCATIONS, SUBSCRIPTIONS, PlaneName, Row
from azscheck.sources.hub.views import Views

_T = TypeVar("_T")
Failure = CollectionError


class _Unread(Struct, frozen=True):
    """A resource that was listed and is to be read once more."""

    row: Row
    path: str
    listed: Callable[[], Resource]
    views: Views

    def with_unknown(self, reason: str) -> Resource:
        """As it was listed, for want of more."""
        return replace(self.listed(), unknown={f"/properties/{self.row.expand}": reason})


class Lists:
    """Takes lists; all methods but those given to the schedule as calls run in the schedule's own thread."""

    _lister: Lister

    def __init__(
        self,
        stamp: str,
        name: PlaneName,
        rows: Sequence[Row],
        schedule: Schedule,
        clock: Callable[[], datetime],
        progress: Callable[[str], None],
        spool: Spool | None,
    ) -> None:
        self.name = name
        self.found = Found(name, spool)
        self.coverage: list[Coverage] = []
        self._stamp = stamp
        self._rows = [row for row in rows if row.plane == name]
        self._schedule = schedule
        self._clock = clock
        self._progress = progress
        self._under_way: Counter[str] = Counter()
        """How many lists of a type, or second reads of its resources, have not come back; `` is what leads to lists."""
        self._unread: dict[tuple[str, str], _Unread] = {}
        """What was listed and is to be read once more, by the list's path and its id."""

    def break_off(self) -> None:
        """Record what is missing, after the schedule was stopped; what was listed only is kept as it was listed."""
        for unread in self._unread.values():
            self._keep(unread.row, unread.path, [unread.with_unknown(INTERRUPTED)])
        self._without("", [row for row in self._rows if not self._is_done(row)], INTERRUPTED)

    def _is_done(self, row: Row) -> bool:
        before = ["", SUBSCRIPTIONS, *([LOCATIONS] if "{region}" in row.path else ())]
        if any(self._under_way[kind] for kind in (*before, *row.covered)):
            return False
        return all(self._is_done(above) for above in self._rows if above.type == row.parent)

    def _submit(
        self, kind: str, call: Callable[[], _T], then: Callable[[_T | Failure], None], *, first: bool = False
    ) -> None:
        def done(result: _T | Failure) -> None:
            then(result)
            self._under_way[kind] -= 1

        self._under_way[kind] += 1
        self._schedule.submit(call, done, first=first)

    def _list(self, row: Row, path: str, subscription: Subscription, parent: str = "") -> None:
        then = partial(self._listed, subscription)
        self._submit(row.type, lambda: self._lister.list(row, path, subscription, parent), then)

    def _listed(self, subscription: Subscription, listed: Listed | Failure) -> None:
        if isinstance(listed, CollectionError):
            raise listed
        self.coverage.append(listed.coverage)
        if listed.row.expand:
            self._read_again(listed, subscription)
            self._children(listed, (), subscription)
        else:
            self._keep(listed.row, listed.path, listed.resources)
            self._children(listed, listed.resources, subscription)

    def _read_again(self, listed: Listed, subscription: Subscription) -> None:
        row = listed.row
        views = Views(row, listed.coverage, len(listed.resources))
        if not listed.resources:
            self.coverage += views.coverage(self._clock())
        for resource in listed.resources:
            unread = _Unread(row, listed.path, self.found.put_by(resource), views)
            # Not by the id alone: a stamp may list a machine in two subscriptions.
            place = listed.path, resource.id
            self._unread[place] = unread
            moment = resource.origin.time or self._clock()
            call = partial(self._lister.expanded, row, resource.id, moment, subscription)
            then = partial(self._expanded, place, subscription)
            self._submit(row.covered[-1], call, then, first=True)

    def _expanded(self, place: tuple[str, str], subscription: Subscription, read: Resource | Failure) -> None:
        unread = self._unread.pop(place)
        resource = unread.with_unknown(str(read)) if isinstance(read, CollectionError) else read
        self._keep(unread.row, unread.path, [resource])
        for child in self._rows_below(unread.row):
            embedded = self._lister.embedded(child, resource)
            if embedded is None:
                self._list(child, child.path.format(parent=resource.id), subscription, resource.id)
            else:
                unread.views.embedded[child.type] += len(embedded.resources)
                self._keep(child, embedded.path, embedded.resources)
        if unread.views.note(resource):
            self.coverage += unread.views.coverage(self._clock())

    def _keep(self, row: Row, path: str, resources: Iterable[Resource]) -> None:
        self.found.keep(row, path, resources)
        self._progress(row.type)

    def _rows_below(self, row: Row) -> list[Row]:
        return [child for child in self._rows if child.parent == row.type]

    def _children(self, listed: Listed, resources: Iterable[Resource], subscription: Subscription) -> None:
        coverage = listed.coverage
        for child in self._rows_below(listed.row):
            for resource in resources:
                self._list(child, child.path.format(parent=resource.id), subscription, resource.id)
            if coverage.state is CoverageState.FAILED:
                # The parents' own sentence, which names them: one failure reads the same wherever it shows.
                self._without(coverage.scope, self._with_descendants(child), coverage.reason)
            elif not listed.resources:
                # Nothing to list below, and that is known: without a record it would count as never asked for.
                self._without(coverage.scope, self._with_descendants(child), coverage.reason, coverage.state)

    def _with_descendants(self, row: Row) -> list[Row]:
        return [row, *(below for child in self._rows_below(row) for below in self._with_descendants(child))]

    def _without(
        self, scope: str, rows: Iterable[Row], reason: str, state: CoverageState = CoverageState.FAILED
    ) -> None:
        moment = self._clock()
        types = [covered for row in rows for covered in row.covered]
        self.coverage += [Coverage(self._stamp, type, scope, state, reason, time=moment) for type in types]
