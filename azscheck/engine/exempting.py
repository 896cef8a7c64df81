"""Exemptions over results: what is not complied with, and what is not known, becomes exempt where one is in force."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import Struct, field
from msgspec.structs import replace

from azscheck.documents import did_you_mean
from azscheck.inventory import Inventory, Resource, arm_key, type_key
from azscheck.policy import STAMPS, Policy
from azscheck.policy.exemptions import Exemption
from azscheck.policy.globs import fits
from azscheck.results import ComplianceState, ExemptionState, ExemptionUse, Result
from azscheck.times import format_time

_EXCUSED: Final = (ComplianceState.NON_COMPLIANT, ComplianceState.UNKNOWN, ComplianceState.ERROR)
"""What complies and what does not apply needs no exemption, and stays what it is."""


class _OfPolicy(Struct):
    """The exemptions in force of one policy: those of an id by their keys, the others one by one."""

    by_id: dict[str, list[int]] = field(default_factory=dict)
    others: list[int] = field(default_factory=list)


def exempt(
    results: Iterable[Result],
    exemptions: Sequence[Exemption],
    policies: Sequence[Policy],
    inventory: Inventory,
    now: datetime,
) -> tuple[list[Result], tuple[ExemptionUse, ...]]:
    """The results with those exempt that an exemption in force is of, and what became of each exemption."""
    if not exemptions:
        return list(results), ()
    matching = _Matching(exemptions, policies, inventory, now)
    applied: Counter[int] = Counter()
    matched: Counter[int] = Counter()
    judged = []
    for result in results:
        found = matching.of(result)
        matched.update(found)
        if found and result.state in _EXCUSED:
            applied.update(found)
            result = _exempted(result, max((exemptions[i] for i in found), key=_end))
        judged.append(result)
    ids = [policy.id for policy in policies]
    uses = [_use(e, _state(e, now), applied[i], matched[i], ids) for i, e in enumerate(exemptions)]
    return judged, tuple(uses)


def _end(exemption: Exemption) -> str:
    return format_time(exemption.expires_on) if exemption.expires_on else ""


def _state(exemption: Exemption, now: datetime) -> ExemptionState:
    if exemption.wrong or exemption.expires_on is None:
        return ExemptionState.MALFORMED
    return ExemptionState.EXPIRED if exemption.expires_on <= now else ExemptionState.IN_FORCE


def _exempted(result: Result, exemption: Exemption) -> Result:
    why = f"{exemption.category} until {_end(exemption)[:10]}: {exemption.justification}"
    was = f"{result.state.words}: {result.message}" if result.message else result.state.words
    return replace(result, state=ComplianceState.EXEMPT, would_be=result.state, message=f"{why} ({was})")


class _Matching:
    """Which exemptions in force a result is under."""

    def __init__(
        self, exemptions: Sequence[Exemption], policies: Sequence[Policy], inventory: Inventory, now: datetime
    ) -> None:
        self._exemptions, self._inventory = exemptions, inventory
        self._by_policy: dict[str, _OfPolicy] = {}
        in_force = [i for i, e in enumerate(exemptions) if _state(e, now) is ExemptionState.IN_FORCE]
        for policy in policies:
            found = [i for i in in_force if any(fits(pattern, policy.id) for pattern in exemptions[i].policies)]
            if found:
                self._by_policy[policy.id] = self._of_policy(found)
        self._stamps = {resource.stamp: arm_key(resource.id) for resource in inventory.of_type(STAMPS)}
        self._resources: dict[tuple[str, str], dict[str, Resource]] = {}

    def _of_policy(self, indexes: Iterable[int]) -> _OfPolicy:
        made = _OfPolicy()
        for i in indexes:
            scope = self._exemptions[i].scope
            if isinstance(scope, str) and "*" not in scope:
                made.by_id.setdefault(arm_key(scope), []).append(i)
            else:
                made.others.append(i)
        return made

    def of(self, result: Result) -> list[int]:
        exemptions = self._by_policy.get(result.policy)
        if exemptions is None:
            return []
        key = arm_key(result.resource)
        found = [i for above in _above(key) for i in exemptions.by_id.get(above, ())]
        if key != (stamp := self._stamps.get(result.stamp, "")):
            # All that a stamp has is under it, whatever its id.
            found += exemptions.by_id.get(stamp, ())
        if exemptions.others:
            resource = self._resource(result, key)
            found += [i for i in exemptions.others if _holds(self._exemptions[i].scope, key, resource)]
        return found

    def _resource(self, result: Result, key: str) -> Resource | None:
        """The judged resource; None for a list that could not be read, which may hold any."""
        of = (type_key(result.type), result.stamp)
        if of not in self._resources:
            self._resources[of] = {arm_key(r.id): r for r in self._inventory.of_type(result.type, result.stamp)}
        return self._resources[of].get(key)


def _above(key: str) -> Iterable[str]:
    """An id's key, and those of everything that it is under."""
    while key:
        yield key
        key = key.rpartition("/")[0]


def _holds(scope: str | Mapping[str, str], key: str, resource: Resource | None) -> bool:
    if isinstance(scope, str):
        # A list that could not be read may hold anything under its id: what is of some of that is not of the list.
        return fits(scope, key) and (resource is not None or scope.endswith("*"))
    tags: Any = resource.body.get("tags") if resource is not None else None
    if not isinstance(tags, Mapping):
        return False
    held = {str(name).lower(): str(value).lower() for name, value in tags.items()}
    return all(held.get(name.lower()) == value.lower() for name, value in scope.items())


def _use(exemption: Exemption, state: ExemptionState, applied: int, matched: int, ids: Sequence[str]) -> ExemptionUse:
    scope = exemption.scope
    note = exemption.wrong
    if state is ExemptionState.IN_FORCE and not any(fits(p, name) for p in exemption.policies for name in ids):
        note = f"no policy of this run is called {exemption.policy!r}{did_you_mean(exemption.policy, ids)}"
    return ExemptionUse(
        policy=exemption.policy,
        scope=scope if isinstance(scope, str) else ", ".join(f"{name}={value}" for name, value in scope.items()),
        category=exemption.category,
        justification=exemption.justification,
        owner=exemption.owner,
        approved_by=exemption.approved_by,
        expires_on=exemption.expires_on,
        place=exemption.place,
        state=state,
        applied=applied,
        matched=matched,
        note=note,
    )
