"""Operators on texts, arrays and objects."""

import re
from functools import lru_cache
from typing import Any

from azscheck.engine.equality import CannotCompare, equal, scalar_key
from azscheck.policy.globs import fits
from azscheck.policy.literals import LONGEST_PATTERN
from azscheck.policy.regex import regex
from azscheck.values import type_name

_WILD = {"#": "[0-9]", "?": r"[^\W\d_]", ".": "."}


def is_in(seen: Any, wanted: Any) -> bool:
    """One of an array."""
    if not isinstance(wanted, list):
        raise CannotCompare(f"in takes an array, not a value of type {type_name(wanted)}")
    return any(equal(seen, item) for item in wanted)


def like(seen: Any, wanted: Any) -> bool:
    """A text that fits another in which `*` stands for anything; in linear time."""
    key, pattern = scalar_key(seen), scalar_key(wanted)
    if pattern is None:
        raise CannotCompare(f"like takes a text, not a value of type {type_name(wanted)}")
    if key is None:
        return False
    return fits(pattern, key)


@lru_cache(512)
def _pattern(text: str, flags: int) -> re.Pattern[str]:
    return re.compile("".join(_WILD.get(c) or re.escape(c) for c in text), flags | re.DOTALL)


def match(seen: Any, wanted: Any, flags: int = 0) -> bool:
    """A text that fits a pattern of `#` (digit), `?` (letter) and `.` (any character)."""
    if not isinstance(wanted, str):
        raise CannotCompare(f"match takes a text, not a value of type {type_name(wanted)}")
    if len(wanted) > LONGEST_PATTERN:
        raise CannotCompare(f"match takes a pattern of at most {LONGEST_PATTERN} characters")
    text = str(seen) if isinstance(seen, int | float) and not isinstance(seen, bool) else seen
    return isinstance(text, str) and _pattern(wanted, flags).fullmatch(text) is not None


def match_insensitively(seen: Any, wanted: Any) -> bool:
    """As `match`, without regard to case."""
    return match(seen, wanted, re.IGNORECASE)


def matches_regex(seen: Any, wanted: Any) -> bool:
    """A text in which a regular expression is found, with regard to case, in linear time (RE2's syntax)."""
    if not isinstance(wanted, str):
        raise CannotCompare(f"matchesRegex takes a text, not a value of type {type_name(wanted)}")
    if not isinstance(seen, str):
        return False
    # Half a character pair is no text of UTF-8.
    return regex(wanted).search(seen.encode("utf-8", "replace")) is not None


def contains(seen: Any, wanted: Any) -> bool:
    """A text that holds a text, or an array that holds a value."""
    if isinstance(seen, list):
        return any(equal(item, wanted) for item in seen)
    key, part = scalar_key(seen), scalar_key(wanted)
    return key is not None and part is not None and part in key


def contains_key(seen: Any, wanted: Any) -> bool:
    """An object with a key."""
    return isinstance(seen, dict) and str(wanted).lower() in (key.lower() for key in seen)
