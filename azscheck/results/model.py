"""What an evaluation found: one result for each policy and resource, the verdicts, the counts, the exit code."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from azscheck.errors import ExitCode
from azscheck.inventory import Coverage, Origin, Resource, arm_key
from azscheck.policy.model import Category, PolicyInfo, Severity
from azscheck.results.appendix import Appendix
from azscheck.results.exemptions import ExemptionState, ExemptionUse
from azscheck.results.gate import Gate
from azscheck.results.outcome import Outcome
from azscheck.results.states import ComplianceState

if TYPE_CHECKING:
    from azscheck.results.baseline import BaselineUse
    from azscheck.results.changes import Changes


class Evidence(Struct, frozen=True):
    """One test that decided a result: what was looked at, what was seen, what was wanted."""

    test: str
    """What was looked at: a property's path, an expression, `count of Azscheck/protectedItems`."""
    operator: str
    wanted: Any
    seen: Any
    """The JSON value; absent and unknown values are told by `truth` and `note`, and are None here."""
    truth: bool | None
    """Whether the test held; None when that could not be known."""
    note: str = ""
    """Why it is unknown, or that the property is absent, or which resources were counted."""
    resource: str = ""
    """The id of the resource it was read from, when that is not the judged one."""
    origin: Origin | None = None


Proof = tuple[Evidence, ...] | Callable[[], tuple[Evidence, ...]]


class Result(Struct, frozen=True):
    """One policy's answer for one resource."""

    policy: str
    stamp: str
    resource: str
    """The resource's id; for a list that could not be read, the place where it would have been taken."""
    type: str
    name: str
    state: ComplianceState
    message: str = ""
    """One line that says why, from the evidence."""
    proof: Proof = ()
    """The evidence, or what works it out: of all that complies in a large inventory few want to see it."""
    origin: Origin | None = None
    would_be: ComplianceState | None = None
    """For an exempt result, the state it would have had."""
    baselined: bool = False
    """Whether it is known from a baseline: it stays what it is, and does not fail the run."""

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The tests that decided it."""
        return self.proof() if callable(self.proof) else self.proof

    @property
    def id(self) -> str:
        """The finding's id, the same in every run for the same policy and resource."""
        import hashlib

        key = "\n".join((self.policy, self.stamp, self.type.lower(), arm_key(self.resource)))
        return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]


