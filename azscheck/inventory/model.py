"""Inventory: all that is known of one or several stamps at one time."""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from msgspec import Struct
from msgspec.structs import force_setattr

from azscheck.errors import InventoryError
from azscheck.inventory.parts import Coverage, CoverageState, Resource, arm_key, type_key

if TYPE_CHECKING:
    from azscheck.inventory.spool import Spool


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


def held_twice(stamp: str, identity: str) -> InventoryError:
    """What is said of two inventories that hold the same resource."""
    return InventoryError(f"two inventories hold {identity} of the stamp {stamp!r}: judge one of them at a time.")


class Inventory(Struct, frozen=True, dict=True):
    """All that is known of one or several stamps at one time; in one deterministic order whatever the collection's."""

    created: datetime
    resources: tuple[Resource, ...]
    coverage: tuple[Coverage, ...]

    @classmethod
    def of(cls, created: datetime, resources: Iterable[Resource], coverage: Iterable[Coverage]) -> Self:
        """An inventory from parts in any order."""
        return cls(created, tuple(resources), tuple(coverage))

    def __post_init__(self) -> None:
        # Look-ups by id and the saved form stand on the order, however an inventory was made.
        force_setattr(self, "resources", tuple(sorted(self.resources, key=_resource_order)))
        force_setattr(self, "coverage", tuple(sorted(self.coverage, key=_coverage_order)))

    @classmethod
    def read(cls, path: str | Path) -> "Inventory":
        """Read a saved inventory (NDJSON, `.gz` too); InventoryError names the line that is wrong or missing."""
        from azscheck.inventory.saved import read

        return read(Path(path))

    def write(self, path: str | Path, spool: "Spool | None" = None) -> int:
        """Save as NDJSON (gzipped when the name ends in `.gz`), together with what is in the spool, and tell how many
        resources it has; a half-written file never takes the name."""
        from azscheck.inventory.saved import write

        return write(self, Path(path), spool)

    def __add__(self, other: "Inventory") -> "Inventory":
        """Both together. What one of them skipped and the other read counts as read.

        Raises InventoryError when both hold the same resource: a stamp read twice has no one state.
        """
        mine = {_resource_order(r)[:3] for r in self.resources}
        twice = next((r for r in other.resources if _resource_order(r)[:3] in mine), None)
        if twice is not None:
            raise held_twice(twice.stamp, twice.id)
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
    def types(self) -> tuple[str, ...]:
        """The resource types that it holds, in order, each in one spelling."""
        return tuple({type_key(r.type): r.type for r in reversed(self.resources)}.values())[::-1]

    @cached_property
    def _by_type(self) -> dict[tuple[str, str], list[Resource]]:
        found: dict[tuple[str, str], list[Resource]] = {}
        for resource in self.resources:
            same = found.setdefault((type_key(resource.type), resource.stamp), [])
            # A list that repeats itself must not make two of one; repetitions stand side by side.
            if not same or _without_origin(same[-1]) != _without_origin(resource):
                same.append(resource)
        return found

    def of_type(self, resource_type: str, stamp: str | None = None) -> list[Resource]:
        """The resources of one type, of one stamp or of all, in the order of their ids."""
        kind = type_key(resource_type)
        if stamp is not None:
            return self._by_type.get((kind, stamp), [])
        return [resource for name in self.stamps for resource in self._by_type.get((kind, name), [])]

    @cached_property
    def _gaps(self) -> dict[tuple[str, str], list[Coverage]]:
        found: dict[tuple[str, str], list[Coverage]] = {}
        for coverage in self.coverage:
            gaps = found.setdefault((type_key(coverage.type), coverage.stamp), [])
            if not coverage.known:
                gaps.append(coverage)
        return found

    def gaps(self, resource_type: str, stamp: str) -> list[Coverage]:
        """The lists of a type that did not say everything there is; one of its own when none was asked for."""
        gaps = self._gaps.get((type_key(resource_type), stamp))
        if gaps is None:
            return [Coverage(stamp, resource_type, "", CoverageState.SKIPPED, "was not collected")]
        return gaps
