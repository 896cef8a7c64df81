"""`azscheck collect`."""

from pathlib import Path

import click

from azscheck.cli import options
from azscheck.errors import ExitCode


@click.command("collect")
@options.configuration_option
@options.stamp_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("inventory.ndjson"),
    show_default=True,
    help="The inventory's file; gzipped when it ends in .gz.",
)
@options.now_option
@options.quiet_option
def command(
    configuration: Path | None, stamps: tuple[str, ...], output: Path, now: str | None, quiet: bool
) -> ExitCode:
    """Collect an inventory, to be judged elsewhere or later.

    \b
    Examples:
      azscheck collect -o north.ndjson.gz
      azscheck scan --inventory north.ndjson.gz            on another computer
    """
    from azscheck.cli.run import collect, configuration_of
    from azscheck.errors import UsageError
    from azscheck.inventory import CoverageState

    if not output.parent.is_dir():
        raise UsageError(f"--output {output}: there is no folder {output.parent}.")
    inventory = collect(configuration_of(configuration, stamps), options.moment(now), quiet)
    inventory.write(output)
    failed = [c for c in inventory.coverage if c.state is CoverageState.FAILED]
    if not quiet:
        click.echo(f"wrote {output}: {len(inventory.resources)} resources of {', '.join(inventory.stamps)}", err=True)
    reasons = {(c.stamp, c.reason): c for c in reversed(failed)}
    for (stamp, reason), coverage in reversed(reasons.items()):
        click.echo(f"azscheck: {stamp}: {coverage.type} could not be read: {reason}", err=True)
    return ExitCode.INCOMPLETE if failed else ExitCode.COMPLIANT
