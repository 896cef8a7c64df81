"""From a checked document's condition to its tree. Mistakes that no schema can say are said here, each at its place."""

import re
from collections.abc import Sequence
from typing import Any, Final

from azscheck.documents import Document, Path_, did_you_mean
from azscheck.expressions import is_expression
from azscheck.place import Place
from azscheck.policy.conditions import (
    AllOf,
    AnyOf,
    ArrayCount,
    ComputedField,
    Condition,
    Field,
    Left,
    Newest,
    Not,
    ResourceCount,
    Scope,
    Test,
    Value,
    ValueCount,
)
from azscheck.policy.expression_check import ExpressionCheck
from azscheck.policy.join_key import join_key
from azscheck.policy.known_types import nearly_known
from azscheck.policy.literals import wrong_literal
from azscheck.policy.paths import EACH, parse_path

OPERATORS: Final = (
    *("equals", "notEquals", "in", "notIn", "like", "notLike"),
    *("match", "notMatch", "matchInsensitively", "notMatchInsensitively"),
    *("contains", "notContains", "containsKey", "notContainsKey"),
    *("less", "lessOrEquals", "greater", "greaterOrEquals", "exists"),
    *("newerThan", "olderThan", "withinCidr", "notWithinCidr", "sizeAtLeast", "versionAtLeast", "matchesRegex"),
)
"""Azure Policy's, and below them those it lacks."""

_CANONICAL: Final = {
    word.lower(): word
    for word in (*OPERATORS, "allOf", "anyOf", "not", "field", "value", "count", "resources", "use", "with")
}
PLACEHOLDER: Final = re.compile(r"\{([^{}]+)\}")
"""What a message leaves open."""
FROM_EVIDENCE: Final = ("count", "names", "seen", "newest", "oldest")
"""What a message takes from the evidence: a count, what was counted, what the last test saw there, ages."""
_OF_COUNTS: Final = {
    "field": ("field", "where"),
    "value": ("value", "name", "where"),
    "resources": ("resources", "scope", "newest", "where", "unknownWhenNone"),
}
"""What each kind of count may have."""
_ROOTS: Final = ("id", "name", "type", "kind", "location", "tags", "properties", "sku", "identity", "zones", "plan")


def canonical(value: Any) -> Any:
    """A condition with its words in their one spelling: Azure reads operators without regard to case."""
    match value:
        case dict():
            found: dict[str, Any] = {}
            for key, below in value.items():
                word = str(_CANONICAL.get(key.lower(), key))
                # A word that stands twice, in two spellings, must not be lost: the schema refuses the second.
                kept = key if word in found or (word != key and word in value) else word
                # The names of arguments are their condition's.
                found[kept] = below if word == "with" else canonical(below)
            return found
        case list():
            return [canonical(below) for below in value]
        case _:
            return value


def canonical_places(document: Document, *roots: Path_) -> dict[Path_, Place]:
    """A document's places, those below `roots` also by the canonical words on their way."""
    # The places as written stay: a word that stands twice keeps its spelling.
    return document.places | {
        (*root, *map(_canonical_step, steps[len(root) :])): place
        for steps, place in document.places.items()
        for root in roots
        if steps[: len(root)] == root
    }


def _canonical_step(step: str | int) -> str | int:
    return _CANONICAL.get(step.lower(), step) if isinstance(step, str) else step


