"""From an expression's tree back to its text, and from a tree to another one."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from azscheck.expressions.parse import Access, Call, Expression, Literal

_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]*")


def text_of(tree: Expression) -> str:
    """The text of a tree, without the brackets around it; parsed, it gives the tree again."""
    match tree:
        case Literal(value=str(value)):
            return "'{}'".format(value.replace("'", "''"))
        case Literal(value=value):
            return _number(value)
        case Call():
            return f"{_written(tree)}({', '.join(map(text_of, tree.arguments))})"
        case Access(target=target, key=Literal(value=str(key))) if _NAME.fullmatch(key):
            return f"{text_of(target)}.{key}"
        case Access():
            return f"{text_of(tree.target)}[{text_of(tree.key)}]"


def call(name: str, *arguments: Expression) -> Call:
    """A call of a function by the name that ARM writes, `createArray`."""
    return Call(name.lower(), arguments, f"{name}({', '.join(map(text_of, arguments))})")


def rewritten(tree: Expression, change: Callable[[Call], Expression]) -> Expression:
    """A tree with every call changed, the inner ones first; what `change` gives is not looked into again."""
    match tree:
        case Call():
            return change(call(_written(tree), *(rewritten(argument, change) for argument in tree.arguments)))
        case Access():
            return Access(rewritten(tree.target, change), rewritten(tree.key, change))
        case _:
            return tree


def tree_of(value: Any) -> Expression:
    """A JSON value as an expression that gives it; raises ValueError with a sentence for null, which has none."""
    match value:
        case bool():
            return call("true" if value else "false")
        case int() | float() | str():
            return Literal(value)
        case list():
            return call("createArray", *map(tree_of, value))
        case dict():
            return call("createObject", *(tree_of(part) for entry in value.items() for part in entry))
        case _:
            raise ValueError("null cannot stand within an expression")


def _number(value: Any) -> str:
    if not isinstance(value, float):
        return str(value)
    # Expressions know no exponents, and take what has no point for an integer.
    text = format(Decimal(repr(value)), "f")
    return text if "." in text else f"{text}.0"


def _written(tree: Call) -> str:
    return tree.text.partition("(")[0].strip()
