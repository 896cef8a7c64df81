"""What a pipeline shows beside its log: GitHub's job summary, Azure DevOps' extension tab."""

import os
from collections.abc import Sequence
from pathlib import Path

import click

from azscheck.cli.output import Output
from azscheck.reports import render
from azscheck.results import Results

_MOST = 1_000_000
"""GitHub takes at most 1 MiB a step."""


def tell_pipeline(results: Results, outputs: Sequence[Output]) -> None:
    """With the format of a pipeline, hand it the markdown report. What goes wrong is said, and changes no verdict."""
    formats = [output.format for output in outputs]
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if "github" in formats and summary:
        _append(Path(summary), render(results, "markdown"))
    markdown = next((o.file for o in outputs if o.format == "markdown" and o.file), None)
    if any(o.format == "azdo" and o.file is None for o in outputs) and markdown and "TF_BUILD" in os.environ:
        click.echo(f"##vso[task.uploadsummary]{markdown.absolute()}")


def _append(file: Path, text: str) -> None:
    room = _MOST - len(text.encode())
    try:
        with file.open("a", encoding="utf-8", newline="\n") as out:
            out.write(text if room >= 0 else f"{text.encode()[:_MOST].decode(errors='ignore')}\n\n... cut off.\n")
    except OSError as error:
        click.echo(f"azscheck: the job summary {file} cannot be written: {error.strerror or error}.", err=True)
