"""explain: one policy's verdict on one resource, with the tree of its conditions and what would turn it."""

import difflib
from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from azscheck.documents import did_you_mean
from azscheck.engine.applicability import types_of
from azscheck.engine.attested import without_lapsed
from azscheck.engine.change import Change, smallest_changes
from azscheck.engine.evaluation import check_now, judge
from azscheck.engine.frame import Frame
from azscheck.engine.interpret import Interpreter
from azscheck.engine.likeliest import likeliest
from azscheck.engine.population import World
from azscheck.engine.sentences import not_known
from azscheck.engine.trace import Node, trace
from azscheck.errors import AzscheckError, UsageError
from azscheck.inventory import Inventory, Resource, arm_key
from azscheck.policy import Policy
from azscheck.policy.parameters import Overrides, check_overrides, over, values_of
from azscheck.results import Result
from azscheck.values import Unknown

_MOST_LISTED = 10


class Explanation(Struct, frozen=True):
    """Why a policy says of a resource what it says."""

    policy: Policy
    resource: Resource
    result: Result
    parameters: Mapping[str, object]
    now: datetime
    when: Node | None
    require: Node
    changes: tuple[Change, ...]
    """The smallest that would turn the verdict, each alone, the likeliest first; none where something must be known."""
    sure: bool
    """Whether the changes turn it whatever else looks at the properties that they change."""
    turned: str
    """What it would be then: `would comply`."""
    not_known: tuple[tuple[str, Unknown], ...]
    """What must be known, or mended, before there is a verdict."""


def explain(
    inventory: Inventory,
    policy: Policy,
    text: str,
    *,
    now: datetime,
    stamp: str | None = None,
    parameters: Overrides | None = None,
    stamp_parameters: Mapping[str, Overrides] | None = None,
) -> Explanation:
    """Explain the verdict on the resource that `text` names: an id, a name, or a part that only one has.

    Raises UsageError for a resource that is not there, is not unique or is not judged by the policy, and for what
    `evaluate` raises it for.
    """
    check_now(now, inventory.created)
    per_stamp = stamp_parameters or {}
    for overrides in (parameters or {}, *per_stamp.values()):
        check_overrides([policy], overrides)
    inventory = without_lapsed(inventory, now)
    resource = find_resource(inventory, policy, text, now, stamp)
    values = values_of(policy, over(per_stamp.get(resource.stamp, {}), parameters or {}))
    interpreter = Interpreter(World(inventory))
    frame = Frame(resource, resource.document, values, now)
    try:
        result = judge(interpreter, resource, policy, values, now)
        when = trace(interpreter, policy.when, frame) if policy.when is not None else None
        require = trace(interpreter, policy.require, frame)
    except RecursionError as error:
        raise AzscheckError(f"{policy.id}: a value or a condition is nested too deeply to be shown.") from error
    judged = require if when is None or when.truth is True else when
    unknown = tuple(dict.fromkeys(not_known(judged)))
    to = judged.truth is False
    changes, sure = likeliest(() if unknown else smallest_changes(judged, to), judged, to)
    turned = "would not comply" if judged.truth is True else "would comply" if judged is require else "would be judged"
    return Explanation(policy, resource, result, values, now, when, require, changes, sure, turned, unknown)


def find_resource(inventory: Inventory, policy: Policy, text: str, now: datetime, stamp: str | None = None) -> Resource:
    """The one resource, of those that a policy judges, that has this id or name, or a part of it."""
    stamps = [stamp] if stamp is not None else inventory.stamps
    if stamp is not None and stamp not in inventory.stamps:
        raise UsageError(f"the inventory has no stamp {stamp!r}{did_you_mean(stamp, inventory.stamps)}")
    kinds = types_of(policy, inventory.types, now)
    judged = [r for s in stamps for kind in kinds for r in inventory.of_type(kind, s)]
    found = _matching(judged, text)
    if len(found) == 1:
        return found[0]
    if found:
        more = f"\n  and {len(found) - _MOST_LISTED} more" if len(found) > _MOST_LISTED else ""
        listed = "".join(f"\n  {_listed(r, inventory)}" for r in found[:_MOST_LISTED])
        raise UsageError(f"{len(found)} resources answer to {text!r}: name one of them by its id.{listed}{more}")
    others = _matching([r for s in stamps for r in inventory.resources if r.stamp == s], text)
    of = " and ".join(kinds)
    if others:
        raise UsageError(f"{policy.id} judges {of}, and {others[0].name} is one of {others[0].type}.")
    gap = next((gap for s in stamps for kind in kinds for gap in inventory.gaps(kind, s)), None)
    unread = f" Not everything could be read: {gap.words}" if gap else ""
    raise UsageError(f"there is no {text!r} among the {len(judged)} of {of}{_nearest(text, judged)}{unread}")


def _matching(resources: Sequence[Resource], text: str) -> list[Resource]:
    """Those with the id, else those with the name, else those with the text in either."""
    lowered = text.strip().lower()
    for matches in (
        [r for r in resources if arm_key(r.id) == arm_key(text)],
        [r for r in resources if lowered in (r.name.lower(), r.full_name.lower())],
        [r for r in resources if lowered and (lowered in r.name.lower() or lowered in r.id.lower())],
    ):
        if matches:
            return matches
    return []


def _nearest(text: str, resources: Sequence[Resource]) -> str:
    by_lower = {r.name.lower(): r.name for r in resources}
    near = sorted(difflib.get_close_matches(text.lower(), by_lower, 3, 0.6))
    return f"; did you mean {' or '.join(repr(by_lower[name]) for name in near)}?" if near else "."


def _listed(resource: Resource, inventory: Inventory) -> str:
    return f"{resource.stamp}: {resource.id}" if len(inventory.stamps) > 1 else resource.id
