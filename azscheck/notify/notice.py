"""A notice: what one run found to be different, as much of it as is sent, whoever it is sent to."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import asdict, replace

from azscheck.policy.model import Category, Severity
from azscheck.results import Results
from azscheck.results.changes import KINDS, Change, Changes
from azscheck.results.saved_changes import NAMES
from azscheck.sources.channels import Channel, Detail
from azscheck.times import format_time

MOST_ITEMS: Final = 200
"""How many changes a notice names; the rest is counted."""
_LONGEST: Final = 500
"""Of a text that comes from a stamp."""

TOLD: Final = tuple(kind for kind in KINDS if kind != "still_failing")
"""The kinds of change that are told, in their order: what still fails was told before."""
_KINDS: Final = {NAMES[kind]: kind for kind in TOLD}


class Item(Struct, frozen=True):
    """One change."""

    kind: str
    """A field of `Changes`, such as `new`."""
    id: str
    """The finding's id."""
    policy: str
    title: str
    severity: str
    category: str
    stamp: str
    type: str
    name: str
    was: str
    """A compliance state; empty where there was no such resource."""
    now: str
    resource: str = ""
    message: str = ""


class Notice(Struct, frozen=True):
    """What is told once, in one message."""

    id: str
    """The same however often it is sent: who has it already can drop it."""
    time: str
    since: str
    """When the run was judged that this one is compared with."""
    tool: str
    stamps: tuple[str, ...]
    verdicts: Mapping[str, str]
    """By category: a compliance state."""
    findings: Mapping[str, int]
    """How many there are now, by severity."""
    changes: Mapping[str, int]
    """How many there are of each kind of change."""
    items: tuple[Item, ...]
    policies_added: tuple[str, ...] = ()
    policies_removed: tuple[str, ...] = ()
    link: str = ""

    @property
    def more(self) -> int:
        """How many changes are counted and not named."""
        return sum(self.changes.values()) - len(self.items)

    def only(self, number: int) -> "Notice":
        """The same with the first so many changes named."""
        return replace(self, items=self.items[:number])

    def within(self, detail: Detail) -> "Notice":
        """The same with no more than may be sent."""
        match detail:
            case "counts":
                return replace(self, items=())
            case "names":
                return replace(self, items=tuple(replace(item, resource="", message="") for item in self.items))
            case "messages":
                return self

    def fields(self) -> dict[str, Any]:
        """The JSON of it, also in azscheck's own webhook."""
        names = {"policies_added": "policiesAdded", "policies_removed": "policiesRemoved"}
        found = {names.get(key, key): value for key, value in asdict(self).items()}
        found["changes"] = {NAMES[kind]: number for kind, number in self.changes.items()}
        items = [{**asdict(item), "kind": NAMES[item.kind]} for item in self.items]
        found["items"] = [{key: value for key, value in item.items() if value} for item in items]
        return {"azscheck": "changes", "version": 1, **found, "more": self.more}


def notice_of(saved: Mapping[str, Any]) -> Notice:
    """A notice from its JSON; KeyError, TypeError or ValueError for anything else."""
    blank = {"was": "", "now": "", "name": ""}
    return Notice(
        id=str(saved["id"]),
        time=saved["time"],
        since=saved["since"],
        tool=saved["tool"],
        stamps=tuple(saved["stamps"]),
        verdicts=dict(saved["verdicts"]),
        findings=dict(saved["findings"]),
        changes={_KINDS[name]: number for name, number in saved["changes"].items()},
        items=tuple(Item(**{**blank, **item, "kind": _KINDS[item["kind"]]}) for item in saved["items"]),
        policies_added=tuple(saved["policiesAdded"]),
        policies_removed=tuple(saved["policiesRemoved"]),
        link=saved["link"],
    )


def notice_for(channel: Channel, changes: Changes, before: Results, after: Results) -> Notice | None:
    """What a channel is to be told; None where nothing is different that it wants to know."""
    known = {**before.by_id, **after.by_id}
    found = [
        (kind, change)
        for kind in TOLD
        for change in getattr(changes, kind)
        if known[change.result.policy].severity >= channel.severity
    ]
    if not (found or changes.policies_added or changes.policies_removed):
        return None
    findings = Counter(str(after.policy_of(result).severity) for result in after.findings())
    return Notice(
        id=_id_of(channel, changes, found, after.now),
        time=format_time(after.now),
        since=format_time(changes.before),
        tool=after.version,
        stamps=stamps_of(after),
        verdicts={category.value: after.verdict(category).value for category in Category},
        findings={str(severity): findings[str(severity)] for severity in sorted(Severity, reverse=True)},
        changes=dict(Counter(kind for kind, _ in found)),
        items=tuple(_item(kind, change, known) for kind, change in found[:MOST_ITEMS]),
        policies_added=changes.policies_added[:MOST_ITEMS],
        policies_removed=changes.policies_removed[:MOST_ITEMS],
        link=channel.link,
    )


def trial(channel: Channel, stamps: Sequence[str], now: datetime, tool: str) -> Notice:
    """A notice by which a person sees that a channel works: of no run, and with no change."""
    time = format_time(now)
    key = hashlib.sha256(f"{channel.name}\n{now.isoformat()}".encode()).hexdigest()[:32]
    return Notice(key, time, time, tool, tuple(stamps), {}, {}, {}, (), link=channel.link)


def stamps_of(results: Results) -> tuple[str, ...]:
    """The stamps that were looked at."""
    return tuple(sorted({c.stamp for c in results.coverage} | {s.stamp for s in results.stamps}))


def _id_of(channel: Channel, changes: Changes, found: list[tuple[str, Change]], now: datetime) -> str:
    told = [f"{kind} {change.result.id}" for kind, change in found]
    key = "\n".join([channel.name, format_time(changes.before), format_time(now), *told])
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _item(kind: str, change: Change, known: Mapping[str, Any]) -> Item:
    result, policy = change.result, known[change.result.policy]
    return Item(
        kind=kind,
        id=result.id,
        policy=policy.id,
        title=_short(policy.title),
        severity=str(policy.severity),
        category=policy.category.value,
        stamp=result.stamp,
        type=_short(result.type),
        name=_short(result.name),
        was=change.was.value if change.was else "",
        now=change.now.value if change.now else "",
        resource=_short(result.resource),
        message=_short(result.message),
    )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
