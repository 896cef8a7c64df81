"""Whether all resources of a list could be read once more with what the list leaves out, as one line of Coverage."""

import re
from collections import Counter
from datetime import datetime

from msgspec import Struct, field
from msgspec.structs import replace

from azscheck.inventory import Coverage, CoverageState, Resource
from azscheck.sources.hub.table import Row


class Views(Struct):
    """The second reads of one list, as they come in."""

    row: Row
    listed: Coverage
    left: int
    failures: dict[str, str] = field(default_factory=dict)
    """Id -> why it could not be read; the ids settle which is the first, whatever came first."""

    embedded: Counter[str] = field(default_factory=Counter)
    """Type -> how many the documents that were read had of what would else be lists of their own."""

    def note(self, resource: Resource) -> bool:
        """A resource was read, or could not be; whether it was the last one."""
        reason = resource.unknown.get(f"/properties/{self.row.expand}")
        if reason:
            self.failures[resource.id] = reason
        self.left -= 1
        return self.left <= 0

    def coverage(self, time: datetime) -> list[Coverage]:
        """Complete with a count, or failed with how many failed and why the first did; one line for all of them.

        Another for each type that came with them: one a resource would be as long as the inventory.
        """
        # A list that broke off has failed lines for these, too.
        whole = self.listed.state is CoverageState.COMPLETE
        parts = self.embedded.items() if whole else ()
        return [self._own(time), *(replace(self.listed, type=kind, count=count, time=time) for kind, count in parts)]

    def _own(self, time: datetime) -> Coverage:
        every = self.listed.count
        line = replace(self.listed, type=self.row.covered[-1], count=every - len(self.failures), time=time)
        if not self.failures:
            # A list that broke off lacks resources, whose views lack with them.
            return line
        words = re.sub(r"(?=[A-Z])", " ", self.row.expand).lower()
        first = self.failures[min(self.failures)]
        reason = f"{len(self.failures)} of {every} {words}s could not be read: {first}"
        return replace(line, state=CoverageState.FAILED, reason=reason)
