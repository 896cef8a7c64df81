"""Documents as structs of the properties that policies read: what no policy reads is not decoded.

A struct's keys are exact, a policy's are not; so a property is read through a struct only where the inventory's own
list of keys says how it is spelled, and that it is spelled in one way.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from azscheck.engine.compiled.reads import Layout, Steps
from azscheck.inventory.keys import TAGS
from azscheck.inventory.lines import SavedLines
from azscheck.policy.paths import EACH
from azscheck.values import ABSENT


class NotProjectable(Exception):
    """Whole documents are needed."""


class Spellings(msgspec.Struct, frozen=True):
    """How an inventory spells each key, by its lower case; empty for one that it spells in several ways."""

    keys: Mapping[str, str]
    tags: Mapping[str, str] | None
    """Those below `tags`; None where they are not known."""

    @classmethod
    def of(cls, saved: SavedLines) -> "Spellings":
        """Those of a saved inventory."""
        return cls(_spelled(saved.keys), None if saved.tags is None else _spelled(saved.tags))

    def name(self, path: Steps, written: str) -> str:
        """The spelling of a path's last key, as policies write it where no document has it; raises NotProjectable."""
        known = self.tags or {} if TAGS in path[:-1] else self.keys
        name = known.get(path[-1], written)
        if not name:
            raise NotProjectable
        return name


def _spelled(keys: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key in keys:
        found[key.lower()] = "" if key.lower() in found else key
    return found


def line_decoder(layout: Layout, spelled: Spellings, stamp: str, kind: str) -> msgspec.json.Decoder[Any]:
    """Decodes the lines of one type of one stamp; a line of any other is refused."""
    body = _struct((), layout, spelled)
    fields: list[Any] = [("id", str), ("stamp", Literal[stamp]), ("resource", body), ("unknown", Any, None)]
    line = msgspec.defstruct("Line", fields, tag_field="type", tag=kind, gc=False)
    return msgspec.json.Decoder(line)


def _struct(path: Steps, layout: Layout, spelled: Spellings) -> Any:
    below = [p for p in layout.seen if len(p) == len(path) + 1 and p[:-1] == path]
    fields: list[tuple[str, Any, Any]] = []
    names: dict[str, str] = {}
    for child in below:
        key = child[-1]
        names[layout.attribute(key)] = spelled.name(child, layout.seen[child])
        kind = _type(child, layout, spelled)
        # Of what is only looked into it does not matter whether it is absent or null.
        fields.append((layout.attribute(key), kind, ABSENT if kind is Any else None))
    return msgspec.defstruct("Part", fields, rename=names, gc=False)


def _type(path: Steps, layout: Layout, spelled: Spellings) -> Any:
    below = {p[-1] for p in layout.seen if len(p) == len(path) + 1 and p[:-1] == path}
    if not below or not layout.is_struct(path):
        return Any
    if below == {EACH}:
        item = _type((*path, EACH), layout, spelled)
        return list[item] | None  # type: ignore[valid-type]
    if EACH in below:
        return Any
    return _struct(path, layout, spelled) | None
