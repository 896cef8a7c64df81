"""What `attest` and `exempt` have in common: an entry that two people answer for, added to a file and signed."""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from azscheck.cli import options
from azscheck.documents import did_you_mean
from azscheck.errors import UsageError

if TYPE_CHECKING:
    from azscheck.documents import Document
    from azscheck.sources.configuration import Configuration

APPROVER = {"--approved-by": "Who approved it, another than the owner"}

entry_options = options.together(
    click.option("--owner", default="", help="Who answers for it."),
    click.option("--approved-by", default="", help="Who approved it, another than the owner."),
    click.option(
        "--expires-on", default="", metavar="DAY", help="The last day on which it holds  [default: see above]"
    ),
    click.option("--sign", type=click.Path(path_type=Path), metavar="KEY", help="Sign it with the approver's SSH key."),
    click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        help="The file to add it to  [default: the one in azscheck.yaml, else one named after the command]",
    ),
    options.configuration_option,
    click.option(
        "--policies", multiple=True, type=click.Path(path_type=Path), help="Where the policies are; repeatable."
    ),
    options.now_option,
)


def configuration_if_any(path: Path | None) -> "Configuration | None":
    """The configuration that was named, else the one that lies here."""
    from azscheck.cli.run import configuration_of

    return configuration_of(path, ()) if path or options.CONFIGURATION.exists() else None


def file_for(output: Path | None, named: Sequence[Path], usual: Path) -> Path:
    """The file that an entry is added to; raises UsageError where several may be meant."""
    if output is None and len(named) > 1:
        raise UsageError(f"--output: the configuration names several files, {', '.join(map(str, named))}: name one.")
    return options.writable("--output", output or (named[0] if named else usual))


def answers(given: Mapping[str, str], questions: Mapping[str, str]) -> dict[str, str]:
    """The values of options by their names, those that are missing asked for.

    Raises UsageError where nobody can be asked, and where the owner approves it.
    """
    missing = [name for name in questions if not given.get(name, "").strip()]
    if missing and not sys.stdin.isatty():
        raise UsageError(f"{', '.join(missing)}: needed, and there is no terminal to ask on.")
    said = {**given, **{name: click.prompt(questions[name], err=True).strip() for name in missing}}
    if said["--owner"].strip().lower() == said["--approved-by"].strip().lower():
        raise UsageError(f"--approved-by: {said['--owner']} is the owner: another person must approve it.")
    return said


def stamp_scope(stamp: str, known: Sequence[str]) -> str:
    """The id of a stamp; raises UsageError for one that the configuration does not have."""
    named = next((name for name in known if name.lower() == stamp.lower()), "" if known else stamp)
    if not named:
        raise UsageError(f"--stamp: there is no stamp {stamp!r}{did_you_mean(stamp, known)}")
    return f"/azscheck/stamps/{named}"


def add(
    file: Path,
    key: str,
    entry: dict[str, Any],
    sign: Path | None,
    namespace: str,
    check: Callable[["Document"], object],
) -> None:
    """Add an entry, signed where `sign` is a key, to the list `key` of a file, once `check` takes what it becomes."""
    from azscheck.documents import parse_document
    from azscheck.documents.appending import appended, write_text
    from azscheck.documents.signatures import KEY
    from azscheck.documents.signatures import sign as signed

    if sign:
        entry[KEY] = signed(entry, sign, namespace)
    text = appended(file, key, entry)
    check(parse_document(text, file.as_posix()))
    write_text(file, text)


def say(file: Path, sentence: str, key: str, named: Sequence[Path], other: str = "") -> None:
    """Say what was written, and that nothing reads it where that is so."""
    click.echo(f"wrote {file}: {sentence}", err=True)
    if file.resolve() not in {path.resolve() for path in named}:
        click.echo(f"azscheck: name {file} under `{key}:` in azscheck.yaml{other}", err=True)
