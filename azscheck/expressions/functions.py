"""The functions that need nothing but their arguments, by lower-case name, with Azure's meaning.

https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions
To add one: a function in the module of its kind, and a line in `FUNCTIONS`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from azscheck.expressions import arrays, dates, logic, networks, texts
from azscheck.expressions.arguments import FunctionError, string

__all__ = ["FUNCTIONS", "Function", "FunctionError"]


@dataclass(frozen=True, slots=True)
class Function:
    """A function, how many arguments it takes, and whether it takes them unevaluated."""

    call: Callable[..., Any]
    least: int
    most: int | None
    lazy: bool = False


FUNCTIONS: Final[Mapping[str, Function]] = {
    "adddays": Function(dates.add_days, 2, 3),
    "and": Function(logic.all_true, 2, None, lazy=True),
    "coalesce": Function(logic.coalesce, 1, None, lazy=True),
    "concat": Function(texts.concat, 1, None),
    "contains": Function(arrays.contains, 2, 2),
    "createarray": Function(lambda *items: list(items), 0, None),
    "createobject": Function(arrays.create_object, 0, None),
    "datetimeadd": Function(dates.date_time_add, 2, 3),
    "empty": Function(arrays.empty, 1, 1),
    "equals": Function(logic.equals, 2, 2),
    "false": Function(lambda: False, 0, 0),
    "first": Function(arrays.first, 1, 1),
    "format": Function(texts.compose, 1, None),
    "hostof": Function(networks.host_of, 1, 1),
    "if": Function(logic.choose, 3, 3, lazy=True),
    "intersection": Function(arrays.intersection, 2, None),
    "iprangecontains": Function(networks.ip_range_contains, 2, 2),
    "last": Function(arrays.last, 1, 1),
    "length": Function(arrays.length, 1, 1),
    "max": Function(lambda *values: max(arrays.numbers(values)), 1, None),
    "min": Function(lambda *values: min(arrays.numbers(values)), 1, None),
    "not": Function(logic.negate, 1, 1),
    "or": Function(logic.any_true, 2, None, lazy=True),
    "padleft": Function(texts.pad_left, 2, 3),
    "range": Function(arrays.number_range, 2, 2),
    "replace": Function(texts.replace, 3, 3),
    "split": Function(texts.split, 2, 2),
    "tolower": Function(lambda text: string(text).lower(), 1, 1),
    "toupper": Function(lambda text: string(text).upper(), 1, 1),
    "trim": Function(lambda text: string(text).strip(), 1, 1),
    "true": Function(lambda: True, 0, 0),
    "unchost": Function(networks.unc_host, 1, 1),
    "union": Function(arrays.union, 1, None),
}
