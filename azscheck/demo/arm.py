"""Azure Resource Manager: one plane's GETs, its paging, its lists of what it serves, and its refusals."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import parse_qsl, quote, urlencode

from azscheck.demo.content import PlaneContent, merge
from azscheck.demo.messages import Document, Reply, Request, arm_error, json_reply
from azscheck.demo.resources import Address, Entry, parse_address

_CLAUSE = re.compile(r"([\w/]+)\s+eq\s+'([^']*)'", re.IGNORECASE)
# What a resource shows of itself in a list of resources of any type.
_GENERIC = ("id", "name", "type", "kind", "location", "sku", "tags", "managedBy")


class ResourceManager:
    """Answers signed-in GETs from `content`; `page_size` holds for the paged types."""

    def __init__(self, content: PlaneContent, location: str, page_size: int) -> None:
        self._content = content
        self._location = location
        self._page_size = page_size
        self._entries = {entry.address.lower(): entry for entry in content.entries}
        self._lists: dict[str, list[Entry]] = {}
        for entry in content.entries:
            for address in _listed_at(entry.address.lower()):
                self._lists.setdefault(address, []).append(entry)
        self._types = {
            f"{namespace}/{name}".lower(): versions
            for namespace, types in content.providers.items()
            for name, versions in types.items()
        }

    def answer(self, request: Request) -> Reply:
        """The reply to a GET whose token was in order."""
        query = {name.lower(): value for name, value in parse_qsl(request.query)}
        version = query.get("api-version", "")
        if not version:
            text = "The api-version query parameter (?api-version=) is required for all requests."
            return arm_error(400, "MissingApiVersionParameter", text)
        path, view = request.path.rstrip("/"), False
        if path.lower().endswith("/instanceview"):
            path, view = path[: -len("/instanceview")], True
        address = parse_address(path)
        refusal = self._refuse_version(address, version) or self._refuse_scope(address)
        if refusal:
            return refusal
        if address.is_list:
            return self._list(request, path, address, query)
        return self._one(path, address, version, view, query.get("$expand", "").lower() == "instanceview")

    def _one(self, path: str, address: Address, version: str, view: bool, expanded: bool) -> Reply:
        if address.type.lower() == "microsoft.resources/providers":
            known = {name.lower(): name for name in self._content.providers}
            namespace = known.get(address.names[-1].lower())
            return json_reply(self._provider(address.subscription, namespace)) if namespace else _not_found(address)
        entry = self._entries.get(path.lower())
        if entry is None or (view and entry.instance_view is None):
            return _not_found(address)
        if view:
            return json_reply(entry.instance_view)
        body = _as_of(entry, entry.body, version)
        if expanded and entry.instance_view is not None:
            body = merge(body, {"properties": {"instanceView": entry.instance_view}})
        return json_reply(body)

    def _list(self, request: Request, path: str, address: Address, query: Mapping[str, str]) -> Reply:
        subscription = f"/subscriptions/{address.subscription}"
        # A list below a resource that is not there is not an empty list.
        parent = path.rpartition("/")[0]
        has_parent = address.namespace and address.names and parse_address(parent).type.lower() in self._types
        if has_parent and parent.lower() not in self._entries:
            return _not_found(parse_address(parent))
        kind = address.type.lower()
        match kind:
            case "microsoft.resources/resources":
                items: Iterable[Document] = self._resources(path.rpartition("/")[0].lower())
            case "microsoft.resources/providers":
                items = (self._provider(address.subscription, namespace) for namespace in self._content.providers)
            case "microsoft.resources/locations":
                location = f"{subscription}/locations/{self._location}"
                items = [{"id": location, "name": self._location, "displayName": self._location}]
            case _:
                entries = self._lists.get(path.lower(), [])
                items = (_as_of(entry, entry.listed or entry.body, query["api-version"]) for entry in entries)
        found = [item for item in items if _passes(item, query.get("$filter", ""))]
        if kind in self._content.paged:
            return self._page(request, found, query)
        if kind in self._content.null_next_link or kind.partition("/")[0] in self._content.null_next_link:
            return json_reply({"value": found, "nextLink": None})
        return json_reply({"value": found})

    def _page(self, request: Request, items: list[Document], query: Mapping[str, str]) -> Reply:
        try:
            start = int(base64.urlsafe_b64decode(query.get("$skiptoken", "MDAwMDA=")))
        except ValueError:
            return arm_error(400, "BadRequest", "The $skiptoken query parameter is invalid.")
        end = start + self._page_size
        page: Document = {"value": items[start:end]}
        if end < len(items):
            token = base64.urlsafe_b64encode(b"%05d" % end).decode()
            link = urlencode({**query, "$skiptoken": token}, safe="$")
            page["nextLink"] = f"https://{request.headers.get('host', '')}{quote(request.path)}?{link}"
        return json_reply(page)

    def _resources(self, scope: str) -> Iterator[Document]:
        for address, entry in self._entries.items():
            parsed = parse_address(address)
            tracked = "location" in entry.body and not parsed.namespace.endswith(".admin")
            if address.startswith(f"{scope}/") and parsed.namespace and len(parsed.names) == 1 and tracked:
                yield {name: entry.body[name] for name in _GENERIC if name in entry.body}

    def _provider(self, subscription: str, namespace: str) -> Document:
        types = self._content.providers[namespace]
        return {
            "id": f"/subscriptions/{subscription}/providers/{namespace}",
            "namespace": namespace,
            "resourceTypes": [
                {"resourceType": name, "locations": [self._location], "apiVersions": versions, "capabilities": "None"}
                for name, versions in types.items()
            ],
            "registrationState": "Registered",
            "registrationPolicy": "RegistrationRequired",
        }

    def _refuse_version(self, address: Address, version: str) -> Reply | None:
        """Resource Manager's three answers to an API version it does not know, and two to a type or namespace."""
        known = self._types.get(address.type.lower())
        if known and version in known:
            return None
        if not address.namespace:
            if known is None:
                return arm_error(404, "NotFound", "The requested resource does not exist.")
            text = f"The api-version '{version}' is invalid. The supported versions are '{','.join(known)}'."
            return arm_error(400, "InvalidApiVersionParameter", text)
        name, namespace = "/".join(address.types), address.namespace
        if known:
            text = (
                f"No registered resource provider found for location '{self._location}' and API version '{version}' "
                f"for type '{name}'. The supported api-versions are '{', '.join(known)}'. "
                f"The supported locations are '{self._location}'."
            )
            return arm_error(400, "NoRegisteredProviderFound", text)
        versions = [v for kind, all_v in self._types.items() if kind.startswith(f"{namespace.lower()}/") for v in all_v]
        if not versions:
            text = f"The resource namespace '{namespace}' is invalid."
            return arm_error(404, "InvalidResourceNamespace", text)
        text = (
            f"The resource type '{name}' could not be found in the namespace '{namespace}' "
            f"for api version '{version}'. The supported api-versions are '{','.join(sorted(set(versions)))}'."
        )
        return arm_error(404, "InvalidResourceType", text)

    def _refuse_scope(self, address: Address) -> Reply | None:
        subscription = f"/subscriptions/{address.subscription.lower()}"
        if address.subscription and subscription not in self._entries:
            text = f"The subscription '{address.subscription}' could not be found."
            return arm_error(404, "SubscriptionNotFound", text)
        if address.group and f"{subscription}/resourcegroups/{address.group.lower()}" not in self._entries:
            return arm_error(404, "ResourceGroupNotFound", f"Resource group '{address.group}' could not be found.")
        return None


