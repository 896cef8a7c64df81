"""`azscheck policy`."""

from pathlib import Path

import click

from azscheck.errors import DocumentError, ExitCode

_paths = click.argument("paths", nargs=-1, type=click.Path(path_type=Path))


@click.group("policy")
def command() -> None:
    """List, show, check and test policies: the shipped ones, or those in PATHS."""


@command.command("list")
@_paths
@click.option("--set", "sets", multiple=True, metavar="NAME", help="Only the policies of this set; repeatable.")
def list_command(paths: tuple[Path, ...], sets: tuple[str, ...]) -> ExitCode:
    """List policies with the documented rules that they encode and the sets that they are of."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from azscheck.policy.load import load_library
    from azscheck.policy.membership import choose, sets_of

    library = load_library(paths)
    table = Table("id", "severity", "category", "rules", "sets", "title", box=None, pad_edge=False)
    for policy in choose(library.policies, library.sets, sets) if sets else library.policies:
        info, of = policy.info, sets_of(policy, library.sets)
        row = (info.id, str(info.severity), info.category.value, " ".join(info.rules), " ".join(of), info.title)
        table.add_row(*map(Text, row))
    Console().print(table)
    return ExitCode.COMPLIANT


@command.command("show")
@click.argument("policy_id")
@_paths
@click.option("--set", "sets", multiple=True, metavar="NAME", help="With the values that this set gives; repeatable.")
def show(policy_id: str, paths: tuple[Path, ...], sets: tuple[str, ...]) -> ExitCode:
    """Show one policy: what it demands, why, what to do, its parameters."""
    from azscheck.documents import did_you_mean
    from azscheck.errors import UsageError
    from azscheck.policy.load import load_library
    from azscheck.policy.membership import choose, sets_of

    library = load_library(paths)
    chosen = choose(library.policies, library.sets, sets) if sets else library.policies
    known = {policy.id.lower(): policy for policy in chosen}
    policy = known.get(policy_id.lower())
    if policy is None:
        ids = [p.id for p in known.values()]
        raise UsageError(f"there is no policy {policy_id!r}{did_you_mean(policy_id, ids)}")
    info = policy.info
    parts = {
        "severity": f"{info.severity}, {info.category}",
        "why": info.why,
        "remediation": info.remediation,
        "judges": ", ".join(policy.applies_to),
        "reads": ", ".join(sorted(policy.reads)),
        **{
            f"parameter {p.name}": f"{p.type}, default {p.default}. {p.description}" for p in policy.parameters.values()
        },
        **{f"reference {r.rule}".strip(): f"{r.title}, {r.url}" for r in info.references},
        **{f"control {name}": ", ".join(ids) for name, ids in info.controls.items()},
        "policy sets": ", ".join(sets_of(policy, library.sets)) or "none",
        "file": str(info.place),
    }
    click.echo(f"{info.id}  {info.title}\n")
    for name, text in parts.items():
        click.echo(click.wrap_text(f"{name}: {text}", 100, "  ", "    "))
    return ExitCode.COMPLIANT


@command.command("check")
@_paths
def check(paths: tuple[Path, ...]) -> ExitCode:
    """Check policies without an inventory; every mistake is told with its file, line and column."""
    from azscheck.policy import load_policies

    click.echo(f"policies without a mistake: {len(load_policies(paths))}", err=True)
    return ExitCode.COMPLIANT


@command.command("test")
@_paths
def test(paths: tuple[Path, ...]) -> ExitCode:
    """Run the cases that stand beside policies (name.test.yaml); ends with 1 when one is not as it says."""
    from azscheck.engine.cases import cases_of
    from azscheck.policy.load import conditions_of, policy_files

    conditions = conditions_of(paths)
    failures = total = 0
    mistakes = []
    for file, shown in policy_files(paths):
        try:
            policy, cases = cases_of(file, shown, conditions)
        except DocumentError as error:
            mistakes += error.mistakes
            continue
        total += len(cases)
        for case in cases:
            failure = case.failure(policy)
            if failure:
                failures += 1
                click.echo(f"{case.place}: {policy.id}: {case.name}: {failure}")
    if mistakes:
        raise DocumentError(mistakes)
    click.echo(f"{total - failures} cases passed, {failures} failed", err=True)
    if not total:
        return ExitCode.INCOMPLETE
    return ExitCode.FINDINGS if failures else ExitCode.COMPLIANT
