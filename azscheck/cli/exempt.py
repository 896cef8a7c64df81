"""`azscheck exempt`."""

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from azscheck.cli import options
from azscheck.cli.entries import APPROVER, add, answers, configuration_if_any, entry_options, file_for, say, stamp_scope
from azscheck.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from azscheck.documents import Document

_FILE: Final = Path("exemptions.yaml")
_USUAL: Final = timedelta(days=90)


@click.command("exempt")
@click.argument("policy", metavar="POLICY")
@click.option("--stamp", default="", help="The stamp, with all that it has.")
@click.option("--scope", default="", metavar="ID", help="An id instead, with everything under it, or ids with *.")
@click.option("--tag", "tags", multiple=True, metavar="NAME=VALUE", help="What has this tag instead; repeatable.")
@click.option(
    "--category", type=click.Choice(["waiver", "mitigated"]), help="The risk is accepted, or met by other means."
)
@click.option("--justification", default="", help="Why it is accepted, in words.")
@entry_options
def command(
    policy: str,
    stamp: str,
    scope: str,
    tags: tuple[str, ...],
    category: str | None,
    justification: str,
    owner: str,
    approved_by: str,
    expires_on: str,
    sign: Path | None,
    output: Path | None,
    configuration: Path | None,
    policies: tuple[Path, ...],
    now: str | None,
) -> ExitCode:
    """Accept a finding for a time: write an exemption; what is missing is asked for on a terminal.

    POLICY is a policy's id, ids with *, or a policy set. The exemption stands in a YAML file that `exemptions:` in
    azscheck.yaml or --exemptions names; it is added at its end, and holds for 90 days without --expires-on.

    \b
    Examples:
      azscheck exempt ASH-TEN-001 --scope /subscriptions/6e1cdb5a-0000-4000-8000-5d2f0c9a77e1 --category waiver
      azscheck exempt infrastructure --stamp north --expires-on 2026-09-01 --sign ~/.ssh/id_ed25519
    """
    from azscheck.policy.exemptions import NAMESPACE
    from azscheck.times import format_time

    known = configuration_if_any(configuration)
    named = known.exemptions if known else ()
    file = file_for(output, named, _FILE)
    name, sets = _named(policy, policies or (known.policies if known else ()))
    if sum(map(bool, (stamp, scope, tags))) > 1:
        raise UsageError("--stamp, --scope and --tag: give one of them.")
    questions = {
        **({} if tags else {"--scope": "An id, with everything under it (/azscheck/stamps/north)"}),
        "--category": "waiver (the risk is accepted) or mitigated (met by other means)",
        "--justification": "Why it is accepted",
        "--owner": "Who answers for it (owner)",
        **APPROVER,
    }
    given = {
        "--scope": stamp_scope(stamp, known.names if known else ()) if stamp else scope,
        "--category": category or "",
        "--justification": justification,
        "--owner": owner,
        "--approved-by": approved_by,
    }
    said = answers(given, questions)
    until = expires_on or format_time(options.moment(now)() + _USUAL)[:10]
    entry: dict[str, Any] = {
        "policy": name,
        "scope": {"tags": _tags(tags)} if tags else said["--scope"],
        "category": said["--category"],
        "justification": said["--justification"],
        "owner": said["--owner"],
        "approvedBy": said["--approved-by"],
        "expiresOn": until,
    }
    add(file, "exemptions", entry, sign, NAMESPACE, partial(_refuse_malformed, sets=sets))
    why = "" if expires_on else ", 90 days, for you do not say"
    say(file, f"{name} is exempt until {until}{why}", "exemptions", named, ", or with --exemptions")
    return ExitCode.COMPLIANT


def _refuse_malformed(document: "Document", sets: Any) -> None:
    from azscheck.policy.exemptions import exemptions_of

    made = exemptions_of(document, sets)[-1]
    if made.wrong:
        raise UsageError(f"the exemption would not be in force: {made.wrong}")


def _named(text: str, paths: tuple[Path, ...]) -> tuple[str, Any]:
    """The policy, set or pattern as it is called, and the sets; raises UsageError for what fits nothing."""
    from azscheck.cli.policies import load
    from azscheck.documents import did_you_mean
    from azscheck.policy.globs import fits

    library = load(paths)
    names = [policy.id for policy in library.policies] + list(library.sets)
    if "*" in text and any(fits(text, name) for name in names):
        return text, library.sets
    found = next((name for name in names if name.lower() == text.lower()), None)
    if found is None:
        raise UsageError(f"there is no policy or set {text!r}{did_you_mean(text, names)}")
    return found, library.sets


def _tags(texts: tuple[str, ...]) -> dict[str, str]:
    tags = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise UsageError(f"--tag {text!r}: write NAME=VALUE, such as stage=test.")
        tags[name.strip()] = value
    return tags
