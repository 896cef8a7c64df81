"""ARM template expressions, in policies and (for other callers) in templates: parse, evaluate, functions."""

from azscheck.expressions.evaluate import Functions, evaluate
from azscheck.expressions.functions import FUNCTIONS, FunctionError
from azscheck.expressions.parse import Access, Call, Expression, ExpressionError, Literal, calls, is_expression, parse
from azscheck.expressions.rewrite import call, rewritten, text_of, tree_of

__all__ = [
    "FUNCTIONS",
    "Access",
    "Call",
    "Expression",
    "ExpressionError",
    "FunctionError",
    "Functions",
    "Literal",
    "call",
    "calls",
    "evaluate",
    "is_expression",
    "parse",
    "rewritten",
    "text_of",
    "tree_of",
]
