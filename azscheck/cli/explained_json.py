"""An explanation as JSON."""

from collections.abc import Iterable, Iterator
from typing import Any

from azscheck.cli.explained import chosen, steps_in_words, truth_word
from azscheck.engine.change import has_expression
from azscheck.engine.explain import Explanation
from azscheck.engine.trace import Compared, Group, Member, Node
from azscheck.engine.values import shown
from azscheck.engine.words import count_words, left_words
from azscheck.inventory import Resource
from azscheck.inventory.fields import origin_fields
from azscheck.policy.conditions import ResourceCount
from azscheck.times import format_time
from azscheck.values import Unknown


def as_json(explanation: Explanation, *, everything: bool) -> dict[str, Any]:
    """The explanation as JSON; truths are true, false, "unknown" and "error"."""
    changes, result = explanation.changes, explanation.result
    return {
        "policy": explanation.policy.id,
        "title": explanation.policy.info.title,
        "place": str(explanation.policy.info.place),
        "resource": _resource(explanation.resource),
        "now": format_time(explanation.now),
        "parameters": dict(explanation.parameters),
        "state": result.state.value,
        "message": result.message,
        "when": _node(explanation.when, everything) if explanation.when is not None else None,
        "require": _node(explanation.require, everything),
        "turned": explanation.turned,
        "smallestChanges": [{"tests": change.cost, "steps": list(steps_in_words(change))} for change in changes],
        "sure": explanation.sure,
        "notKnown": [{"what": what, "reason": u.reason, "error": u.error} for what, u in explanation.not_known],
    }


def _resource(resource: Resource) -> dict[str, Any]:
    names = {"id": resource.id, "name": resource.name, "type": resource.type, "stamp": resource.stamp}
    return {**names, "origin": origin_fields(resource.origin)}


def _node(node: Node, everything: bool) -> dict[str, Any]:
    truth = truth_word(node.truth)
    told: dict[str, Any] = {"truth": node.truth if isinstance(node.truth, bool) else truth}
    if isinstance(node.truth, Unknown):
        told["reason"] = node.truth.reason
    if isinstance(node, Group):
        return {"kind": node.word, **told, "parts": [_node(part, everything) for part in node.parts]}
    told["operator"] = node.test.operator
    told["wanted"], note = shown(node.wanted)
    told |= {"wantedNote": note} if note else {}
    told |= {"written": node.test.right} if has_expression(node.test.right) else {}
    told["place"] = str(node.test.place)
    if isinstance(node, Compared):
        value, note = shown(node.seen)
        told |= {"seen": value, **({"seenNote": note} if note else {})}
        resource = node.frame.resource
        return {
            "kind": "test",
            "left": left_words(node.test),
            **told,
            "resource": resource.id,
            "origin": origin_fields(resource.origin),
        }
    members, hidden = chosen(node, everything=everything)
    return {
        "kind": "count",
        "left": count_words(node.test),
        **told,
        "atLeast": node.tally.least,
        "atMost": node.tally.most,
        "lookedAt": len(node.members),
        "members": list(_members(members, everything)),
        "notShown": hidden,
        **({"notTheNewest": node.older} if isinstance(node.count, ResourceCount) and node.count.newest else {}),
        **({"mayBeMore": node.gap.reason} if node.gap is not None else {}),
    }


def _members(members: Iterable[Member], everything: bool) -> Iterator[dict[str, Any]]:
    for member in members:
        truth = member.truth if isinstance(member.truth, bool) else truth_word(member.truth)
        told: dict[str, Any] = {"name": member.name, "truth": truth}
        if member.resource is not None:
            told["resource"] = _resource(member.resource)
        if member.node is not None:
            told["tree"] = _node(member.node, everything)
        yield told
