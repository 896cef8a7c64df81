"""Reports to files and to the terminal; the exit code never depends on them."""

import os
import sys
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click
from msgspec import Struct

from azscheck.cli.options import writable
from azscheck.cli.stderr import say
from azscheck.documents import did_you_mean
from azscheck.errors import AzscheckError, ExitCode, UsageError
from azscheck.policy import Category, Severity
from azscheck.reports import FORMATS, render
from azscheck.results import FILES, ComplianceState, Outcome, Results

_NARROWEST, _WIDEST = 60, 160


class Output(Struct, frozen=True):
    """One report that was asked for: its format, and its file or None for the terminal."""

    format: str
    file: Path | None


def parse_outputs(
    texts: Sequence[str], inputs: Iterable[Path | None] = (), known: Collection[str] = FORMATS
) -> list[Output]:
    """`FORMAT` and `FORMAT=FILE`; raises UsageError before any work is done. No input is written over."""
    outputs: list[Output] = []
    taken = [path for path in inputs if path is not None]
    for text in texts or ["table"]:
        outputs.append(_parse_output(text, taken, known))
        taken += [output.file for output in outputs[-1:] if output.file is not None]
    if sum(output.file is None for output in outputs) > 1:
        raise UsageError("--format: only one report can go to the terminal; write the others as FORMAT=FILE.")
    return outputs


def _parse_output(text: str, taken: Sequence[Path], known: Collection[str]) -> Output:
    name, equals, file = text.partition("=")
    if name not in known:
        raise UsageError(f"--format: {name!r} is not one of {', '.join(known)}{did_you_mean(name, known)}")
    if equals and not file:
        raise UsageError(f"--format {text}: name a file after the '='.")
    return Output(name, writable(f"--format {text}", Path(file), taken) if file else None)


def write_outputs(results: Results, outputs: Sequence[Output], *, quiet: bool = False, evidence: bool = False) -> None:
    """Write every report; a file that cannot be written stops none of the others."""
    write_texts(outputs, partial(render, results, evidence=evidence), quiet=quiet)


def write_texts(outputs: Sequence[Output], rendered: Callable[..., str], *, quiet: bool = False) -> None:
    """Write what `rendered` makes of each format, for the terminal with its `colour` and `width`."""
    failed: list[str] = []
    for output in outputs:
        if output.file is None:
            click.echo(rendered(output.format, **_terminal()), nl=False)
            continue
        try:
            output.file.write_text(rendered(output.format), "utf-8", newline="\n")
        except OSError as error:
            failed.append(f"{output.file}: cannot be written: {error.strerror or error}.")
        else:
            if not quiet:
                say(f"wrote {output.file}", "wrote", file=str(output.file))
    if failed:
        raise AzscheckError("\n".join(failed))


def _terminal() -> dict[str, Any]:
    # Imported here: a report to a file has no width.
    import shutil

    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    return {"colour": colour, "width": max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size((100, 40)).columns))}


def close(results: Results | Outcome, fail_on: str, fail_on_unknown: bool, quiet: bool) -> ExitCode:
    """The exit code of a run, and one line that says why."""
    code = gate(results, fail_on, fail_on_unknown)
    if not quiet or code is ExitCode.INCOMPLETE:
        say(f"azscheck: {closing_words(results, code)}", "end", exitCode=int(code))
    return code


def gate(results: Results | Outcome, fail_on: str, fail_on_unknown: bool) -> ExitCode:
    """The exit code of a run."""
    return results.exit_code(None if fail_on == "none" else Severity[fail_on.upper()], fail_on_unknown)


def closing_words(results: Results | Outcome, code: ExitCode) -> str:
    """One line for the log of a pipeline: both verdicts, and why the code is what it is."""
    from azscheck.reports.summary import baseline_words, categories, exemption_words

    asked = categories(results) if isinstance(results, Results) else tuple(Category)
    verdicts = ", ".join(f"{category}: {results.verdict(category).words}" for category in asked)
    counts = results.counts()
    unknown = counts[ComplianceState.UNKNOWN] + counts[ComplianceState.ERROR]
    words = f"{verdicts}; {counts[ComplianceState.NON_COMPLIANT]} findings, {unknown} not judged; exit code {int(code)}"
    if isinstance(results, Results):
        words = "; ".join(filter(None, (exemption_words(results), baseline_words(results), words)))
    if code is not ExitCode.INCOMPLETE:
        return words
    if results.failed_coverage:
        first = results.failed_coverage[0]
        why = f"{len(results.failed_coverage)} could not be read, the first"
        if first.type != FILES:
            why += f" of the stamp {first.stamp}"
        return f"{words} (incomplete: {why}: {first.words.rstrip('.')})"
    if not results.evaluated:
        return f"{words} (incomplete: nothing was evaluated)"
    return f"{words} (incomplete: not everything could be judged)"
