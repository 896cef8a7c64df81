"""Which rules are judged, by which policies, from what; and what an inventory lacks for it."""

from collections.abc import Sequence
from typing import Any

import click
from msgspec import Struct

from azscheck.inventory import Inventory
from azscheck.policy import STAMPS, Policy
from azscheck.policy.rules import Rule
from azscheck.sources.origins import REMEDIES, From, origin_of

_ALL, _PART, _NONE, _WITHOUT = "yes", "in part", "no", "no policy"


class Gap(Struct, frozen=True):
    """What an inventory lacks of a resource type, why, and what to do."""

    type: str
    stamp: str
    reason: str
    add: str


class Judged(Struct, frozen=True):
    """A policy of a rule: the types that it reads, and what an inventory lacks of them."""

    policy: Policy
    reads: tuple[tuple[str, From], ...]
    gaps: tuple[Gap, ...]

    def judged(self, stamps: int) -> str:
        """Whether an inventory of so many stamps tells all that the policy reads, of all stamps, some or none."""
        judges = set(self.policy.applies_to)
        without = {gap.stamp for gap in self.gaps if gap.type in judges}
        if not self.gaps:
            return _ALL
        return _NONE if len(without) == stamps else _PART


class Line(Struct, frozen=True):
    """A rule and the policies that encode it."""

    rule: Rule
    policies: tuple[Judged, ...]

    def judged(self, stamps: int) -> str:
        """As of a policy, of all that the rule has together."""
        answers = {judged.judged(stamps) for judged in self.policies}
        if not answers:
            return _WITHOUT
        return answers.pop() if len(answers) == 1 else _PART


def lines_of(rules: Sequence[Rule], policies: Sequence[Policy], inventory: Inventory | None) -> list[Line]:
    """Every documented rule, and after them those that only these policies name."""
    known = {rule.id for rule in rules}
    others = {name: Rule(name, "") for policy in policies for name in policy.info.rules if name not in known}
    without = [policy for policy in policies if not policy.info.rules]
    lines = [
        Line(rule, tuple(_judged(p, inventory) for p in policies if rule.id in p.info.rules))
        for rule in (*rules, *others.values())
    ]
    return lines + (
        [Line(Rule("", "no documented rule"), tuple(_judged(p, inventory) for p in without))] * bool(without)
    )


def _judged(policy: Policy, inventory: Inventory | None) -> Judged:
    judges = set(policy.applies_to)
    reads = sorted(policy.reads, key=lambda kind: (kind not in judges, kind))
    gaps = _gaps(reads, inventory) if inventory else ()
    return Judged(policy, tuple((kind, origin_of(kind)) for kind in reads), tuple(gaps))


def _gaps(types: Sequence[str], inventory: Inventory) -> list[Gap]:
    found = []
    for stamp in inventory.stamps:
        for kind in types:
            if kind == STAMPS:
                reasons = [] if inventory.of_type(kind, stamp) else ["is not in the inventory"]
            else:
                reasons = [gap.reason for gap in inventory.gaps(kind, stamp)][:1]
            found += [Gap(kind, stamp, reason, REMEDIES[origin_of(kind)]) for reason in reasons]
    return found


def as_json(lines: Sequence[Line], inventory: Inventory | None) -> list[dict[str, Any]]:
    """The table as data."""
    return [
        {
            "rule": line.rule.id,
            "title": line.rule.title,
            **({"answered": line.rule.answered} if line.rule.answered else {}),
            **({"canBeJudged": line.judged(len(inventory.stamps))} if inventory else {}),
            "policies": [_policy_json(judged, inventory) for judged in line.policies],
        }
        for line in lines
    ]


def _policy_json(judged: Judged, inventory: Inventory | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": judged.policy.id,
        "title": judged.policy.info.title,
        "reads": [{"type": kind, "from": origin.value} for kind, origin in judged.reads],
    }
    if inventory is None:
        return told
    gaps = [{"stamp": g.stamp, "type": g.type, "reason": g.reason, "add": g.add} for g in judged.gaps]
    return {**told, "canBeJudged": judged.judged(len(inventory.stamps)), "lacks": gaps}


def words_of(judged: Judged) -> str:
    """The types that a policy reads, by where they come from."""
    origins = dict.fromkeys(origin for _, origin in judged.reads)
    return "\n".join(
        f"{o}: {', '.join(kind.rpartition('/')[2] for kind, of in judged.reads if of is o)}" for o in origins
    )


def print_table(lines: Sequence[Line], inventory: Inventory | None) -> None:
    """The table on the terminal; below it which rules an inventory can answer, what it lacks and what to add."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    more = ("judged",) if inventory else ()
    table = Table("rule", "what it asks", "policy", "reads", *more, box=None, pad_edge=False)
    for line in lines:
        rule, title = line.rule.id, line.rule.title
        if not line.policies:
            table.add_row(rule, Text(title), Text("no policy"), Text(line.rule.answered))
        for judged in line.policies:
            answer = (judged.judged(len(inventory.stamps)),) if inventory else ()
            table.add_row(rule, Text(title), judged.policy.id, Text(words_of(judged)), *answer)
            rule = title = ""
    Console().print(table)
    if inventory:
        _print_answers(lines, len(inventory.stamps))


def _print_answers(lines: Sequence[Line], stamps: int) -> None:
    click.echo("\nRules that the inventory can answer:")
    for answer in (_ALL, _PART, _NONE, _WITHOUT):
        rules = [line.rule.id or line.rule.title for line in lines if line.judged(stamps) == answer]
        if rules:
            click.echo(click.wrap_text(f"{answer}: {', '.join(rules)}", 100, "  ", "    "))
    gaps = dict.fromkeys(gap for line in lines for judged in line.policies for gap in judged.gaps)
    if gaps:
        click.echo("\nWhat it lacks, and what to add:")
    for gap in gaps:
        click.echo(click.wrap_text(f"{gap.stamp}: {gap.type}: {gap.reason.rstrip('.')}.", 100, "  ", "    "))
        click.echo(click.wrap_text(f"{gap.add}.", 100, "    ", "    "))
