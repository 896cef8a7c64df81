"""Functions on arrays, some of which take texts and objects too:
https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-array
"""

from typing import Any, Final

from azscheck.expressions.arguments import FunctionError, Unanswerable, array, integer, room_for, string, text_or_array
from azscheck.expressions.characters import cut, lower, units
from azscheck.expressions.comparisons import identity
from azscheck.expressions.function import Function, Table, table
from azscheck.values import ABSENT


def _size(value: str | list[Any]) -> int:
    return units(value) if isinstance(value, str) else len(value)


def _part(value: str | list[Any], start: int, stop: int) -> Any:
    return cut(value, start, stop) if isinstance(value, str) else value[start:stop]


def take(value: Any, count: Any) -> Any:
    """So many elements or characters from the start."""
    size = _size(text_or_array(value))
    return _part(value, 0, min(max(integer(count), 0), size))


def skip(value: Any, count: Any) -> Any:
    """What is left after so many elements or characters."""
    size = _size(text_or_array(value))
    return _part(value, min(max(integer(count), 0), size), size)


def first(value: Any) -> Any:
    """The first element or character."""
    return take(value, 1) if isinstance(text_or_array(value), str) else value[0] if value else ABSENT


def last(value: Any) -> Any:
    """The last element or character."""
    if isinstance(text_or_array(value), str):
        return skip(value, units(value) - 1)
    return value[-1] if value else ABSENT


def length(value: Any) -> int:
    """How many elements, characters or properties."""
    return len(value) if isinstance(value, dict) else _size(text_or_array(value))


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
            wanted = identity(item)
            return any(identity(held) == wanted for held in container)
        case dict():
            return string(item).lower() in (key.lower() for key in container)
        case _:
            raise FunctionError("takes a string, an array or an object")


def index_of(container: Any, item: Any) -> int:
    """Where a text first stands in another, in any case, or a value in an array; else -1."""
    if isinstance(text_or_array(container), str):
        found = lower(container).find(lower(string(item)))
        return found if found < 0 else units(container[:found])
    wanted = identity(item)
    return next((at for at, held in enumerate(container) if identity(held) == wanted), -1)


def last_index_of(container: Any, item: Any) -> int:
    """Where a text last stands in another, in any case, or a value in an array; else -1."""
    if isinstance(text_or_array(container), str):
        if not string(item):
            raise Unanswerable("cannot tell where Azure finds an empty text last")
        found = lower(container).rfind(lower(item))
        return found if found < 0 else units(container[:found])
    wanted = identity(item)
    return max((at for at, held in enumerate(container) if identity(held) == wanted), default=-1)


def to_array(value: Any) -> list[Any]:
    """An array, or an array of what is none."""
    if value is ABSENT:
        raise FunctionError("takes a value, and none is there")
    return value if isinstance(value, list) else [value]


def flatten(values: Any) -> list[Any]:
    """The elements of the arrays in an array."""
    room_for(sum(len(array(value)) for value in array(values)))
    return [item for value in values for item in value]


FUNCTIONS: Final[Table] = table(
    Function(
        "array", to_array, 1, 1, "The value itself when it is an array, else an array of it.", "array('a')", ["a"]
    ),
    Function(
        "contains",
        contains,
        2,
        2,
        "Whether a text holds a text, an array a value, an object a name; texts by case, names not.",
        "contains('abc', 'b')",
        True,
    ),
    Function(
        "createArray", lambda *values: list(values), 0, None, "An array of values.", "createArray(1, 'a')", [1, "a"]
    ),
    Function(
        "empty",
        empty,
        1,
        1,
        "Whether a text, an array or an object has nothing in it; null has not either.",
        "empty(createArray())",
        True,
    ),
    Function("first", first, 1, 1, "The first element or character.", "first('one')", "o"),
    Function(
        "flatten",
        flatten,
        1,
        1,
        "The elements of the arrays in an array.",
        "flatten(createArray(range(0, 2), range(5, 1)))",
        [0, 1, 5],
    ),
    Function(
        "indexOf",
        index_of,
        2,
        2,
        "Where a text first stands in another, in any case, or a value in an array; else -1.",
        "indexOf('abcabc', 'C')",
        2,
    ),
    Function("last", last, 1, 1, "The last element or character.", "last('one')", "e"),
    Function(
        "lastIndexOf",
        last_index_of,
        2,
        2,
        "Where a text last stands in another, in any case, or a value in an array; else -1.",
        "lastIndexOf('abcabc', 'C')",
        5,
    ),
    Function("length", length, 1, 1, "How many elements, UTF-16 units or properties there are.", "length('one')", 3),
    Function("skip", skip, 2, 2, "What is left after so many elements or characters.", "skip('one two', 4)", "two"),
    Function(
        "take", take, 2, 2, "So many elements or characters from the start.", "take(createArray('a', 'b'), 1)", ["a"]
    ),
)
