"""`azscheck explain`."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from azscheck.cli import options
from azscheck.errors import ExitCode

if TYPE_CHECKING:
    from rich.tree import Tree

    from azscheck.cli.explained import Branch
    from azscheck.engine.explain import Explanation

_TONES = {"true": "green", "false": "red", "unknown": "yellow", "error": "bold magenta"}


@click.command("explain")
@click.argument("policy_id", metavar="POLICY")
@click.argument("resource")
@click.option(
    "--inventory",
    "inventories",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path),
    help="A saved inventory (`azscheck collect` writes one); repeatable.",
)
@click.option(
    "--config",
    "configuration",
    type=click.Path(path_type=Path),
    help="A configuration, whose policies, parameters and evidence are taken too.",
)
@click.option("--stamp", help="Look for the resource in this stamp only.")
@options.judge_options
@click.option("--all", "everything", is_flag=True, help="Show all that a count looked at, not the nearest few only.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For a person, or JSON.",
)
@options.now_option
def command(
    policy_id: str,
    resource: str,
    inventories: tuple[Path, ...],
    configuration: Path | None,
    stamp: str | None,
    policies: tuple[Path, ...],
    sets: tuple[str, ...],
    parameters: tuple[str, ...],
    everything: bool,
    form: str,
    now: str | None,
) -> ExitCode:
    """Show why a policy judges a resource as it does, and the smallest change that would turn it.

    RESOURCE is an id, a name, or a part that only one resource has. Every test of the policy is shown with its
    truth, what was wanted, what was seen and where that came from; of a count, what was counted, and what came
    nearest to it.

    \b
    Examples:
      azscheck explain ASH-INF-006 north --inventory north.ndjson
      azscheck explain ASH-TEN-001 web01 --inventory north.ndjson --parameter recoveryPointObjective=4h
      azscheck explain ASH-TEN-001 web01 --inventory north.ndjson --all --format json
    """
    from azscheck.cli.explained_json import as_json
    from azscheck.cli.run import configuration_of, policy_named, rules_of, saved, with_evidence
    from azscheck.engine.explain import explain
    from azscheck.policy.parameters import check_overrides, over

    clock = options.moment(now)
    given = options.parameter_values(parameters)
    known = configuration_of(configuration, ()) if configuration else None
    chosen = rules_of(policies, sets, (), known).policies
    policy = policy_named(policy_id, chosen)
    general = over(given, known.parameters if known else {})
    stamp_parameters = {name: over(given, p) for name, p in known.stamp_parameters.items()} if known else {}
    for overrides in (general, *stamp_parameters.values()):
        check_overrides(chosen, overrides)
    inventory = saved(inventories)
    explanation = explain(
        with_evidence(inventory, known, clock) if known else inventory,
        policy,
        resource,
        now=clock(),
        stamp=stamp,
        parameters=_of(policy.id, set(policy.parameters), general),
        stamp_parameters={name: _of(policy.id, set(policy.parameters), p) for name, p in stamp_parameters.items()},
    )
    if form == "json":
        click.echo(json.dumps(as_json(explanation, everything=everything), indent=2, default=str))
    else:
        _print(explanation, everything)
    return ExitCode.COMPLIANT


def _of(policy_id: str, names: set[str], overrides: Mapping[str, object]) -> dict[str, object]:
    """The overrides that are this policy's; those of others are not known to it."""
    mine = names | {f"{policy_id}.{name}" for name in names}
    return {name: value for name, value in overrides.items() if name in mine}


def _print(explanation: "Explanation", everything: bool) -> None:
    from azscheck.cli.explained import ascii_lines, branches, foot, head

    trees = list(branches(explanation, everything=everything))
    if not sys.stdout.isatty():
        lines = [line for tree in trees for line in ("", *ascii_lines(tree))]
        click.echo("\n".join([*head(explanation), *lines, "", *foot(explanation)]))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, markup=False, emoji=False, no_color="NO_COLOR" in os.environ)
    console.print(Text("\n".join(head(explanation))))
    for tree in trees:
        console.print()
        console.print(_drawn(tree))
    console.print()
    console.print(Text("\n".join(foot(explanation))))


def _drawn(branch: "Branch") -> "Tree":
    from rich.text import Text
    from rich.tree import Tree

    def label(branch: "Branch") -> Text:
        if not branch.truth:
            return Text(branch.words)
        return Text.assemble((f"[{branch.truth}]", _TONES[branch.truth]), " ", branch.words)

    tree = Tree(label(branch), guide_style="dim")
    for below in branch.below:
        tree.children.append(_drawn(below))
    return tree
