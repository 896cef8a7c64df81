"""The ids of what is planned, also of what has none yet: made of names, which Terraform mostly knows."""

import re
from typing import Final

from azscheck.inventory import type_key
from azscheck.sources.placement import Placement
from azscheck.sources.terraform.change import Change, Plan, View
from azscheck.sources.terraform.mapping import row_of
from azscheck.sources.terraform.references import References

_PIECE: Final = re.compile(r"\{([a-z_]+)(?:\.(name|group))?\}")
_SUBSCRIPTION: Final = re.compile(r"/subscriptions/([^/{}]+)", re.IGNORECASE)
_GROUP: Final = re.compile(r"/resourceGroups/([^/]+)", re.IGNORECASE)
_GROUPS: Final = "Microsoft.Resources/resourceGroups"


class Identities:
    """The ids of a plan's resources; where one is made of what is not known, it has that in braces instead."""

    def __init__(self, plan: Plan, references: References, placement: Placement) -> None:
        self._references = references
        self._group = placement.resource_group
        self.subscription = placement.subscription_id
        if placement.subscription_id == Placement().subscription_id:
            self.subscription = plan.subscription or _only_subscription(plan) or placement.subscription_id
        self._found: dict[str, str] = {}

    def of(self, change: Change) -> str:
        """The id of a resource that will be there."""
        known = self._found.get(change.address)
        if known is None:
            # While it is made, what refers to itself in a circle finds this.
            self._found[change.address] = _braced(change.address)
            known = self._found[change.address] = self._made(change, change.planned)
        return known

    def of_removed(self, change: Change) -> str:
        """The id of a resource as it is now."""
        return self._made(change, change.was)

    def resources(self, change: Change, way: tuple[str | int, ...], types: tuple[str, ...]) -> list[Change]:
        """The planned resources of these types that an attribute, not known yet, refers to."""
        keys = {type_key(kind) for kind in types}
        found = self._references.resources(change, way)
        return [c for c in found if (row := row_of(c.type)) and type_key(row.type) in keys]

    def _made(self, change: Change, view: View) -> str:
        own = view.attribute("id").text
        if own.startswith("/"):
            return own.rstrip("/")
        row = row_of(change.type)
        if row is None:
            return _braced(change.address)
        usable = [t for t in row.ids if all(_is_set(view, found[1]) for found in _PIECE.finditer(t))]
        template = (usable or row.ids)[0]
        return _PIECE.sub(lambda found: self._piece(change, view, found[1], found[2] or ""), template)

    def _piece(self, change: Change, view: View, name: str, of_id: str) -> str:
        if name == "group":
            group_name = "name" if change.type.endswith("_resource_group") else "resource_group_name"
            group = self._text(change, view, group_name) if _is_set(view, group_name) else self._group
            return f"/subscriptions/{self.subscription}/resourceGroups/{group}"
        text = self._text(change, view, name)
        if of_id == "name":
            return text.rpartition("/")[2]
        if of_id == "group":
            found = _GROUP.search(text)
            return found[1] if found else text.rpartition("/")[2]
        return text

    def _text(self, change: Change, view: View, name: str) -> str:
        part = view.attribute(name)
        if part.text:
            # A name has no slash: one in it would make another resource of the id.
            return part.text.rstrip("/") if part.text.startswith("/") else part.text.replace("/", "%2F")
        row = row_of(change.type)
        types = row.references.get(name, ()) if row else ()
        types = (_GROUPS,) if name == "resource_group_name" else types
        if part.sensitive is not True:
            met = self.resources(change, (name,), types)
            if len(met) == 1:
                id = self.of(met[0])
                return id if name.endswith(("_id", "scope")) else id.rpartition("/")[2]
            texts = self._references.texts(change, (name,))
            # The same expression is the same name, so that what belongs together does so here.
            if len(texts) == 1 and not texts[0].startswith(("each.", "count.", "var.")):
                return _braced(texts[0])
        return _braced(f"{change.address}.{name}")


def _is_set(view: View, name: str) -> bool:
    part = view.attribute(name)
    return name == "group" or part.unknown is True or part.sensitive is True or part.value not in (None, "")


def _braced(text: str) -> str:
    return "{" + text.replace("/", "%2F") + "}"


def _only_subscription(plan: Plan) -> str:
    """The one subscription in which everything is that has an id by now."""
    ids = (str(values.get("id")) for c in plan.changes if row_of(c.type) for values in (c.before, c.after))
    found = {match[1].lower(): match[1] for text in ids if (match := _SUBSCRIPTION.match(text))}
    return next(iter(found.values())) if len(found) == 1 else ""
