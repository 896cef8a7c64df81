"""Operators on numbers, times, addresses, sizes and versions."""

import re
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any, Final

from azscheck.engine.equality import CannotCompare, NotKnown, there
from azscheck.expressions.networks import network_range, within
from azscheck.times import parse_duration, parse_time
from azscheck.values import type_name

CLOCK_SKEW: Final = timedelta(hours=1)
"""How far two clocks may differ before what one of them says is not believed."""

_UNITS: Final = {unit: 1024**power for power, unit in enumerate(("B", "KB", "MB", "GB", "TB", "PB"))}
_SIZE = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*([KMGTP]?)I?B\s*$", re.IGNORECASE | re.ASCII)


def order(seen: Any, wanted: Any) -> int:
    """Negative, zero or positive, as `seen` is less, equal or greater; times as times, texts without regard to case."""
    if isinstance(seen, str) and isinstance(wanted, str):
        try:
            a, b = parse_time(seen), parse_time(wanted)
        except ValueError:
            left, right = seen.lower(), wanted.lower()
            return (left > right) - (left < right)
        return (a > b) - (a < b)
    if all(isinstance(v, int | float) and not isinstance(v, bool) for v in (seen, wanted)):
        return int(seen > wanted) - int(seen < wanted)
    raise CannotCompare(f"a value of type {type_name(seen)} has no order with one of type {type_name(wanted)}")


def _time(seen: Any) -> datetime:
    if not isinstance(seen, str):
        raise CannotCompare(f"a value of type {type_name(seen)} is not a time")
    return parse_time(seen)


def _age(seen: Any, now: datetime) -> timedelta:
    age = now - _time(seen)
    if age < -CLOCK_SKEW:
        raise NotKnown(f"the time {seen} lies in the future: a clock is wrong, so the age is not known")
    return age


def newer(seen: Any, wanted: Any, now: datetime) -> bool:
    """A time no longer ago than a duration."""
    return there(seen) and _age(seen, now) <= parse_duration(str(wanted))


def older(seen: Any, wanted: Any, now: datetime) -> bool:
    """A time longer ago than a duration."""
    return there(seen) and _age(seen, now) > parse_duration(str(wanted))


def within_networks(seen: Any, wanted: Any) -> bool:
    """An address in one of several networks; a name is in none."""
    networks = [network_range(str(n)) for n in (wanted if isinstance(wanted, list) else [wanted])]
    try:
        address = ip_address(seen) if isinstance(seen, str) else None
    except ValueError:
        return False
    return address is not None and any(within((address, address), network) for network in networks)


def size_in_bytes(value: Any) -> float:
    """A size as the API writes it (`29.6 TB`, of 1024 each), or a number of bytes; raises ValueError."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    found = _SIZE.match(value) if isinstance(value, str) else None
    if not found:
        raise CannotCompare(f"{value!r} is not a size such as 500 GB")
    return float(found[1].replace(",", ".")) * float(_UNITS[f"{found[2].upper()}B"])


def _version(value: Any) -> tuple[int, ...]:
    parts = str(value).split(".")
    if not isinstance(value, str) or not all(part.isdecimal() and len(part) < 20 for part in parts):
        raise CannotCompare(f"{value!r} is not a version such as 1.2301.2.58")
    numbers = [int(part) for part in parts]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def size_at_least(seen: Any, wanted: Any) -> bool:
    """A size that is not smaller than another."""
    return there(seen) and size_in_bytes(seen) >= size_in_bytes(wanted)


def version_at_least(seen: Any, wanted: Any) -> bool:
    """A version that is not older than another, part by part."""
    return there(seen) and _version(seen) >= _version(wanted)
