"""Functions on arrays, objects and numbers:
https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-array
"""

from typing import Any

from azscheck.expressions.arguments import FunctionError, array, integer, string, text_or_array
from azscheck.expressions.logic import equals
from azscheck.values import ABSENT

_LONGEST_RANGE = 10_000


def first(value: Any) -> Any:
    """The first element or character."""
    found = text_or_array(value)
    return found[0] if found else ("" if isinstance(found, str) else ABSENT)


def last(value: Any) -> Any:
    """The last element or character."""
    found = text_or_array(value)
    return found[-1] if found else ("" if isinstance(found, str) else ABSENT)


def length(value: Any) -> int:
    """How many elements, characters or properties."""
    if isinstance(value, dict):
        return len(value)
    return len(text_or_array(value))


def empty(value: Any) -> bool:
    """Whether nothing is in it, or it is not there."""
    return value is ABSENT or value is None or length(value) == 0


def contains(container: Any, item: Any) -> bool:
    """Whether an array holds a value, an object a key, a text a text."""
    match container:
        case str():
            # Azure compares texts here with regard to case, keys without.
            return string(item) in container
        case list():
            return any(equals(item, held) for held in container)
        case dict():
            return string(item).lower() in (key.lower() for key in container)
        case _:
            raise FunctionError("takes a string, an array or an object")


def create_object(*pairs: Any) -> dict[str, Any]:
    """An object of names and values in turn."""
    if len(pairs) % 2:
        raise FunctionError("takes names and values in pairs")
    return {string(pairs[i]): pairs[i + 1] for i in range(0, len(pairs), 2)}


def union(*values: Any) -> Any:
    """What is in any of several arrays or objects."""
    if all(isinstance(value, dict) for value in values):
        return {key: item for value in values for key, item in value.items()}
    found: list[Any] = []
    for value in values:
        found += [item for item in array(value) if item not in found]
    return found


def intersection(first: Any, *others: Any) -> Any:
    """What is in all of several arrays or objects."""
    if isinstance(first, dict) and all(isinstance(other, dict) for other in others):
        return {k: v for k, v in first.items() if all(k in o and o[k] == v for o in others)}
    arrays = [array(other) for other in others]
    return [item for item in array(first) if all(item in other for other in arrays)]


def numbers(values: tuple[Any, ...]) -> list[int]:
    """Whole numbers, given one by one or as one array."""
    found = array(values[0]) if len(values) == 1 and isinstance(values[0], list) else list(values)
    if not found:
        raise FunctionError("takes at least one number")
    return [integer(value) for value in found]


def number_range(start: Any, count: Any) -> list[int]:
    """Whole numbers in a row."""
    if not 0 <= integer(count) <= _LONGEST_RANGE:
        raise FunctionError(f"makes from 0 to {_LONGEST_RANGE} numbers")
    return list(range(integer(start), integer(start) + count))
