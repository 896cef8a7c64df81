"""One run of `scan`: from its options to an inventory, results, reports and the exit code."""

from pathlib import Path
from typing import Literal

from azscheck.cli import kept, options
from azscheck.cli.baselines import Baseline
from azscheck.cli.keeper import Keeper
from azscheck.cli.lists import say_coverage
from azscheck.cli.log import Log
from azscheck.cli.output import close, parse_outputs, write_outputs
from azscheck.cli.planned import Planned
from azscheck.cli.policies import say_disabled, say_strangers, types_read
from azscheck.cli.run import collect, configuration_of, rules_of, saved, streamed, with_evidence
from azscheck.engine import evaluate
from azscheck.errors import AzscheckError, ExitCode, UsageError
from azscheck.policy.parameters import check_overrides, over


def judge(
    keeper: Keeper,
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
    plans: tuple[Path, ...],
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
    inputs = [configuration or options.CONFIGURATION, *inventories, *policies, *exemptions, *plans]
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
    keeping = kept.kept_of(history, known)
    if since_last and keeping is None:
        raise UsageError("--since-last: no runs are kept: --history names a store, or `history` in the configuration.")
    needed = keeper.begin(known) or keeping is not None
    # Policies are read before a stamp is asked anything: a typo must not cost an hour.
    planned = Planned.of(plans)
    rules = planned.rules(rules_of(policies, sets, exemptions, known))
    stamp_parameters = {stamp: over(given, p) for stamp, p in known.stamp_parameters.items()} if known else {}
    general = over(given, known.parameters if known else {})
    for overrides in (general, *stamp_parameters.values()):
        check_overrides(rules.policies, overrides)
    # What is under an exemption takes the stamps and the tags of all that was read.
    alone = len(inventories) == 1 and known is None and not (needed or rules.exemptions or plans or accepted)
    if alone and [output.format for output in outputs] == ["lines"]:
        outcome = streamed(inventories[0], rules.policies, given, clock(), outputs[0], evidence=evidence)
        if outcome is not None:
            say_disabled(rules.policies, (info.id for info in outcome.policies))
            return close(outcome, fail_on, fail_on_unknown, quiet)
    if inventories:
        inventory = saved(inventories)
        inventory = with_evidence(inventory, known, clock) if known else inventory
    else:
        assert known is not None
        inventory = collect(known, clock, log, None if everything else planned.types(types_read(rules.policies)))
        if save_inventory:
            inventory.write(save_inventory)
        if verbose or log_format == "json":
            say_coverage(inventory, log)
    results = evaluate(
        planned.beside(inventory, clock()),
        rules.policies,
        now=clock(),
        parameters=general,
        stamp_parameters=stamp_parameters,
        exemptions=rules.exemptions,
        sets=rules.sets,
    )
    results = accepted.applied(results)
    say_disabled(rules.policies, results.by_id)
    say_strangers(inventory, rules.library)
    if keeping and since_last:
        results = kept.since_last(results, keeping, log)
    results = planned.ticked(results)
    try:
        write_outputs(results, outputs, quiet=quiet, evidence=evidence)
    except AzscheckError as error:
        keeper.end(results, error.exit_code)
        raise
    finally:
        # A report that cannot be written must not cost the run.
        if keeping:
            kept.keep(results, keeping, log)
    code = close(results, fail_on, fail_on_unknown, quiet)
    keeper.end(results, code)
    return code
