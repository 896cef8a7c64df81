"""Functions that take a function: `map(range(0, 3), lambda('i', add(lambdaVariables('i'), 1)))`.

https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-lambda
"""

from collections.abc import Callable, Mapping
from functools import cmp_to_key
from typing import Any, Final

from msgspec import Struct

from azscheck.expressions import Call, Expression, Functions, Meter, OfTrees, evaluate
from azscheck.values import ABSENT, Unknown


class _NotKnown(Exception):
    """What a lambda gave is not known, and so neither is what is made of it."""

    def __init__(self, unknown: Unknown) -> None:
        self.unknown = unknown


class Lambda(Struct, frozen=True):
    """A function that stands in an expression."""

    names: tuple[str, ...]
    body: Expression
    here: Functions
    meter: Meter | None

    def __call__(self, *given: Any) -> Any:
        """Its value for these arguments, of which it may name less than there are."""
        outer = self.here.get("lambdavariables")
        own = {name.lower(): value for name, value in zip(self.names, given, strict=False)}

        def variable(name: str) -> Any:
            if name.lower() in own:
                return own[name.lower()]
            if not callable(outer):
                raise ValueError(f"there is no lambda variable {name!r} here")
            return outer(name)

        if self.meter is not None:
            self.meter()
        return evaluate(self.body, {**self.here, "lambdavariables": variable}, self.meter)

    def known(self, *given: Any) -> Any:
        """Likewise, and raises _NotKnown."""
        value = self(*given)
        if isinstance(value, Unknown):
            raise _NotKnown(value)
        return value


def _lambda(call: Call, here: Functions, meter: Meter | None) -> Any:
    *names, body = call.arguments or (None,)
    texts = [getattr(name, "value", None) for name in names]
    if body is None or not all(isinstance(text, str) for text in texts):
        return Unknown(f"{call.text}: takes the names of its variables and what it gives", error=True)
    return Lambda(tuple(map(str, texts)), body, here, meter)


def _answered(function: Callable[..., Any]) -> Callable[..., Any]:
    def answer(*given: Any) -> Any:
        try:
            return function(*given)
        except _NotKnown as found:
            return found.unknown

    return answer


def _items(values: Any, function: Any) -> list[tuple[Any, int]]:
    if not isinstance(values, list) or not isinstance(function, Lambda):
        raise ValueError("takes an array and a lambda")
    return [(value, index) for index, value in enumerate(values)]


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("takes a lambda that gives a boolean")
    return value


def _key(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("takes a lambda that gives a text for the name")
    return value


def _map(values: Any, function: Any) -> Any:
    return [None if (made := function(*item)) is ABSENT else made for item in _items(values, function)]


def _filter(values: Any, function: Any) -> Any:
    return [item[0] for item in _items(values, function) if _truth(function.known(*item))]


def _reduce(values: Any, start: Any, function: Any) -> Any:
    for value, index in _items(values, function):
        start = function.known(start, value, index)
    return start


def _sort(values: Any, function: Any) -> Any:
    _items(values, function)

    def order(one: Any, other: Any) -> int:
        return -1 if _truth(function.known(one, other)) else int(_truth(function.known(other, one)))

    return sorted(values, key=cmp_to_key(order))


def _to_object(values: Any, keys: Any, held: Any = None) -> Any:
    return {_key(keys.known(*item)): item[0] if held is None else held(*item) for item in _items(values, keys)}


def _group_by(values: Any, keys: Any) -> Any:
    found: dict[str, list[Any]] = {}
    for item in _items(values, keys):
        found.setdefault(_key(keys.known(*item)), []).append(item[0])
    return found


def _map_values(value: Any, function: Any) -> Any:
    if not isinstance(value, dict) or not isinstance(function, Lambda):
        raise ValueError("takes an object and a lambda")
    return {key: function(held) for key, held in value.items()}


LAMBDAS: Final[Mapping[str, Callable[..., Any] | OfTrees]] = {
    "lambda": OfTrees(_lambda),
    "map": _map,
    "mapvalues": _map_values,
    "filter": _answered(_filter),
    "reduce": _answered(_reduce),
    "sort": _answered(_sort),
    "toobject": _answered(_to_object),
    "groupby": _answered(_group_by),
}
