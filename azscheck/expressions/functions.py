"""The functions that need nothing but their arguments, by lower-case name, with Azure's meaning.

https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions
To add one: a function here or in its own module, and a line in `FUNCTIONS`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from azscheck.expressions import dates, networks
from azscheck.expressions.arguments import FunctionError, array, integer, string, text_or_array
from azscheck.values import ABSENT, Unknown, type_name

__all__ = ["FUNCTIONS", "Function", "FunctionError"]

_LONGEST_RANGE = 10_000
_LONGEST_PADDING = 10_000
_LONGEST_TEXT = 1_000_000


@dataclass(frozen=True, slots=True)
class Function:
    """A function, how many arguments it takes, and whether it takes them unevaluated."""

    call: Callable[..., Any]
    least: int
    most: int | None
    lazy: bool = False


def _concat(*parts: Any) -> Any:
    if all(isinstance(part, list) for part in parts):
        return [item for part in parts for item in part]
    return "".join(as_text(part) for part in parts)


def as_text(value: Any) -> str:
    """A scalar as ARM's string() writes it."""
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, str | int | float):
        return str(value)
    # Not empty text for what is not there: a pattern made of it would be another pattern.
    raise FunctionError(f"takes strings, numbers and booleans, not a value of type {type_name(value)}")


def _format(template: Any, *arguments: Any) -> str:
    """.NET's composite formatting, of plain `{0}` only."""
    out, rest = [], string(template)
    while rest:
        before, brace, rest = rest.partition("{")
        out.append(before.replace("}}", "}"))
        if not brace:
            break
        if rest.startswith("{"):
            out.append("{")
            rest = rest[1:]
            continue
        index, closing, rest = rest.partition("}")
        if not closing or not index.isdecimal() or len(index) > 4 or int(index) >= len(arguments):
            raise FunctionError(f"{{{index}}} names no argument")
        out.append(as_text(arguments[int(index)]))
    return "".join(out)


def _split(text: Any, delimiters: Any) -> list[str]:
    parts = [string(text)]
    for delimiter in delimiters if isinstance(delimiters, list) else [delimiters]:
        if string(delimiter):
            parts = [piece for part in parts for piece in part.split(delimiter)]
    return parts


def _replace(text: Any, old: Any, new: Any) -> str:
    if not string(old):
        raise FunctionError("takes a text to replace that is not empty")
    if len(string(text)) + text.count(old) * len(string(new)) > _LONGEST_TEXT:
        raise FunctionError(f"makes a text of at most {_LONGEST_TEXT} characters")
    return str(text.replace(old, new))


def _first(value: Any) -> Any:
    found = text_or_array(value)
    return found[0] if found else ("" if isinstance(found, str) else ABSENT)


def _last(value: Any) -> Any:
    found = text_or_array(value)
    return found[-1] if found else ("" if isinstance(found, str) else ABSENT)


def _length(value: Any) -> int:
    if isinstance(value, dict):
        return len(value)
    return len(text_or_array(value))


def _empty(value: Any) -> bool:
    return value is ABSENT or value is None or _length(value) == 0


def _contains(container: Any, item: Any) -> bool:
    match container:
        case str():
            # Azure compares texts here with regard to case, keys without.
            return string(item) in container
        case list():
            return any(_equals(item, held) for held in container)
        case dict():
            return string(item).lower() in (key.lower() for key in container)
        case _:
            raise FunctionError("takes a string, an array or an object")


def _if(condition: Callable[[], Any], then: Callable[[], Any], otherwise: Callable[[], Any]) -> Any:
    truth = condition()
    if isinstance(truth, Unknown):
        return truth
    if not isinstance(truth, bool):
        return Unknown("if() takes a boolean as its condition", error=True)
    return then() if truth else otherwise()


def _and(*conditions: Callable[[], Any]) -> Any:
    return _kleene(conditions, decides=False)


def _or(*conditions: Callable[[], Any]) -> Any:
    return _kleene(conditions, decides=True)


