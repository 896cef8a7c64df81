"""`azscheck notify`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import click

from azscheck import __version__
from azscheck.cli import options
from azscheck.errors import ExitCode, UsageError


@click.command("notify")
@options.configuration_option
@click.option("--channel", "names", multiple=True, help="Only this channel of the configuration; repeatable.")
@options.log_options
def command(
    configuration: Path | None, names: tuple[str, ...], log_format: Literal["text", "json"], verbose: bool
) -> ExitCode:
    """Send each channel a test message, as a scan would tell it of changes.

    Asks no stamp anything. Ends with 3 when a channel did not take it.

    \b
    Examples:
      azscheck notify
      azscheck notify --config stamps.yaml --channel operators
    """
    from azscheck.cli.log import Log
    from azscheck.cli.run import configuration_of
    from azscheck.documents import did_you_mean
    from azscheck.notify.delivery import deliver
    from azscheck.notify.notice import trial
    from azscheck.notify.secrets import check

    known = configuration_of(configuration, ())
    channels = {channel.name: channel for channel in known.notify}
    if not channels:
        raise UsageError(f"{configuration or options.CONFIGURATION}: `notify` names no channel.")
    for name in names:
        if name not in channels:
            raise UsageError(f"--channel: there is no channel {name!r}{did_you_mean(name, channels)}")
    chosen = [channel for name, channel in channels.items() if not names or name in names]
    for channel in chosen:
        check(channel)
    now = datetime.now(UTC)
    pending = {channel.name: [trial(channel, known.names, now, __version__)] for channel in chosen}
    log, code = Log(log_format, verbose), ExitCode.COMPLIANT
    for delivery in deliver(pending, chosen):
        told = f"was not told: {delivery.failure}" if delivery.failure else "took the test message"
        words = "; ".join([told, *delivery.remarks])
        name = delivery.channel.name
        log.say("notification", f"{name}: {words}.", channel=name, delivered=not delivery.failure)
        if delivery.failure:
            code = ExitCode.INCOMPLETE
    return code
