"""Paths to a property, as `field` takes them: paths from the resource's root, and Azure Policy's aliases."""

import re
from functools import lru_cache
from typing import Final

from azscheck.policy.aliases import parts_of_alias
from azscheck.policy.conditions import Field

_STEP = re.compile(
    r"""(?P<key>[^.\[\]'"]+) | \[\*\] | \['(?P<quoted>(?:[^']|'')+)'\] | \[(?P<bare>[^\]'"*]+)\]""",
    re.VERBOSE,
)
_TAG = re.compile(r"tags\.(?P<name>[^\[\]]+)$|tags\[\]$", re.IGNORECASE)
_LONGEST: Final = 4_000
EACH: Final = "[*]"
"""The step that stands for every element of an array."""
TYPE: Final = ("", "type")
LOCATION: Final = ("", "location")
"""The key of the one property that Azure compares without regard to spaces: `East US 2` is `eastus2`."""


@lru_cache(4096)
def parse_path(text: str) -> Field:
    """`properties.a.b`, `tags['a.b']`, `properties.disks[*].lun`, an alias; raises ValueError with a sentence."""
    if len(text) > _LONGEST:
        raise ValueError(f"'{text[:40]}...' is not a path: it is longer than {_LONGEST} characters")
    alias = parts_of_alias(text)
    if alias is not None:
        kind, paths = alias
        steps, *others = (_steps(path, text) for path in paths)
        return Field(text, steps, kind, tuple(others))
    tag = _TAG.match(text)
    if tag:
        # Tags have no depth: a dot is a part of the name; `tags[]` is what a rule makes of a name that is empty.
        return Field(text, ("tags", tag["name"] or ""))
    return Field(text, _steps(text, text))


def _steps(path: str, text: str) -> tuple[str, ...]:
    steps: list[str] = []
    at = 0
    while at < len(path):
        dotted = path[at] == "."
        found = _STEP.match(path, at + dotted)
        # A key needs a dot before it (but for the first), a bracket must not have one.
        if found is None or (steps and dotted != (found["key"] is not None)) or (not steps and dotted):
            character = len(text) - len(path) + at + 1
            raise ValueError(
                f"{text!r} is not a path at character {character}; a key with a dot is written tags['a.b']"
            )
        quoted = found["quoted"]
        steps.append(found["key"] or (quoted.replace("''", "'") if quoted else found["bare"]) or EACH)
        at = found.end()
    if not steps or steps[0] == EACH:
        raise ValueError(f"{text!r} is not a path: it begins with a key, such as properties or tags")
    return tuple(steps)
