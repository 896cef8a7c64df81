"""Names made of texts: guid() and uniqueString(), the same for the same texts.

https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-string#uniquestring
Azure documents neither algorithm; both are in the code of Azure's own policy linter and of Bicep. guid() is a UUID of
version 5 in ARM's namespace; uniqueString() is a 64-bit MurmurHash3 of the 32-bit kind, in 13 digits of base 32.
"""

from typing import Any, Final
from uuid import UUID, uuid5

from azscheck.expressions.arguments import FunctionError, string
from azscheck.expressions.function import Function, Table, table
from azscheck.expressions.texts import joined

_NAMESPACE: Final = UUID("11fb06fb-712d-4ddd-98c7-e71bbd588830")
_DIGITS: Final = "abcdefghijklmnopqrstuvwxyz234567"
_MASK: Final = 0xFFFFFFFF
_LEFT: Final = 0x239B961B
_RIGHT: Final = 0xAB0E9789
_LONGEST: Final = 100_000


def _name(parts: tuple[Any, ...]) -> str:
    name = joined([string(part) for part in parts], "-")
    if len(name) > _LONGEST:
        raise FunctionError(f"takes texts of at most {_LONGEST} characters")
    # Half a character would stop the hash; Azure's encoding replaces it too.
    return name.encode("utf-8", "replace").decode()


def guid(*parts: Any) -> str:
    """A UUID made of texts."""
    return str(uuid5(_NAMESPACE, _name(parts)))


def unique_string(*parts: Any) -> str:
    """Thirteen letters and digits made of texts."""
    number = murmur_hash_64(_name(parts).encode())
    # The thirteenth digit holds the last 4 of the 64 bits.
    return "".join(_DIGITS[(number << 1 >> shift) & 31] for shift in range(60, -1, -5))


def murmur_hash_64(data: bytes) -> int:
    """The hash of Azure's resource stack: two halves of 32 bits that are mixed with each other."""
    low = high = 0
    whole = len(data) - len(data) % 8
    for at in range(0, whole, 8):
        low = _turn(low ^ _scrambled(data[at : at + 4], _LEFT, 15, _RIGHT), 19) + high
        low = (low * 5 + 0x561CCD1B) & _MASK
        high = _turn(high ^ _scrambled(data[at + 4 : at + 8], _RIGHT, 17, _LEFT), 13) + low
        high = (high * 5 + 0x0BCAA747) & _MASK
    low ^= _scrambled(data[whole : whole + 4], _LEFT, 15, _RIGHT)
    high ^= _scrambled(data[whole + 4 :], _RIGHT, 17, _LEFT)
    low, high = low ^ len(data), high ^ len(data)
    low = (low + high) & _MASK
    high = (high + low) & _MASK
    low, high = _finished(low), _finished(high)
    low = (low + high) & _MASK
    high = (high + low) & _MASK
    return high << 32 | low


def _turn(number: int, by: int) -> int:
    return (number << by | number >> (32 - by)) & _MASK


def _scrambled(four: bytes, first: int, by: int, second: int) -> int:
    return _turn(int.from_bytes(four, "little") * first & _MASK, by) * second & _MASK


def _finished(number: int) -> int:
    number = (number ^ number >> 16) * 0x85EBCA6B & _MASK
    number = (number ^ number >> 13) * 0xC2B2AE35 & _MASK
    return number ^ number >> 16


FUNCTIONS: Final[Table] = table(
    Function(
        "guid",
        guid,
        1,
        None,
        "A UUID that is the same for the same texts.",
        "guid('one', 'two')",
        "8545892b-702a-5e95-ab8b-1fab000550f9",
    ),
    Function(
        "uniqueString",
        unique_string,
        1,
        None,
        "13 characters that are the same for the same texts.",
        "uniqueString('test')",
        "rbgf3xv4ufgzg",
    ),
)
