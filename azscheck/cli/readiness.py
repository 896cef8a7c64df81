"""`azscheck readiness`."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from azscheck.cli import options
from azscheck.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from azscheck.policy import Policy
    from azscheck.policy.parameters import Overrides
    from azscheck.results import Appendix
    from azscheck.sources.deployment import DeploymentPlan

_PLAN: Final = Path("plan.yaml")
_SET: Final = "readiness"


@click.command("readiness")
@click.argument("plan", required=False, type=click.Path(path_type=Path))
@options.judge_options
@options.exemptions_option
@options.format_option
@options.evidence_option
@options.gate_options
@click.option("--save-inventory", type=click.Path(path_type=Path), metavar="FILE", help="Keep what the plan says, too.")
@options.now_option
@options.quiet_option
def command(
    plan: Path | None,
    policies: tuple[Path, ...],
    sets: tuple[str, ...],
    exemptions: tuple[Path, ...],
    parameters: tuple[str, ...],
    formats: tuple[str, ...],
    evidence: bool,
    fail_on: str,
    fail_on_unknown: bool,
    save_inventory: Path | None,
    now: str | None,
    quiet: bool,
) -> ExitCode:
    """Judge a deployment plan before there is a stamp.

    The plan becomes an inventory like any other, judged by the policy set readiness. Beside the findings stand how much
    room the share needs and what only the running stamp can answer.

    \b
    Examples:
      azscheck readiness plan.yaml
      azscheck readiness plan.yaml --format table --format html=readiness.html
    """
    from azscheck.cli.output import close, parse_outputs, write_outputs
    from azscheck.cli.run import rules_of
    from azscheck.engine import evaluate
    from azscheck.policy.parameters import check_overrides
    from azscheck.sources.deployment import inventory_of, read_plan

    file = plan or _PLAN
    if plan is None and not file.exists():
        raise UsageError(f"{file}: there is no such file: name a plan, or write one with --new.")
    inputs = [file, *policies, *exemptions]
    if save_inventory:
        options.writable("--save-inventory", save_inventory, inputs)
    outputs = parse_outputs(formats, [*inputs, save_inventory])
    clock = options.moment(now)
    given = options.parameter_values(parameters)
    rules = rules_of(policies, sets or (() if policies else (_SET,)), exemptions, None)
    check_overrides(rules.policies, given)
    read = read_plan(file)
    inventory = inventory_of(read, clock())
    if save_inventory:
        inventory.write(save_inventory)
    results = evaluate(
        inventory,
        rules.policies,
        now=clock(),
        parameters=given,
        stamp_parameters={read.stamp: _told(read, rules.policies)},
        exemptions=rules.exemptions,
        sets=rules.sets,
    )
    results = replace(results, appendices=_appendices(read, rules.policies, given))
    write_outputs(results, outputs, quiet=quiet, evidence=evidence)
    return close(results, fail_on, fail_on_unknown, quiet)


def _told(plan: "DeploymentPlan", policies: "list[Policy]") -> "Overrides":
    """Parameters that the plan itself gives: where the stamp will stand."""
    location = plan.said("location")
    return {f"{p.id}.site": location for p in policies if "site" in p.parameters and location}


def _appendices(plan: "DeploymentPlan", judged: "list[Policy]", given: "Overrides") -> "tuple[Appendix, ...]":
    from azscheck.cli.policies import load
    from azscheck.policy.membership import DEFAULT_SET, choose
    from azscheck.policy.parameters import values_of
    from azscheck.sources.deployment.capacity import POLICY, capacity
    from azscheck.sources.deployment.checklist import checklist, remaining

    library = load(())
    found = [checklist(remaining(choose(library.policies, library.sets, [DEFAULT_SET]), judged))]
    for policy in judged:
        if policy.id == POLICY:
            found.insert(0, capacity(plan, values_of(policy, given)["sizes"], policy.info.references[0].url))
    return tuple(found)
