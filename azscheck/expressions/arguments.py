"""Arguments of functions, held against the types and the sizes that they may have."""

from typing import Any, Final

from azscheck.values import type_name

LARGEST: Final = 1_000_000
"""The most characters and elements, in all, that a function makes."""
DEEPEST: Final = 100
"""The most levels of arrays and objects in what a function makes."""


class FunctionError(ValueError):
    """A function was given what it cannot take; the message ends a sentence that begins with the call."""


class Unanswerable(FunctionError):
    """What a function was given is right, but what Azure makes of it cannot be told."""


def string(value: Any) -> str:
    """The value, which must be a string."""
    if not isinstance(value, str):
        raise FunctionError(f"takes a string, not a value of type {type_name(value)}")
    return value


def integer(value: Any) -> int:
    """The value, which must be a whole number of 64 bits."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise FunctionError(f"takes a whole number, not a value of type {type_name(value)}")
    return in_64_bits(value)


def in_64_bits(value: int) -> int:
    """The number, which must be one that Azure's 64-bit integers can hold."""
    if not -(2**63) <= value < 2**63:
        raise FunctionError("takes and makes whole numbers of at most 64 bits")
    return value


def array(value: Any) -> list[Any]:
    """The value, which must be an array."""
    if not isinstance(value, list):
        raise FunctionError(f"takes an array, not a value of type {type_name(value)}")
    return value


def json_object(value: Any) -> dict[str, Any]:
    """The value, which must be an object."""
    if not isinstance(value, dict):
        raise FunctionError(f"takes an object, not a value of type {type_name(value)}")
    return value


def text_or_array(value: Any) -> str | list[Any]:
    """The value, which must be a string or an array."""
    if not isinstance(value, str | list):
        raise FunctionError(f"takes a string or an array, not a value of type {type_name(value)}")
    return value


def room_for(size: int) -> None:
    """Raise when a text or an array of this size is more than a function may make."""
    if size > LARGEST:
        raise FunctionError(f"makes at most {LARGEST:,} characters and elements")


def bounded(value: Any) -> Any:
    """The value, which must be no larger and no deeper than a function may make."""
    size = 0
    parts: list[Any] = [value]
    # Level by level; a scalar ends it at once, as nearly every value is one.
    for _ in range(DEEPEST + 2):
        below: list[Any] = []
        for part in parts:
            match part:
                case str():
                    size += len(part)
                case list():
                    size += len(part)
                    below += part
                case dict():
                    size += len(part) + sum(map(len, part))
                    below += part.values()
            room_for(size)
        if not below:
            return value
        parts = below
    raise FunctionError(f"makes at most {DEEPEST} levels of arrays and objects")
