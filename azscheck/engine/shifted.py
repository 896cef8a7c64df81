"""Defaults of parameters, shifted to where a case should notice."""

from collections.abc import Iterable, Iterator
from typing import Any

from azscheck.expressions import Literal, calls, is_expression, parse
from azscheck.policy import Parameter, Policy
from azscheck.policy.conditions import ComputedField, Test, Value, ValueCount
from azscheck.times import parse_duration


def shifted_defaults(policy: Policy, tests: Iterable[Test]) -> Iterator[tuple[Test, str, Any]]:
    """The first test that reads a parameter, the parameter's name, and another default; those only shown have none."""
    readers: dict[str, Test] = {}
    for test in tests:
        for name in _read_by(test):
            readers.setdefault(name, test)
    for name, test in readers.items():
        if name in policy.parameters:
            for default in _shifted(policy.parameters[name]):
                yield test, name, default


def _shifted(parameter: Parameter) -> Iterator[Any]:
    match parameter.type, parameter.default:
        case "duration", str(text):
            yield f"PT{2 * parse_duration(text).total_seconds():.0f}S"
        case "integer" | "float", (int() | float()) as number:
            yield number + 1
            if number >= 1:
                yield number - 1
        case "boolean", bool(truth):
            yield not truth
        case "array", list(items):
            yield from (items[:i] + items[i + 1 :] for i in range(len(items)))


def _read_by(test: Test) -> Iterator[str]:
    """The parameters that a test names."""
    match test.left:
        case ComputedField(path=left) | Value(value=left) | ValueCount(value=left):
            pass
        case _:
            left = None
    for text in filter(is_expression, _texts([left, test.right])):
        for call in calls(parse(text)):
            if call.name == "parameters" and isinstance(call.arguments[0], Literal):
                yield str(call.arguments[0].value)


def _texts(value: Any) -> Iterator[Any]:
    match value:
        case list():
            for below in value:
                yield from _texts(below)
        case dict():
            for below in value.values():
                yield from _texts(below)
        case _:
            yield value
