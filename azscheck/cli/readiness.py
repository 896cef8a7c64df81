"""`azscheck readiness`."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from msgspec.structs import replace

from azscheck.cli import options
from azscheck.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from azscheck.policy import Policy
    from azscheck.policy.parameters import Overrides
    from azscheck.results import Appendix
    from azscheck.sources.deployment.plan import DeploymentPlan

_PLAN: Final = Path("plan.yaml")


@click.command("readiness")
@click.argument("plan", required=False, type=click.Path(path_type=Path))
@options.judge_options
@options.exemptions_option
@options.format_option
@options.evidence_option
@options.gate_options
@click.option("--new", is_flag=True, help="Write a plan: ask on a terminal what it lacks, else with comments alone.")
@click.option("--example", is_flag=True, help="With --new: ask nothing.")
@click.option("--force", is_flag=True, help="With --new: write over a plan that is there.")
@click.option("--probe-share", is_flag=True, help="Look at the planned share itself, with the account that is planned.")
@click.option(
    "--allow-write-probe",
    is_flag=True,
    help="With --probe-share: make a folder there and a file in it, which go again, to see whether the account may.",
)
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
    new: bool,
    example: bool,
    force: bool,
    probe_share: bool,
    allow_write_probe: bool,
    save_inventory: Path | None,
    now: str | None,
    quiet: bool,
) -> ExitCode:
    """Judge a deployment plan before there is a stamp.

    The plan becomes an inventory like any other, judged by the policy set readiness. Beside the findings stand how much
    room the share needs and what only the running stamp can answer: `azscheck scan --readiness plan.yaml` ticks it off.

    \b
    Examples:
      azscheck readiness --new plan.yaml
      azscheck readiness plan.yaml
      azscheck readiness plan.yaml --format table --format html=readiness.html
      azscheck readiness plan.yaml --probe-share --allow-write-probe
    """
    from azscheck.cli.output import close, parse_outputs, write_outputs
    from azscheck.cli.planned import SET
    from azscheck.cli.run import rules_of
    from azscheck.engine import evaluate
    from azscheck.policy.parameters import check_overrides
    from azscheck.sources.deployment.inventory import inventory_of
    from azscheck.sources.deployment.plan import read_plan

    file = plan or _PLAN
    if new:
        from azscheck.cli.planning import new_plan

        return new_plan(options.writable("--new", file), example=example, force=force)
    if example or force:
        raise UsageError("--example and --force go with --new.")
    if allow_write_probe and not probe_share:
        raise UsageError("--allow-write-probe goes with --probe-share.")
    if plan is None and not file.exists():
        raise UsageError(f"{file}: there is no such file: name a plan, or write one with --new.")
    inputs = [file, *policies, *exemptions]
    if save_inventory:
        options.writable("--save-inventory", save_inventory, inputs)
    outputs = parse_outputs(formats, [*inputs, save_inventory])
    clock = options.moment(now)
    given = options.parameter_values(parameters)
    rules = rules_of(policies, sets or (() if policies else (SET,)), exemptions, None)
    check_overrides(rules.policies, given)
    read = read_plan(file)
    inventory, appendices = inventory_of(read, clock()), []
    if probe_share:
        from azscheck.sources.deployment.probe import password_of, probe

        probed = probe(read, inventory, password_of(read), clock, write=allow_write_probe)
        inventory, appendices = probed.inventory, [probed.appendix]
    if save_inventory:
        inventory.write(save_inventory)
    results = evaluate(
        inventory,
        rules.policies,
        now=clock(),
        parameters=given,
        exemptions=rules.exemptions,
        sets=rules.sets,
    )
    results = replace(results, appendices=(*appendices, *_appendices(read, rules.policies, given)))
    write_outputs(results, outputs, quiet=quiet, evidence=evidence)
    return close(results, fail_on, fail_on_unknown, quiet)


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
