"""How much work one template may make: loops in loops multiply, and so do variables of variables."""

from typing import Any, Final

from azscheck.errors import DocumentError, Place

MOST: Final = 1_000_000
"""Enough for 800 machines of 60 disks each."""
A_RESOURCE: Final = 20
"""What one more resource costs beside its values."""


class Steps:
    """What reading a template may still do: a value that is written, an expression is one step each."""

    def __init__(self, template: str) -> None:
        self._template = template
        self._left = MOST

    def spend(self, steps: int = 1) -> None:
        """Take steps away; raises DocumentError where there are no more."""
        self._left -= steps
        if self._left < 0:
            sentence = f"makes more than {MOST:,} values: let its loops make less, or split the template."
            raise DocumentError([(Place(self._template), sentence)])

    def spend_on(self, *values: Any) -> None:
        """Take away the steps of a function that takes and makes these values."""
        steps = 1
        for value in values:
            if isinstance(value, str):
                steps += len(value) >> 6
            elif isinstance(value, list | dict):
                steps += len(value)
        self.spend(steps)
