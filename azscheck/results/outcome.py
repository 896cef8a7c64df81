"""What a run comes to: counts, verdicts and the exit code, from how many results are in which state."""

from collections import Counter
from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct, field

from azscheck.errors import ExitCode
from azscheck.inventory import Coverage, CoverageState
from azscheck.policy.model import Category, PolicyInfo, Severity
from azscheck.results.states import ComplianceState


class Outcome(Struct, frozen=True, dict=True):
    """What a run comes to."""

    policies: tuple[PolicyInfo, ...]
    tally: Mapping[tuple[str, ComplianceState], int]
    """How many results a policy, by its id, has in a state."""
    coverage: tuple[Coverage, ...]
    exempt_unjudged: int = 0
    """How many of the exempt results would be unknown or in error."""
    baselined: Mapping[tuple[str, ComplianceState], int] = field(default_factory=dict)
    """How many of the results are known from a baseline, by policy and state."""

    @cached_property
    def by_id(self) -> dict[str, PolicyInfo]:
        """The policies by their ids."""
        return {policy.id: policy for policy in self.policies}

    def counts(self, category: Category | None = None) -> Counter[ComplianceState]:
        """How many results are in each state."""
        found: Counter[ComplianceState] = Counter()
        for (policy, state), number in self.tally.items():
            if category is None or self.by_id[policy].category is category:
                found[state] += number
        return found

    def verdict(self, category: Category) -> ComplianceState:
        """The one word for a category: a finding outweighs the unknown, the unknown outweighs the compliant.

        `notApplicable` means that nothing was evaluated, which is never a pass.
        """
        counts = self.counts(category)
        if counts[ComplianceState.NON_COMPLIANT]:
            return ComplianceState.NON_COMPLIANT
        if counts[ComplianceState.UNKNOWN] or counts[ComplianceState.ERROR]:
            return ComplianceState.UNKNOWN
        for state in (ComplianceState.COMPLIANT, ComplianceState.EXEMPT):
            if counts[state]:
                return state
        return ComplianceState.NOT_APPLICABLE

    @cached_property
    def failed_coverage(self) -> tuple[Coverage, ...]:
        """The lists that should have been read and could not."""
        return tuple(c for c in self.coverage if c.state is CoverageState.FAILED)

    @property
    def evaluated(self) -> bool:
        """Whether anything was judged at all: what is unknown or in error was not, exempt or no."""
        judged = (ComplianceState.COMPLIANT, ComplianceState.NON_COMPLIANT, ComplianceState.EXEMPT)
        return sum(self.counts()[state] for state in judged) > self.exempt_unjudged

    @property
    def incomplete(self) -> bool:
        """Whether something could not be read or judged for a reason that is a fault: then no verdict is whole."""
        return not self.evaluated or bool(self.failed_coverage) or self.counts()[ComplianceState.ERROR] > 0

    def exit_code(self, fail_on: Severity | None = Severity.LOW, fail_on_unknown: bool = False) -> ExitCode:
        """What a command ends with; `fail_on` None: no finding fails it; what a baseline holds never does."""
        new = {(p, state): n - self.baselined.get((p, state), 0) for (p, state), n in self.tally.items()}
        unknown = any(n for (_, state), n in new.items() if state is ComplianceState.UNKNOWN)
        if self.incomplete or (fail_on_unknown and unknown):
            return ExitCode.INCOMPLETE
        failed = (p for (p, state), n in new.items() if n and state is ComplianceState.NON_COMPLIANT)
        if fail_on is not None and any(self.by_id[policy].severity >= fail_on for policy in failed):
            return ExitCode.FINDINGS
        return ExitCode.COMPLIANT
