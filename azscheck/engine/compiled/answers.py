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

KEYS: Final = frozenset((str, int, type(None), type(ABSENT)))
"""The types of values that no value of another of them equals: 1 is 1.0 and true, but not a text."""
_REMEMBERED, _SHORT = 16384, 200
_AGES: Final = ("newerThan", "olderThan")
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


class Remembered(dict[Any, bool]):
    """A test's answers for values of the types in KEYS, each worked out once: the same few come again and again."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self._answer = answer

    def __missing__(self, value: Any) -> bool:
        known = self._answer(value)
        if type(value) is not str or len(value) <= _SHORT:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[value] = known
        return known


def answer_of(operator: str, wanted: Any, now: datetime) -> Answer:
    """The answer to a test for any value; raises NoAnswer where it is unknown or an error."""
    if operator in _AGES:
        return _age(operator, wanted, now)
    of_text = _text_answer(operator, wanted)

    def answer(value: Any) -> bool:
        if of_text is not None and type(value) is str:
            return of_text(value)
        return sure(compare(operator, value, wanted, now))

    return answer


def _text_answer(operator: str, wanted: Any) -> Answer | None:
    if operator == "in" and (keys := _keys(wanted)):
        return lambda value: value.lower() in keys
    if operator != "matchesRegex":
        return None
    try:
        search = regex(wanted).search
    except (RegexError, AttributeError):
        return None
    return lambda value: search(value.encode("utf-8", "replace")) is not None


def _keys(wanted: Any) -> frozenset[str]:
    keys = [scalar_key(item) for item in wanted] if isinstance(wanted, list) else []
    return frozenset(key for key in keys if key is not None) if None not in keys else frozenset()


def _age(operator: str, wanted: Any, now: datetime) -> Answer:
    try:
        limit = now - parse_duration(str(wanted))
        latest = now + CLOCK_SKEW
    except (ValueError, OverflowError):
        return lambda value: sure(compare(operator, value, wanted, now))
    newer = operator == "newerThan"

    def answer(value: Any) -> bool:
        if type(value) is not str:
            if value is ABSENT or value is None:
                return False
            raise NoAnswer
        try:
            time = parse_time(value)
        except ValueError:
            raise NoAnswer from None
        if time > latest:
            raise NoAnswer
        return (time >= limit) is newer

    return answer


def quick(operator: str, wanted: Any, var: str, name: Callable[[Any], str], answer: Answer) -> str:
    """A Python expression for the truth of `var operator wanted`; `name` gives a constant its name in the code."""
    if text := _of_text(operator, wanted, var, name):
        # What is absent equals nothing but null, and fits no pattern.
        return f"({text} if type({var}) is str else {var} is not A and {name(answer)}({var}))"
    if operator == "exists" and str(wanted).lower() in ("true", "false"):
        found = f"({var} is not A and {var} is not None)"
        return found if str(wanted).lower() == "true" else f"(not {found})"
    if operator in _OF_NUMBERS and type(wanted) in (int, float):
        number = _OF_NUMBERS[operator].format(var, name(wanted))
        return f"({number} if type({var}) is int or type({var}) is float else {var} is not A and {name(answer)}({var}))"
    if operator in _AGES:
        return f"{name(answer)}({var})"
    return f"({name(Remembered(answer))}[{var}] if type({var}) in K else {name(answer)}({var}))"


def _of_text(operator: str, wanted: Any, var: str, name: Callable[[Any], str]) -> str:
    key = scalar_key(wanted)
    match operator:
        case "equals" if key is not None:
            exact = f"{var} == {name(wanted)} or " if isinstance(wanted, str) else ""
            return f"({exact}{var}.lower() == {name(key)})"
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


def of_count(operator: str, wanted: Any, var: str, name: Callable[[Any], str], answer: Answer) -> str:
    """A Python expression for the truth of a count."""
    if operator in _SYMBOLS and type(wanted) is int:
        return f"{var} {_SYMBOLS[operator]} {name(wanted)}"
    return f"{name(Remembered(answer))}[{var}]"
