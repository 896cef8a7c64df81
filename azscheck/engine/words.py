"""What a test looks at, as evidence names it."""

from typing import Final

from azscheck.policy.conditions import ArrayCount, ComputedField, Field, ResourceCount, Test

_LONGEST_WORDS: Final = 500


def left_words(test: Test) -> str:
    """What a test of a value looks at, as evidence names it."""
    words = test.left.path if isinstance(test.left, Field | ComputedField) else str(getattr(test.left, "value", ""))
    return words if len(words) <= _LONGEST_WORDS else words[:_LONGEST_WORDS] + "..."


def count_words(test: Test) -> str:
    """What a test of a count looks at, as evidence names it."""
    match test.left:
        case ResourceCount(type=kind, newest=newest):
            return f"count of {'the newest of ' if newest else ''}{kind}"
        case ArrayCount(field=field):
            return f"count of {field.path}"
        case _:
            return "count"
