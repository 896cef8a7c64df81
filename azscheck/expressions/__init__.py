"""ARM template expressions, in policies and (for other callers) in templates: parse, evaluate, functions."""

from typing import TYPE_CHECKING, Any

from azscheck.expressions.evaluate import Functions, Meter, OfTrees, evaluate
from azscheck.expressions.function import Function
from azscheck.expressions.objects import lookup
from azscheck.expressions.parse import Access, Call, Expression, ExpressionError, Literal, calls, is_expression, parse
from azscheck.expressions.rewrite import call, rewritten, text_of, tree_of

if TYPE_CHECKING:
    from azscheck.expressions.functions import FUNCTIONS as FUNCTIONS
    from azscheck.expressions.functions import KINDS as KINDS
    from azscheck.expressions.functions import not_in_policies as not_in_policies

__all__ = [
    "FUNCTIONS",
    "KINDS",
    "Access",
    "Call",
    "Expression",
    "ExpressionError",
    "Function",
    "Functions",
    "Literal",
    "Meter",
    "OfTrees",
    "call",
    "calls",
    "evaluate",
    "is_expression",
    "lookup",
    "not_in_policies",
    "parse",
    "rewritten",
    "text_of",
    "tree_of",
]


def __getattr__(name: str) -> Any:
    # The functions are many modules, and most inventories are judged without one of them.
    if name not in ("FUNCTIONS", "KINDS", "not_in_policies"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from azscheck.expressions import functions

    return getattr(functions, name)
