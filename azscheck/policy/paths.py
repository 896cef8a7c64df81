"""Paths to a property, as `field` takes them."""

import re
from functools import lru_cache

from azscheck.policy.conditions import Field

_STEP = re.compile(
    r"""(?P<key>[^.\[\]'"]+) | \[\*\] | \['(?P<quoted>(?:[^']|'')+)'\] | \[(?P<bare>[^\]'"*]+)\]""",
    re.VERBOSE,
)
EACH = "[*]"
"""The step that stands for every element of an array."""


@lru_cache(4096)
def parse_path(text: str) -> Field:
    """`properties.a.b`, `tags['a.b']`, `properties.disks[*].lun`; raises ValueError with a sentence."""
    steps: list[str] = []
    at = 0
    while at < len(text):
        dotted = text[at] == "."
        found = _STEP.match(text, at + dotted)
        # A key needs a dot before it (but for the first), a bracket must not have one.
        if found is None or (steps and dotted != (found["key"] is not None)) or (not steps and dotted):
            raise ValueError(f"{text!r} is not a path at character {at + 1}; a key with a dot is written tags['a.b']")
        quoted = found["quoted"]
        steps.append(found["key"] or (quoted.replace("''", "'") if quoted else found["bare"]) or EACH)
        at = found.end()
    if not steps or steps[0] == EACH:
        raise ValueError(f"{text!r} is not a path: it begins with a key, such as properties or tags")
    return Field(text, tuple(steps))
