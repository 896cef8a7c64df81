"""Answers of single tests: a Python expression for the usual value, a function for every other one."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from azscheck.engine.equality import scalar_key
from azscheck.engine.operators import Truth, compare
from azscheck.engine.quantities import CLOCK_SKEW
from azscheck.policy.regex import RegexError, regex
from azscheck.times import parse_duration, parse_time
from azscheck.values import ABSENT, Unknown

Answer = Callable[[Any], bool]

_REMEMBERED, _SHORT = 16384, 200
_SYMBOLS: Final = {
    "equals": "==",
    "notEquals": "!=",
    "less": "<",
    "lessOrEquals": "<=",
    "greater": ">",
    "greaterOrEquals": ">=",
}
_OF_NUMBERS: Final = {
    # What is not a number in floating point is neither less nor greater, as the interpreter has it.
    "less": "{} < {}",
    "lessOrEquals": "not {} > {}",
    "greater": "{} > {}",
    "greaterOrEquals": "not {} < {}",
}


class NoAnswer(Exception):
    """Generated code cannot say; the interpreter can."""


def sure(truth: Truth) -> bool:
    """A truth that is known; raises NoAnswer for one that is not."""
    if isinstance(truth, Unknown):
        raise NoAnswer
    return truth


def answer_of(operator: str, wanted: Any, now: datetime) -> Answer:
    """The answer to a test for any value; raises NoAnswer where it is unknown or an error."""
    if operator in ("newerThan", "olderThan"):
        return _age(operator, wanted, now)
    of_text = _regex(wanted) if operator == "matchesRegex" else None
    of_text = of_text or (lambda value: sure(compare(operator, value, wanted, now)))
    remembered: dict[str | int, bool] = {}
    absent = compare(operator, ABSENT, wanted, now)

    def answer(value: Any) -> bool:
        if type(value) is not str:
            if type(value) is int and -_REMEMBERED < value < _REMEMBERED:
                if value not in remembered:
                    remembered[value] = sure(compare(operator, value, wanted, now))
                return remembered[value]
            return sure(absent if value is ABSENT else compare(operator, value, wanted, now))
        known = remembered.get(value)
        if known is None:
            known = of_text(value)
            if len(value) <= _SHORT:
                if len(remembered) >= _REMEMBERED:
                    remembered.clear()
                remembered[value] = known
        return known

    return answer


def _regex(wanted: Any) -> Answer | None:
    try:
        search = regex(wanted).search
    except (RegexError, AttributeError):
        return None
    return lambda value: search(value.encode("utf-8", "replace")) is not None


def _age(operator: str, wanted: Any, now: datetime) -> Answer:
    try:
        limit = now - parse_duration(str(wanted))
        latest = now + CLOCK_SKEW
    except (ValueError, OverflowError):
        return lambda value: sure(compare(operator, value, wanted, now))
    newer = operator == "newerThan"

    def answer(value: Any) -> bool:
        if value is ABSENT or value is None:
            return False
        if not isinstance(value, str):
            raise NoAnswer
        try:
            time = parse_time(value)
        except ValueError:
            raise NoAnswer from None
        if time > latest:
            raise NoAnswer
        return (time >= limit) is newer

    return answer


def quick(operator: str, wanted: Any, var: str, name: Callable[[Any], str], answer: str) -> str:
    """A Python expression for the truth of `var operator wanted`; `name` gives a constant its name in the code."""
    text = _of_text(operator, wanted, var, name)
    if text:
        # What is absent equals nothing but null, and fits no pattern.
        return f"({text} if type({var}) is str else {var} is not A and {answer}({var}))"
    if operator == "exists" and str(wanted).lower() in ("true", "false"):
        found = f"({var} is not A and {var} is not None)"
        return found if str(wanted).lower() == "true" else f"(not {found})"
    if operator in ("less", "lessOrEquals", "greater", "greaterOrEquals") and type(wanted) in (int, float):
        number = _OF_NUMBERS[operator].format(var, name(wanted))
        return f"({number} if type({var}) is int or type({var}) is float else {var} is not A and {answer}({var}))"
    return f"{answer}({var})"


def _of_text(operator: str, wanted: Any, var: str, name: Callable[[Any], str]) -> str:
    key = scalar_key(wanted)
    match operator:
        case "equals" if key is not None:
            exact = f"{var} == {name(wanted)} or " if isinstance(wanted, str) else ""
            return f"({exact}{var}.lower() == {name(key)})"
        case "in" if isinstance(wanted, list) and wanted:
            keys = [scalar_key(item) for item in wanted]
            return "" if None in keys else f"{var}.lower() in {name(frozenset(keys))}"
        case "like" if key is not None:
            return _like(key, var, name)
        case "contains" if key is not None:
            return f"{name(key)} in {var}.lower()"
        case _:
            return ""


def _like(pattern: str, var: str, name: Callable[[Any], str]) -> str:
    bare = pattern.strip("*")
    if not bare or "*" in bare:
        return ""
    match pattern.startswith("*"), pattern.endswith("*"):
        case False, False:
            return f"{var}.lower() == {name(bare)}"
        case False, True:
            return f"{var}.lower().startswith({name(bare)})"
        case True, False:
            return f"{var}.lower().endswith({name(bare)})"
        case _:
            return f"{name(bare)} in {var}.lower()"


def of_count(operator: str, wanted: Any, var: str, name: Callable[[Any], str], answer: str) -> str:
    """A Python expression for the truth of a count."""
    if operator in _SYMBOLS and type(wanted) is int:
        return f"{var} {_SYMBOLS[operator]} {name(wanted)}"
    return f"{answer}({var})"
