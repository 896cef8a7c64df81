"""What a person is asked for on a terminal, and what a pipeline is told that it lacks."""

import sys
from collections.abc import Mapping

import click

from azscheck.documents import did_you_mean
from azscheck.errors import UsageError


def asked(given: Mapping[str, str], questions: Mapping[str, str]) -> dict[str, str]:
    """The values of options by their names, those that are missing asked for; UsageError where nobody can be asked."""
    missing = [name for name in questions if not given.get(name, "").strip()]
    if missing and not sys.stdin.isatty():
        raise UsageError(f"{', '.join(missing)}: needed, and there is no terminal to ask on.")
    return {**given, **{name: click.prompt(questions[name], err=True).strip() for name in missing}}


def refuse_own_approval(owner: str, approved_by: str) -> None:
    """Raise UsageError where the owner has approved it."""
    if owner.strip().lower() == approved_by.strip().lower():
        raise UsageError(f"--approved-by: {owner} is the owner: another person must approve it.")


def stamp_scope(stamp: str, known: tuple[str, ...]) -> str:
    """The id of a stamp; raises UsageError for one that the configuration does not have."""
    named = next((name for name in known if name.lower() == stamp.lower()), "" if known else stamp)
    if not named:
        raise UsageError(f"--stamp: there is no stamp {stamp!r}{did_you_mean(stamp, known)}")
    return f"/azscheck/stamps/{named}"
