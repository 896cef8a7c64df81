"""`azscheck collect`."""

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
from msgspec.structs import replace

from azscheck.cli import options
from azscheck.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from azscheck.cli.log import Log
    from azscheck.inventory import Inventory
    from azscheck.inventory.spool import Spool
    from azscheck.sources.hub import Journal

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
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How --plan prints: for a person, or JSON.",
)
@click.option("--resume", is_flag=True, help="Go on with a collection that was interrupted, or that lacks something.")
@options.now_option
@options.log_options
@options.quiet_option
def command(
    configuration: Path | None,
    stamps: tuple[str, ...],
    output: Path,
    policies: tuple[Path, ...],
    sets: tuple[str, ...],
    everything: bool,
    plan: bool,
    form: Literal["text", "json"],
    resume: bool,
    now: str | None,
    log_format: Literal["text", "json"],
    verbose: bool,
    quiet: bool,
) -> ExitCode:
    """Collect an inventory, to be judged elsewhere or later.

    Only what the policies read is asked for: fewer calls, and fewer rights. What has been read is kept beside
    the inventory, in FILE.journal, until nothing is missing: with --resume only the rest is asked for.

    \b
    Examples:
      azscheck collect -o north.ndjson.gz
      azscheck scan --inventory north.ndjson.gz            on another computer
      azscheck collect -o north.ndjson.gz --resume         after Ctrl-C, a crash or a failed list
      azscheck collect --plan                              what would be asked, and with which rights
      azscheck collect --plan --format json                the same for a script
    """
    from azscheck.cli.log import Log
    from azscheck.cli.policies import types_read
    from azscheck.cli.run import collect, configuration_of, rules_of
    from azscheck.sources.hub import Interrupted

    options.writable("--output", output, [configuration or options.CONFIGURATION, *policies])
    clock = options.moment(now)
    log = Log(log_format, verbose, quiet)
    known = configuration_of(configuration, stamps)
    types = None if everything else types_read(rules_of(policies, sets, (), replace(known, exemptions=())).policies)
    if plan:
        from azscheck.cli.plan import as_json, show
        from azscheck.sources.vaults import Vault

        vaults = [source for source in known.evidence or () if isinstance(source, Vault)]
        if form == "json":
            click.echo(as_json(known.stamps, types, vaults))
        else:
            show(known.stamps, types, vaults)
        return ExitCode.COMPLIANT
    journal, spool = _opened(output, clock, resume, log)
    # However the run ends, what was read is on the disk for --resume.
    with closing(journal), closing(spool):
        try:
            inventory = collect(known, clock, log, types, journal, spool)
        except Interrupted as interrupted:
            _finish(interrupted.inventory, output, journal, spool, log)
            raise
        return _finish(inventory, output, journal, spool, log)


def _opened(output: Path, clock: Callable[[], datetime], resume: bool, log: "Log") -> tuple["Journal", "Spool"]:
    """What has been read, for another run, and what is to be written, for this one."""
    from azscheck.inventory.spool import Spool
    from azscheck.sources.hub import Journal

    path = output.with_name(f"{output.name}.journal")
    try:
        journal = Journal.take_up(path, clock()) if resume else Journal.begin(path, clock())
        spool = Spool(output.parent)
    except OSError as error:
        raise UsageError(f"--output: {path} cannot be written: {error.strerror or error}.") from error
    if resume:
        begun = f"{journal.begun:%Y-%m-%d %H:%M} UTC"
        told = f"{journal.taken_up} answers are kept from {begun}" if journal.taken_up else "nothing to go on with"
        log.say("resume", f"{path}: {told}", kept=journal.taken_up)
    return journal, spool


def _finish(inventory: "Inventory", output: Path, journal: "Journal", spool: "Spool", log: "Log") -> ExitCode:
    from azscheck.cli.lists import say_coverage
    from azscheck.inventory import CoverageState

    failed = [c for c in inventory.coverage if c.state is CoverageState.FAILED]
    resources = inventory.write(output, spool)
    if not failed:
        journal.remove()
    say_coverage(inventory, log)
    told = f"wrote {output}: {resources} resources of {', '.join(inventory.stamps)}"
    log.say("wrote", told, file=str(output), resources=resources)
    reasons = Counter((c.stamp, c.reason) for c in failed)
    for (stamp, reason), count in reasons.most_common(_MOST_REASONS):
        text = f"azscheck: {stamp}: {count} {'lists' if count > 1 else 'list'} failed: {reason}"
        log.say("failed", text, always=True, stamp=stamp, lists=count, reason=reason)
    if len(reasons) > _MOST_REASONS:
        text = f"azscheck: and {len(reasons) - _MOST_REASONS} more reasons, which the inventory has."
        log.say("failed", text, always=True)
    if failed:
        log.say("incomplete", "azscheck: with --resume only what is missing is asked for.")
    return ExitCode.INCOMPLETE if failed else ExitCode.COMPLIANT
