"""`--readiness`: a scan beside the plans of its stamps."""

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from azscheck.cli.run import Rules
from azscheck.errors import UsageError
from azscheck.inventory import Inventory
from azscheck.results import Results

if TYPE_CHECKING:
    from azscheck.sources.deployment.plan import DeploymentPlan

SET: Final = "readiness"
"""The policy set that a plan is judged by."""
_BESIDE: Final = "as-planned"


class Planned(Struct, frozen=True):
    """Plans that were read before any stamp was asked; of none, everything stays as it is."""

    plans: "tuple[DeploymentPlan, ...]"

    @classmethod
    def of(cls, files: Sequence[Path]) -> "Planned":
        """Read the plans; raises DocumentError, and UsageError for two of one stamp."""
        if not files:
            return cls(())
        from azscheck.sources.deployment.plan import read_plan

        plans = tuple(map(read_plan, files))
        for i, plan in enumerate(plans):
            if any(plan.stamp == other.stamp for other in plans[:i]):
                raise UsageError(f"--readiness: there are two plans of the stamp {plan.stamp!r}: name one of them.")
        return cls(plans)

    def rules(self, rules: Rules) -> Rules:
        """What is judged by, with the policy that compares."""
        if not self.plans:
            return rules
        from azscheck.policy.load import load_library
        from azscheck.policy.membership import choose

        library = load_library()
        known = {policy.id for policy in rules.policies}
        beside = [p for p in choose(library.policies, library.sets, [_BESIDE]) if p.id not in known]
        return replace(rules, policies=[*rules.policies, *beside], sets=(*rules.sets, _BESIDE))

    def types(self, types: Collection[str] | None) -> Collection[str] | None:
        """What is collected, with what is compared; None: all there is."""
        if types is None or not self.plans:
            return types
        from azscheck.sources.deployment.departures import READS

        return {*types, *READS}

    def beside(self, inventory: Inventory, now: datetime) -> Inventory:
        """An inventory with what was planned beside what was found."""
        if not self.plans:
            return inventory
        from azscheck.sources.deployment.departures import departures

        return inventory + departures(self.plans, inventory, now)

    def ticked(self, results: Results) -> Results:
        """Results with the checklist of what the plans could not answer, ticked off."""
        if not self.plans:
            return results
        from azscheck.policy.load import load_library
        from azscheck.policy.membership import DEFAULT_SET, choose
        from azscheck.sources.deployment.checklist import remaining, ticked

        library = load_library()
        every, answered = (choose(library.policies, library.sets, [name]) for name in (DEFAULT_SET, SET))
        return replace(results, appendices=(*results.appendices, ticked(remaining(every, answered), results)))
