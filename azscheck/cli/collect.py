"""`azscheck collect`."""

from collections import Counter
from pathlib import Path

import click

from azscheck.cli import options
from azscheck.errors import ExitCode

_MOST_REASONS = 10


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
    from azscheck.inventory import CoverageState

    options.writable("--output", output, [configuration or options.CONFIGURATION])
    inventory = collect(configuration_of(configuration, stamps), options.moment(now), quiet)
    inventory.write(output)
    failed = [c for c in inventory.coverage if c.state is CoverageState.FAILED]
    if not quiet:
        click.echo(f"wrote {output}: {len(inventory.resources)} resources of {', '.join(inventory.stamps)}", err=True)
    reasons = Counter((c.stamp, c.reason) for c in failed)
    for (stamp, reason), count in reasons.most_common(_MOST_REASONS):
        click.echo(f"azscheck: {stamp}: {count} {'lists' if count > 1 else 'list'} failed: {reason}", err=True)
    if len(reasons) > _MOST_REASONS:
        click.echo(f"azscheck: and {len(reasons) - _MOST_REASONS} more reasons, which the inventory has.", err=True)
    return ExitCode.INCOMPLETE if failed else ExitCode.COMPLIANT
