"""`azscheck history`."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from azscheck.cli import options
from azscheck.cli.kept import history_option
from azscheck.errors import AzscheckError, ExitCode, InventoryError, UsageError

if TYPE_CHECKING:
    from azscheck.history.runs import Run
    from azscheck.results import Results

_where = options.together(history_option, options.configuration_option)
_listed = options.together(
    click.option("--stamp", default="", metavar="NAME", help="Only runs of this stamp."),
    click.option("--last", type=click.IntRange(min=1), metavar="N", help="Only the newest so many  [default: all]"),
    click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True),
    _where,
)


@click.group("history", invoke_without_command=True)
@_listed
@click.pass_context
def command(
    context: click.Context, stamp: str, last: int | None, form: str, history: str | None, configuration: Path | None
) -> ExitCode | None:
    """List, show, export, import and remove kept runs. Without a command below it lists them.

    `azscheck scan --history URL`, or `history` in azscheck.yaml, keeps each run.

    \b
    Examples:
      azscheck history
      azscheck history export latest north.json
      azscheck history import north.json south.json
      azscheck history prune --keep 400
    """
    below = context.invoked_subcommand
    if below is None:
        return _list(stamp, last, form, history, configuration)
    if stamp or last or form != "table" or history is not None or configuration is not None:
        raise UsageError(f"history: options stand after the command: azscheck history {below} --history URL.")
    return None


@command.command("list")
@_listed
def list_(stamp: str, last: int | None, form: str, history: str | None, configuration: Path | None) -> ExitCode:
    """List the kept runs, from the first to the last.

    \b
    Examples:
      azscheck history
      azscheck history list --stamp north --last 10 --format json
    """
    return _list(stamp, last, form, history, configuration)


def _list(stamp: str, last: int | None, form: str, history: str | None, configuration: Path | None) -> ExitCode:
    from azscheck.cli.kept import kept_by
    from azscheck.cli.runs import as_json, as_table

    with kept_by(history, configuration).open() as opened:
        runs = opened.runs(stamp)
    chosen = runs[-last:] if last else runs
    click.echo(as_json(chosen) if form == "json" else as_table(chosen))
    return ExitCode.COMPLIANT


@command.command("show")
@click.argument("run")
@options.format_option
@options.gate_options
@_where
@options.quiet_option
def show(
    run: str,
    formats: tuple[str, ...],
    fail_on: str,
    fail_on_unknown: bool,
    history: str | None,
    configuration: Path | None,
    quiet: bool,
) -> ExitCode:
    """Make the reports of a kept RUN again: run:17, latest or previous.

    \b
    Examples:
      azscheck history show run:17 --format html=report.html
    """
    from azscheck.cli.output import gate, parse_outputs, write_outputs

    outputs = parse_outputs(formats)
    _, results = _read(run, history, configuration)
    write_outputs(results, outputs, quiet=quiet)
    return gate(results, fail_on, fail_on_unknown)


def _read(name: str, history: str | None, configuration: Path | None) -> tuple["Run", "Results"]:
    from azscheck.cli.kept import is_run, kept_by, run_named

    if not is_run(name):
        raise UsageError(f"{name!r} names no run: write run:17, latest or previous.")
    with kept_by(history, configuration).open() as opened:
        run = run_named(name, opened)
        return run, opened.results(run)


@command.command("export")
@click.argument("run")
@click.argument("file", type=click.Path(path_type=Path))
@_where
def export(run: str, file: Path, history: str | None, configuration: Path | None) -> ExitCode:
    """Write a kept RUN to FILE, to be imported elsewhere; it is saved results, which `azscheck report` takes, too.

    \b
    Examples:
      azscheck history export latest north.json
    """
    from azscheck.results.saved import dumps

    options.writable("FILE", file)
    kept, results = _read(run, history, configuration)
    text = dumps(results).removesuffix("\n}\n") + f',\n"kept": {json.dumps({"key": kept.key})}\n}}\n'
    try:
        file.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        raise AzscheckError(f"{file}: cannot be written: {error.strerror or error}.") from error
    click.echo(f"wrote {file}", err=True)
    return ExitCode.COMPLIANT


@command.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@_where
def import_(files: tuple[Path, ...], history: str | None, configuration: Path | None) -> ExitCode:
    """Keep the runs in FILES, which `history export` or `scan --format json=FILE` wrote, each once.

    \b
    Examples:
      azscheck history import north.json south.json
    """
    from azscheck.cli.kept import kept_by
    from azscheck.results import Results

    # All are read before one is kept: what is wrong with one must not leave half of them.
    found = [(file, Results.read(file), _key(file)) for file in files]
    with kept_by(history, configuration).open(create=True) as opened:
        for file, results, key in found:
            run = opened.bring(results, key)
            click.echo(f"{file}: kept as {run.name}" if run else f"{file}: is kept already", err=True)
    return ExitCode.COMPLIANT


def _key(file: Path) -> str:
    """The key that a run was exported with; empty for plain results."""
    try:
        kept = json.loads(file.read_text("utf-8")).get("kept")
    except OSError as error:
        raise InventoryError(f"{file}: cannot be read: {error.strerror or error}.") from error
    key = kept.get("key") if isinstance(kept, dict) else None
    return key if isinstance(key, str) and re.fullmatch("[0-9a-f]{32}", key) else ""


@command.command("prune")
@click.option(
    "--keep", type=click.IntRange(min=0), metavar="N", help="Keep the newest N runs of the same stamps and sets."
)
@click.option("--older-than", metavar="DURATION", help="Remove runs that are older, such as P90D.")
@options.now_option
@_where
def prune(
    keep: int | None, older_than: str | None, now: str | None, history: str | None, configuration: Path | None
) -> ExitCode:
    """Remove kept runs for good, by their number or age, or by both.

    \b
    Examples:
      azscheck history prune --keep 400
      azscheck history prune --older-than P90D
    """
    from azscheck.cli.kept import kept_by
    from azscheck.times import parse_duration

    if keep is None and older_than is None:
        raise UsageError("prune: say how many runs stay with --keep, or which go with --older-than.")
    try:
        age = parse_duration(older_than) if older_than else None
    except ValueError as error:
        raise UsageError(f"--older-than: {error}.") from error
    if age is not None and age < timedelta(0):
        raise UsageError(f"--older-than: {older_than} is negative: every run would be removed.")
    with kept_by(history, configuration).open() as opened:
        removed = opened.prune(options.moment(now)(), keep, age)
        left = len(opened.runs())
    click.echo(f"removed {len(removed):,} of {len(removed) + left:,} runs", err=True)
    return ExitCode.COMPLIANT


@command.command("remove")
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@_where
def remove(runs: tuple[str, ...], history: str | None, configuration: Path | None) -> ExitCode:
    """Remove these RUNs for good: run:17.

    \b
    Examples:
      azscheck history remove run:17 run:18
    """
    from azscheck.cli.kept import kept_by, run_named

    if bad := [name for name in runs if not name.startswith("run:")]:
        raise UsageError(f"{bad[0]!r} names no run for good: write run:17.")
    with kept_by(history, configuration).open() as opened:
        found = {run.id: run for run in (run_named(name, opened) for name in runs)}
        opened.remove(list(found.values()))
    click.echo(f"removed {len(found):,} of the kept runs", err=True)
    return ExitCode.COMPLIANT
