"""When two values are equal, and what cannot be compared at all."""

from typing import Any

from azscheck.inventory.parts import common_type
from azscheck.values import ABSENT


class CannotCompare(ValueError):
    """The two values have no order, or the text no such meaning: a mistake."""


class NotKnown(Exception):
    """The value says something that cannot be so."""


def scalar_key(value: Any) -> str | None:
    """What two scalars that Azure holds equal have in common: text without regard to case, `true` and true, 1 and 1.0.

    None for what is no scalar.
    """
    match value:
        case str():
            return value.lower()
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case int() | float():
            return str(value)
        case _:
            return None


def equal(seen: Any, wanted: Any) -> bool:
    """Azure's equality; what is absent equals null and nothing else."""
    if seen is ABSENT or seen is None or wanted is None:
        return (seen is ABSENT or seen is None) and wanted is None
    key = scalar_key(seen)
    if key is not None:
        return key == scalar_key(wanted)
    return _same(seen, wanted)


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(equal(a, b) for a, b in zip(left, right, strict=True))
    if isinstance(left, dict) and isinstance(right, dict):
        mine, other = ({k.lower(): v for k, v in d.items()} for d in (left, right))
        return mine.keys() == other.keys() and all(equal(mine[k], other[k]) for k in mine)
    return False


def there(seen: Any) -> bool:
    """Whether a property is there and not null."""
    return seen is not ABSENT and seen is not None


def normal_type(value: Any) -> Any:
    """A resource type, or an array of them, with the one name of a resource group's."""
    match value:
        case str():
            return common_type(value)
        case list():
            return [normal_type(item) for item in value]
        case _:
            return value


def normal_location(value: Any) -> Any:
    """A location, or an array of them, in the one form of its spellings."""
    match value:
        case str():
            return value.replace(" ", "").lower()
        case list():
            return [normal_location(item) for item in value]
        case _:
            return value
