"""Where a condition stands: which resource `field` reads, which one `subject()`, and the values around it."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from msgspec import Struct, field
from msgspec.structs import replace

from azscheck.engine.containers import Containers, surroundings
from azscheck.engine.reading import at_alias_root, elements, names_a_kind, spread, walk
from azscheck.engine.work import Work
from azscheck.expressions import Expression, calls, evaluate, is_expression, parse
from azscheck.inventory import Resource
from azscheck.policy.conditions import ComputedField, Field
from azscheck.policy.join_key import only_of_the_subject
from azscheck.policy.parameters import value_of
from azscheck.policy.paths import EACH, parse_path
from azscheck.times import format_time
from azscheck.values import ABSENT, Unknown


@lru_cache(4096)
def _of_the_subject_alone(text: str) -> bool:
    return only_of_the_subject(parse(text))


@lru_cache(4096)
def _of_the_resource_alone(text: str) -> bool:
    return not {"subject", "current"} & {call.name for call in calls(parse(text))}


_ONLY_ONES: Final = ("current", "default", "web")
"""Names of resources that there are one of below another."""


class Frame(Struct, frozen=True):
    """One resource at hand, with what a condition on it may refer to."""

    resource: Resource
    document: Mapping[str, Any]
    parameters: Mapping[str, Any]
    now: datetime
    blank: Any = ABSENT
    """What an expression gives for a property that is not there: an Azure Policy definition's `field()` a text, ``."""
    containers: Containers | None = None
    """The resource groups and subscriptions that there are."""
    subject: "Frame | None" = None
    """The judged resource's frame, when `resource` is one that is counted for it."""
    elements: tuple[tuple[tuple[str, ...], Any], ...] = ()
    """The array elements at hand, each with the key of its array, the innermost first."""
    named: tuple[tuple[str, Any], ...] = ()
    """The elements of counts over a literal, by name, the innermost first."""

    work: Work = field(default_factory=Work)
    """What the policy may still do."""
    memo: dict[str, Any] = field(default_factory=dict)
    """What expressions that read this resource alone, as theirs or as their subject, come to."""

    @property
    def judged(self) -> "Frame":
        """The frame of the judged resource."""
        return self if self.subject is None else self.subject.judged

    @property
    def multiplied(self) -> bool:
        """Whether this is one of more than the judged resource has: a counted one, or an element within elements."""
        return self.subject is not None or len(self.named) > len(self.elements) or len(self.elements) > 1

    def of(self, resource: Resource) -> "Frame":
        """The frame of a resource that is counted for this one."""
        return replace(self, resource=resource, document=resource.document, subject=self, elements=(), memo={})

    def at(self, array: Field, element: Any) -> "Frame":
        """The frame of one element of an array."""
        named = ((array.path, element), *self.named)
        return replace(self, elements=((array.key, element), *self.elements), named=named, memo={})

    def naming(self, name: str, element: Any) -> "Frame":
        """The frame of one element of a literal."""
        # An expression that reads the resource alone reads nothing of the literal: one memo will do.
        return replace(self, named=((name, element), *self.named))

    def each(self, array: Field) -> "list[Frame | Unknown]":
        """The frames of an array's elements, of an array within an array those of every inner element.

        An Unknown stands for an array that is not known, and so for any number of elements.
        """
        bound, value = self._start(array)
        steps = array.steps[bound:]
        if not steps:
            return [Unknown(f"a count goes over {array.path} within a count over the same", error=True)]
        inner = steps.index(EACH) + 1
        # `field` inside may name the outer element as well as the inner one.
        outer = Field(array.path, array.steps[: bound + inner], array.alias_of)
        found = elements(self._walk(value, outer, bound, steps[: inner - 1]))
        if isinstance(found, Unknown):
            return [found]
        frames = [self.at(outer, element) for element in found]
        return [f for frame in frames for f in frame.each(array)] if EACH in steps[inner:] else [*frames]

    def field(self, left: Field | ComputedField) -> Field | Unknown:
        """The property that a test is about; Unknown when the expression for it cannot be told or gives no path."""
        if isinstance(left, Field):
            return left
        path = self.resolve(left.path)
        if isinstance(path, Unknown):
            return path
        try:
            return parse_path(path)
        except (ValueError, TypeError):
            return Unknown(f"{left.path} gives no path to a property", error=True)

    def read(self, field: Field) -> Any:
        """A property's value: JSON, ABSENT or Unknown."""
        bound, value = self._start(field)
        if not field.alias_of and not bound:
            # In any letter case, as every other key is read.
            match field.key[1:]:
                case ("id",):
                    return self.resource.id
                case ("name",):
                    return self.resource.name
                case ("fullname",):
                    return self.resource.full_name
                case ("type",):
                    return self.resource.common_type
        return self._walk(value, field, bound, field.steps[bound:])

    def values(self, field: Field) -> list[Any]:
        """The values of a path that goes over an array which no count around it goes over."""
        bound, value = self._start(field)
        at = field.steps.index(EACH, bound)
        found = elements(self._walk(value, field, bound, field.steps[bound:at]))
        if isinstance(found, Unknown):
            return [found]
        alias = bool(field.alias_of)
        return [leaf for element in found for leaf in spread(element, field.steps[at + 1 :], alias=alias)]

    def goes_over(self, field: Field) -> bool:
        """Whether a path goes over an array which no count around it goes over."""
        return EACH in field.steps and EACH in field.steps[self._start(field)[0] :]

    def _start(self, field: Field) -> tuple[int, Any]:
        """How many steps of a path the elements at hand stand for, and the value to go on from."""
        for key, element in self.elements:
            if field.key[: len(key)] == key:
                return len(key) - 1, element
        return 0, self.document

    def _walk(self, value: Any, field: Field, bound: int, steps: tuple[str, ...]) -> Any:
        if not field.alias_of or bound:
            return walk(value, steps, alias=bool(field.alias_of))
        kind = self.resource.type.lower()
        if kind != field.alias_of and not ("/" not in field.alias_of and kind.startswith(f"{field.alias_of}/")):
            return ABSENT
        for path in (steps, *field.others):
            found = walk(at_alias_root(value, path[0]), path[1:], alias=True)
            if found is not ABSENT:
                return found
        if len(steps) > 1 and steps[0].lower() in (*_ONLY_ONES, self.resource.name.lower()):
            # `default.sku.name` of `blobServices/default`.
            return walk(at_alias_root(value, steps[1]), steps[2:], alias=True)
        # `Managed.typeProperties` is in `properties` of an integration runtime.
        return walk(value, ("properties", *steps), alias=True) if names_a_kind(steps[0]) else ABSENT

    def resolve(self, value: Any) -> Any:
        """A literal with its expressions evaluated; Unknown when a part of it is."""
        match value:
            case str() if is_expression(value):
                return self._resolved(value)
            case str() if value.startswith("[["):
                return value[1:]
            case list():
                items = [self.resolve(item) for item in value]
                return next((item for item in items if isinstance(item, Unknown)), items)
            case dict():
                entries = {key: self.resolve(item) for key, item in value.items()}
                return next((item for item in entries.values() if isinstance(item, Unknown)), entries)
            case _:
                return value

    def _resolved(self, text: str) -> Any:
        if self.subject is not None and _of_the_subject_alone(text):
            # The same for every resource that is counted for one subject.
            memo = self.subject.memo
        elif _of_the_resource_alone(text):
            memo = self.memo
        else:
            return self.evaluate(parse(text))
        if text not in memo:
            memo[text] = self.evaluate(parse(text))
        return memo[text]

    def evaluate(self, tree: Expression) -> Any:
        """An expression's value, standing here."""
        return evaluate(tree, self._functions(), self.work.spend_on)

    def _functions(self) -> dict[str, Any]:
        return {
            "field": self._field,
            "subject": self._subject,
            "parameters": self._parameter,
            "current": self._current,
            "utcnow": lambda: format_time(self.now),
            **surroundings(self.judged.resource, self.containers, self.now),
        }

    def _field(self, path: str) -> Any:
        field = parse_path(path)
        if EACH not in field.steps:
            found = self.read(field)
            return self.blank if found is ABSENT or (found is None and self.blank is not ABSENT) else found
        # Azure gives an array of the values that there are, inside the array's own count an array of the one.
        return _there(self.values(field) if self.goes_over(field) else [self.read(field)])

    def _subject(self, path: str, counts: int = 1) -> Any:
        frame = self
        for _ in range(counts):
            if frame.subject is None:
                return Unknown("subject() stands only in a count of resources", error=True)
            frame = frame.subject
        return frame._field(path)

    def _parameter(self, name: str) -> Any:
        return value_of(self.parameters, name)

    def _current(self, name: str = "") -> Any:
        field = parse_path(name) if EACH in name else None
        if field is not None and self._start(field)[0]:
            return _there(self.values(field)) if self.goes_over(field) else self.read(field)
        nothing = Unknown(f"current() finds no count named {name!r} around it", error=True)
        return next((element for known, element in self.named if known == name or not name), nothing)


def _there(values: list[Any]) -> list[Any]:
    return [value for value in values if value is not ABSENT]
