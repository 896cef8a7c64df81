"""The condition language as parsed: what the evaluators walk. Its words are Azure Policy's, but `count.resources`."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from azscheck.errors import Place
from azscheck.expressions import Expression


@dataclass(frozen=True, slots=True)
class AllOf:
    """True when every one is."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when at least one is."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """True when the condition is false."""

    condition: "Condition"


@dataclass(frozen=True, slots=True)
class Field:
    """A property of the resource at hand."""

    path: str
    steps: tuple[str, ...]
    """The keys from the resource's root, an alias's from its `properties`; `[*]` is every element of an array."""
    alias_of: str = ""
    """The resource type (or the namespace) whose alias it is, in lower case; empty for a path."""
    others: tuple[tuple[str, ...], ...] = ()
    """Where else an alias is read when nothing is at `steps`."""
    key: tuple[str, ...] = field(init=False, compare=False)
    """What two spellings of one property have in common."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", (self.alias_of, *(step.lower() for step in self.steps)))


@dataclass(frozen=True, slots=True)
class ComputedField:
    """A property whose path is an expression, such as `[concat('tags[', parameters('name'), ']')]`."""

    path: str


@dataclass(frozen=True, slots=True)
class Value:
    """A literal, or an expression to be evaluated."""

    value: Any


@dataclass(frozen=True, slots=True)
class ArrayCount:
    """How many elements of an array of the resource satisfy `where`; inside it, the array's path is one element."""

    field: Field
    where: "Condition | None"


@dataclass(frozen=True, slots=True)
class ValueCount:
    """How many elements of a literal array satisfy `where`; `current(name)` is one element."""

    value: Any
    name: str
    where: "Condition | None"


class Scope(StrEnum):
    """Which other resources are counted, seen from the judged one."""

    STAMP = "stamp"
    CHILDREN = "children"
    RESOURCE_GROUP = "resourceGroup"
    SUBSCRIPTION = "subscription"
    FLEET = "fleet"


@dataclass(frozen=True, slots=True)
class Newest:
    """Narrows a count to the one resource with the latest time, of those that satisfy `where`."""

    by: Field
    where: "Condition | None"


@dataclass(frozen=True, slots=True)
class JoinKey:
    """An equality with `subject(...)` that must hold: looked up in an index, never scanned."""

    field: Field
    value: Expression


@dataclass(frozen=True, slots=True)
class ResourceCount:
    """How many other resources of a type satisfy `where`; there, `field` is the counted one, `subject()` the judged."""

    type: str
    scope: Scope
    where: "Condition | None"
    newest: Newest | None
    key: JoinKey | None
    unknown_when_none: str = ""
    """Why nothing can be said when there is none to look at; empty where that is known to be zero."""


Left = Field | ComputedField | Value | ArrayCount | ValueCount | ResourceCount


@dataclass(frozen=True, slots=True)
class Test:
    """One left side, one operator, what it is compared with, and where it stands in the file."""

    left: Left
    operator: str
    right: Any
    place: Place = field(compare=False)
    """Two tests that say the same are equal wherever they stand."""


Condition = AllOf | AnyOf | Not | Test


def all_tests(condition: Condition, *, within_counts: bool = False) -> Iterator[Test]:
    """Every test of a condition; those within counts are left out unless they are asked for."""
    match condition:
        case AllOf(conditions=parts) | AnyOf(conditions=parts):
            for part in parts:
                yield from all_tests(part, within_counts=within_counts)
        case Not(condition=part):
            yield from all_tests(part, within_counts=within_counts)
        case Test(left=left):
            yield condition
            inner = [left.where] if isinstance(left, ArrayCount | ValueCount | ResourceCount) else []
            inner += [left.newest.where] if isinstance(left, ResourceCount) and left.newest else []
            for where in inner if within_counts else ():
                if where is not None:
                    yield from all_tests(where, within_counts=True)
