"""`azscheck diff`."""

import gc
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct

from azscheck.cli import options
from azscheck.cli.kept import history_option
from azscheck.errors import ExitCode, InventoryError, UsageError

if TYPE_CHECKING:
    from azscheck.cli.run import Rules
    from azscheck.results import Results
    from azscheck.results.changes import Changes


@click.command("diff")
@click.argument("before", metavar="[A]", default="previous")
@click.argument("after", metavar="[B]", default="latest")
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="FORMAT[=FILE]",
    help="table, json, markdown or html; repeatable; without FILE to the terminal  [default: table]",
)
@history_option
@options.configuration_option
@options.judge_options
@options.exemptions_option
@options.gate_options
@options.now_option
@options.quiet_option
def command(
    before: str,
    after: str,
    formats: tuple[str, ...],
    history: str | None,
    configuration: Path | None,
    policies: tuple[Path, ...],
    sets: tuple[str, ...],
    parameters: tuple[str, ...],
    exemptions: tuple[Path, ...],
    fail_on: str,
    fail_on_unknown: bool,
    now: str | None,
    quiet: bool,
) -> ExitCode:
    """Show what is different between two runs: new, fixed, still failing and since when, no longer known.

    A and B are kept runs (run:17, latest, previous), saved results or saved inventories. An inventory is judged on the
    spot, by the policies, at the moment when it was made. Ends with 1 for findings that are new, with 3 where B is
    incomplete.

    \b
    Examples:
      azscheck diff
      azscheck diff run:17 latest --format html=diff.html
      azscheck diff monday.json tuesday.json --fail-on high
      azscheck diff before.ndjson after.ndjson --set infrastructure
    """
    from functools import partial

    from azscheck.cli.output import parse_outputs, write_texts
    from azscheck.reports.difference import DIFFERENCE_FORMATS, Difference, render_difference

    names = (before, after)
    files = [Path(name) for name in names if not _is_run(name)]
    outputs = parse_outputs(formats, files, DIFFERENCE_FORMATS)
    judging = _Judging(configuration, policies, sets, exemptions, options.parameter_values(parameters), now)
    # Nothing that is read here goes round in a circle; what is there already is looked through in vain.
    gc.disable()
    try:
        found, since = _results(names, history, configuration, judging)
        changes = _compared(*found, since)
    finally:
        gc.enable()
    write_texts(outputs, partial(render_difference, Difference(*found, names, changes)), quiet=quiet)
    return _code(found[1], changes, fail_on, fail_on_unknown)


def _is_run(name: str) -> bool:
    from azscheck.cli.kept import is_run

    return is_run(name)


def _results(
    names: tuple[str, str], history: str | None, configuration: Path | None, judging: "_Judging"
) -> tuple[tuple["Results", "Results"], Mapping[str, datetime]]:
    """Both sides, and since when what fails in the kept ones does so."""
    from azscheck.cli.kept import kept_by, run_named

    if not any(map(_is_run, names)):
        return (judging.read(Path(names[0])), judging.read(Path(names[1]))), {}
    since: dict[str, datetime] = {}
    with kept_by(history, configuration).open() as opened:

        def results(name: str) -> "Results":
            if not _is_run(name):
                return judging.read(Path(name))
            run = run_named(name, opened)
            since.update(opened.failing_since(run))
            return opened.results(run)

        # In this order: since when something fails is told from the later one.
        before = results(names[0])
        return (before, results(names[1])), since


def _compared(before: "Results", after: "Results", since: Mapping[str, datetime]) -> "Changes":
    from azscheck.results.changes import compare

    return compare(before, after, since)


def _code(after: "Results", changes: "Changes", fail_on: str, fail_on_unknown: bool) -> ExitCode:
    from azscheck.policy import Severity

    if after.incomplete or (fail_on_unknown and changes.became_unknown):
        return ExitCode.INCOMPLETE
    least = None if fail_on == "none" else Severity[fail_on.upper()]
    worse = any(least is not None and after.policy_of(c.result).severity >= least for c in changes.worse)
    return ExitCode.FINDINGS if worse else ExitCode.COMPLIANT


class _Judging(Struct):
    """How an inventory is judged."""

    configuration: Path | None
    policies: tuple[Path, ...]
    sets: tuple[str, ...]
    exemptions: tuple[Path, ...]
    parameters: dict[str, Any]
    now: str | None
    _rules: "Rules | None" = None

    def read(self, file: Path) -> "Results":
        """Saved results as they are, a saved inventory judged."""
        from azscheck.results import Results

        return self._judged(file) if _is_inventory(file) else Results.read(file)

    def _judged(self, file: Path) -> "Results":
        from azscheck.cli.run import configuration_of, rules_of
        from azscheck.engine import evaluate
        from azscheck.inventory import Inventory
        from azscheck.policy.parameters import check_overrides, over

        known = configuration_of(self.configuration, ()) if self.configuration else None
        if self._rules is None:
            self._rules = rules_of(self.policies, self.sets, self.exemptions, known)
        inventory = Inventory.read(file)
        of_stamps = {s: over(self.parameters, p) for s, p in known.stamp_parameters.items()} if known else {}
        general = over(self.parameters, known.parameters if known else {})
        for overrides in (general, *of_stamps.values()):
            check_overrides(self._rules.policies, overrides)
        clock: Callable[[], datetime] = options.moment(self.now)
        return evaluate(
            inventory,
            self._rules.policies,
            now=clock() if self.now else inventory.created,
            parameters=general,
            stamp_parameters=of_stamps,
            exemptions=self._rules.exemptions,
            sets=self._rules.sets,
        )


def _is_inventory(file: Path) -> bool:
    """Whether a file begins as a saved inventory does, whatever follows."""
    if file.is_dir():
        raise UsageError(f"{file}: is a folder: name a file, or a kept run such as latest.")
    try:
        with file.open("rb") as content:
            begin = content.read(200)
    except OSError as error:
        raise InventoryError(f"{file}: cannot be read: {error.strerror or error}.") from error
    # The first two bytes are those of a packed file (RFC 1952).
    return begin.startswith(b"\x1f\x8b") or b'"inventory"' in begin.split(b"\n")[0]
