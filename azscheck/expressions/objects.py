"""Functions on objects, and on elements that may be missing:
https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-object

ARM reads names of properties without regard to case, and so do the functions that look for one.
"""

from collections.abc import Mapping
from typing import Any, Final

from azscheck.expressions.arguments import FunctionError, array, integer, json_object, string
from azscheck.expressions.characters import upper
from azscheck.expressions.function import Function, Table, table
from azscheck.values import ABSENT, type_name


def lookup(document: Mapping[str, Any], key: str) -> Any:
    """A property by its name, exact first, else without regard to case as ARM reads it; ABSENT when not there."""
    if key in document:
        return document[key]
    lowered = key.lower()
    return next((value for name, value in document.items() if name.lower() == lowered), ABSENT)


def create_object(*pairs: Any) -> dict[str, Any]:
    """An object of names and values in turn."""
    if len(pairs) % 2:
        raise FunctionError("takes names and values in pairs")
    made = {string(pairs[i]): pairs[i + 1] for i in range(0, len(pairs), 2)}
    if len(made) < len(pairs) // 2:
        raise FunctionError("takes each name once")
    return made


def _sorted(value: Any) -> list[tuple[str, Any]]:
    return sorted(json_object(value).items(), key=lambda pair: upper(pair[0]))


def items(value: Any) -> list[dict[str, Any]]:
    """An object's properties as an array in the order of their names."""
    return [{"key": name, "value": held} for name, held in _sorted(value)]


def element(value: Any, key: Any) -> Any:
    """A property or an element, or ABSENT; of a scalar ABSENT too."""
    if isinstance(key, str):
        return lookup(value, key) if isinstance(value, dict) else ABSENT
    at = integer(key)
    return value[at] if isinstance(value, list) and 0 <= at < len(value) else ABSENT


def _followed(first: Any, keys: tuple[Any, ...]) -> Any:
    """Only the first step may fail; the later ones must be there when it did not."""
    if first is ABSENT or first is None:
        return None
    value = first
    for key in keys:
        found = element(value, key)
        if found is ABSENT:
            raise FunctionError(f"finds no {key!r} in a value of type {type_name(value)}")
        value = found
    return value


def try_get(value: Any, key: Any, *more: Any) -> Any:
    """A property or an element, and what is below it; null when it is not there."""
    return _followed(element(value, key), more)


def index_from_end(values: Any, position: Any) -> Any:
    """An element counted from the end, the last being 1."""
    if not 1 <= integer(position) <= len(array(values)):
        raise FunctionError(f"takes a position from 1 to {len(values)}")
    return values[-position]


def try_index_from_end(values: Any, position: Any, *more: Any) -> Any:
    """An element counted from the end, and what is below it; null when it is not there."""
    there = isinstance(values, list) and 1 <= integer(position) <= len(values)
    return _followed(values[-position] if there else ABSENT, more)


FUNCTIONS: Final[Table] = table(
    Function(
        "createObject",
        create_object,
        0,
        None,
        "An object of names and values in turn.",
        "createObject('a', 1)",
        {"a": 1},
    ),
    Function(
        "indexFromEnd",
        index_from_end,
        2,
        2,
        "An element counted from the end, the last being 1.",
        "indexFromEnd(range(0, 3), 1)",
        2,
    ),
    Function(
        "items",
        items,
        1,
        1,
        "An object's properties as an array, in the order of their names.",
        "items(json('{\"a\": 1}'))",
        [{"key": "a", "value": 1}],
    ),
    Function("null", lambda: None, 0, 0, "Null.", "null()", None),
    Function(
        "objectKeys",
        lambda o: [k for k, _ in _sorted(o)],
        1,
        1,
        "The names of an object's properties, in order.",
        "objectKeys(json('{\"a\": 1}'))",
        ["a"],
    ),
    Function(
        "tryGet",
        try_get,
        2,
        None,
        "A property or an element, and what is below it; null when it is not there.",
        "tryGet(createObject('a', 1), 'b')",
        None,
    ),
    Function(
        "tryIndexFromEnd",
        try_index_from_end,
        2,
        None,
        "An element counted from the end, and what is below it; null when it is not there.",
        "tryIndexFromEnd(range(0, 3), 9)",
        None,
    ),
)
