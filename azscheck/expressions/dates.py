"""Functions on dates: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-date"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from azscheck.expressions.arguments import FunctionError, Unanswerable, integer, string
from azscheck.expressions.function import Function, Table, table
from azscheck.times import format_time, parse_duration, parse_time

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_STANDARD: Final = {"s": "yyyy-MM-ddTHH:mm:ss", "u": "yyyy-MM-dd HH:mm:ssZ"}
_PARTS: Final[dict[str, Callable[[datetime], str]]] = {
    "yyyy": lambda t: f"{t.year:04}",
    "yy": lambda t: f"{t.year % 100:02}",
    "MM": lambda t: f"{t.month:02}",
    "M": lambda t: str(t.month),
    "dd": lambda t: f"{t.day:02}",
    "d": lambda t: str(t.day),
    "HH": lambda t: f"{t.hour:02}",
    "H": lambda t: str(t.hour),
    "mm": lambda t: f"{t.minute:02}",
    "m": lambda t: str(t.minute),
    "ss": lambda t: f"{t.second:02}",
    "s": lambda t: str(t.second),
}
# A letter repeated is one part; of the other marks none has a meaning that depends on the machine's culture.
_FRACTION = re.compile(r"\.\d+", re.ASCII)
_PIECE = re.compile(r"(?P<part>([yMdHms])\2*)|(?P<quoted>'[^'\\]*')|(?P<mark>[-_.,TZ ])|(?P<colon>:)")


def _moved(base: Any, length: Callable[[], timedelta]) -> datetime:
    try:
        return parse_time(string(base)) + length()
    except (ValueError, OverflowError) as error:
        raise FunctionError(str(error)) from error


def in_form(moment: datetime, form: str) -> str:
    """A time in a standard or custom form of .NET:
    https://learn.microsoft.com/dotnet/standard/base-types/custom-date-and-time-format-strings
    """
    if len(form) < 2 and form not in _STANDARD:
        raise Unanswerable(f"cannot tell how Azure writes a time as {form!r}")
    wanted, out, at = _STANDARD.get(form, form), "", 0
    while at < len(wanted):
        piece = _PIECE.match(wanted, at)
        part = piece["part"] if piece else None
        if piece is None or (part and part not in _PARTS):
            raise Unanswerable(f"cannot tell how Azure writes a time as {form!r}")
        out += _PARTS[part](moment) if part else piece[0].strip("'")
        at = piece.end()
    return out


def add_days(base: Any, days: Any) -> str:
    """A time some days later, in the one form that azscheck writes, with the fraction of a second that was given."""
    moved = format_time(_moved(base, lambda: timedelta(days=integer(days))))
    fraction = _FRACTION.search(base)
    return f"{moved[:-1]}{fraction[0]}Z" if fraction else moved


def date_time_add(base: Any, duration: Any, form: Any = None) -> str:
    """A time moved by an ISO 8601 duration, in azscheck's form or one of .NET's."""
    moment = _moved(base, lambda: parse_duration(string(duration)))
    return format_time(moment) if form is None else in_form(moment, string(form))


def from_epoch(seconds: Any) -> str:
    """The time so many seconds after 1970 began."""
    try:
        return format_time(_EPOCH + timedelta(seconds=integer(seconds)))
    except OverflowError:
        raise FunctionError("takes seconds of the years 1 to 9999") from None


def to_epoch(moment: Any) -> int:
    """How many whole seconds after 1970 began a time is."""
    return (_moved(moment, timedelta) - _EPOCH) // timedelta(seconds=1)


_DAY: Final = "2026-01-31T12:00:00Z"

FUNCTIONS: Final[Table] = table(
    Function(
        "addDays",
        add_days,
        2,
        2,
        "A time some days later, or earlier.",
        f"addDays('{_DAY}', 1)",
        "2026-02-01T12:00:00Z",
    ),
    Function(
        "dateTimeAdd",
        date_time_add,
        2,
        3,
        "A time moved by a duration, in one of .NET's forms when one is given.",
        f"dateTimeAdd('{_DAY}', 'PT1H', 'HH:mm')",
        "13:00",
    ),
    Function(
        "dateTimeFromEpoch",
        from_epoch,
        1,
        1,
        "Seconds after 1970 as a time.",
        "dateTimeFromEpoch(86400)",
        "1970-01-02T00:00:00Z",
    ),
    Function(
        "dateTimeToEpoch",
        to_epoch,
        1,
        1,
        "A time as seconds after 1970.",
        "dateTimeToEpoch('1970-01-02T00:00:00Z')",
        86400,
    ),
)
