"""`azscheck report`."""

from pathlib import Path

import click

from azscheck.cli import options
from azscheck.cli.kept import history_option, since_last_option
from azscheck.errors import ExitCode, UsageError


@click.command("report")
@click.argument("results", metavar="RESULTS")
@options.format_option
@options.gate_options
@options.configuration_option
@history_option
@since_last_option
@options.quiet_option
def command(
    results: str,
    formats: tuple[str, ...],
    fail_on: str,
    fail_on_unknown: bool,
    configuration: Path | None,
    history: str | None,
    since_last: bool,
    quiet: bool,
) -> ExitCode:
    """Make reports again from saved results (`--format json=FILE` saves them), or from a kept run.

    RESULTS is a file, or a kept run: run:17, latest or previous.

    \b
    Examples:
      azscheck report results.json --format html=report.html
      azscheck report latest --since-last --format markdown
    """
    from azscheck.cli import kept
    from azscheck.cli.log import Log
    from azscheck.cli.output import gate, parse_outputs, write_outputs
    from azscheck.results import Results

    of_run = kept.is_run(results)
    if (history or configuration) and not (of_run or since_last):
        raise UsageError("--history and --config are for a kept run (run:17, latest) or --since-last.")
    outputs = parse_outputs(formats, [] if of_run else [Path(results)])
    keeping = kept.kept_by(history, configuration) if of_run or since_last else None
    found = kept.results_of(results, keeping) if keeping and of_run else Results.read(results)
    if keeping and since_last:
        found = kept.since_last(found, keeping, Log("text", quiet=quiet), themselves=True)
    write_outputs(found, outputs, quiet=quiet)
    return gate(found, fail_on, fail_on_unknown)
