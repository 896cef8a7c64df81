"""Options that several commands have, and what their text means."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from os.path import realpath
from pathlib import Path
from typing import Any, TypeVar

import click

from azscheck.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])

CONFIGURATION = Path("azscheck.yaml")
SEVERITIES = ("critical", "high", "medium", "low", "none")


def together(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Several options as one decorator, in the order in which `--help` shows them."""

    def decorate(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


configuration_option = click.option(
    "--config",
    "configuration",
    type=click.Path(path_type=Path),
    help=f"The configuration  [default: {CONFIGURATION}]",
)
stamp_option = click.option(
    "--stamp", "stamps", multiple=True, help="Only this stamp of the configuration, or group of stamps; repeatable."
)
now_option = click.option(
    "--now", metavar="TIME", help="The moment from which ages are measured, such as 2026-01-31T12:00:00Z."
)
quiet_option = click.option("-q", "--quiet", is_flag=True, help="No progress, nothing but the report and errors.")
log_options = together(
    click.option(
        "--log-format",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="Progress and messages on standard error as sentences, or a JSON object a line.",
    ),
    click.option("-v", "--verbose", is_flag=True, help="Each request with its status and time; no tokens, no secrets."),
)
format_option = click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="FORMAT[=FILE]",
    help="table, json, html, markdown, junit, sarif, lines, csv, github, azdo or gitlab; repeatable; without FILE to "
    "the terminal  [default: table]",
)
evidence_option = click.option("--evidence", is_flag=True, help="Findings in the lines format with what decided them.")
gate_options = together(
    click.option(
        "--fail-on",
        type=click.Choice(SEVERITIES),
        default="low",
        show_default=True,
        help="The least severity of a finding that ends with 1; none: no finding does.",
    ),
    click.option("--fail-on-unknown", is_flag=True, help="End with 3 when anything could not be judged."),
)
every_options = together(
    click.option("--every", metavar="DURATION", help="Go on, with a run each 6h, 1d or PT30M, until stopped."),
    click.option(
        "--jitter",
        type=click.IntRange(0, 90),
        default=10,
        show_default=True,
        metavar="PERCENT",
        help="Of --every: how late a run begins at most, so that scanners do not ask all at once.",
    ),
    click.option(
        "--state",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="What is kept from run to run  [default: in the user's state folder]",
    ),
    click.option("--no-notify", is_flag=True, help="Tell none of the configuration's channels; they hear of it later."),
    click.option(
        "--metrics-file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Write what the run came to for Prometheus' textfile collector.",
    ),
    click.option("--metrics-listen", metavar="HOST:PORT", help="With --every: answer GET /metrics there."),
)
baseline_options = together(
    click.option(
        "--baseline",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="What is known already: it is reported, and does not fail the run.",
    ),
    click.option(
        "--write-baseline",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Write what is found now as a baseline; it counts as known.",
    ),
)
exemptions_option = click.option(
    "--exemptions",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Exemptions, in place of those in the configuration; repeatable.",
)
policies_option = click.option(
    "--policies",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A file or folder of policies, in place of the shipped ones; repeatable.",
)
set_option = click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="NAME",
    help="By this policy set alone; repeatable  [default: backup-and-dr, of the shipped policies]",
)
everything_option = click.option(
    "--all", "everything", is_flag=True, help="Collect everything, not only what the policies read."
)
judge_options = together(
    policies_option,
    set_option,
    click.option(
        "--parameter",
        "parameters",
        multiple=True,
        metavar="NAME=VALUE",
        help="A policy's parameter: maximumAge=PT12H, or of one policy ASH-INF-006.maximumAge=PT12H; repeatable.",
    ),
)


def writable(option: str, file: Path, inputs: Iterable[Path] = ()) -> Path:
    """A file that may be written; raises UsageError, before any work, for one that cannot be or that is an input."""
    if not file.parent.is_dir():
        raise UsageError(f"{option}: there is no folder {file.parent}.")
    if file.is_dir():
        raise UsageError(f"{option}: {file} is a folder: name a file.")
    # Not Path.resolve(), which raises for links that go round.
    if any(realpath(file) == realpath(known) for known in inputs):
        raise UsageError(f"{option}: {file} is read by this command, or written already: name another file.")
    return file


def moment(text: str | None) -> Callable[[], datetime]:
    """A clock: the computer's, or one that stands at the given time."""
    if text is None:
        return lambda: datetime.now(UTC)
    from azscheck.times import parse_time

    try:
        fixed = parse_time(text)
    except ValueError as error:
        raise UsageError(f"--now: {error}.") from error
    return lambda: fixed


def parameter_values(
    texts: Sequence[str], option: str = "--parameter", example: str = "maximumAge=PT12H"
) -> dict[str, Any]:
    """`NAME=VALUE` as a mapping; a value is JSON where it can be read as that, else text."""
    import json

    values: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise UsageError(f"{option} {text!r}: write NAME=VALUE, such as {example}.")
        try:
            values[name.strip()] = json.loads(value)
        except (ValueError, RecursionError):
            values[name.strip()] = value
    return values
