"""What an inventory is made of: Resource, Origin, Coverage."""

import copy
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from msgspec import Struct, field

from azscheck.values import Unknown

_GROUPS: Final = "microsoft.resources/subscriptions/resourcegroups"
NOT_OFFERED: Final = "not offered"
"""The reason of a skipped list whose resource provider the stamp does not have: then there are known to be none."""


def type_key(resource_type: str) -> str:
    """A resource type as a key: ARM compares types without regard to case."""
    return common_type(resource_type).lower()


def common_type(resource_type: str) -> str:
    """A resource type; of a resource group, which has two, the one by which Resource Manager lists it."""
    return "Microsoft.Resources/resourceGroups" if resource_type.lower() == _GROUPS else resource_type


def arm_key(resource_id: str) -> str:
    """A resource id as a key: ARM compares ids without regard to case, and some providers drop the leading slash."""
    return "/" + resource_id.strip("/").lower()


def order_of(resource_id: str) -> str:
    """What an id is sorted by: its key, without the slash that begins each."""
    return resource_id.strip("/").lower()


class Origin(Struct, frozen=True):
    """Where a resource, and so each value in it, came from."""

    source: str
    """The kind of place: `hub` (a live stamp), `configuration`, `file`."""
    address: str
    """The API address without its host, or the path of a file."""
    time: datetime | None = None
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        column = f":{self.column}" if self.column else ""
        return self.address if self.line is None else f"{self.address}:{self.line}{column}"


class Resource(Struct, frozen=True, dict=True):
    """One resource: the service's own JSON in `body`, no field lost or renamed, in an envelope of what ARM may omit."""

    stamp: str
    type: str
    id: str
    body: Mapping[str, Any]
    origin: Origin
    unknown: Mapping[str, str] = field(default_factory=dict)
    """JSON Pointers (RFC 6901) into `body` of what could not be read, each with the reason."""
    places: Mapping[str, Origin] = field(default_factory=dict)
    """JSON Pointers into `body` of what has a place of its own: a property's line in a template, say."""

    def __post_init__(self) -> None:
        for pointer in (*self.unknown, *self.places):
            if not pointer.startswith("/"):
                raise ValueError(f"{pointer!r} is not a JSON Pointer to a part of the resource, such as /properties")

    def origin_at(self, steps: Iterable[str]) -> Origin:
        """Where a property came from, by its keys in any letter case; of one that is absent, what would hold it."""
        origin, pointer = self.origin, ""
        value: Any = self.body
        for step in steps if self.places else ():
            key = next((key for key in value if key.lower() == step.lower()), None) if isinstance(value, dict) else None
            wanted = f"{pointer}/{(key or step).replace('~', '~0').replace('/', '~1')}"
            if key is None:
                # The body has nothing of what is unknown, but it is written somewhere.
                found = next((place for place in self.places if place.lower() == wanted.lower()), None)
                if found is None:
                    break
                pointer, value = found, None
            else:
                pointer, value = wanted, value[key]
            origin = self.places.get(pointer, origin)
        return origin

    @property
    def name(self) -> str:
        """The resource's own name: the child of `parent/child`, as some providers write it; the id's end for a null."""
        name = self.body.get("name")
        return (name if isinstance(name, str) and name else self.id).rstrip("/").rpartition("/")[2]

    @property
    def common_type(self) -> str:
        """The type, of a resource group the one of its two names by which policies know it."""
        return common_type(self.type)

    @property
    def full_name(self) -> str:
        """The name with those of the parents before it, `server/database`, as Azure Policy's `fullName` has it."""
        _, provider, below = self.id.rpartition("/providers/")
        names = below.split("/")[2::2] if provider else []
        return "/".join(names) or self.name

    @property
    def document(self) -> Mapping[str, Any]:
        """The body with an `Unknown` at each place that could not be read."""
        return self._planted if self.unknown else self.body

    @cached_property
    def _planted(self) -> dict[str, Any]:
        # Many policies ask for it, and what a template or a plan tells has a dozen unknown parts.
        return _planted(self.body, self.unknown)


def _planted(body: Mapping[str, Any], unknown: Mapping[str, str]) -> dict[str, Any]:
    """A copy of a body with an `Unknown` at each pointer; what holds none of them is shared."""
    document = dict(body)
    own = {id(document): document}
    for pointer, reason in unknown.items():
        _plant(document, pointer, Unknown(reason), own)
    return document


def _plant(document: Any, pointer: str, value: Unknown, own: dict[int, Any]) -> None:
    *way, last = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    for step in way:
        if isinstance(document, list):
            below = document[int(step)] if _names_element(step, document) else None
            if not isinstance(below, dict | list):
                document.append(value)
                return
        else:
            below = document.get(step)
            if isinstance(below, Unknown):
                return
            below = below if isinstance(below, dict | list) else {}
        if id(below) not in own:
            below = copy.copy(below)
            own[id(below)] = below
            document[int(step) if isinstance(document, list) else step] = below
        document = below
    if not isinstance(document, list):
        document[last] = value
    elif _names_element(last, document):
        document[int(last)] = value
    else:
        # What is not among the elements that were read is one more.
        document.append(value)


def _names_element(step: str, elements: list[Any]) -> bool:
    return step.isdecimal() and len(step) < 10 and int(step) < len(elements)


class CoverageState(StrEnum):
    """What became of one list that an inventory needed."""

    COMPLETE = "complete"
    FAILED = "failed"
    SKIPPED = "skipped"


class Coverage(Struct, frozen=True):
    """One list that was asked for, and what came of it."""

    stamp: str
    type: str
    scope: str
    """Where the list was taken: the id of the subscription, group or parent; empty for the whole stamp."""
    state: CoverageState
    reason: str = ""
    """Why it failed or was skipped, in words that name what to do; empty when complete."""
    api_version: str = ""
    count: int = 0
    time: datetime | None = None

    @property
    def known(self) -> bool:
        """True when the list says everything there is: it is complete, or the stamp does not offer the type at all."""
        return self.state is CoverageState.COMPLETE or (
            self.state is CoverageState.SKIPPED and self.reason == NOT_OFFERED
        )

    @property
    def words(self) -> str:
        """Why it does not say everything; a sentence stands for itself, so one cause of many lists reads as one."""
        return self.reason if self.reason.endswith((".", "?")) else f"{self.type}: {self.reason}"
