"""`azscheck scan`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from azscheck.cli import options
from azscheck.cli.kept import history_option, since_last_option
from azscheck.errors import AzscheckError, ExitCode, UsageError

if TYPE_CHECKING:
    from azscheck.cli.keeper import Keeper


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
@click.option("--save-inventory", type=click.Path(path_type=Path), metavar="FILE", help="Keep what was collected, too.")
@options.everything_option
@history_option
@since_last_option
@options.now_option
@options.every_options
@options.log_options
@options.quiet_option
def command(
    every: str | None,
    jitter: int,
    state: Path | None,
    no_notify: bool,
    metrics_file: Path | None,
    metrics_listen: str | None,
    **asked: Any,
) -> int:
    """Collect and judge one or several stamps, or a saved inventory.

    \b
    Examples:
      azscheck scan
      azscheck scan --config stamps.yaml --stamp north --format table --format html=report.html
      azscheck scan --set infrastructure --exemptions accepted.yaml
      azscheck scan --inventory north.ndjson --format sarif=azscheck.sarif --fail-on high
      azscheck scan --history sqlite:///azscheck.db --since-last
      azscheck scan --every 6h --format html=report.html
    """
    from azscheck.cli.keeper import Keeper

    keeper = Keeper(asked, state, metrics_file, quietly=no_notify, always=every is not None)

    def run() -> ExitCode:
        with keeper.run():
            return judge(keeper, **asked)

    if every is None:
        if metrics_listen:
            raise UsageError("--metrics-listen goes with --every: --metrics-file is for a single scan.")
        from azscheck.cli.every import stopping

        with stopping():
            return run()
    from azscheck.cli.watch import watch

    return watch(run, keeper, every, jitter, state, metrics_listen, asked)


def judge(
    keeper: "Keeper",
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
    save_inventory: Path | None,
    everything: bool,
    history: str | None,
    since_last: bool,
    now: str | None,
    log_format: Literal["text", "json"],
    verbose: bool,
    quiet: bool,
) -> ExitCode:
    """One run, for which everything is read anew."""
    from azscheck.cli import kept
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
    log = Log(log_format, verbose, quiet)
    given = options.parameter_values(parameters)
    if inventories and (stamps or save_inventory or everything):
        raise UsageError("--stamp, --save-inventory and --all are for live stamps: they do not go with --inventory.")
    known = configuration_of(configuration, stamps) if configuration or not inventories else None
    keeping = kept.kept_of(history, known)
    if since_last and keeping is None:
        raise UsageError("--since-last: no runs are kept: --history names a store, or `history` in the configuration.")
    needed = keeper.begin(known)
    # Policies are read before a stamp is asked anything: a typo must not cost an hour.
    rules = rules_of(policies, sets, exemptions, known)
    stamp_parameters = {stamp: over(given, p) for stamp, p in known.stamp_parameters.items()} if known else {}
    general = over(given, known.parameters if known else {})
    for overrides in (general, *stamp_parameters.values()):
        check_overrides(rules.policies, overrides)
    # What is under an exemption takes the stamps and the tags of all that was read.
    alone = len(inventories) == 1 and known is None and not (keeping or needed or rules.exemptions)
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
    say_disabled(rules.policies, results.by_id)
    if keeping and since_last:
        results = kept.since_last(results, keeping, log)
    try:
        write_outputs(results, outputs, quiet=quiet or log_format == "json", evidence=evidence)
    except AzscheckError as error:
        keeper.end(results, error.exit_code)
        raise
    finally:
        if keeping:
            kept.keep(results, keeping, log)
    code = log.close(results, fail_on, fail_on_unknown)
    keeper.end(results, code)
    return code
