"""Which property a test looks at, so that evidence can name the line on which it is written."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from azscheck.expressions import Call, Expression, ExpressionError, calls, is_expression, parse
from azscheck.policy.conditions import (
    ArrayCount,
    ComputedField,
    Condition,
    Field,
    ResourceCount,
    Value,
    ValueCount,
    all_tests,
)
from azscheck.policy.paths import EACH, parse_path

Left = Field | ComputedField | Value | ArrayCount | ValueCount | ResourceCount


def steps_of(left: Left, evaluate: Callable[[Expression], Any]) -> Iterator[str]:
    """The keys of the property, as far as no array is gone over: `steps_into` goes on from there.

    `evaluate` tells the path of a property whose name is an expression, such as that of a tag a parameter names.
    """
    match left:
        case Field():
            yield from _until_array(left)
        case ArrayCount(field=field):
            yield from _until_array(field)
        case ComputedField(path=text):
            yield from _of_path(text, evaluate)
        case Value(value=text) if is_expression(text):
            yield from _first_field(text, evaluate)
        case ValueCount(value=text, where=where):
            own = [*_first_field(text, evaluate)] if is_expression(text) else []
            yield from own or _first_of(where, evaluate)
        case _:
            pass


def steps_into(array: Field, where: Condition | None, element: Any, document: Mapping[str, Any]) -> Iterator[str]:
    """From the array on, the keys of what an element was counted for; none where the element is not found.

    An array within the elements of another is not gone into.
    """
    value: Any = document
    for step in _until_array(array):
        value = next((v for k, v in value.items() if k.lower() == step.lower()), None) if isinstance(value, dict) else 0
    index = next((i for i, each in enumerate(value) if each is element), None) if isinstance(value, list) else None
    if index is None or array.steps[-1:] != (EACH,) or array.steps.count(EACH) > 1:
        return
    yield str(index)
    lefts = (test.left for test in all_tests(where)) if where is not None else ()
    keys = (left.steps for left in lefts if isinstance(left, Field) and left.key[: len(array.key)] == array.key)
    yield from next(keys, ())[len(array.steps) :]


def _until_array(field: Field) -> Iterator[str]:
    if field.alias_of and field.steps[0].lower() not in _BESIDE:
        yield "properties"
    for step in field.steps:
        if step == EACH:
            return
        yield step


_BESIDE = ("properties", "tags", "sku", "identity", "zones", "plan", "kind", "location", "name", "type", "id")


def _of_path(text: str, evaluate: Callable[[Expression], Any]) -> Iterator[str]:
    try:
        path = evaluate(parse(text))
        if isinstance(path, str):
            yield from _until_array(parse_path(path))
    except (ExpressionError, ValueError):
        return


def _first_of(where: Condition | None, evaluate: Callable[[Expression], Any]) -> list[str]:
    """Of a list that is no property, such as a parameter's, what each of it is compared with."""
    found = ([*steps_of(test.left, evaluate)] for test in all_tests(where)) if where is not None else iter(())
    return next((steps for steps in found if steps), [])


def _first_field(text: str, evaluate: Callable[[Expression], Any]) -> Iterator[str]:
    try:
        for call in calls(parse(text)):
            match call:
                case Call(name="field", arguments=(path,)):
                    found = evaluate(path)
                    if isinstance(found, str):
                        yield from _until_array(parse_path(found))
                    return
    except (ExpressionError, ValueError):
        return
