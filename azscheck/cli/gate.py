"""`azscheck gate`."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from azscheck.cli import options
from azscheck.errors import ExitCode, UsageError


@contextmanager
def _uncollected() -> Iterator[None]:
    """A short run leaves little behind that goes round in a circle, and looking for it takes a tenth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@click.command("gate")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option(
    "--parameters",
    "parameter_files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A parameter file for the template, in place of those beside it; of several a later one counts more.",
)
@click.option(
    "--template-parameter",
    "values",
    multiple=True,
    metavar="NAME=VALUE",
    help="A value for a parameter of the template, which counts more than a file's; repeatable.",
)
@click.option("--subscription", metavar="ID", help="The subscription that is deployed to, for ids.")
@click.option("--resource-group", metavar="NAME", help="The resource group that is deployed to, for ids.")
@click.option("--location", metavar="NAME", help="What resourceGroup().location is.")
@click.option("--exclude", "excluded", multiple=True, metavar="GLOB", help="Leave out such files of the folders.")
@click.option(
    "--pass-over-others",
    is_flag=True,
    help="Pass over named files that are neither templates nor plans: for hooks, which name all that changed.",
)
@click.option(
    "--changed-since",
    metavar="REF",
    help="Only what differs from the commit at which this branch left REF, such as origin/main.",
)
@click.option(
    "--inventory",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Judge the change against the stamp as it is: a saved inventory.",
)
@click.option("--stamp", metavar="NAME", help="The stamp that changes, of an inventory of several.")
@options.configuration_option
@options.judge_options
@options.exemptions_option
@options.format_option
@options.gate_options
@click.option(
    "--min-policies",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="End with 3 when fewer policies than these judged a resource.",
)
@options.baseline_options
@options.now_option
@options.quiet_option
@_uncollected()
def command(
    paths: tuple[Path, ...],
    parameter_files: tuple[Path, ...],
    values: tuple[str, ...],
    subscription: str | None,
    resource_group: str | None,
    location: str | None,
    excluded: tuple[str, ...],
    pass_over_others: bool,
    changed_since: str | None,
    inventory: Path | None,
    stamp: str | None,
    configuration: Path | None,
    policies: tuple[Path, ...],
    sets: tuple[str, ...],
    exemptions: tuple[Path, ...],
    parameters: tuple[str, ...],
    formats: tuple[str, ...],
    fail_on: str,
    fail_on_unknown: bool,
    min_policies: int,
    baseline: Path | None,
    write_baseline: Path | None,
    now: str | None,
    quiet: bool,
) -> ExitCode:
    """Judge ARM templates, Bicep files and Terraform plans before they are deployed.

    Of a folder every template and plan below it is judged, each with the parameter files beside it.
    A plan is the JSON that `terraform show -json` writes.

    \b
    Examples:
      azscheck gate main.json
      azscheck gate infra --fail-on-unknown --changed-since origin/main --format github
      azscheck gate main.json --parameters prod.json --template-parameter vmName=web-01
      azscheck gate plan.json --inventory north.ndjson --format markdown=gate.md
      azscheck gate infra --write-baseline azscheck-baseline.json
    """
    from azscheck.cli.baselines import Baseline
    from azscheck.cli.deployed import Given, check_given, planned, with_given
    from azscheck.cli.deployments import find
    from azscheck.cli.gating import Judge, close_gate, concerns_nobody, judged, nothing
    from azscheck.cli.output import parse_outputs, write_outputs
    from azscheck.cli.summaries import tell_pipeline
    from azscheck.sources.placement import Placement

    if stamp and not inventory:
        raise UsageError("--stamp names the stamp of an --inventory: give both.")
    files = [path for path in paths if path.is_file()]
    inputs = [*files, *parameter_files, *policies, *exemptions]
    inputs += [path for path in (inventory, configuration, baseline) if path]
    outputs = parse_outputs(formats, inputs)
    known = Baseline.given(baseline, write_baseline, [*inputs, *(o.file for o in outputs if o.file)])
    clock = options.moment(now)
    here = Placement()
    given = Given(
        parameter_files,
        options.parameter_values(values, "--template-parameter", "vmName=web-01"),
        Placement(
            subscription or here.subscription_id, resource_group or here.resource_group, location or here.location
        ),
    )
    judge = Judge.of(configuration, policies, sets, exemptions, options.parameter_values(parameters))
    found = find(paths, excluded, lenient=pass_over_others)
    check_given(found.deployments, given)
    deployments = with_given(found.deployments, given)
    if changed_since is not None:
        from azscheck.cli.changed import changes_since

        changes = changes_since(changed_since)
        changed = tuple(d for d in deployments if changes.touch(d))
        if deployments and not changed:
            return nothing(f"none of {len(deployments)} templates and plans changed since {changed_since}")
        deployments = changed
    if pass_over_others and not deployments:
        return nothing("no file that was named is a template or a plan")
    plan = planned(deployments, given, clock())
    results = judged(plan, judge, clock(), inventory, stamp, found.passed_over)
    if (pass_over_others or changed_since) and plan.understood and concerns_nobody(results):
        return nothing("no policy is about what changed")
    results = known.applied(results)
    write_outputs(results, outputs, quiet=quiet)
    tell_pipeline(results, outputs)
    return close_gate(results, fail_on, fail_on_unknown, min_policies, quiet)
