"""The condition language as parsed: what the evaluators walk. Its words are Azure Policy's, but `count.resources`."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import force_setattr

from azscheck.expressions import Expression
from azscheck.place import Place


class AllOf(Struct, frozen=True):
    """True when every one is."""

    conditions: tuple["Condition", ...]


class AnyOf(Struct, frozen=True):
    """True when at least one is."""

    conditions: tuple["Condition", ...]


class Not(Struct, frozen=True):
    """True when the condition is false."""

    condition: "Condition"


class Field(Struct, frozen=True):
    """A property of the resource at hand."""

    path: str
    steps: tuple[str, ...]
    """The keys from the resource's root, an alias's from its `properties`; `[*]` is every element of an array."""
    alias_of: str = ""
    """The resource type (or the namespace) whose alias it is, in lower case; empty for a path."""
    others: tuple[tuple[str, ...], ...] = ()
    """Where else an alias is read when nothing is at `steps`."""
    key: tuple[str, ...] = ()
    """What two spellings of one property have in common, told by the others."""

    def __post_init__(self) -> None:
        force_setattr(self, "key", (self.alias_of, *(step.lower() for step in self.steps)))


class ComputedField(Struct, frozen=True):
    """A property whose path is an expression, such as `[concat('tags[', parameters('name'), ']')]`."""

    path: str


class Value(Struct, frozen=True):
    """A literal, or an expression to be evaluated."""

    value: Any


class ArrayCount(Struct, frozen=True):
    """How many elements of an array of the resource satisfy `where`; inside it, the array's path is one element."""

    field: Field
    where: "Condition | None"


class ValueCount(Struct, frozen=True):
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


class Newest(Struct, frozen=True):
    """Narrows a count to the one resource with the latest time, of those that satisfy `where`."""

    by: Field
    where: "Condition | None"


class JoinKey(Struct, frozen=True):
    """An equality with `subject(...)` that must hold: looked up in an index, never scanned."""

    field: Field
    value: Expression


class ResourceCount(Struct, frozen=True):
    """How many other resources of a type satisfy `where`; there, `field` is the counted one, `subject()` the judged."""

    type: str
    scope: Scope
    where: "Condition | None"
    newest: Newest | None
    key: JoinKey | None
    unknown_when_none: str = ""
    """Why nothing can be said when there is none to look at; empty where that is known to be zero."""


Left = Field | ComputedField | Value | ArrayCount | ValueCount | ResourceCount


class Test(Struct, frozen=True):
    """One left side, one operator, what it is compared with, and where it stands in the file."""

    left: Left
    operator: str
    right: Any
    place: Place

    def __eq__(self, other: object) -> bool:
        # Two tests that say the same are equal wherever they stand.
        if not isinstance(other, Test):
            return NotImplemented
        return (self.left, self.operator, self.right) == (other.left, other.operator, other.right)

    def __hash__(self) -> int:
        return hash((self.left, self.operator, self.right))


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
