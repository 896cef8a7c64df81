"""Values as evidence shows them."""

import json
import math
from typing import Any

from azscheck.values import ABSENT, Unknown

_LONGEST = 500


def shown(value: Any) -> tuple[Any, str]:
    """A value fit for a report, and the note that goes with it: what is long is cut, what is not there is said."""
    if isinstance(value, Unknown):
        return None, value.reason
    if value is ABSENT:
        return None, "absent"
    if isinstance(value, str):
        return (value if len(value) <= _LONGEST else value[:_LONGEST] + "..."), ""
    if isinstance(value, list | dict):
        try:
            whole = len(json.dumps(value, allow_nan=False)) <= _LONGEST
        except (TypeError, ValueError, RecursionError):
            whole = False
        return (value, "") if whole else (None, f"{'array' if isinstance(value, list) else 'object'} of {len(value)}")
    if isinstance(value, float) and not math.isfinite(value):
        # YAML has it, JSON has not.
        return None, str(value)
    return value, ""
