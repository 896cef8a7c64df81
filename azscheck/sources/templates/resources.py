"""One resource of a template, as a stamp would show it: its type, name and id, its body and where that is written."""

from collections.abc import Mapping
from itertools import islice
from typing import Any, Final

from msgspec import Struct

from azscheck.inventory import Origin, Resource, type_key
from azscheck.sources.hub.table import TABLE
from azscheck.sources.templates.found import Found
from azscheck.sources.templates.frame import Frame, Places
from azscheck.sources.templates.nodes import Object
from azscheck.sources.templates.placeholders import name_of, placeholder
from azscheck.sources.templates.settle import NEVER_GIVEN_BACK, settled
from azscheck.sources.templates.target import Target, resource_id
from azscheck.values import Unknown

_SPELLED: Final = {type_key(row.type): row.type for row in TABLE}
# fmt: off
_OF_THE_TEMPLATE: Final = frozenset((
    "apiversion", "asserts", "comments", "condition", "copy", "dependson", "existing", "extension", "import",
    "metadata", "name", "resources", "scope", "type",
))
# fmt: on
"""Keys by which a template says how to deploy, and those that are made anew."""
_KEYS: Final = {
    key.lower(): key
    for key in ("identity", "kind", "location", "managedBy", "plan", "properties", "sku", "tags", "zones")
}
_MOST_PLACES: Final = 5_000
AFTERWARDS: Final = "what only a deployed resource has, a template does not tell"


class Named(Struct, frozen=True):
    """What a resource is called."""

    kind: str
    """The type as the template's resources are nested, `A/b/providers/c` too."""
    names: tuple[str, ...]
    scope: str
    """The id under which the type's provider stands."""
    why: str = ""
    """Why it is not known, where it is not: then a part of it is a placeholder."""

    @property
    def id(self) -> str:
        """Its id."""
        return resource_id(self.scope, self.kind, self.names)

    @property
    def name(self) -> str:
        """Its own name."""
        return self.names[-1] if self.names else ""

    @property
    def told(self) -> bool:
        """Whether its own name is known, be that of the parent known or not."""
        return not self.why or (len(self.names) > 1 and "{" not in self.name)

    @property
    def above(self) -> str:
        """The id of the parent; empty when it has none."""
        return self.id.rpartition("/")[0].rpartition("/")[0] if len(self.names) > 1 else ""

    @property
    def type(self) -> str:
        """The type as a stamp tells it: of an extension of another resource its own."""
        kind = self.kind
        before, extends, after = kind.rpartition("/providers/")
        if extends:
            at = before.count("/")
            kind = f"{self.names[at]}/{after}" if at < len(self.names) else after
        return _SPELLED.get(type_key(kind), kind)


class Built(Struct, frozen=True):
    """A resource before it is one: what the platform adds can still be laid in."""

    named: Named
    body: dict[str, Any]
    unknown: dict[str, str]
    places: Places
    origin: Origin

    def resource(self, stamp: str) -> Resource:
        """The resource, with no more places than are of use."""
        places: Mapping[str, Origin] = self.places
        if len(places) > _MOST_PLACES:
            places = dict(islice(places.items(), _MOST_PLACES))
        return Resource(stamp, self.named.type, self.named.id, self.body, self.origin, self.unknown, places)


def named(node: Object, frame: Frame, parent: Named | None, target: Target) -> Named | None:
    """What a resource is called; None when its type is not known."""
    kind, name = node.of("type"), node.of("name")
    kind = frame.evaluate(kind) if isinstance(kind, str) else None
    if not isinstance(kind, str) or not kind.strip("/"):
        return None
    kind = kind.strip("/")
    text = name if isinstance(name, str) else ""
    value = frame.render(text, "", Places())
    described = name_of(frame, text)
    own = (described if isinstance(described, str) else placeholder(text)) or "{?}"
    why = value.reason if isinstance(value, Unknown) else "" if isinstance(value, str) and value else "it has no name"
    names = tuple(own.strip("/").split("/"))
    scope = _scope(node, frame, target)
    if parent is None:
        return Named(kind, _fitting(names, kind), scope or target.id, why)
    if kind.lower().startswith(f"{parent.kind.lower()}/"):
        # Written in full though it stands within its parent.
        full = names if len(names) == kind.count("/") else (*parent.names, *names)
        return Named(kind, full, parent.scope, why or parent.why)
    if "." in kind.partition("/")[0]:
        return Named(kind, _fitting(names, kind), scope or parent.id, why or parent.why)
    full = (*parent.names, *_fitting(names, f"/{kind}"))
    return Named(f"{parent.kind}/{kind}", full, parent.scope, why or parent.why)


def _fitting(names: tuple[str, ...], kind: str) -> tuple[str, ...]:
    """As many names as the type has parts: of a name that is not known as a whole, each is a placeholder."""
    lack = kind.count("/") - len(names)
    return (*(f"{name}:{at}" for at, name in enumerate([names[0]] * lack)), *names) if lack > 0 else names


def _scope(node: Object, frame: Frame, target: Target) -> str | None:
    written = node.of("scope")
    if not isinstance(written, str):
        return None
    scope = name_of(frame, written)
    if not isinstance(scope, str):
        return placeholder(written)
    return scope.rstrip("/") if scope.startswith("/") else f"{target.id}/providers/{scope}"


def built(found: Found, node: Object, frame: Frame, own: Named) -> Built:
    """The resource as it is after its deployment, as far as the template tells."""
    source = frame.scope.source
    places = Places()
    unknown: dict[str, str] = {}
    body: dict[str, Any] = {"id": own.id, "name": own.name, "type": own.type}
    for key in ("name", "type"):
        places[f"/{key}"] = source.origin(node.at_key(key))
    if not own.told:
        del body["name"]
        unknown["/name"] = own.why
    for key, written in node.items():
        if key.lower() in _OF_THE_TEMPLATE:
            continue
        name = _KEYS.get(key.lower(), key)
        places[f"/{name}"] = source.origin(node.keys_at[key])
        value = settled(frame.render(written, f"/{name}", places), f"/{name}", unknown, found.steps)
        if value is not None:
            body[name] = value
    _afterwards(body, unknown)
    return Built(own, body, unknown, places, source.origin(node.at))


def _afterwards(body: dict[str, Any], unknown: dict[str, str]) -> None:
    """What the platform adds to every resource."""
    properties = body.setdefault("properties", {}) if "/properties" not in unknown else None
    if isinstance(properties, dict) and not any(key.lower() == "provisioningstate" for key in properties):
        unknown.setdefault("/properties/provisioningState", AFTERWARDS)
    if type_key(body["type"]) == "microsoft.keyvault/vaults/secrets" and isinstance(properties, dict):
        for key in [key for key in properties if key.lower() == "value"]:
            del properties[key]
            unknown[f"/properties/{key}"] = NEVER_GIVEN_BACK
