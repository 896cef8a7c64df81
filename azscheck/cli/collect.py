"""`azscheck collect`."""

from collections import Counter
from dataclasses import replace
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
@options.policies_option
@options.set_option
@options.everything_option
@click.option("--plan", is_flag=True, help="Print the calls and the rights they need; nothing is called or written.")
@options.now_option
@options.quiet_option
def command(
    configuration: Path | None,
    stamps: tuple[str, ...],
    output: Path,
    policies: tuple[Path, ...],
    sets: tuple[str, ...],
    everything: bool,
    plan: bool,
    now: str | None,
    quiet: bool,
) -> ExitCode:
    """Collect an inventory, to be judged elsewhere or later.

    Only what the policies read is asked for: fewer calls, and fewer rights.

    \b
    Examples:
      azscheck collect -o north.ndjson.gz
      azscheck scan --inventory north.ndjson.gz            on another computer
      azscheck collect --plan                              what would be asked, and with which rights
    """
    from azscheck.cli.policies import types_read
    from azscheck.cli.run import collect, configuration_of, rules_of
    from azscheck.inventory import CoverageState

    options.writable("--output", output, [configuration or options.CONFIGURATION, *policies])
    clock = options.moment(now)
    known = configuration_of(configuration, stamps)
    types = None if everything else types_read(rules_of(policies, sets, (), replace(known, exemptions=())).policies)
    if plan:
        from azscheck.cli.plan import show

        show(known.stamps, types)
        return ExitCode.COMPLIANT
    inventory = collect(known, clock, quiet, types)
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
