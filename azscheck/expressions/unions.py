"""Functions that make one array or object of several:
https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-object#union

ARM reads names of properties without regard to case, and so do the functions that merge.
"""

from typing import Any, Final

from azscheck.expressions.arguments import array, json_object, room_for
from azscheck.expressions.comparisons import identity
from azscheck.expressions.function import Function, Table, table


def merged(objects: list[dict[str, Any]], *, deep: bool) -> dict[str, Any]:
    """Several objects as one: the last value of a name counts; `deep` merges objects in objects, never arrays."""
    found: dict[str, Any] = {}
    names: dict[str, str] = {}
    for each in objects:
        for name, value in each.items():
            name = names.setdefault(name.lower(), name)
            both = isinstance(value, dict) and isinstance(found.get(name), dict)
            found[name] = merged([found[name], value], deep=True) if deep and both else value
    return found


def _distinct(values: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for value in values:
        found.setdefault(identity(value), value)
    return found


def union(*values: Any) -> Any:
    """What is in any of several arrays, or several objects as one."""
    if all(isinstance(value, dict) for value in values):
        return merged(list(values), deep=True)
    room_for(sum(len(array(value)) for value in values))
    return list(_distinct([item for value in values for item in value]).values())


def intersection(*values: Any) -> Any:
    """What is in all of several arrays or objects."""
    if all(isinstance(value, dict) for value in values):
        common = set.intersection(*({(name, identity(held)) for name, held in value.items()} for value in values))
        return {name: held for name, held in values[0].items() if (name, identity(held)) in common}
    kept, *rest = [_distinct(array(value)) for value in values]
    return [item for key, item in kept.items() if all(key in other for other in rest)]


def shallow_merge(values: Any) -> dict[str, Any]:
    """The objects of an array as one."""
    return merged([json_object(value) for value in array(values)], deep=False)


_KEPT: Final = "shallowMerge(createArray(createObject('a', 1), createObject('a', 2)))"

FUNCTIONS: Final[Table] = table(
    Function(
        "intersection",
        intersection,
        2,
        None,
        "What is in all of several arrays or objects.",
        "intersection(range(0, 3), range(1, 3))",
        [1, 2],
    ),
    Function(
        "shallowMerge",
        shallow_merge,
        1,
        1,
        "The objects of an array as one; what is in objects in them is not merged.",
        _KEPT,
        {"a": 2},
    ),
    Function(
        "union",
        union,
        2,
        None,
        "What is in any of several arrays, each once; or objects as one, the last value of a name counting.",
        "union(range(0, 2), range(1, 2))",
        [0, 1, 2],
    ),
)
