"""What became of each exemption in an evaluation."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from msgspec import Struct

from azscheck.place import Place

SOON: Final = timedelta(days=30)
"""How long before its end an exemption is said to expire soon."""


class ExemptionState(StrEnum):
    """Whether an exemption was in force."""

    IN_FORCE = "inForce"
    EXPIRED = "expired"
    MALFORMED = "malformed"

    @property
    def words(self) -> str:
        """As a person reads it."""
        return "in force" if self is ExemptionState.IN_FORCE else self.value


class ExemptionUse(Struct, frozen=True):
    """An exemption, and what came of it."""

    policy: str
    scope: str
    category: str
    justification: str
    owner: str
    approved_by: str
    expires_on: datetime | None
    place: Place
    state: ExemptionState
    applied: int = 0
    """How many results it made exempt."""
    matched: int = 0
    """How many results it was of, those that comply among them."""
    note: str = ""
    """What is wrong with it, or why it matched nothing; empty when nothing is."""

    def expires_soon(self, now: datetime) -> bool:
        """Whether it is in force and will not be for long."""
        return self.state is ExemptionState.IN_FORCE and self.expires_on is not None and self.expires_on - now <= SOON

    @property
    def matched_nothing(self) -> bool:
        """Whether it was in force and there was nothing that it is of."""
        return self.state is ExemptionState.IN_FORCE and not self.matched
