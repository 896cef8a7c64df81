"""From an expression's tree to its value. What cannot be known makes the value unknown, and nothing else."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from msgspec import Struct

from azscheck.expressions.arguments import FunctionError, Unanswerable, bounded
from azscheck.expressions.function import Function
from azscheck.expressions.objects import lookup
from azscheck.expressions.parse import Access, Call, Expression, Literal
from azscheck.values import ABSENT, Unknown, hidden_unknown, type_name

Meter = Callable[..., None]
"""Is told what each function takes and makes; what it raises ends the evaluation."""


class OfTrees(Struct, frozen=True):
    """A function that is given its call as it is written, and where it stands: `lambda`, whose body waits."""

    call: Callable[[Call, "Functions", Meter | None], Any]


Functions = Mapping[str, Callable[..., Any] | OfTrees]
"""The functions that depend on where the expression stands (`field`, `parameters`, ...), by lower-case name."""


def evaluate(tree: Expression, here: Functions, meter: Meter | None = None) -> Any:
    """The value of an expression: JSON, ABSENT or Unknown; never an exception but the meter's."""
    match tree:
        case Literal():
            return tree.value
        case Access():
            return _access(evaluate(tree.target, here, meter), evaluate(tree.key, here, meter))
        case Call():
            return _call(tree, here, meter)


def _access(target: Any, key: Any) -> Any:
    if isinstance(target, Unknown):
        return target
    if isinstance(key, Unknown):
        return key
    if isinstance(target, dict) and isinstance(key, str):
        return lookup(target, key)
    if isinstance(target, list) and isinstance(key, int):
        return target[key] if 0 <= key < len(target) else ABSENT
    if target is ABSENT or target is None:
        return ABSENT
    return Unknown(f"a value of type {type_name(target)} has no {key!r}", error=True)


def _call(call: Call, here: Functions, meter: Meter | None) -> Any:
    contextual = here.get(call.name)
    if isinstance(contextual, OfTrees):
        return contextual.call(call, here, meter)
    if contextual is not None:
        arguments = [evaluate(argument, here, meter) for argument in call.arguments]
        unknown = next((a for a in arguments if isinstance(a, Unknown)), None)
        try:
            return unknown if unknown is not None else contextual(*arguments)
        except (ValueError, TypeError) as error:
            return Unknown(f"{call.text}: {error}", error=True)
    function = _functions().get(call.name)
    if function is None:
        return Unknown(f"{call.text} cannot be answered here")
    given = len(call.arguments)
    if given < function.least or (function.most is not None and given > function.most):
        return Unknown(f"{call.text} has {given} arguments", error=True)
    return _apply(call, function, here, meter)


@cache
def _functions() -> Mapping[str, Function]:
    # They are many modules, and most inventories are judged without one of them.
    from azscheck.expressions.functions import FUNCTIONS

    return FUNCTIONS


def _apply(call: Call, function: Function, here: Functions, meter: Meter | None) -> Any:
    if function.lazy:
        return function.call(*((lambda a=a: evaluate(a, here, meter)) for a in call.arguments))
    arguments = []
    for argument in call.arguments:
        value = evaluate(argument, here, meter)
        unknown = hidden_unknown(value)
        if unknown is not None:
            return unknown
        arguments.append(value)
    try:
        made = bounded(function.call(*arguments))
        if meter is not None:
            meter(made, *arguments)
        return made
    except FunctionError as error:
        return Unknown(f"{call.text}: {error}", error=not isinstance(error, Unanswerable))
    except RecursionError:
        return Unknown(f"{call.text}: takes fewer levels of arrays and objects", error=True)
