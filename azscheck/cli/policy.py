"""`azscheck policy`."""

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from azscheck.errors import DocumentError, ExitCode
from azscheck.values import Unknown

if TYPE_CHECKING:
    from azscheck.engine.cases import Case
    from azscheck.policy import Policy

_paths = click.argument("paths", nargs=-1, type=click.Path(path_type=Path))


@click.group("policy")
def command() -> None:
    """List, show, write, check and test policies: the shipped ones, or those in PATHS."""


@command.command("list")
@_paths
@click.option("--set", "sets", multiple=True, metavar="NAME", help="Only the policies of this set; repeatable.")
def list_command(paths: tuple[Path, ...], sets: tuple[str, ...]) -> ExitCode:
    """List policies with the documented rules that they encode and the sets that they are of."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from azscheck.cli.policies import load
    from azscheck.policy.membership import choose, sets_of

    library = load(paths)
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
    from azscheck.cli.policies import load
    from azscheck.cli.run import policy_named
    from azscheck.policy.membership import choose, sets_of

    library = load(paths)
    policy = policy_named(policy_id, choose(library.policies, library.sets, sets) if sets else library.policies)
    info = policy.info
    parts = {
        "severity": f"{info.severity}, {info.category}",
        "why": info.why,
        "remediation": info.remediation,
        "judges": ", ".join(policy.applies_to),
        "reads": ", ".join(sorted(policy.reads)),
        **{
            f"parameter {p.name}": f"{p.type}, {_default(p.default)}. {p.description}"
            for p in policy.parameters.values()
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


def _default(value: Any) -> str:
    return "no default" if isinstance(value, Unknown) else f"default {value}"


@command.command("coverage")
@_paths
@click.option(
    "--inventory",
    "inventories",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Say which rules this saved inventory can answer, and what it lacks; repeatable.",
)
@click.option("--set", "sets", multiple=True, metavar="NAME", help="Only the policies of this set; repeatable.")
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True, help="Table or JSON."
)
def coverage(paths: tuple[Path, ...], inventories: tuple[Path, ...], sets: tuple[str, ...], form: str) -> ExitCode:
    """Show each documented rule with its policies, what they read and where it comes from; also rules without a policy.

    \b
    Examples:
      azscheck policy coverage
      azscheck policy coverage --set tenant --inventory north.ndjson
      azscheck policy coverage --format json
    """
    import json

    from azscheck.cli.coverage import as_json, lines_of, print_table
    from azscheck.cli.policies import load
    from azscheck.cli.run import saved
    from azscheck.policy.membership import DEFAULT_SET, choose
    from azscheck.policy.rules import read_rules

    library = load(paths)
    inventory = saved(inventories) if inventories else None
    # Of an inventory it is asked what a scan would be asked: what plans are judged by is none of its business.
    names = sets or ((DEFAULT_SET,) if inventory and library.shipped else ())
    policies = choose(library.policies, library.sets, names) if names else library.policies
    lines = lines_of(read_rules(), policies, inventory)
    if form == "json":
        click.echo(json.dumps(as_json(lines, inventory), indent=2))
    else:
        print_table(lines, inventory)
    return ExitCode.COMPLIANT


@command.command("new")
@click.argument("policy_id", metavar="ID")
@click.option("--folder", type=click.Path(path_type=Path), default=Path(), show_default=".", help="Where to write it.")
@click.option(
    "--type",
    "resource_type",
    default="Microsoft.Compute/virtualMachines",
    show_default=True,
    help="The resource type that it judges; Azscheck/stamps: the stamp itself.",
)
def new(policy_id: str, folder: Path, resource_type: str) -> ExitCode:
    """Write a policy with comments and its cases, to start from; no file is written over.

    \b
    Examples:
      azscheck policy new MY-TEN-001 --folder my-policies
      azscheck policy new MY-INF-001 --folder my-policies --type Azscheck/stamps
    """
    from azscheck.policy.new import write_new

    for file in write_new(policy_id, folder, resource_type):
        click.echo(f"wrote {file}", err=True)
    return ExitCode.COMPLIANT


@command.command("schema")
@click.option("--cases", is_flag=True, help="The schema of a file of cases.")
def schema(cases: bool) -> ExitCode:
    """Print the JSON Schema of a policy, for an editor or another tool."""
    from azscheck.packaged import schema_file

    click.echo(schema_file("cases" if cases else "policy").read_text("utf-8"), nl=False)
    return ExitCode.COMPLIANT


@command.command("check")
@_paths
def check(paths: tuple[Path, ...]) -> ExitCode:
    """Check policies without an inventory; every mistake is told with its file, line and column."""
    from azscheck.cli.policies import load

    click.echo(f"policies without a mistake: {len(load(paths, most=None).policies)}", err=True)
    return ExitCode.COMPLIANT


@command.command("test")
@click.option("--mutate", is_flag=True, help="Change each policy in one place after the other; a case must notice.")
@_paths
def test(mutate: bool, paths: tuple[Path, ...]) -> ExitCode:
    """Run the cases that stand beside policies (name.test.yaml); ends with 1 when one is not as it says.

    With --mutate, each operator is flipped in turn, each part of a group left out, each default shifted, and so on:
    where no case fails by it, the cases do not hold the policy to what it says, and that ends with 1 too.
    """
    from azscheck.engine.cases import cases_of
    from azscheck.policy.load import conditions_of, policy_files

    conditions = conditions_of(paths)
    failures = total = 0
    mistakes = []
    whole = []
    for file, shown in policy_files(paths):
        try:
            policy, cases = cases_of(file, shown, conditions)
        except DocumentError as error:
            mistakes += error.mistakes
            continue
        total += len(cases)
        failed = [(case, failure) for case in cases if (failure := case.failure(policy))]
        failures += len(failed)
        for case, failure in failed:
            click.echo(f"{case.place}: {policy.id}: {case.name}: {failure}")
        if not failed:
            whole.append((policy, cases))
    if mistakes:
        raise DocumentError(mistakes)
    click.echo(f"{total - failures} cases passed, {failures} failed", err=True)
    unnoticed = _mutate(whole) if mutate else 0
    if not total:
        return ExitCode.INCOMPLETE
    return ExitCode.FINDINGS if failures or unnoticed else ExitCode.COMPLIANT


def _mutate(found: "Sequence[tuple[Policy, list[Case]]]") -> int:
    """Tell each mutant that no case notices; how many these are."""
    from azscheck.engine.mutation import mutants

    made = [(mutant, policy, cases) for policy, cases in found for mutant in mutants(policy)]
    live = click.progressbar(made, label="mutants", file=sys.stderr) if sys.stderr.isatty() else nullcontext(made)
    with live as mutated:
        told = [f"{m.place}: {p.id}: {m.words}: no case notices" for m, p, cases in mutated if not m.noticed(cases)]
    for line in told:
        click.echo(line)
    click.echo(f"{len(made) - len(told)} mutants noticed, {len(told)} not", err=True)
    return len(told)