class Results(Struct, frozen=True, dict=True):
    """All results of one evaluation, with all that a report needs."""

    now: datetime
    """The moment against which ages were judged."""
    collected: datetime
    """When the inventory was made."""
    version: str
    policies: tuple[PolicyInfo, ...]
    results: tuple[Result, ...]
    coverage: tuple[Coverage, ...]
    stamps: tuple[Resource, ...] = ()
    """The `Azscheck/stamps` resources: region, external domain, identity provider, versions."""
    resource_counts: dict[str, int] = field(default_factory=dict)
    """How many resources of each type the inventory holds."""
    sets: tuple[str, ...] = ()
    """The policy sets that were judged by."""
    exemptions: tuple[ExemptionUse, ...] = ()
    """The exemptions that were given, and what became of each."""
    changes: "Changes | None" = None
    """What is different from an earlier run; None where it was compared with none."""
    appendices: tuple[Appendix, ...] = ()
    """Tables beside the results, which no verdict and no exit code depends on."""
    gate: Gate | None = None
    """What was judged before its deployment; None for a stamp as it is."""
    baseline: "BaselineUse | None" = None
    """The baseline that was given, and what became of it."""

    @classmethod
    def read(cls, path: str | Path) -> "Results":
        """Read saved results, from which any report can be made again; InventoryError when they cannot be read."""
        from azscheck.results.saved import read

        return read(Path(path))

    def write(self, path: str | Path) -> None:
        """Save as the JSON that `read` takes; InventoryError when it cannot be written."""
        from azscheck.results.saved import write

        write(self, Path(path))

    @cached_property
    def by_id(self) -> dict[str, PolicyInfo]:
        """The policies by their ids."""
        return {policy.id: policy for policy in self.policies}

    def policy_of(self, result: Result) -> PolicyInfo:
        """The policy that a result is of."""
        return self.by_id[result.policy]

    def in_state(self, *states: ComplianceState, category: Category | None = None) -> list[Result]:
        """The results in any of the states, the worst severity first, of one category or of both."""
        found = [
            r
            for r in self.results
            if r.state in states and (category is None or self.policy_of(r).category is category)
        ]
        return sorted(found, key=lambda r: -self.policy_of(r).severity)

    def findings(self, category: Category | None = None) -> list[Result]:
        """The non-compliant results, the worst severity first."""
        return self.in_state(ComplianceState.NON_COMPLIANT, category=category)

    def not_judged(self, category: Category | None = None) -> list[Result]:
        """The results that are unknown or in error, the worst severity first."""
        return self.in_state(ComplianceState.UNKNOWN, ComplianceState.ERROR, category=category)

    @cached_property
    def outcome(self) -> Outcome:
        """The counts, the verdicts and the exit code."""
        unjudged = (ComplianceState.UNKNOWN, ComplianceState.ERROR)
        return Outcome(
            self.policies,
            Counter((r.policy, r.state) for r in self.results),
            self.coverage,
            sum(r.would_be in unjudged for r in self.results),
            Counter((r.policy, r.state) for r in self.results if r.baselined),
        )

    def counts(self, category: Category | None = None) -> Counter[ComplianceState]:
        """How many results are in each state."""
        return self.outcome.counts(category)

    def verdict(self, category: Category) -> ComplianceState:
        """The one word for a category."""
        return self.outcome.verdict(category)

    @cached_property
    def exemption_counts(self) -> dict[str, int]:
        """How many exemptions were given, applied, expire soon, have expired, are malformed, matched nothing."""
        uses = self.exemptions
        return {
            "given": len(uses),
            "applied": sum(use.applied > 0 for use in uses),
            "expiring": sum(use.expires_soon(self.now) for use in uses),
            "expired": sum(use.state is ExemptionState.EXPIRED for use in uses),
            "malformed": sum(use.state is ExemptionState.MALFORMED for use in uses),
            "matchedNothing": sum(use.matched_nothing for use in uses),
        }

    @property
    def failed_coverage(self) -> tuple[Coverage, ...]:
        """The lists that should have been read and could not."""
        return self.outcome.failed_coverage

    @cached_property
    def unmatched(self) -> tuple[PolicyInfo, ...]:
        """The policies that found no resource to judge."""
        seen = {r.policy for r in self.results}
        return tuple(p for p in self.policies if p.id not in seen)

    @cached_property
    def states(self) -> dict[str, ComplianceState]:
        """The state of each result by its id."""
        return {r.id: r.state for r in self.results}

    @cached_property
    def read_whole(self) -> frozenset[str]:
        """The stamps, or files, that were judged and of which no list failed."""
        names = {r.stamp for r in self.results} | {c.stamp for c in self.coverage}
        return frozenset(names - {c.stamp for c in self.failed_coverage})

    @property
    def judging(self) -> int:
        """How many policies judged at least one resource: what is unknown was not judged."""
        unjudged = (ComplianceState.UNKNOWN, ComplianceState.ERROR, ComplianceState.NOT_APPLICABLE)
        return len({r.policy for r in self.results if r.state not in unjudged and r.would_be not in unjudged})

    @property
    def evaluated(self) -> bool:
        """Whether anything was judged at all."""
        return self.outcome.evaluated

    @property
    def incomplete(self) -> bool:
        """Whether something could not be read or judged for a reason that is a fault."""
        return self.outcome.incomplete

    def exit_code(self, fail_on: Severity | None = Severity.LOW, fail_on_unknown: bool = False) -> ExitCode:
        """What a command ends with; `fail_on` None means that no finding fails the run."""
        return self.outcome.exit_code(fail_on, fail_on_unknown)


def result_order(policies: Sequence[PolicyInfo]) -> Any:
    """The key that puts results in their one order: stamp, worst policy first, policy, resource."""
    rank = {p.id: (-p.severity, p.id) for p in policies}
    return lambda r: (r.stamp, *rank[r.policy], r.type.lower(), arm_key(r.resource))


def in_order(results: Iterable[Result], policies: Sequence[PolicyInfo]) -> tuple[Result, ...]:
    """Results in their one order."""
    return tuple(sorted(results, key=result_order(policies)))
