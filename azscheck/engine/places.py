"""Which property a test looks at, so that evidence can name the line on which it is written."""

from collections.abc import Callable, Iterator
from typing import Any

from azscheck.expressions import Call, Expression, ExpressionError, calls, is_expression, parse
from azscheck.policy.conditions import ArrayCount, ComputedField, Field, ResourceCount, Value, ValueCount
from azscheck.policy.paths import EACH, parse_path

Left = Field | ComputedField | Value | ArrayCount | ValueCount | ResourceCount


def steps_of(left: Left, evaluate: Callable[[Expression], Any]) -> Iterator[str]:
    """The keys of the property, as far as no array is gone over: an element's place is its array's.

    `evaluate` tells the path of a property whose name is an expression, such as that of a tag a parameter names.
    """
    match left:
        case Field():
            yield from _until_array(left)
        case ArrayCount(field=field):
            yield from _until_array(field)
        case ComputedField(path=text):
            yield from _of_path(text, evaluate)
        case Value(value=text) | ValueCount(value=text) if is_expression(text):
            yield from _first_field(text, evaluate)
        case _:
            pass


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
