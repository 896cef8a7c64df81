"""How much work one policy may make: what is counted within counts multiplies, and so do functions of functions.

A policy whose work grows with the resources never runs out; one that looks at each of many for each of many does.
"""

from typing import Any, Final

from azscheck.errors import AzscheckError

_AT_FIRST: Final = 500_000
_FOR_EACH_KNOWN: Final = 20
_FOR_EACH_JUDGED: Final = 200


class TooMuch(AzscheckError):
    """The policy has made more work than it may."""

    def __str__(self) -> str:
        return (
            "the policy takes more steps than a policy may: let its counts within counts go over less, "
            "or find the counted resources by an equality with subject()"
        )


class Work:
    """What one policy may still do, in steps: a test of one element or of one counted resource is one."""

    def __init__(self, resources: int = 0) -> None:
        """Of the resources that there are, each may be counted for some, but not each for each."""
        self.left = _AT_FIRST + _FOR_EACH_KNOWN * resources

    def begin(self) -> None:
        """Begin to judge one more resource."""
        self.left += _FOR_EACH_JUDGED

    def spend(self, steps: int) -> None:
        """Take steps away; raises TooMuch where there are no more."""
        if steps > self.left:
            raise TooMuch
        self.left -= steps

    def spend_on(self, *values: Any) -> None:
        """Take away the steps of a function that takes and makes these values."""
        steps = 0
        for value in values:
            if isinstance(value, str):
                steps += len(value) >> 8
            elif isinstance(value, list | dict):
                steps += len(value) >> 4
        if steps:
            self.spend(steps)
