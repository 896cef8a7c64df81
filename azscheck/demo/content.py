"""Expands `stamp.yaml` into the ARM documents the planes serve. The notation is explained at the top of that file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib.resources import files
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from azscheck.demo.machines import machine_entries
from azscheck.demo.messages import Document
from azscheck.demo.placeholders import Filler
from azscheck.demo.resources import Entry, parse_address
from azscheck.demo.share import ShareFile, share_files
from azscheck.documents import read_own

Providers = Mapping[str, Mapping[str, list[str]]]


class PlaneContent(Struct, frozen=True):
    """What one plane serves: `providers` is namespace -> type -> API versions, newest first.

    Lists of the types in `null_next_link` (a whole namespace, or namespace/type) carry `"nextLink": null`, those of
    `paged` come in pages."""

    providers: Providers
    entries: tuple[Entry, ...]
    null_next_link: frozenset[str]
    paged: frozenset[str]


class StampContent(Struct, frozen=True):
    """The whole stamp. `directory` is the Entra ID domain it would have; `identity_tenant` that directory's id."""

    name: str
    external_domain: str
    directory: str
    identity_tenant: str
    client_id: str
    admin: PlaneContent
    tenant: PlaneContent
    protected_items: tuple[Document, ...]
    replicated_items: tuple[Document, ...]
    share_files: tuple[ShareFile, ...]


def read_content() -> dict[str, Any]:
    """`stamp.yaml` as it is written: a mapping to change and to hand to `DemoStamp(content=...)`."""
    content: dict[str, Any] = read_own(files("azscheck.demo").joinpath("stamp.yaml").read_text(encoding="utf-8"))
    return content


def expand(content: Mapping[str, Any], now: datetime, seed: int) -> StampContent:
    """Fill in names, times and all that a compact entry leaves out.

    Raises ValueError, with the text at fault, for a placeholder that cannot be filled in."""
    stamp = content["stamp"]
    fill = Filler(now, seed, stamp["name"], stamp["externalDomain"])
    plans = content["tenant"]["virtualMachines"]
    for plan in plans:
        fill.machines[plan["name"]] = (
            f"/subscriptions/{fill.guid(plan['subscription'])}/resourceGroups/{plan['group']}"
            f"/providers/Microsoft.Compute/virtualMachines/{plan['name']}"
        )
    catalogue, tenant = content["tenant"]["catalogue"], _plane(content["tenant"], fill, nested_names=False)
    machines = [entry for order, plan in enumerate(plans) for entry in machine_entries(plan, catalogue, order, fill)]
    return StampContent(
        name=stamp["name"],
        external_domain=stamp["externalDomain"],
        directory=stamp["directory"],
        identity_tenant=fill.guid("directory"),
        client_id=fill.guid("azscheck service principal"),
        admin=_plane(content["admin"], fill, nested_names=True),
        tenant=replace(tenant, entries=(*tenant.entries, *machines)),
        protected_items=_evidence("protectedItems", content, fill),
        replicated_items=_evidence("replicatedItems", content, fill),
        share_files=share_files(fill),
    )


def _plane(plane: Mapping[str, Any], fill: Filler, *, nested_names: bool) -> PlaneContent:
    return PlaneContent(
        providers=plane["providers"],
        entries=tuple(entry for listing in plane["lists"] for entry in _listing(listing, fill, nested_names)),
        null_next_link=frozenset(name.lower() for name in plane["nextLink"]["asNull"]),
        paged=frozenset(name.lower() for name in plane["nextLink"]["paged"]),
    )


def _listing(listing: Mapping[str, Any], fill: Filler, nested_names: bool) -> Iterator[Entry]:
    """The documents of one list of the file: its `defaults`, the item laid on them, and what every ARM resource has."""
    at, shape = fill(listing["at"]), listing.get("shape")
    shown = fill(listing.get("shownAs", listing["at"]))
    for raw_key, item in listing["items"].items():
        key = fill(raw_key)
        given: Document = {"id": f"{shown}/{key}"}
        if shape != "flat":
            address = parse_address(f"{at}/{key}")
            nested = nested_names and address.namespace
            given |= {"name": "/".join(address.names) if nested else key, "type": address.type}
            if shape != "bare":
                given |= {"location": fill.stamp} | ({"tags": {}} if nested_names else {})
        body = merge(given, merge(fill(listing.get("defaults", {}), key), fill(item or {}, key)))
        added = tuple((version, fill(document, key)) for version, document in listing.get("added", {}).items())
        yield Entry(f"{at}/{key}", body, added=added)


def merge(under: Mapping[str, Any], over: Mapping[str, Any]) -> Document:
    """`over` laid on `under`, mapping by mapping; anything else is replaced."""
    result = dict(under)
    for name, value in over.items():
        below = result.get(name)
        result[name] = merge(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result


def _evidence(kind: str, content: Mapping[str, Any], fill: Filler) -> tuple[Document, ...]:
    """Protected or replicated items, in the shape azscheck gives to what is not an ARM resource."""
    return tuple(
        {
            "id": fill(f"/azscheck/{kind}/{{guid:{kind}/{name}}}"),
            "name": name,
            "type": f"Azscheck/{kind}",
            "properties": fill(properties),
        }
        for name, properties in content[kind].items()
    )
