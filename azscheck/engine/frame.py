"""Where a condition stands: which resource `field` reads, which one `subject()`, and the values around it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from azscheck.expressions import Expression, evaluate, is_expression, lookup, parse
from azscheck.inventory import Resource
from azscheck.policy.conditions import Field
from azscheck.policy.join_key import only_of_the_subject
from azscheck.policy.paths import EACH, parse_path
from azscheck.times import format_time
from azscheck.values import ABSENT, Unknown


def walk(value: Any, steps: tuple[str, ...]) -> Any:
    """What is at the end of a path, below a value; ABSENT when it is not there, Unknown as soon as that is met."""
    for step in steps:
        if isinstance(value, Unknown):
            return value
        if step == EACH:
            return Unknown("[*] stands only in a count over its array", error=True)
        value = lookup(value, step) if isinstance(value, dict) else ABSENT
    return value


@lru_cache(4096)
def _of_the_subject_alone(text: str) -> bool:
    return only_of_the_subject(parse(text))


@dataclass(frozen=True, slots=True)
class Frame:
    """One resource at hand, with what a condition on it may refer to."""

    resource: Resource
    document: Mapping[str, Any]
    parameters: Mapping[str, Any]
    now: datetime
    subject: "Frame | None" = None
    """The judged resource's frame, when `resource` is one that is counted for it."""
    elements: tuple[tuple[tuple[str, ...], Any], ...] = ()
    """The array elements at hand, each with the steps of its array, the innermost first."""
    named: tuple[tuple[str, Any], ...] = ()
    """The elements of counts over a literal, by name, the innermost first."""

    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What expressions that read this resource alone, as their subject, come to."""

    def of(self, resource: Resource) -> "Frame":
        """The frame of a resource that is counted for this one."""
        return Frame(resource, resource.document, self.parameters, self.now, subject=self, named=self.named)

    def at(self, array: Field, element: Any) -> "Frame":
        """The frame of one element of an array."""
        named = ((array.path, element), *self.named)
        return replace(self, elements=((array.steps, element), *self.elements), named=named, memo={})

    def naming(self, name: str, element: Any) -> "Frame":
        """The frame of one element of a literal."""
        return replace(self, named=((name, element), *self.named), memo={})

    def read(self, field: Field) -> Any:
        """A property's value: JSON, ABSENT or Unknown."""
        for steps, element in self.elements:
            if field.steps[: len(steps)] == steps:
                return walk(element, field.steps[len(steps) :])
        # In any letter case, as every other key is read.
        match tuple(step.lower() for step in field.steps[:2]):
            case ("id",):
                return self.resource.id
            case ("name",):
                return self.resource.name
            case ("type",):
                return self.resource.type
            case _:
                return walk(self.document, field.steps)

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
        if self.subject is None or not _of_the_subject_alone(text):
            return self.evaluate(parse(text))
        # The same for every resource that is counted for one subject.
        memo = self.subject.memo
        if text not in memo:
            memo[text] = self.evaluate(parse(text))
        return memo[text]

    def evaluate(self, tree: Expression) -> Any:
        """An expression's value, standing here."""
        return evaluate(tree, self._functions())

    def _functions(self) -> dict[str, Any]:
        return {
            "field": lambda path: self.read(parse_path(path)),
            "subject": self._subject,
            "parameters": self._parameter,
            "current": self._current,
            "utcnow": lambda: format_time(self.now),
        }

    def _subject(self, path: str) -> Any:
        if self.subject is None:
            return Unknown("subject() stands only in a count of resources", error=True)
        return self.subject.read(parse_path(path))

    def _parameter(self, name: str) -> Any:
        if name not in self.parameters:
            return Unknown(f"the policy has no parameter {name!r}", error=True)
        return self.parameters[name]

    def _current(self, name: str = "") -> Any:
        for steps, element in self.elements:
            if name and parse_path(name).steps[: len(steps)] == steps:
                return walk(element, parse_path(name).steps[len(steps) :])
        nothing = Unknown(f"current() finds no count named {name!r} around it", error=True)
        return next((element for known, element in self.named if known == name or not name), nothing)
