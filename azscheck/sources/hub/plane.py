"""One plane: how it is opened, and which subscriptions and region its lists are taken under."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from msgspec.structs import replace

from azscheck.errors import CollectionError
from azscheck.inventory import CoverageState, Resource
from azscheck.inventory.spool import Spool
from azscheck.sources.hub.discovery import Metadata
from azscheck.sources.hub.listed import Listed
from azscheck.sources.hub.listing import Lister, Subscription
from azscheck.sources.hub.lists import Failure, Lists
from azscheck.sources.hub.provider import are_the_providers_own, default_subscription, not_for_tenants, system_region
from azscheck.sources.hub.schedule import Schedule
from azscheck.sources.hub.sdk import Clients
from azscheck.sources.hub.table import LOCATIONS, SUBSCRIPTIONS, PlaneName, Row

Opened = tuple[Metadata, Lister]


class PlaneCollection(Lists):
    """Collects one plane: opens it, and finds the scopes that its lists are taken under."""

    def __init__(
        self,
        stamp: str,
        name: PlaneName,
        region: str,
        rows: Sequence[Row],
        schedule: Schedule,
        clock: Callable[[], datetime],
        progress: Callable[[str], None],
        spool: Spool | None,
    ) -> None:
        super().__init__(stamp, name, rows, schedule, clock, progress, spool)
        self.region = region
        self.metadata: Metadata | None = None
        self.failure = ""
        """Why the plane could not be read at all, in a sentence."""

    def begin(self, open_plane: Callable[[], Opened]) -> None:
        """Open the plane and, from there, everything else."""
        self._submit("", open_plane, self._opened)

    def _opened(self, opened: Opened | Failure) -> None:
        if isinstance(opened, CollectionError):
            self.failure = str(opened)
            self._without("", self._rows, self.failure)
            return
        self.metadata, self._lister = opened
        self.region = self.region or self.metadata.domain.partition(".")[0]
        row = next(row for row in self._rows if row.type == SUBSCRIPTIONS)
        clients = Clients(self._lister.plane) if self.name == "tenant" else None
        self._list(row, row.path, Subscription("", clients))

    def _listed(self, subscription: Subscription, listed: Listed | Failure) -> None:
        if isinstance(listed, CollectionError):
            raise listed
        row = listed.row
        if self.name == "tenant" and row.type == SUBSCRIPTIONS and are_the_providers_own(listed.resources):
            self.failure = not_for_tenants(self._lister.plane.host)
            self._without("", self._rows, self.failure)
            return
        super()._listed(subscription, listed)
        if row.type == SUBSCRIPTIONS:
            self._subscriptions(listed)
        elif row.type == LOCATIONS:
            self._locations(listed, subscription)

    def _subscriptions(self, listed: Listed) -> None:
        below = [row for row in self._rows if "{subscription}" in row.path]
        all_below = [row for row in self._rows if row.type != SUBSCRIPTIONS]
        failed = listed.coverage.state is not CoverageState.COMPLETE
        if self.name == "admin":
            if failed and not listed.resources:
                self._without("", all_below, listed.coverage.reason)
                return
            self._submit("", partial(default_subscription, self._lister, listed.resources), self._default_found)
            return
        if failed:
            self._without("", all_below, listed.coverage.reason)
        elif not listed.resources:
            self._without("", all_below, "", CoverageState.COMPLETE)
        for resource in listed.resources:
            self._submit("", partial(self._tenant_subscription, resource), partial(self._ready, below))

    def _tenant_subscription(self, resource: Resource) -> Subscription:
        state = resource.body.get("state")
        clients = Clients(self._lister.plane, resource.id.rpartition("/")[2])
        found = self._lister.subscription(resource.id, clients)
        return replace(found, state=state if isinstance(state, str) else "")

    def _ready(self, rows: list[Row], subscription: Subscription | Failure) -> None:
        if isinstance(subscription, CollectionError):
            raise subscription
        for row in rows:
            self._list(row, row.path.format(subscription=subscription.path, region=self.region), subscription)

    def _default_found(self, subscription: Subscription | Failure) -> None:
        below = [row for row in self._rows if "{subscription}" in row.path]
        if isinstance(subscription, CollectionError):
            self.failure = str(subscription)
            self._without("", [row for row in self._rows if row.type != SUBSCRIPTIONS], self.failure)
            return
        self._ready([row for row in below if "{region}" not in row.path], subscription)

    def _locations(self, listed: Listed, subscription: Subscription) -> None:
        """The region is the location's name; else the domain's first label; else it stands in a group's name."""
        names = [resource.name for resource in listed.resources]
        # Of several, that of the system's group is right; where there is none, the one that the domain names.
        several = names if len(names) > 1 else ()
        if names and self.region.lower() not in [name.lower() for name in names]:
            self.region = names[0]
        if self.region and not several:
            self._region_found(subscription, self.region)
        else:
            find = partial(system_region, self._lister, subscription.path, several)
            self._submit("", find, partial(self._region_found, subscription))

    def _region_found(self, subscription: Subscription, region: str | Failure) -> None:
        if isinstance(region, CollectionError):
            raise region
        region = region or self.region
        rows = [row for row in self._rows if "{region}" in row.path]
        self.region = region
        if region:
            self._ready(rows, subscription)
            return
        every = [below for row in rows for below in self._with_descendants(row)]
        reason = "The stamp's region is not known, so its own resources cannot be listed: set the external domain."
        self._without(subscription.path, every, reason)
