"""How much work one template may make: loops in loops multiply, and so do variables of variables."""

from typing import Any, Final

from azscheck.errors import DocumentError
from azscheck.place import Place

MOST: Final = 1_000_000
"""Enough for 800 machines of 60 disks each."""
A_CALL: Final = 10
"""What a call of a function of the template's own costs."""
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
        """Take away the steps of a function that takes and makes these values, all that is in them counted.

        Values share their parts, so that a small template can write one which takes ages to go through.
        """
        self.spend()
        parts = list(values)
        while parts:
            part = parts.pop()
            if isinstance(part, str):
                self.spend(len(part) >> 6)
            elif isinstance(part, list | dict):
                self.spend(len(part))
                parts += part if isinstance(part, list) else part.values()
