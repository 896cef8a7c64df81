"""Values and known words as messages show them."""

import json
from collections.abc import Iterable
from typing import Any


def shorten(value: Any) -> str:
    """A value as a message shows it: short, on one line."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = " ".join(text.split())
    return repr(text if len(text) <= 60 else text[:57] + "...") if isinstance(value, str) else text[:60]


def did_you_mean(word: Any, known: Iterable[Any]) -> str:
    """The end of a sentence: `; did you mean 'severity'?` when a known word is near, else its full stop."""
    # Imported here: most runs have nothing to ask back.
    import difflib

    by_lower = {str(k).lower(): str(k) for k in known}
    near = difflib.get_close_matches(str(word).lower(), by_lower, 1, 0.6)
    return f"; did you mean {by_lower[near[0]]!r}?" if near else "."
