"""Operators on numbers, times, addresses, sizes and versions."""

from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address
from typing import Any, Final

from azscheck.engine.equality import CannotCompare, NotKnown, there
from azscheck.expressions.networks import network_range, within
from azscheck.policy.literals import size_in_bytes, version_of
from azscheck.times import parse_duration, parse_time
from azscheck.values import type_name

CLOCK_SKEW: Final = timedelta(hours=1)
"""How far two clocks may differ before what one of them says is not believed."""


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


@lru_cache(64)
def _networks(texts: tuple[str, ...]) -> tuple[tuple[Any, Any], ...]:
    return tuple(map(network_range, texts))


def within_networks(seen: Any, wanted: Any) -> bool:
    """An address in one of several networks; a name is in none."""
    networks = _networks(tuple(map(str, wanted)) if isinstance(wanted, list) else (str(wanted),))
    try:
        address = ip_address(seen) if isinstance(seen, str) else None
    except ValueError:
        return False
    return address is not None and any(within((address, address), network) for network in networks)


def size_at_least(seen: Any, wanted: Any) -> bool:
    """A size that is not smaller than another."""
    return there(seen) and size_in_bytes(seen) >= size_in_bytes(wanted)


def version_at_least(seen: Any, wanted: Any) -> bool:
    """A version that is not older than another, part by part."""
    return there(seen) and version_of(seen) >= version_of(wanted)
