"""`azscheck exempt`."""

from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import click

from azscheck.cli import options
from azscheck.cli.asking import asked, refuse_own_approval, stamp_scope
from azscheck.errors import ExitCode, UsageError

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
@click.option("--owner", default="", help="Who answers for it.")
@click.option("--approved-by", default="", help="Who approved it, another than the owner.")
@click.option("--expires-on", default="", metavar="DAY", help="When it ends  [default: in 90 days]")
@click.option("--sign", type=click.Path(path_type=Path), metavar="KEY", help="Sign it with the approver's SSH key.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help=f"The file to add it to  [default: the one in azscheck.yaml, else {_FILE}]",
)
@options.configuration_option
@click.option("--policies", multiple=True, type=click.Path(path_type=Path), help="Where the policy is; repeatable.")
@options.now_option
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
    azscheck.yaml or --exemptions names; it is added at its end.

    \b
    Examples:
      azscheck exempt ASH-TEN-001 --scope /subscriptions/6e1cdb5a-0000-4000-8000-5d2f0c9a77e1 --category waiver
      azscheck exempt infrastructure --stamp north --expires-on 2026-09-01 --sign ~/.ssh/id_ed25519
    """
    from azscheck.cli.run import configuration_of
    from azscheck.documents import parse_document
    from azscheck.documents.appending import appended, write_text
    from azscheck.documents.signatures import KEY
    from azscheck.documents.signatures import sign as signed
    from azscheck.policy.exemptions import NAMESPACE, exemptions_of
    from azscheck.times import format_time

    known = configuration_of(configuration, ()) if configuration or options.CONFIGURATION.exists() else None
    named = known.exemptions if known else ()
    if output is None and len(named) > 1:
        raise UsageError(f"--output: the configuration names several files, {', '.join(map(str, named))}: name one.")
    file = options.writable("--output", output or (named[0] if named else _FILE))
    name, sets = _named(policy, policies or (known.policies if known else ()))
    if sum(map(bool, (stamp, scope, tags))) > 1:
        raise UsageError("--stamp, --scope and --tag: give one of them.")
    where = stamp_scope(stamp, known.names if known else ()) if stamp else scope
    questions = {
        **({} if tags else {"--scope": "An id, with everything under it (/azscheck/stamps/north)"}),
        "--category": "waiver (the risk is accepted) or mitigated (met by other means)",
        "--justification": "Why it is accepted",
        "--owner": "Who answers for it (owner)",
        "--approved-by": "Who approved it, another than the owner",
    }
    given = {
        "--scope": where,
        "--category": category or "",
        "--justification": justification,
        "--owner": owner,
        "--approved-by": approved_by,
    }
    said = asked(given, questions)
    refuse_own_approval(said["--owner"], said["--approved-by"])
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
    if sign:
        entry[KEY] = signed(entry, sign, NAMESPACE)
    text = appended(file, "exemptions", entry)
    made = exemptions_of(parse_document(text, file.as_posix()), sets)[-1]
    if made.wrong:
        raise UsageError(f"the exemption would not be in force: {made.wrong}")
    write_text(file, text)
    why = "" if expires_on else ", 90 days, for you do not say"
    click.echo(f"wrote {file}: {name} is exempt until {until}{why}", err=True)
    if file.resolve() not in {path.resolve() for path in named}:
        click.echo(f"azscheck: name {file} under `exemptions:` in azscheck.yaml, or with --exemptions", err=True)
    return ExitCode.COMPLIANT


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