class Parser:
    """Parses the conditions of one policy, or a named one; mistakes gather in `mistakes`, to be told all at once."""

    def __init__(self, document: Document, parameters: frozenset[str], of: str = "policy") -> None:
        self._document = document
        self._parameters = parameters
        self._of = of
        self.mistakes: list[tuple[Place, str]] = []
        self._expressions = ExpressionCheck(document, parameters, self.mistakes, of)
        self.types: set[str] = set()
        """The types of other resources that the conditions count."""

    def _mistake(self, steps: Path_, sentence: str) -> None:
        self.mistakes.append((self._document.place(*steps), sentence))

    def condition(self, value: dict[str, Any], steps: Path_, arrays: tuple[Field, ...] = ()) -> Condition:
        """A condition; `arrays` are the arrays that the counts around it go through."""
        groups = [key for key in ("allOf", "anyOf", "not") if key in value]
        if groups:
            group = groups[0]
            if len(value) > 1:
                others = ", ".join(key for key in value if key != group)
                self._mistake(steps, f"{group} stands alone in its condition: move {others} into it or beside it.")
            below = value[group]
            if group == "not":
                return Not(self.condition(below, (*steps, group), arrays))
            parts = tuple(self.condition(part, (*steps, group, i), arrays) for i, part in enumerate(below))
            return AllOf(parts) if group == "allOf" else AnyOf(parts)
        return self._test(value, steps, arrays)

    def message(self, text: str) -> None:
        """Hold the placeholders of a message against what can fill them."""
        for name in PLACEHOLDER.findall(text):
            if name in self._parameters and self._expressions.used is not None:
                self._expressions.used.add(name)
            if name in self._parameters or name in FROM_EVIDENCE:
                continue
            root = re.split(r"[.\[]", name)[0]
            if root not in _ROOTS:
                near = did_you_mean(name, [*self._parameters, *FROM_EVIDENCE])
                known = "a parameter, a property's path, or " + ", ".join(FROM_EVIDENCE)
                self._mistake(("message",), f"{{{name}}} is none of {known}{near}")
            else:
                self._field(name, ("message",), ())

    def check_type(self, text: str, steps: Path_) -> None:
        """Note a resource type that is all but one which is collected: no resource would ever be found of it."""
        near = nearly_known(text)
        if near:
            self._mistake(steps, f"no resource has the type {text!r}; did you mean {near!r}?")

    def check_expressions(self, value: Any, steps: Path_) -> None:
        """Check the expressions alone, of a part whose form is wrong."""
        self._expressions.check(value, steps)

    def unused(self) -> None:
        """A parameter that nothing reads changes nothing: its name is misspelt, or it is left over."""
        used = self._expressions.used
        for name in sorted(self._parameters - used) if used is not None else ():
            self._mistake(("parameters", name), f"nothing reads the parameter {name!r}: use it, or take it out.")

    def _test(self, value: dict[str, Any], steps: Path_, arrays: tuple[Field, ...]) -> Condition:
        lefts = [key for key in ("field", "value", "count") if key in value]
        operators = [key for key in value if key not in lefts]
        if len(lefts) != 1 or len(operators) != 1:
            self._mistake(steps, _what_a_test_needs(lefts, operators))
            return AllOf(())
        (left,), (operator,) = lefts, operators
        self._check_right(operator, value[operator], (*steps, operator))
        place = self._document.place(*steps, left)
        return Test(self._left(left, value[left], (*steps, left), arrays), operator, value[operator], place)

    def _left(self, kind: str, value: Any, steps: Path_, arrays: tuple[Field, ...]) -> Left:
        if kind == "field":
            if is_expression(value):
                self._expressions.check(value, steps)
                return ComputedField(value)
            return self._field(value, steps, arrays)
        if kind == "value":
            self._expressions.check(value, steps)
            return Value(value)
        kinds = [key for key in ("field", "value", "resources") if key in value]
        if len(kinds) != 1:
            self._mistake(steps, "a count needs exactly one of field, value, resources.")
            return Value(0)
        for key in value:
            if key not in _OF_COUNTS[kinds[0]]:
                homes = " or ".join(kind for kind, keys in _OF_COUNTS.items() if key in keys)
                self._mistake((*steps, key), f"{key} says nothing in a count of {kinds[0]}: it goes with {homes}.")
        where = value.get("where")
        if kinds == ["field"]:
            array = self._array(value["field"], (*steps, "field"), arrays)
            below = where and self.condition(where, (*steps, "where"), (*arrays, array))
            return ArrayCount(array, below)
        if kinds == ["value"]:
            self._expressions.check(value["value"], (*steps, "value"))
            below = where and self.condition(where, (*steps, "where"), arrays)
            return ValueCount(value["value"], value.get("name", ""), below)
        return self._resources(value, steps)

    def _resources(self, value: dict[str, Any], steps: Path_) -> ResourceCount:
        self.types.add(value["resources"])
        self.check_type(value["resources"], (*steps, "resources"))
        where = value.get("where")
        condition = self.condition(where, (*steps, "where")) if where else None
        newest = None
        if "newest" in value:
            choice = value["newest"].get("where")
            newest = Newest(
                self._field(value["newest"]["by"], (*steps, "newest", "by"), ()),
                self.condition(choice, (*steps, "newest", "where")) if choice else None,
            )
        scope = Scope(value.get("scope", Scope.STAMP))
        # What the newest is chosen from must not be narrowed by what is then asked of it.
        key = join_key(newest.where if newest else condition)
        none = value.get("unknownWhenNone", "")
        if is_expression(none) and self._of == "policy":
            self._mistake((*steps, "unknownWhenNone"), "unknownWhenNone is text as it stands, not an expression.")
        self._expressions.check(none, (*steps, "unknownWhenNone"))
        return ResourceCount(value["resources"], scope, condition, newest, key, none)

    def _array(self, text: str, steps: Path_, arrays: tuple[Field, ...]) -> Field:
        field = self._parse_path(text, steps)
        if field.steps[-1] != EACH:
            self._mistake(steps, f"a count goes over an array: write '{text}[*]'.")
        elif EACH in field.steps[:-1]:
            self._field(text.removesuffix(EACH), steps, arrays)
        return field

    def _field(self, text: str, steps: Path_, arrays: tuple[Field, ...]) -> Field:
        field = self._parse_path(text, steps)
        bound = max((len(a.steps) for a in arrays if field.key[: len(a.key)] == a.key), default=0)
        if EACH in field.steps[bound:]:
            array = text[: text.index(EACH) + len(EACH)] if not bound else text
            self._mistake(
                steps, f"[*] stands only in a count: write `count: {{field: '{array}', where: ...}}` and a comparison."
            )
        return field

    def _parse_path(self, text: str, steps: Path_) -> Field:
        try:
            return parse_path(text)
        except ValueError as error:
            self._mistake(steps, f"{error}.")
            return Field(text, (text,))

    def _check_right(self, operator: str, value: Any, steps: Path_) -> None:
        self._expressions.check(value, steps)
        wrong = wrong_literal(operator, value)
        if wrong:
            self._mistake(steps, wrong)


def _what_a_test_needs(lefts: Sequence[str], operators: Sequence[str]) -> str:
    if len(lefts) != 1:
        found = " and ".join(lefts) or "none"
        return f"a test needs exactly one of field, value, count; it has {found}."
    found = " and ".join(operators) or "none"
    return f"a test needs exactly one operator; it has {found}."
