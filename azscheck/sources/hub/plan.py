"""The calls that a collection would make, and the rights they need; nothing here touches a network."""

from collections.abc import Collection, Iterator
from typing import Final

from msgspec import Struct

from azscheck.sources.hub.selection import rows_for
from azscheck.sources.hub.settings import StampSettings
from azscheck.sources.hub.table import SUBSCRIPTIONS, PlaneName, Row

PROVIDERS_VERSION: Final = "2019-10-01"
METADATA_VERSION: Final = "2015-01-01"


class PlannedCall(Struct, frozen=True):
    """One kind of call. `path` has `{subscription}`, `{region}` and `{name}` for what the stamp's own answers tell."""

    plane: PlaneName
    method: str
    path: str
    api_version: str
    """The preferred one; a stamp that does not offer it is asked with one that it offers."""
    per: str
    """How often: `once`, or for each of what."""


class Right(Struct, frozen=True):
    """What a service principal has to be given."""

    plane: PlaneName
    role: str
    scope: str


def planned_calls(settings: StampSettings, types: Collection[str] | None = None) -> list[PlannedCall]:
    """The calls to one stamp for these types (None: all), in the order in which they follow from one another."""
    found: list[PlannedCall] = []
    for plane in _planes(settings):
        rows = [row for row in rows_for(types) if row.plane == plane]
        if not rows:
            continue
        found.append(PlannedCall(plane, "GET", "/metadata/endpoints", METADATA_VERSION, "once, without a sign-in"))
        found.append(_sign_in(settings, plane))
        by_type = {row.type: row for row in rows}
        found += [call for row in rows for call in _calls(row, by_type)]
    return found


def rights(settings: StampSettings, types: Collection[str] | None = None) -> list[Right]:
    """The rights that those calls need."""
    scopes: dict[PlaneName, str] = {
        "tenant": "every tenant subscription that is to be judged",
        "admin": "the Default Provider Subscription",
    }
    read = {row.plane for row in rows_for(types)}
    return [Right(plane, "Reader", scopes[plane]) for plane in _planes(settings) if plane in read]


def _planes(settings: StampSettings) -> Iterator[PlaneName]:
    if settings.tenant:
        yield "tenant"
    if settings.admin:
        yield "admin"


def _sign_in(settings: StampSettings, plane: PlaneName) -> PlannedCall:
    own = settings.tenant_credential if plane == "tenant" else None
    if (own or settings.credential).kind == "azureCli":
        return PlannedCall(plane, "az", "account get-access-token", "", "once a token's life, on this computer")
    return PlannedCall(plane, "POST", "the identity service's token endpoint", "", "once a token's life")


def _calls(row: Row, rows: dict[str, Row]) -> Iterator[PlannedCall]:
    path = _path(row, rows)
    once = "once" if row.plane == "admin" or row.type == SUBSCRIPTIONS else "each subscription"
    per = f"each of {row.parent}" if row.parent else once
    if row.embedded:
        per += " whose own answer lacks them"
    if row.by_discovery:
        per += ", where the stamp offers it"
    yield PlannedCall(row.plane, "GET", path, row.versions[0], per)
    if row.type == SUBSCRIPTIONS:
        per = "once" if row.plane == "admin" else "each subscription"
        yield PlannedCall(row.plane, "GET", "/subscriptions/{subscription}/providers", PROVIDERS_VERSION, per)
        if row.plane == "admin":
            groups, unclear = "/subscriptions/{subscription}/resourceGroups", "once, where the region is not clear"
            yield PlannedCall(row.plane, "GET", groups, PROVIDERS_VERSION, unclear)
    if row.expand:
        read = f"{path.replace('{subscription}/', '{subscription}/resourceGroups/{group}/')}/{{name}}"
        yield PlannedCall(row.plane, "GET", f"{read}?$expand={row.expand}", row.versions[0], f"each of {row.type}")


def _path(row: Row, rows: dict[str, Row]) -> str:
    if row.parent:
        above = rows[row.parent]
        parent = f"{_path(above, rows)}/{{name}}"
        if above.plane == "tenant" and not above.parent:
            parent = parent.replace("{subscription}/", "{subscription}/resourceGroups/{group}/")
        return row.path.replace("{parent}", parent)
    return row.path.replace("{subscription}", "/subscriptions/{subscription}")
