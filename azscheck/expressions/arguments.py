"""Arguments of functions, held against the types they must have."""

from typing import Any

from azscheck.values import type_name


class FunctionError(ValueError):
    """A function was given what it cannot take; the message ends a sentence that begins with the call."""


def string(value: Any) -> str:
    """The value, which must be a string."""
    if not isinstance(value, str):
        raise FunctionError(f"takes a string, not a value of type {type_name(value)}")
    return value


def integer(value: Any) -> int:
    """The value, which must be a whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise FunctionError(f"takes a whole number, not a value of type {type_name(value)}")
    return value


def array(value: Any) -> list[Any]:
    """The value, which must be an array."""
    if not isinstance(value, list):
        raise FunctionError(f"takes an array, not a value of type {type_name(value)}")
    return value


def text_or_array(value: Any) -> str | list[Any]:
    """The value, which must be a string or an array."""
    if not isinstance(value, str | list):
        raise FunctionError(f"takes a string or an array, not a value of type {type_name(value)}")
    return value