def _listed_at(address: str) -> Iterator[str]:
    """Where a resource is listed: under its parent and, at the top of a group's provider, across its subscription."""
    yield address.rpartition("/")[0]
    parsed = parse_address(address)
    if parsed.group and parsed.namespace and len(parsed.names) == 1:
        yield f"/subscriptions/{parsed.subscription}/providers/{parsed.namespace}/{parsed.types[0]}"


def _as_of(entry: Entry, body: Document, version: str) -> Document:
    for first, addition in entry.added:
        if version >= first:
            body = merge(body, addition)
    return body


def _passes(item: Document, condition: str) -> bool:
    """OData's `name eq 'value'`, joined by `and`: the part of $filter that stamps are known to honour."""
    return all(
        str(_look_up(item, "type" if name.lower() == "resourcetype" else name)).lower() == wanted.lower()
        for name, wanted in _CLAUSE.findall(condition)
    )


def _look_up(item: Document, path: str) -> object:
    value: object = item
    for part in path.lower().split("/"):
        value = {k.lower(): v for k, v in value.items()}.get(part) if isinstance(value, dict) else None
    return value


def _not_found(address: Address) -> Reply:
    names = "/".join(address.names)
    if not address.namespace:
        return arm_error(404, "NotFound", f"The resource '{names}' could not be found.")
    text = f"The Resource '{address.type}/{names}' under resource group '{address.group or '<null>'}' was not found."
    return arm_error(404, "ResourceNotFound", text)
