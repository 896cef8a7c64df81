"""Resource, Origin, Coverage, Inventory."""

import copy
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Self

from azscheck.errors import InventoryError
from azscheck.values import Unknown

NOT_OFFERED: Final = "not offered"
"""The reason of a skipped list whose resource provider the stamp does not have: then there are known to be none."""


def type_key(resource_type: str) -> str:
    """A resource type as a key: ARM compares types without regard to case."""
    return resource_type.lower()


def arm_key(resource_id: str) -> str:
    """A resource id as a key: ARM compares ids without regard to case, and some providers drop the leading slash."""
    return "/" + resource_id.strip("/").lower()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a resource, and so each value in it, came from."""

    source: str
    """The kind of place: `hub` (a live stamp), `configuration`, `file`."""
    address: str
    """The API address without its host, or the path of a file."""
    time: datetime | None = None
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return self.address if self.line is None else f"{self.address}:{self.line}"


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource: the service's own JSON in `body`, no field lost or renamed, in an envelope of what ARM may omit."""

    stamp: str
    type: str
    id: str
    body: Mapping[str, Any]
    origin: Origin
    unknown: Mapping[str, str] = field(default_factory=dict)
    """JSON Pointers (RFC 6901) into `body` of what could not be read, each with the reason."""

    def __post_init__(self) -> None:
        for pointer in self.unknown:
            if not pointer.startswith("/"):
                raise ValueError(f"{pointer!r} is not a JSON Pointer to a part of the resource, such as /properties")

    @property
    def name(self) -> str:
        """The resource's own name: the child of `parent/child`, as some providers write it; the id's end for a null."""
        name = self.body.get("name")
        return (name if isinstance(name, str) and name else self.id).rstrip("/").rpartition("/")[2]

    @property
    def document(self) -> Mapping[str, Any]:
        """The body with an `Unknown` at each place that could not be read."""
        if not self.unknown:
            return self.body
        document = copy.deepcopy(dict(self.body))
        for pointer, reason in self.unknown.items():
            _plant(document, pointer, Unknown(reason))
        return document


def _plant(document: Any, pointer: str, value: Unknown) -> None:
    *way, last = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    for step in way:
        if isinstance(document, list):
            below = document[int(step)] if _names_element(step, document) else None
            if not isinstance(below, dict | list):
                document.append(value)
                return
            document = below
        else:
            below = document.get(step)
            if isinstance(below, Unknown):
                return
            # In this order: the key is one of the object above, not of the one below.
            document[step] = document = below if isinstance(below, dict | list) else {}
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


@dataclass(frozen=True, slots=True)
class Coverage:
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
        """Why it does not say everything, with the type of what is missing."""
        named = self.type.lower() in self.reason.lower()
        return self.reason if named else f"{self.type}: {self.reason}"


def _resource_order(resource: Resource) -> tuple[str, ...]:
    origin = resource.origin
    # All after the id is for ids that differ in letter case alone, or stand twice.
    whole = (resource.type, resource.id, origin.source, origin.address, str(origin.time), str(resource.unknown))
    return resource.stamp, type_key(resource.type), arm_key(resource.id), *whole


def _without_origin(resource: Resource) -> Any:
    return resource.stamp, arm_key(resource.id), resource.body, resource.unknown


def _coverage_order(coverage: Coverage) -> tuple[str, ...]:
    whole = (coverage.type, coverage.scope, coverage.state.value, coverage.reason, coverage.api_version)
    return coverage.stamp, type_key(coverage.type), coverage.scope.lower(), *whole, str(coverage.count)


@dataclass(frozen=True)
class Inventory:
    """All that is known of one or several stamps at one time; in one deterministic order whatever the collection's."""

    created: datetime
    resources: tuple[Resource, ...]
    coverage: tuple[Coverage, ...]

    @classmethod
    def of(cls, created: datetime, resources: Iterable[Resource], coverage: Iterable[Coverage]) -> Self:
        """An inventory from parts in any order."""
        return cls(created, tuple(sorted(resources, key=_resource_order)), tuple(sorted(coverage, key=_coverage_order)))

    @classmethod
    def read(cls, path: str | Path) -> "Inventory":
        """Read a saved inventory (NDJSON, `.gz` too); InventoryError names the line that is wrong or missing."""
        from azscheck.inventory.saved import read

        return read(Path(path))

    def write(self, path: str | Path) -> None:
        """Save as NDJSON (gzipped when the name ends in `.gz`); a half-written file never takes the name."""
        from azscheck.inventory.saved import write

        write(self, Path(path))

    def __add__(self, other: "Inventory") -> "Inventory":
        """Both together. What one of them skipped and the other read counts as read.

        Raises InventoryError when both hold the same resource: a stamp read twice has no one state.
        """
        mine = {_resource_order(r)[:3] for r in self.resources}
        twice = next((r for r in other.resources if _resource_order(r)[:3] in mine), None)
        if twice is not None:
            raise InventoryError(
                f"two inventories hold {twice.id} of the stamp {twice.stamp!r}: judge one of them at a time."
            )
        coverage = self.coverage + other.coverage
        read = {_coverage_order(c)[:3] for c in coverage if c.state is not CoverageState.SKIPPED}
        kept = [c for c in coverage if c.state is not CoverageState.SKIPPED or _coverage_order(c)[:3] not in read]
        return Inventory.of(max(self.created, other.created), self.resources + other.resources, kept)

    def only(self, stamps: Collection[str]) -> "Inventory":
        """What it holds of these stamps."""
        return Inventory(
            self.created,
            tuple(r for r in self.resources if r.stamp in stamps),
            tuple(c for c in self.coverage if c.stamp in stamps),
        )

    @cached_property
    def stamps(self) -> tuple[str, ...]:
        """The names of the stamps, in order."""
        return tuple(sorted({r.stamp for r in self.resources} | {c.stamp for c in self.coverage}))

    @cached_property
    def _by_type(self) -> dict[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for resource in self.resources:
            same = found.setdefault(type_key(resource.type), [])
            # A list that repeats itself must not make two of one; repetitions stand side by side.
            if not same or _without_origin(same[-1]) != _without_origin(resource):
                same.append(resource)
        return found

    def of_type(self, resource_type: str, stamp: str | None = None) -> list[Resource]:
        """The resources of one type, of one stamp or of all."""
        found = self._by_type.get(type_key(resource_type), [])
        return found if stamp is None else [r for r in found if r.stamp == stamp]

    @cached_property
    def _coverage_by_type(self) -> dict[tuple[str, str], list[Coverage]]:
        found: dict[tuple[str, str], list[Coverage]] = {}
        for coverage in self.coverage:
            found.setdefault((coverage.stamp, type_key(coverage.type)), []).append(coverage)
        return found

    def gaps(self, resource_type: str, stamp: str) -> list[Coverage]:
        """The lists of a type that did not say everything there is; one of its own when none was asked for."""
        lists = self._coverage_by_type.get((stamp, type_key(resource_type)))
        if lists is None:
            return [Coverage(stamp, resource_type, "", CoverageState.SKIPPED, "was not collected")]
        return [c for c in lists if not c.known]
