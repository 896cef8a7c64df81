"""Functions on truths, some of which take their arguments unevaluated:
https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-logical
"""

from collections.abc import Callable
from typing import Any, Final

from azscheck.expressions.arguments import FunctionError
from azscheck.expressions.function import Function, Table, table
from azscheck.values import ABSENT, Unknown


def choose(condition: Callable[[], Any], then: Callable[[], Any], otherwise: Callable[[], Any]) -> Any:
    """One of two values, of which only that one is evaluated."""
    truth = condition()
    if isinstance(truth, Unknown):
        return truth
    if not isinstance(truth, bool):
        return Unknown("if() takes a boolean as its condition", error=True)
    return then() if truth else otherwise()


def all_true(*conditions: Callable[[], Any]) -> Any:
    """False as soon as one is, whatever else is unknown."""
    return _kleene(conditions, decides=False)


def any_true(*conditions: Callable[[], Any]) -> Any:
    """True as soon as one is, whatever else is unknown."""
    return _kleene(conditions, decides=True)


def _kleene(conditions: tuple[Callable[[], Any], ...], *, decides: bool) -> Any:
    unknown: Unknown | None = None
    for condition in conditions:
        truth = condition()
        if truth is decides:
            return decides
        if not isinstance(truth, bool) and unknown is None:
            unknown = truth if isinstance(truth, Unknown) else Unknown("and() and or() take booleans", error=True)
    return (not decides) if unknown is None else unknown


def coalesce(*values: Callable[[], Any]) -> Any:
    """The first value that is there and not null."""
    for value in values:
        found = value()
        if found is not None and found is not ABSENT:
            return found
    return None


def negate(value: Any) -> bool:
    """The other truth."""
    if not isinstance(value, bool):
        raise FunctionError("takes a boolean")
    return not value


FUNCTIONS: Final[Table] = table(
    Function("and", all_true, 2, None, "Whether all are true.", "and(true(), false())", False, lazy=True),
    Function(
        "coalesce",
        coalesce,
        1,
        None,
        "The first value that is there and not null.",
        "coalesce(null(), 'a')",
        "a",
        lazy=True,
    ),
    Function("false", lambda: False, 0, 0, "False.", "false()", False),
    Function(
        "if",
        choose,
        3,
        3,
        "One of two values, the other not being worked out.",
        "if(equals(1, 1), 'yes', 'no')",
        "yes",
        lazy=True,
    ),
    Function("not", negate, 1, 1, "The other truth.", "not(true())", False),
    Function("or", any_true, 2, None, "Whether any is true.", "or(true(), false())", True, lazy=True),
    Function("true", lambda: True, 0, 0, "True.", "true()", True),
)
