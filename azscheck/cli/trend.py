"""`azscheck trend`."""

import sys
from pathlib import Path

import click

from azscheck.cli import options
from azscheck.cli.kept import history_option
from azscheck.errors import ExitCode, UsageError


@click.command("trend")
@click.option(
    "--by",
    type=click.Choice(["category", "policy", "stamp"]),
    default="category",
    show_default=True,
    help="What a line is of.",
)
@click.option("--stamp", "stamps", multiple=True, help="Only this stamp; repeatable.")
@click.option("--policy", "policies", multiple=True, metavar="ID", help="Only this policy; repeatable.")
@click.option("--set", "sets", multiple=True, metavar="NAME", help="Runs by these sets  [default: the newest run's]")
@click.option("--since", metavar="TIME", help="Only runs since then, such as 2026-01-31.")
@click.option("--last", type=click.IntRange(min=1), metavar="N", help="Only the newest so many runs.")
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="FORMAT[=FILE]",
    help="table, json or html; repeatable; without FILE to the terminal  [default: table]",
)
@history_option
@options.configuration_option
@options.quiet_option
def command(
    by: str,
    stamps: tuple[str, ...],
    policies: tuple[str, ...],
    sets: tuple[str, ...],
    since: str | None,
    last: int | None,
    formats: tuple[str, ...],
    history: str | None,
    configuration: Path | None,
    quiet: bool,
) -> ExitCode:
    """Show how the numbers of findings move over the kept runs.

    What could not be judged has a curve of its own: fewer findings may be fewer looks.

    \b
    Examples:
      azscheck trend
      azscheck trend --by policy --stamp north --since 2026-01-01 --format html=trend.html
    """
    from functools import partial

    from azscheck import __version__
    from azscheck.cli.kept import kept_by
    from azscheck.cli.output import parse_outputs, write_texts
    from azscheck.reports.trend import BARS, PLAIN, TREND_FORMATS, render_trend
    from azscheck.results.trend import Point, trend
    from azscheck.times import parse_since

    outputs = parse_outputs(formats, known=TREND_FORMATS)
    try:
        start = parse_since(since) if since else None
    except ValueError as error:
        raise UsageError(f"--since: {error}.") from error
    with kept_by(history, configuration).open() as opened:
        points = opened.points()
    chosen = sorted(sets or (points[-1].sets if points else ()))

    def of_run(point: Point) -> bool:
        known = not stamps or bool({*stamps} & {*point.stamps})
        return known and sorted(point.sets) == chosen and (start is None or point.now >= start)

    named = {policy.lower() for policy in policies}

    def wanted(policy: str, stamp: str) -> bool:
        return (not named or policy.lower() in named) and (not stamps or stamp in stamps)

    found = [point for point in points if of_run(point)]
    if not quiet and (others := sum(sorted(point.sets) != chosen for point in points)):
        click.echo(f"{others:,} kept runs by other policy sets are left out: --set names theirs.", err=True)
    told = trend(found[-last:] if last else found, by, wanted)
    encoding = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "")
    render = partial(render_trend, told, version=__version__, bars=BARS if encoding.startswith("utf") else PLAIN)
    write_texts(outputs, render, quiet=quiet)
    return ExitCode.COMPLIANT