def _kleene(conditions: tuple[Callable[[], Any], ...], *, decides: bool) -> Any:
    unknown: Unknown | None = None
    for condition in conditions:
        truth = condition()
        if truth is decides:
            return decides
        if not isinstance(truth, bool) and unknown is None:
            unknown = truth if isinstance(truth, Unknown) else Unknown("and() and or() take booleans", error=True)
    return (not decides) if unknown is None else unknown


def _coalesce(*values: Callable[[], Any]) -> Any:
    for value in values:
        found = value()
        if found is not None and found is not ABSENT:
            return found
    return None


def _not(value: Any) -> bool:
    if not isinstance(value, bool):
        raise FunctionError("takes a boolean")
    return not value


def _create_object(*pairs: Any) -> dict[str, Any]:
    if len(pairs) % 2:
        raise FunctionError("takes names and values in pairs")
    return {string(pairs[i]): pairs[i + 1] for i in range(0, len(pairs), 2)}


def _union(*values: Any) -> Any:
    if all(isinstance(value, dict) for value in values):
        return {key: item for value in values for key, item in value.items()}
    found: list[Any] = []
    for value in values:
        found += [item for item in array(value) if item not in found]
    return found


def _intersection(first: Any, *others: Any) -> Any:
    if isinstance(first, dict) and all(isinstance(other, dict) for other in others):
        return {k: v for k, v in first.items() if all(k in o and o[k] == v for o in others)}
    arrays = [array(other) for other in others]
    return [item for item in array(first) if all(item in other for other in arrays)]


def _numbers(values: tuple[Any, ...]) -> list[int]:
    found = array(values[0]) if len(values) == 1 and isinstance(values[0], list) else list(values)
    if not found:
        raise FunctionError("takes at least one number")
    return [integer(value) for value in found]


def _range(start: Any, count: Any) -> list[int]:
    if not 0 <= integer(count) <= _LONGEST_RANGE:
        raise FunctionError(f"makes from 0 to {_LONGEST_RANGE} numbers")
    return list(range(integer(start), integer(start) + count))


def _pad_left(value: Any, width: Any, fill: Any = " ") -> str:
    if integer(width) > _LONGEST_PADDING or len(string(fill)) != 1:
        raise FunctionError(f"pads with one character to at most {_LONGEST_PADDING}")
    return as_text(value).rjust(width, fill)


def _equals(left: Any, right: Any) -> bool:
    # Python holds True equal to 1, ARM does not.
    return type(left) is type(right) and bool(left == right)


FUNCTIONS: Final[Mapping[str, Function]] = {
    "adddays": Function(dates.add_days, 2, 3),
    "and": Function(_and, 2, None, lazy=True),
    "coalesce": Function(_coalesce, 1, None, lazy=True),
    "concat": Function(_concat, 1, None),
    "contains": Function(_contains, 2, 2),
    "createarray": Function(lambda *items: list(items), 0, None),
    "createobject": Function(_create_object, 0, None),
    "datetimeadd": Function(dates.date_time_add, 2, 3),
    "empty": Function(_empty, 1, 1),
    "equals": Function(_equals, 2, 2),
    "false": Function(lambda: False, 0, 0),
    "first": Function(_first, 1, 1),
    "format": Function(_format, 1, None),
    "if": Function(_if, 3, 3, lazy=True),
    "intersection": Function(_intersection, 2, None),
    "iprangecontains": Function(networks.ip_range_contains, 2, 2),
    "last": Function(_last, 1, 1),
    "length": Function(_length, 1, 1),
    "max": Function(lambda *values: max(_numbers(values)), 1, None),
    "min": Function(lambda *values: min(_numbers(values)), 1, None),
    "not": Function(_not, 1, 1),
    "or": Function(_or, 2, None, lazy=True),
    "padleft": Function(_pad_left, 2, 3),
    "range": Function(_range, 2, 2),
    "replace": Function(_replace, 3, 3),
    "split": Function(_split, 2, 2),
    "tolower": Function(lambda text: string(text).lower(), 1, 1),
    "toupper": Function(lambda text: string(text).upper(), 1, 1),
    "trim": Function(lambda text: string(text).strip(), 1, 1),
    "true": Function(lambda: True, 0, 0),
    "unchost": Function(networks.unc_host, 1, 1),
    "union": Function(_union, 1, None),
}
