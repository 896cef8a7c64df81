"""Functions on dates: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-date"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from azscheck.expressions.arguments import FunctionError, integer, string
from azscheck.times import format_time, parse_duration, parse_time


def _moved(base: Any, length: Callable[[], timedelta]) -> str:
    try:
        moment: datetime = parse_time(string(base)) + length()
    except (ValueError, OverflowError) as error:
        raise FunctionError(str(error)) from error
    return format_time(moment)


def add_days(base: Any, days: Any, form: Any = None) -> str:
    """A time some days later, in the one form that azscheck writes."""
    if form is not None:
        raise FunctionError("takes no format here")
    return _moved(base, lambda: timedelta(days=integer(days)))


def date_time_add(base: Any, duration: Any, form: Any = None) -> str:
    """A time moved by an ISO 8601 duration."""
    if form is not None:
        raise FunctionError("takes no format here")
    return _moved(base, lambda: parse_duration(string(duration)))
