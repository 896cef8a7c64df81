"""The resource types that azscheck collects or is told of: what an editor offers, and what a slip is held against."""

import json
from functools import cache

from azscheck.packaged import schema_file

_NEAR = 0.96
"""A letter too many, too few or out of place in a type of the usual length; another type differs by more."""


@cache
def _known() -> dict[str, str]:
    schema = json.loads(schema_file("policy").read_text("utf-8"))
    return {kind.lower(): kind for kind in schema["$defs"]["type"]["examples"]}


def nearly_known(text: str) -> str:
    """The known type that a text all but is; empty for one that is known, and for one that is near to none."""
    known = _known()
    if text.lower() in known:
        return ""
    # Imported here: most types are known.
    import difflib

    near = difflib.get_close_matches(text.lower(), known, 1, _NEAR)
    return known[near[0]] if near else ""
