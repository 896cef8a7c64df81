"""`azscheck readiness --new`: a plan that is asked for on a terminal, or written with comments alone."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from azscheck.documents import parse_document
from azscheck.errors import DocumentError, ExitCode, UsageError

if TYPE_CHECKING:
    from azscheck.sources.deployment.questions import Question

_STAMP = "north"


def new_plan(file: Path, *, example: bool, force: bool) -> ExitCode:
    """Write a plan, or add to one what it does not say; without a terminal all of it is commented out."""
    from azscheck.documents.appending import write_text
    from azscheck.sources.deployment.questions import questions
    from azscheck.sources.deployment.writing import check_text, head, keys_of, written

    asking = sys.stdin.isatty() and not example
    there = file.exists() and not force
    if there and not asking:
        raise UsageError(f"{file}: is there already: --force writes over it; on a terminal, --new asks what it lacks.")
    before = _read(file) if there else ""
    known = keys_of(before, file.as_posix()) if there else ()
    stamp = (_STAMP if not asking else _asked_name()) if not there else ""
    answers = _answers(list(questions(known))) if asking else {}
    text = f"{before.rstrip()}\n{written(answers, known)}" if there else head(stamp, file.name) + written(answers)
    try:
        check_text(text, file.as_posix())
    except DocumentError as error:
        if not there:
            raise
        raise UsageError(f"{file}: cannot be added to as it is written: add {_keys(answers)} by hand.") from error
    write_text(file, text)
    todo = "judge it" if answers or there else "say what it is to say, and judge it"
    click.echo(f"wrote {file}: {todo} with `azscheck readiness {file}`.", err=True)
    return ExitCode.COMPLIANT


def _keys(answers: dict[str, Any]) -> str:
    return ", ".join(dict.fromkeys(name.partition(".")[0] for name in answers)) or "what it lacks"


def _read(file: Path) -> str:
    from azscheck.documents import read_document

    # Read as a plan is, with its bounds, before its text is added to.
    read_document(file)
    return file.read_text("utf-8-sig")


def _asked_name() -> str:
    from azscheck.sources.deployment.writing import head

    while True:
        name = str(click.prompt("The stamp's name, as azscheck.yaml will have it", err=True)).strip()
        try:
            _check_name(head(name, "plan"))
        except DocumentError:
            click.echo("  of letters, digits, dots, hyphens and underscores, please.", err=True)
        else:
            return name


def _check_name(text: str) -> None:
    from azscheck.sources.deployment.plan import mistakes_of

    mistakes_of(parse_document(text, "plan"))


def _answers(wanted: "list[Question]") -> dict[str, Any]:
    if wanted:
        click.echo("Enter alone leaves a question open; it stands in the file with a comment.", err=True)
    answers: dict[str, Any] = {}
    for question in wanted:
        value = _answer(question)
        if value is not None:
            answers[question.name] = value
    return answers


def _answer(question: "Question") -> Any:
    """What is answered; None for nothing. What cannot be is asked again, with why."""
    while True:
        text = click.prompt(question.words, default="", show_default=False, err=True).strip()
        if not text:
            return None
        try:
            return question.read(text)
        except ValueError as error:
            click.echo(f"  {error}.", err=True)
