"""`azscheck scan`."""

from pathlib import Path
from typing import Literal

import click

from azscheck.cli import options
from azscheck.errors import ExitCode, UsageError


@click.command("scan")
@options.configuration_option
@click.option(
    "--inventory",
    "inventories",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Judge a saved inventory instead of a live stamp; repeatable.",
)
@options.stamp_option
@options.judge_options
@options.exemptions_option
@options.format_option
@options.evidence_option
@options.gate_options
@options.baseline_options
@click.option("--save-inventory", type=click.Path(path_type=Path), metavar="FILE", help="Keep what was collected, too.")
@options.everything_option
@options.now_option
@options.log_options
@options.quiet_option
def command(
    configuration: Path | None,
    inventories: tuple[Path, ...],
    stamps: tuple[str, ...],
    policies: tuple[Path, ...],
    sets: tuple[str, ...],
    exemptions: tuple[Path, ...],
    parameters: tuple[str, ...],
    formats: tuple[str, ...],
    evidence: bool,
    fail_on: str,
    fail_on_unknown: bool,
    baseline: Path | None,
    write_baseline: Path | None,
    save_inventory: Path | None,
    everything: bool,
    now: str | None,
    log_format: Literal["text", "json"],
    verbose: bool,
    quiet: bool,
) -> ExitCode:
    """Collect and judge one or several stamps, or a saved inventory.

    \b
    Examples:
      azscheck scan
      azscheck scan --config stamps.yaml --stamp north --format table --format html=report.html
      azscheck scan --set infrastructure --exemptions accepted.yaml
      azscheck scan --inventory north.ndjson --format sarif=azscheck.sarif --fail-on high
    """
    from azscheck.cli.baselines import Baseline
    from azscheck.cli.lists import say_coverage
    from azscheck.cli.log import Log
    from azscheck.cli.output import parse_outputs, write_outputs
    from azscheck.cli.policies import say_disabled, types_read
    from azscheck.cli.run import collect, configuration_of, rules_of, saved, streamed, with_evidence
    from azscheck.engine import evaluate
    from azscheck.policy.parameters import check_overrides, over

    inputs = [configuration or options.CONFIGURATION, *inventories, *policies, *exemptions]
    if save_inventory:
        options.writable("--save-inventory", save_inventory, inputs)
    outputs = parse_outputs(formats, [*inputs, save_inventory])
    clock = options.moment(now)
    accepted = Baseline.given(baseline, write_baseline, [*inputs, *(o.file for o in outputs if o.file)])
    log = Log(log_format, verbose, quiet)
    given = options.parameter_values(parameters)
    if inventories and (stamps or save_inventory or everything):
        raise UsageError("--stamp, --save-inventory and --all are for live stamps: they do not go with --inventory.")
    known = configuration_of(configuration, stamps) if configuration or not inventories else None
    # Policies are read before a stamp is asked anything: a typo must not cost an hour.
    rules = rules_of(policies, sets, exemptions, known)
    stamp_parameters = {stamp: over(given, p) for stamp, p in known.stamp_parameters.items()} if known else {}
    general = over(given, known.parameters if known else {})
    for overrides in (general, *stamp_parameters.values()):
        check_overrides(rules.policies, overrides)
    # What is under an exemption takes the stamps and the tags of all that was read.
    alone = len(inventories) == 1 and known is None and not rules.exemptions and not accepted
    if alone and [output.format for output in outputs] == ["lines"]:
        outcome = streamed(inventories[0], rules.policies, given, clock(), outputs[0], evidence=evidence)
        if outcome is not None:
            say_disabled(rules.policies, (info.id for info in outcome.policies))
            return log.close(outcome, fail_on, fail_on_unknown)
    if inventories:
        inventory = saved(inventories)
        inventory = with_evidence(inventory, known, clock) if known else inventory
    else:
        assert known is not None
        inventory = collect(known, clock, log, None if everything else types_read(rules.policies))
        if save_inventory:
            inventory.write(save_inventory)
        if verbose or log_format == "json":
            say_coverage(inventory, log)
    results = evaluate(
        inventory,
        rules.policies,
        now=clock(),
        parameters=general,
        stamp_parameters=stamp_parameters,
        exemptions=rules.exemptions,
        sets=rules.sets,
    )
    results = accepted.applied(results)
    say_disabled(rules.policies, results.by_id)
    write_outputs(results, outputs, quiet=quiet or log_format == "json", evidence=evidence)
    return log.close(results, fail_on, fail_on_unknown)
