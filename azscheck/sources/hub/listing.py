"""Reading one list of one plane to its end: the api-version, and the Coverage that says what came of it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from azure.core.rest import HttpRequest
from msgspec import Struct, field

from azscheck.errors import CollectionError
from azscheck.inventory import NOT_OFFERED, CoverageState, Origin, Resource, arm_key, type_key
from azscheck.inventory.spool import Spool
from azscheck.sources.hub.failures import Refusal
from azscheck.sources.hub.journal import Kept
from azscheck.sources.hub.limits import Limits
from azscheck.sources.hub.listed import Listed, Listing
from azscheck.sources.hub.pages import follow
from azscheck.sources.hub.plan import PROVIDERS_VERSION
from azscheck.sources.hub.redaction import redact
from azscheck.sources.hub.resource_manager import Answer, Plane
from azscheck.sources.hub.sdk import Clients
from azscheck.sources.hub.table import Row, scope_of
from azscheck.sources.hub.versions import Offered, first_version, is_of_version, lacks, next_version, offered_of

_NOT_TOLD: Final = "The stamp's own list of resource providers could not be read, so it is not known to have this one."
_VERSIONS_TRIED: Final = 4
_ACCEPT: Final = {"Accept": "application/json"}


class Subscription(Struct, frozen=True):
    """One subscription of a plane: its path, its SDK clients, and what its `/providers` offers (None: not known)."""

    path: str
    clients: Clients | None = None
    offered: Offered | None = None
    unregistered: frozenset[str] = frozenset()
    state: str = ""
    """As its own document has it, such as `Enabled` or `Disabled`."""

    def clause(self, refusal: Refusal) -> str:
        """Why a call below it was refused: its own state, where that explains it better than missing rights do."""
        if refusal.status in (403, 409) and self.state.lower() not in ("", "enabled"):
            code = f" {refusal.code}" if refusal.code else ""
            return f"the subscription is {self.state} ({refusal.status}{code})"
        return str(refusal)


class Lister(Struct, frozen=True):
    """Reads lists of one plane of one stamp; safe to use from several threads, and raises nothing."""

    stamp: str
    plane: Plane
    limits: Limits
    clock: Callable[[], datetime]
    kept: Kept | None = None
    spool: Spool | None = None
    _accepted: dict[str, str] = field(default_factory=dict)
    """Type -> the version the stamp accepted, so that a refused one is not tried again for every parent."""

    def subscription(self, path: str, clients: Clients | None) -> Subscription:
        """A subscription and its providers; where these cannot be read, preference alone finds the api-versions."""
        if clients:
            request, client = clients.request("resource.providers.list", PROVIDERS_VERSION)
        else:
            request, client = _get(f"{path}/providers?api-version={PROVIDERS_VERSION}"), None
        try:
            answer = self.plane.get(request, client, "list providers")
            found: list[Any] = []
            broken = follow(
                self.plane, answer, PROVIDERS_VERSION, self.limits, lambda each, _: found.append(each), "list providers"
            )
        except CollectionError:
            return Subscription(path, clients)
        if broken or not found:
            return Subscription(path, clients)
        return Subscription(path, clients, *offered_of(found))

    def list(self, row: Row, path: str, subscription: Subscription, parent: str = "") -> Listed:
        """One list with all its pages, or as it was kept."""
        kept = self.kept.listed(row.type, path) if self.kept else None
        if kept is not None:
            coverage, resources = kept
            self._accepted[row.type] = coverage.api_version
            return Listed(row, path, resources, coverage)
        listed = self._read(row, path, subscription, parent)
        if self.kept and listed.coverage.state is CoverageState.COMPLETE:
            self.kept.keep_list(row.type, path, listed.coverage, listed.resources)
        return listed

    def _read(self, row: Row, path: str, subscription: Subscription, parent: str) -> Listed:
        served = (subscription.offered or {}).get(type_key(row.type))
        listing = self._listing(row, path)
        if row.by_discovery and served is None:
            return listing.ended(CoverageState.SKIPPED, NOT_OFFERED if subscription.offered else _NOT_TOLD)
        version = self._accepted.get(row.type) or first_version(row.versions, served)
        operation, tried = f"list {row.type}", list[str]()
        reason = ""
        while True:
            tried.append(version)
            try:
                answer = self.plane.get(*self._request(row, path, version, subscription, parent), operation)
            except Refusal as refusal:
                if lacks(row.type, subscription.offered, subscription.unregistered, refusal):
                    return listing.ended(CoverageState.SKIPPED, NOT_OFFERED)
                if row.with_group and refusal.code == "ResourceGroupNotFound":
                    return listing.ended(CoverageState.COMPLETE, "", version)
                other = next_version(refusal, row.versions, tried) if len(tried) < _VERSIONS_TRIED else ""
                if other:
                    version = other
                    continue
                reason = subscription.clause(refusal)
                if is_of_version(refusal) and len(tried) > 1:
                    reason = f"it accepts none of the api-versions {', '.join(tried)}: {reason}"
            except CollectionError as error:
                reason = str(error)
            else:
                self._accepted[row.type] = version
                reason = follow(self.plane, answer, version, self.limits, listing.take, operation)
            break
        if reason:
            reason = f"Listing {row.type} of {scope_of(path) or self.plane.host} failed: {reason.rstrip('.')}."
        state = CoverageState.FAILED if reason else CoverageState.COMPLETE
        return listing.ended(state, reason, version)

    def expanded(self, row: Row, identity: str, listed: datetime, subscription: Subscription) -> Resource:
        """A resource that was listed, read once more with `$expand`, or as it was kept; raises CollectionError with a
        sentence."""
        kept = self.kept.read(row.type, identity) if self.kept else None
        if kept is not None:
            return kept
        version = self._accepted.get(row.type, row.versions[0])
        try:
            answer = self._expand(row, identity, version, subscription)
        except CollectionError as error:
            reason = f"Reading the {row.expand} of {identity} failed: {str(error).rstrip('.')}."
            raise CollectionError(reason) from error
        body = answer.document
        if not isinstance(body, dict) or arm_key(str(body.get("id", identity))) != arm_key(identity):
            raise CollectionError(f"The stamp answered with something else than {identity}.")
        redact(body)
        properties = body.get("properties")
        unknown = {}
        if not isinstance(properties, dict) or row.expand not in properties:
            unknown[f"/properties/{row.expand}"] = (
                f"The stamp sent no {row.expand} of {identity}, though it was asked for."
            )
        read = Resource(self.stamp, row.type, identity, body, Origin("hub", answer.address, listed), unknown)
        if self.kept and not unknown:
            self.kept.keep_read(row.type, read)
        return read

    def embedded(self, row: Row, parent: Resource) -> Listed | None:
        """The list of `row` as the parent's own document has it; None where that does not have it, or not whole."""
        items = parent.body.get(row.embedded) if row.embedded else None
        if not isinstance(items, list):
            return None
        if not all(isinstance(i, dict) and isinstance(i.get("properties"), dict) and i.get("id") for i in items):
            return None
        listing = self._listing(row, row.path.format(parent=parent.id))
        for item in items:
            if type_key(str(item.get("type", row.type))) == type_key(row.type):
                listing.take(item, parent.origin.address)
        return listing.ended(CoverageState.COMPLETE, "", self._accepted.get(row.parent, ""))

    def _listing(self, row: Row, path: str) -> Listing:
        return Listing(self.stamp, row, path, self.clock, self.spool)

    def _request(
        self, row: Row, path: str, version: str, subscription: Subscription, parent: str
    ) -> tuple[HttpRequest, Any]:
        if row.sdk and subscription.clients:
            return subscription.clients.list_request(row, version, parent)
        return _get(f"{_quoted(path)}?api-version={version}"), None

    def _expand(self, row: Row, identity: str, version: str, subscription: Subscription) -> Answer:
        if row.sdk_get and subscription.clients:
            request, client = subscription.clients.get_request(row, version, identity)
        else:
            request, client = _get(f"{_quoted(identity)}?$expand={row.expand}&api-version={version}"), None
        return self.plane.get(request, client, f"read {row.type}")


def _quoted(path: str) -> str:
    """A path with ids in it: these hold names as they are, with spaces, brackets and letters of any script."""
    return quote(path, safe="/~!$&'()*+,;=:@")


def _get(path: str) -> HttpRequest:
    return HttpRequest("GET", path, headers=_ACCEPT)
