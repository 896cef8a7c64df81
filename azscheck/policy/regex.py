"""Regular expressions in policies: RE2's, so that no text can hang a scan. https://github.com/google/re2/wiki/Syntax"""

from functools import lru_cache
from typing import Any, Final

from azscheck.documents import shorten

_LONGEST_REASON: Final = 200
LARGEST: Final = 1 << 20
"""Bytes that a compiled expression may take."""


class RegexError(ValueError):
    """The text is no regular expression, or one that takes too much memory."""


@lru_cache(512)
def regex(pattern: str) -> Any:
    """The compiled expression; raises RegexError with what is wrong in it."""
    # Few policies have one, and what reads it takes its time to import.
    import re2

    options = re2.Options()
    options.log_errors = False
    options.max_mem = LARGEST
    options.never_capture = True
    try:
        # Of bytes, so that re2 need not translate the places of what it found.
        return re2.compile(pattern.encode(), options)
    except UnicodeEncodeError as error:
        raise RegexError(f"{shorten(pattern)} is no regular expression: it holds half a character") from error
    except re2.error as error:
        reason = error.args[0].decode("utf-8", "replace") if error.args else "it is too large"
        # The reason can repeat the whole pattern.
        reason = reason if len(reason) <= _LONGEST_REASON else reason[:_LONGEST_REASON] + "..."
        raise RegexError(f"{shorten(pattern)} is no regular expression: {reason}") from error
