"""The two values that JSON lacks and azscheck needs: what is known not to be there, and what could not be known."""

from enum import Enum
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import force_setattr


class _Absent(Enum):
    ABSENT = "absent"
    # An enumeration's own is written in Python, and this is the key to many a remembered answer.
    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT: Final = _Absent.ABSENT
"""A property that was looked for and is not there: known, unlike `Unknown`, and not null."""


_LONGEST: Final = 1000


class Unknown(Struct, frozen=True):
    """A value, or a truth, that could not be known, and why in words that a report can show."""

    reason: str
    error: bool = False
    """The cause is a mistake (a comparison of things that cannot be compared), not a lack of knowledge."""

    def __post_init__(self) -> None:
        if len(self.reason) > _LONGEST:
            # It quotes a value, which may be of any length.
            force_setattr(self, "reason", f"{self.reason[: _LONGEST // 2]} ... {self.reason[-_LONGEST // 2 :]}")

    def __bool__(self) -> bool:
        raise TypeError("an unknown has no truth: ask `is True` or `is False`")


def hidden_unknown(value: Any) -> Unknown | None:
    """The first Unknown in an array or an object, at any depth: what holds one cannot be compared as a whole."""
    # Nearly every value is a scalar.
    parts = [value] if isinstance(value, (Unknown, dict, list)) else []
    while parts:
        match parts.pop():
            case Unknown() as found:
                return found
            case dict() as found:
                parts += found.values()
            case list() as found:
                parts += found
    return None


type_names: Final[dict[type, str]] = {
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
    type(None): "null",
}


def type_name(value: Any) -> str:
    """The JSON name of a value's type, as a message to a policy's author shows it."""
    if value is ABSENT:
        return "absent"
    # By way of the base classes: a template's objects know where they are written.
    return next((type_names[kind] for kind in type(value).__mro__ if kind in type_names), type(value).__name__)
