"""Whether all resources of a list could be read once more with what the list leaves out, as one line of Coverage."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime

from azscheck.inventory import Coverage, CoverageState, Resource
from azscheck.sources.hub.table import Row


@dataclass(slots=True)
class Views:
    """The second reads of one list, as they come in."""

    row: Row
    listed: Coverage
    left: int
    failures: dict[str, str] = field(default_factory=dict)
    """Id -> why it could not be read; the ids settle which is the first, whatever came first."""

    def note(self, resource: Resource) -> bool:
        """A resource was read, or could not be; whether it was the last one."""
        reason = resource.unknown.get(f"/properties/{self.row.expand}")
        if reason:
            self.failures[resource.id] = reason
        self.left -= 1
        return self.left <= 0

    def coverage(self, time: datetime) -> Coverage:
        """Complete with a count, or failed with how many failed and why the first did; one line for all of them."""
        every = self.listed.count
        line = replace(self.listed, type=self.row.covered[-1], count=every - len(self.failures), time=time)
        if not self.failures:
            # A list that broke off lacks resources, whose views lack with them.
            return line
        words = re.sub(r"(?=[A-Z])", " ", self.row.expand).lower()
        first = self.failures[min(self.failures)]
        reason = f"{len(self.failures)} of {every} {words}s could not be read: {first}"
        return replace(line, state=CoverageState.FAILED, reason=reason)
