"""Which property a test looks at, so that evidence can name the line on which it is written."""

from collections.abc import Iterator

from azscheck.expressions import Call, ExpressionError, Literal, calls, is_expression, parse
from azscheck.policy.conditions import ArrayCount, ComputedField, Field, ResourceCount, Value, ValueCount
from azscheck.policy.paths import EACH, parse_path

Left = Field | ComputedField | Value | ArrayCount | ValueCount | ResourceCount


def steps_of(left: Left) -> Iterator[str]:
    """The keys of the property, as far as no array is gone over: an element's place is its array's."""
    match left:
        case Field():
            yield from _until_array(left)
        case ArrayCount(field=field):
            yield from _until_array(field)
        case Value(value=text) | ValueCount(value=text) if is_expression(text):
            yield from _first_field(text)
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


def _first_field(text: str) -> Iterator[str]:
    try:
        for call in calls(parse(text)):
            match call:
                case Call(name="field", arguments=(Literal(value=str(path)),)):
                    yield from _until_array(parse_path(path))
                    return
    except (ExpressionError, ValueError):
        return
