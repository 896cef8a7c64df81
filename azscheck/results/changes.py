"""What is different between two evaluations: each finding in exactly one place."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct

from azscheck.inventory import Coverage, arm_key, type_key
from azscheck.policy.model import PolicyInfo
from azscheck.results.model import Result, Results, result_order
from azscheck.results.states import ComplianceState

_FAILS: Final = ComplianceState.NON_COMPLIANT
_UNJUDGED: Final = (ComplianceState.UNKNOWN, ComplianceState.ERROR)
_WORST: Final = (
    ComplianceState.NOT_APPLICABLE,
    ComplianceState.COMPLIANT,
    ComplianceState.EXEMPT,
    ComplianceState.UNKNOWN,
    ComplianceState.ERROR,
    ComplianceState.NON_COMPLIANT,
)


class Change(Struct, frozen=True):
    """One finding, before and now."""

    result: Result
    """As it is now, or as it was where it is no longer there."""
    was: ComplianceState | None
    """None where there was no such resource."""
    now: ComplianceState | None
    """None where there is no such resource, or no such list that could not be read, any more."""
    since: datetime | None = None
    """For what fails now, or failed before: the first known run since which it did so without a break."""


class Changes(Struct, frozen=True):
    """What is different between two evaluations, in the order of results; a finding stands in one place only."""

    before: datetime
    """The moment of the run that was compared with."""
    new: tuple[Change, ...] = ()
    """Findings that were none; `was` tells those of which nothing was known."""
    lapsed: tuple[Change, ...] = ()
    """What was exempt, and now is a finding or cannot be judged."""
    of_new_policies: tuple[Change, ...] = ()
    """Findings, and what cannot be judged, of policies that were not judged by before."""
    became_unknown: tuple[Change, ...] = ()
    """What could be judged and no longer can, with the findings of lists that could not be read; they are not fixed."""
    known_again: tuple[Change, ...] = ()
    """What could not be judged, and is no finding now that it can."""
    fixed: tuple[Change, ...] = ()
    """Findings that comply now."""
    exempted: tuple[Change, ...] = ()
    """What is under an exemption now and was not before."""
    gone: tuple[Change, ...] = ()
    """Findings and unjudged whose resource is no longer there, or that the policy no longer applies to: not fixed."""
    still_failing: tuple[Change, ...] = ()
    policies_added: tuple[str, ...] = ()
    policies_removed: tuple[str, ...] = ()
    """What their results were is not compared: no finding of theirs is fixed."""

    @property
    def worth_telling(self) -> bool:
        """Whether anything is different: what still fails is not."""
        return any(getattr(self, name) for name in self.__struct_fields__ if name not in ("before", "still_failing"))

    @property
    def worse(self) -> tuple[Change, ...]:
        """The findings that were none."""
        found = (*self.new, *self.lapsed, *self.of_new_policies)
        return tuple(change for change in found if change.now is _FAILS)


KINDS: Final = tuple(
    name for name in Changes.__struct_fields__ if name not in ("before", "policies_added", "policies_removed")
)
"""The fields of Changes that hold findings, in the order in which they are told."""


def compare(before: Results, after: Results, failing_since: Mapping[str, datetime] | None = None) -> Changes:
    """What is different.

    `failing_since` tells of findings, by id, since when they fail without a break, where more than two runs are known.
    """
    known = failing_since or {}
    added = tuple(sorted(after.by_id.keys() - before.by_id.keys()))
    removed = tuple(sorted(before.by_id.keys() - after.by_id.keys()))
    found: dict[str, list[Change]] = {kind: [] for kind in KINDS}
    for kind, change in _sorted_out(before, after):
        since = None
        if change.now is _FAILS:
            started = before.now if change.was is _FAILS else after.now
            since = known.get(change.result.id, started)
        elif change.was is _FAILS:
            since = known.get(change.result.id, before.now)
        found[kind].append(Change(change.result, change.was, change.now, since))
    order = result_order(_policies(before, after))
    return Changes(
        before=before.now,
        policies_added=added,
        policies_removed=removed,
        **{kind: tuple(sorted(changes, key=lambda c: order(c.result))) for kind, changes in found.items()},
    )


def _policies(before: Results, after: Results) -> list[PolicyInfo]:
    return list({**before.by_id, **after.by_id}.values())


def _sorted_out(before: Results, after: Results) -> Iterator[tuple[str, Change]]:
    old, new = by_id(before), by_id(after)
    lists_before, lists_after = _Lists(before), _Lists(after)
    for id, result in new.items():
        was = old.get(id)
        if result.policy not in before.by_id:
            if result.state is _FAILS or result.state in _UNJUDGED:
                yield "of_new_policies", Change(result, None, result.state)
            continue
        state = was.state if was else ComplianceState.UNKNOWN if lists_before.may_hold(result) else None
        if kind := _kind(state, result.state, was is None):
            yield kind, Change(result, state, result.state)
    for id, result in old.items():
        if id in new or result.policy not in after.by_id:
            continue
        unjudged = result.state in _UNJUDGED
        if lists_after.may_hold(result):
            if result.state is _FAILS:
                yield "became_unknown", Change(result, result.state, ComplianceState.UNKNOWN)
        elif unjudged and lists_before.is_gap(result):
            yield "known_again", Change(result, result.state, None)
        elif unjudged or result.state is _FAILS:
            yield "gone", Change(result, result.state, None)


def _kind(was: ComplianceState | None, now: ComplianceState, first_seen: bool) -> str:
    """Where a result belongs that is there now; empty where nothing is to be told of it."""
    match now:
        case ComplianceState.NON_COMPLIANT:
            return {_FAILS: "still_failing", ComplianceState.EXEMPT: "lapsed"}.get(was, "new") if was else "new"
        case ComplianceState.UNKNOWN | ComplianceState.ERROR if was not in _UNJUDGED:
            return "lapsed" if was is ComplianceState.EXEMPT else "became_unknown"
        case ComplianceState.EXEMPT if was is not ComplianceState.EXEMPT:
            return "exempted"
        case ComplianceState.COMPLIANT | ComplianceState.NOT_APPLICABLE if was in _UNJUDGED and not first_seen:
            return "known_again"
        case ComplianceState.COMPLIANT if was is _FAILS:
            return "fixed"
        case ComplianceState.NOT_APPLICABLE if was is _FAILS:
            return "gone"
    return ""


def by_id(results: Results) -> dict[str, Result]:
    """Results by their ids."""
    found: dict[str, Result] = {}
    for result in results.results:
        same = found.setdefault(result.id, result)
        # A resource that is there twice is as its worse.
        if same is not result and _WORST.index(result.state) > _WORST.index(same.state):
            found[result.id] = result
    return found


class _Lists:
    """Which lists of an evaluation did not say everything there is."""

    def __init__(self, results: Results) -> None:
        self._read: set[tuple[str, str]] = set()
        self._gaps: dict[tuple[str, str], list[Coverage]] = {}
        for coverage in results.coverage:
            key = coverage.stamp, type_key(coverage.type)
            self._read.add(key)
            if not coverage.known:
                self._gaps.setdefault(key, []).append(coverage)

    def may_hold(self, result: Result) -> bool:
        """Whether a resource that is not in the inventory may be in the stamp for all that is known."""
        key = result.stamp, type_key(result.type)
        return key not in self._read or any(_touches(gap.scope, result.resource) for gap in self._gaps.get(key, ()))

    def is_gap(self, result: Result) -> bool:
        """Whether a result stands for a list that could not be read."""
        key = result.stamp, type_key(result.type)
        gaps: Iterable[Coverage] = self._gaps.get(key, ())
        return (not result.resource and key not in self._read) or any(gap.scope == result.resource for gap in gaps)


def _touches(scope: str, resource: str) -> bool:
    """Whether a list that was taken somewhere could have held a resource: of places that are no ids, it could."""
    taken, own = f"{arm_key(scope)}/", f"{arm_key(resource)}/"
    both = taken.startswith("/subscriptions/") and own.startswith("/subscriptions/")
    return not both or own.startswith(taken)
