"""ARM template expressions, in policies and (for other callers) in templates: parse, evaluate, functions."""

from azscheck.expressions.evaluate import Functions, evaluate
from azscheck.expressions.function import Function
from azscheck.expressions.functions import FUNCTIONS, KINDS, not_in_policies
from azscheck.expressions.objects import lookup
from azscheck.expressions.parse import Access, Call, Expression, ExpressionError, Literal, calls, is_expression, parse
from azscheck.expressions.rewrite import call, rewritten, text_of, tree_of

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
