"""`azscheck report`."""

from pathlib import Path

import click

from azscheck.cli import options
from azscheck.errors import ExitCode


@click.command("report")
@click.argument("results", type=click.Path(path_type=Path))
@options.format_option
@options.gate_options
@options.quiet_option
def command(results: Path, formats: tuple[str, ...], fail_on: str, fail_on_unknown: bool, quiet: bool) -> ExitCode:
    """Make reports again from saved results (`--format json=FILE` saves them).

    \b
    Examples:
      azscheck report results.json --format html=report.html
    """
    from azscheck.cli.output import gate, parse_outputs, write_outputs
    from azscheck.results import Results

    outputs = parse_outputs(formats, [results])
    found = Results.read(results)
    write_outputs(found, outputs, quiet=quiet)
    return gate(found, fail_on, fail_on_unknown)
