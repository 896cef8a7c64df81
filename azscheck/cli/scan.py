"""`azscheck scan`."""

from pathlib import Path
from typing import Any

import click

from azscheck.cli import options
from azscheck.cli.kept import history_option, since_last_option
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
@click.option(
    "--readiness",
    "plans",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PLAN",
    help="Say where a stamp departs from its deployment plan, too; repeatable, a plan a stamp.",
)
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
      azscheck scan --readiness plan.yaml
      azscheck scan --inventory north.ndjson --format sarif=azscheck.sarif --fail-on high
      azscheck scan --history sqlite:///azscheck.db --since-last
      azscheck scan --every 6h --format html=report.html
    """
    from azscheck.cli.judging import judge
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
