"""The conditions of a definition's rule, with the looseness of Azure's own: keys in any letter case, `[*]` anywhere."""

import re
from collections.abc import Mapping
from typing import Any, Final

from azscheck.documents import did_you_mean, shorten
from azscheck.expressions import ExpressionError, calls, is_expression, not_in_policies, parse
from azscheck.place import Place
from azscheck.policy.azure.part import Part
from azscheck.policy.azure.refusal import UnsupportedPolicy
from azscheck.policy.azure.rewriting import of_the_subject
from azscheck.policy.conditions import (
    AllOf,
    AnyOf,
    ArrayCount,
    ComputedField,
    Condition,
    Field,
    Left,
    Not,
    Test,
    Value,
    ValueCount,
)
from azscheck.policy.model import Parameter
from azscheck.policy.parse import OPERATORS
from azscheck.policy.paths import EACH, parse_path

_OPERATORS: Final = {word.lower(): word for word in OPERATORS[: OPERATORS.index("newerThan")]}
_LEFTS: Final = ("field", "value", "count", "source")
_GROUPS: Final = ("allof", "anyof", "not")
_FIELDS: Final = (
    *("name", "fullname", "kind", "type", "location", "id", "tags", "identity"),
    *("sku", "plan", "zones", "managedby", "extendedlocation"),
)
"""What a field may be that is no alias, and what resources have beside `properties`."""
_OF_AZURE: Final = ("policy", "requestcontext", "resourcegroup", "subscription")
PARAMETER: Final = re.compile(r"\[\s*parameters\(\s*'(?P<name>[^']+)'\s*\)\s*\]$", re.IGNORECASE)
"""An expression that is a parameter and nothing else."""


class RuleParser:
    """Parses the conditions of one definition; mistakes gather in `mistakes`, for all to be told at once."""

    def __init__(self, parameters: Mapping[str, Parameter], owner: str = "definition") -> None:
        self._owner = owner
        self._parameters = {name.lower() for name in parameters}
        self._arrays = {name.lower() for name, parameter in parameters.items() if parameter.type == "array"}
        self.mistakes: list[tuple[Place, str]] = []

    def condition(self, part: Part, *, related: bool = False) -> Condition:
        """A condition on the judged resource, or on one that is `related` to it."""
        if not isinstance(part.value, dict):
            self._mistake(part, f"a condition is an object with a field, a value or a count, not {shorten(part.value)}")
            return AllOf(())
        groups = [below for below in part.items() if below.key.lower() in _GROUPS]
        if not groups:
            return self._test(part, related)
        if len(part.value) > 1:
            others = ", ".join(key for key in part.value if key != groups[0].key)
            self._mistake(part, f"{groups[0].key} stands alone in its condition: move {others} into it or beside it")
        below = groups[0]
        if below.key.lower() == "not":
            return Not(self.condition(below, related=related))
        if not isinstance(below.value, list):
            self._mistake(below, f"{below.key} takes an array of conditions, not {shorten(below.value)}")
        parts = tuple(self.condition(item, related=related) for item in below.items())
        return AllOf(parts) if below.key.lower() == "allof" else AnyOf(parts)

    def value(self, part: Part, *, related: bool = False) -> Any:
        """A literal with expressions in it, which are held against the definition's parameters."""
        self._check(part)
        return of_the_subject(part.value) if related else part.value

    def _mistake(self, part: Part, sentence: str) -> None:
        self.mistakes.append((part.place, sentence if sentence.endswith((".", "?")) else f"{sentence}."))

    def _test(self, part: Part, related: bool) -> Condition:
        lefts = [below for below in part.items() if below.key.lower() in _LEFTS]
        rights = [below for below in part.items() if below.key.lower() not in _LEFTS]
        if len(lefts) != 1 or len(rights) != 1:
            found = ", ".join(part.value) or "none"
            self._mistake(part, f"a condition has one of field, value and count, and one operator; this has {found}")
            return AllOf(())
        (left,), (right,) = lefts, rights
        operator = _OPERATORS.get(right.key.lower())
        if operator is None:
            near = did_you_mean(right.key, _OPERATORS.values())
            self._mistake(right, f"{right.key!r} is not an operator of Azure Policy{near}")
            return AllOf(())
        self._check_right(operator, right, of_field=left.key.lower() == "field")
        return Test(self._left(left, related), operator, self.value(right, related=related), left.place)

    def _left(self, part: Part, related: bool) -> Left:
        match part.key.lower():
            case "field" if is_expression(part.value):
                return ComputedField(self.value(part, related=related))
            case "field":
                return self._path(part)
            case "value":
                return Value(self.value(part, related=related))
            case "count":
                return self._count(part, related)
            case _:
                return Value("[requestContext().action]")

    def _count(self, part: Part, related: bool) -> Left:
        array, values, where = part.get("field"), part.get("value"), part.get("where")
        condition = None if where is None else self.condition(where, related=related)
        if values is not None:
            return ValueCount(self.value(values, related=related), part.text("name") or "default", condition)
        if array is None:
            self._mistake(part, "a count needs a field or a value")
            return Value(0)
        path = self._path(array)
        if EACH not in path.steps:
            self._mistake(array, f"a count goes over an array: write '{path.path}[*]'")
            return Value(0)
        return ArrayCount(path, condition)

    def _path(self, part: Part) -> Field:
        try:
            field = parse_path(part.value if isinstance(part.value, str) else "")
        except ValueError as error:
            self._mistake(part, str(error))
            return Field("id", ("id",))
        if not field.alias_of and field.key[1] not in _FIELDS:
            sentence = f"Azure has no field {field.path!r} and applies a definition with it to nothing."
            raise UnsupportedPolicy([(part.place, sentence)])
        return field

    def _check_right(self, operator: str, part: Part, *, of_field: bool) -> None:
        if is_expression(part.value):
            found = PARAMETER.match(part.value)
            if of_field and operator in ("equals", "notEquals") and found and found["name"].lower() in self._arrays:
                self._mistake(
                    part, f"{operator} takes no array, which the parameter {found['name']} is: use in or notIn"
                )
            return
        if operator in ("in", "notIn") and not isinstance(part.value, list):
            self._mistake(part, f"{operator} takes an array, not {shorten(part.value)}")
        if operator == "exists" and str(part.value).lower() not in ("true", "false"):
            self._mistake(part, f"exists takes true or false, not {shorten(part.value)}")

    def _check(self, part: Part) -> None:
        for below in part.items():
            self._check(below)
        if not is_expression(part.value):
            return
        try:
            tree = parse(part.value)
        except ExpressionError as error:
            self._mistake(part, str(error))
            return
        for call in calls(tree):
            why = None if call.name in _OF_AZURE else not_in_policies(call.name)
            if why:
                raise UnsupportedPolicy([(part.place, f"{call.name}() {why}.")])
            name = getattr(call.arguments[0], "value", None) if call.arguments else None
            if call.name == "parameters" and isinstance(name, str) and name.lower() not in self._parameters:
                near = did_you_mean(name, self._parameters)
                self._mistake(part, f"the {self._owner} has no parameter {name!r}{near}")
