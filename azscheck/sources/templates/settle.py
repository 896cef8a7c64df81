"""From a value with unknown parts to a resource's body and the list of what is unknown in it."""

from typing import Any, Final

from azscheck.sources.templates.frame import SECURE, escaped
from azscheck.sources.templates.steps import Steps
from azscheck.values import ABSENT, Unknown

NEVER_GIVEN_BACK: Final = "is never given back by the platform"
_SECRET: Final = ("password", "protectedsettings", "customdata")
"""How the names of properties end whose text is secret: the platform takes it and never shows it again."""
_DEEPEST: Final = 100


def settled(value: Any, pointer: str, unknown: dict[str, str], steps: Steps, depth: int = 0) -> Any:
    """The value without its unknown parts, which go to `unknown` by JSON Pointer.

    A property that is null is left out, as providers leave it out; an element stays, for its place counts.
    """
    steps.spend()
    match value:
        case Unknown():
            unknown[pointer] = value.reason
            return None
        case dict() | list() if depth > _DEEPEST:
            unknown[pointer] = f"is nested more than {_DEEPEST} levels deep"
            return None
        case dict():
            made: dict[str, Any] = {}
            for key, held in value.items():
                below = f"{pointer}/{escaped(key)}"
                if isinstance(held, str | dict | Unknown) and key.lower().endswith(_SECRET):
                    # Nor is the expression told: a part of it may be secret.
                    secure = held.reason if isinstance(held, Unknown) else ""
                    unknown[below] = secure if secure.startswith(SECURE) else NEVER_GIVEN_BACK
                    continue
                part = settled(held, below, unknown, steps, depth + 1)
                if part is not None:
                    made[key] = part
            return made
        case list():
            return [settled(item, f"{pointer}/{index}", unknown, steps, depth + 1) for index, item in enumerate(value)]
        case _:
            if value is ABSENT or callable(value):
                unknown[pointer] = "the expression gives nothing here"
                return None
            return value
