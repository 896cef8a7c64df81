"""Templates and plans, judged: alone, or as a change to a stamp as it is."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct
from msgspec.structs import replace

from azscheck.cli.deployed import Planned
from azscheck.cli.not_here import not_here
from azscheck.cli.output import close
from azscheck.cli.run import Rules, configuration_of, rules_of, saved
from azscheck.documents import did_you_mean
from azscheck.errors import ExitCode, UsageError
from azscheck.inventory import Inventory, arm_key, type_key
from azscheck.policy.parameters import Overrides, check_overrides, over
from azscheck.results import ComplianceState, Gate, NotHere, Result, Results

if TYPE_CHECKING:
    from azscheck.sources.configuration import Configuration

GATE_SET = "gate"
"""What files are judged by where no set is named: the policies that they can answer."""


class Judge(Struct, frozen=True):
    """What files are judged by."""

    rules: Rules
    parameters: Overrides
    not_here: tuple[NotHere, ...]

    @classmethod
    def of(
        cls,
        configuration: Path | None,
        policies: Sequence[Path],
        sets: Sequence[str],
        exemptions: Sequence[Path],
        parameters: Overrides,
    ) -> "Judge":
        """What was named on the command line, else in the configuration, else the shipped policies of the gate's set.

        A configuration's sets are for its stamps: most of their policies ask what no file tells.
        """
        known: Configuration | None = configuration_of(configuration, ()) if configuration else None
        own = tuple(policies) or (known.policies if known else ())
        names = tuple(sets) or (() if own else (GATE_SET,))
        rules = rules_of(own, names, exemptions, replace(known, sets=()) if known else None)
        general = over(parameters, known.parameters if known else {})
        check_overrides(rules.policies, general)
        return cls(rules, general, not_here(rules.library, rules.policies))


def judged(
    plan: Planned,
    judge: Judge,
    now: datetime,
    inventory: Path | None,
    stamp: str | None,
    passed_over: int,
) -> Results:
    """Results of what is deployed; of a stamp as it is, those that the change touches."""
    live = _live(inventory, stamp) if inventory else None
    gate = Gate(plan.files, live is not None, 0, passed_over, judge.not_here)
    if live is None:
        results = _evaluated(plan.inventory, judge, now)
    else:
        results, gate = _of_the_change(live, plan.inventory, judge, now, gate)
    return replace(results, gate=gate, coverage=(*results.coverage, *plan.unread))


def _live(path: Path, stamp: str | None) -> Inventory:
    inventory = saved([path])
    if stamp is None:
        return inventory
    if stamp not in inventory.stamps:
        raise UsageError(f"{path}: has no stamp {stamp!r}{did_you_mean(stamp, inventory.stamps)}")
    return inventory.only([stamp])


def _evaluated(inventory: Inventory, judge: Judge, now: datetime) -> Results:
    from azscheck.engine import evaluate

    return evaluate(
        inventory,
        judge.rules.policies,
        now=now,
        parameters=judge.parameters,
        exemptions=judge.rules.exemptions,
        sets=judge.rules.sets,
    )


def _of_the_change(live: Inventory, plan: Inventory, judge: Judge, now: datetime, gate: Gate) -> tuple[Results, Gate]:
    """Results of the stamp once the change is made: of what it deploys, and what else it makes another one."""
    from azscheck.sources import change

    after = live
    for name in plan.stamps:
        after = change.over(after, plan.only([name]))
    before = _evaluated(live, judge, now).states
    results = _evaluated(after, judge, now)
    deployed = {(type_key(r.type), arm_key(r.id)) for r in plan.resources}

    def touched(result: Result) -> bool:
        is_deployed = (type_key(result.type), arm_key(result.resource)) in deployed
        return is_deployed or before.get(result.id) is not result.state

    shown = tuple(result for result in results.results if touched(result))
    return replace(results, results=shown), replace(gate, untouched=len(results.results) - len(shown))


def concerns_nobody(results: Results) -> bool:
    """Whether nothing that was judged is a thing that any policy is about."""
    return all(r.state is ComplianceState.NOT_APPLICABLE for r in results.results)


def nothing(why: str) -> ExitCode:
    """Nothing is to be judged, for a reason that is no fault: no report is written."""
    click.echo(f"azscheck: nothing to judge: {why}; exit code {int(ExitCode.COMPLIANT)}", err=True)
    return ExitCode.COMPLIANT


def close_gate(results: Results, fail_on: str, fail_on_unknown: bool, min_policies: int, quiet: bool) -> ExitCode:
    """The exit code, and the line that says why."""
    if results.judging >= min_policies or results.incomplete:
        return close(results, fail_on, fail_on_unknown, quiet)
    click.echo(
        f"azscheck: {results.judging} policies judged a resource, and --min-policies asks for {min_policies}; "
        f"exit code {int(ExitCode.INCOMPLETE)}",
        err=True,
    )
    return ExitCode.INCOMPLETE
