"""`azscheck attest`."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from azscheck.cli import options
from azscheck.cli.entries import APPROVER, add, answers, configuration_if_any, entry_options, file_for, say, stamp_scope
from azscheck.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from azscheck.policy import Policy
    from azscheck.policy.load import Library
    from azscheck.sources.attestations import Standing

_FILE: Final = Path("attestations.yaml")
_USUAL: Final = timedelta(days=90)
_AGES: Final = ("attestationPeriod", "maximumAge")
"""Parameters of a policy that say how long what is attested holds."""


class _Attest(click.Group):
    """`list`, or a policy's id, of which an attestation is written."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = super().get_command(ctx, cmd_name)
        if found is not None and cmd_name != "POLICY":
            return found
        bound = partial(_write, policy_id=cmd_name)
        return click.Command(cmd_name, params=_POLICY.params, callback=bound, help=_POLICY.help)


@click.group("attest", cls=_Attest)
def command() -> None:
    """Vouch for what no interface shows, and list what lapses when.

    What is attested stands in a YAML file that `attestations:` in azscheck.yaml names; an entry is added at its end.

    \b
    Examples:
      azscheck attest ASH-INF-003 --stamp north
      azscheck attest list
    """


@click.option("--stamp", default="", help="The stamp that it is of  [default: the one in azscheck.yaml]")
@click.option("--scope", default="", metavar="ID", help="An id instead, with everything under it.")
@click.option("--comments", default="", help="What was done and what was found, in words.")
@click.option("--non-compliant", is_flag=True, help="What was found does not comply.")
@click.option("--assessed-on", default="", metavar="DAY", help="When it was assessed  [default: today]")
@click.option(
    "--evidence",
    multiple=True,
    metavar="FILE[=WORDS]",
    help="A file that it stands on, whose SHA-256 is kept and held against it at each run; repeatable.",
)
@entry_options
def _written(**_: Any) -> None:
    """Write an attestation; what is missing is asked for on a terminal. Without --expires-on it lapses by the policy's
    own figure, else after 90 days.

    \b
    Examples:
      azscheck attest ASH-INF-003 --stamp north --owner anna@contoso.com --evidence run.log=Log --sign bela.key
      azscheck attest list --within 30d
    """


_POLICY: Final[click.Command] = click.command("POLICY")(_written)
command.add_command(_POLICY)


def _write(
    policy_id: str,
    stamp: str,
    scope: str,
    owner: str,
    approved_by: str,
    comments: str,
    non_compliant: bool,
    assessed_on: str,
    expires_on: str,
    evidence: tuple[str, ...],
    sign: Path | None,
    output: Path | None,
    configuration: Path | None,
    policies: tuple[Path, ...],
    now: str | None,
) -> ExitCode:
    from azscheck.cli.run import policy_named, rules_of
    from azscheck.sources.attestations import NAMESPACE, standings

    known = configuration_if_any(configuration)
    named, stamps = (known.attestations or (), known.names) if known else ((), ())
    file = file_for(output, named, _FILE)
    policy = policy_named(policy_id, rules_of(policies, (), (), known).policies)
    moment = options.moment(now)()
    where = stamp_scope(stamp, stamps) if stamp else scope
    questions = {
        "--owner": "Who assessed it and answers for it (owner)",
        **APPROVER,
        "--comments": "What was done, and what was found",
        **({"--scope": f"Which stamp or id (/azscheck/stamps/{stamps[0]})"} if len(stamps) > 1 else {}),
    }
    given = {"--owner": owner, "--approved-by": approved_by, "--comments": comments, "--scope": where}
    said = answers(given, questions)
    assessed = assessed_on or moment.date().isoformat()
    expires, why = (expires_on, "") if expires_on else _lapse(policy, assessed)
    entry: dict[str, Any] = {
        "policy": policy.id,
        **({"scope": said["--scope"]} if said["--scope"] else {}),
        "complianceState": "NonCompliant" if non_compliant else "Compliant",
        "assessedOn": assessed,
        "expiresOn": expires,
        "owner": said["--owner"],
        "approvedBy": said["--approved-by"],
        "comments": said["--comments"],
        **({"evidence": [_evidence(text, file.parent) for text in evidence]} if evidence else {}),
    }
    add(file, "attestations", entry, sign, NAMESPACE, lambda document: standings(document, stamps, moment))
    say(file, f"{policy.id} is attested until {expires}{why}", "attestations", named)
    return ExitCode.COMPLIANT


@command.command("list")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--within", default="", metavar="DURATION", help="Only what lapses within it, such as 30d, or has lapsed."
)
@options.configuration_option
@options.now_option
def list_command(files: tuple[Path, ...], within: str, configuration: Path | None, now: str | None) -> ExitCode:
    """List attestations, of FILES or of the configuration, by the day on which they lapse; void ones with why."""
    from azscheck.cli.policies import load
    from azscheck.cli.run import signers_of
    from azscheck.documents import read_document
    from azscheck.sources.attestations import standings
    from azscheck.times import parse_duration

    moment = options.moment(now)()
    try:
        until = moment + parse_duration(within) if within else None
    except (ValueError, OverflowError) as error:
        raise UsageError(f"--within: {error}.") from error
    known = configuration_if_any(configuration)
    named = files or (known.attestations if known else None) or ()
    if not named:
        raise UsageError("no attestations: name a file, or `attestations:` in azscheck.yaml.")
    signers = signers_of(known)
    stamps = known.names if known else ()
    found = [s for file in named for s in standings(read_document(file), stamps, moment, signers)]
    library = load(known.policies if known else ())
    _print([s for s in found if until is None or s.expires_on <= until], library, moment)
    return ExitCode.COMPLIANT


def _print(found: "Sequence[Standing]", library: "Library", now: datetime) -> None:
    from azscheck.cli.policies import stranger
    from azscheck.times import format_time

    for one in sorted(found, key=lambda one: (one.expires_on, one.place)):
        state = f"void: {one.doubt}" if one.doubt else "lapsed" if one.lapsed(now) else "in force"
        if strange := stranger(one.value["policy"], library):
            state += f", but {strange}"
        value, lapses = one.value, format_time(one.expires_on)[:10]
        of = f"{value['policy']}  {value.get('scope', 'the stamp')}  {value['complianceState']}"
        click.echo(f"{lapses}  {of}  {state}  ({one.place})")


def _lapse(policy: "Policy", assessed: str) -> tuple[str, str]:
    """When it lapses where nobody says it, and by what."""
    from azscheck.times import format_time, parse_duration, parse_since

    try:
        since = parse_since(assessed)
    except ValueError as error:
        raise UsageError(f"--assessed-on: {error}.") from error
    for name in _AGES:
        parameter = policy.parameters.get(name)
        if parameter is not None and parameter.type == "duration" and isinstance(parameter.default, str):
            until = since + parse_duration(parameter.default)
            return format_time(until)[:10], f", by {name} of the policy"
    return format_time(since + _USUAL)[:10], ", 90 days, for neither you nor the policy says"


def _evidence(text: str, folder: Path) -> dict[str, str]:
    """A file of evidence with its SHA-256; its path is relative to the file of attestations."""
    import os

    name, _, words = text.partition("=")
    try:
        with Path(name).open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise UsageError(f"--evidence {name}: cannot be read: {error.strerror or error}.") from error
    file = Path(os.path.relpath(name, folder)).as_posix()
    return {"description": words or Path(name).name, "file": file, "sha256": digest}
