"""What is different from an earlier run, in words; empty where results were compared with none."""

from collections.abc import Mapping
from typing import Final

from azscheck.reports.wording import plural
from azscheck.results import ComplianceState, Results
from azscheck.results.changes import KINDS, Change, Changes
from azscheck.times import format_time

TITLES: Final = {
    "new": "New findings",
    "lapsed": "No longer exempt",
    "of_new_policies": "Of policies that are new",
    "became_unknown": "No longer known",
    "known_again": "Known again",
    "fixed": "Fixed",
    "exempted": "Exempt now",
    "gone": "Gone, not fixed",
    "still_failing": "Still failing",
}
"""The heading of each kind of change."""

_WORDS: Final = {
    "new": ("new finding", "new findings"),
    "lapsed": ("no longer exempt", ""),
    "of_new_policies": ("of new policies", ""),
    "became_unknown": ("no longer known", ""),
    "known_again": ("known again", ""),
    "fixed": ("fixed", ""),
    "exempted": ("exempt now", ""),
    "gone": ("gone", ""),
    "still_failing": ("still failing", ""),
}

MARKS: Final = {"new": "new", "lapsed": "no longer exempt", "of_new_policies": "new policy"}
"""What stands beside a finding that was none."""


def change_words(changes: Changes) -> str:
    """`1 new finding, 2 fixed, 3 still failing`, or that nothing is different."""
    told = [counted(kind, len(found)) for kind in KINDS if (found := getattr(changes, kind))]
    if not changes.worth_telling:
        told = ["nothing is different", *told]
    if changes.policies_added:
        told.append(plural(len(changes.policies_added), "new policy", "new policies"))
    if changes.policies_removed:
        told.append(plural(len(changes.policies_removed), "policy no longer judged by", "policies no longer judged by"))
    return ", ".join(told)


def counted(kind: str, number: int) -> str:
    """`2 new findings`."""
    one, many = _WORDS[kind]
    return plural(number, one, many or one)


def groups(changes: Changes, *, still_failing: bool = False) -> list[tuple[str, tuple[Change, ...]]]:
    """The kinds of changes that there are, each with its heading."""
    kinds = [kind for kind in KINDS if still_failing or kind != "still_failing"]
    return [(TITLES[kind], found) for kind in kinds if (found := getattr(changes, kind))]


def change_state(change: Change) -> str:
    """`compliant, now non-compliant`; what was or is not there has no state. Empty where it is the same."""
    if change.was is change.now:
        return ""
    was = change.was.words if change.was else "not there"
    now = change.now.words if change.now else "not there"
    return f"{was}, now {now}"


def since_of(change: Change) -> str:
    """`failing since 2026-01-01T00:00:00Z`, of what is a finding and was one; `had failed since` of what was one."""
    if change.since is None or change.was is not ComplianceState.NON_COMPLIANT:
        return ""
    words = "failing since" if change.now is ComplianceState.NON_COMPLIANT else "had failed since"
    return f"{words} {format_time(change.since)}"


def since_words(results: Results) -> Mapping[str, str]:
    """By finding: that it is new, or since when it fails; empty where results were compared with none."""
    if results.changes is None:
        return {}
    told: dict[str, str] = {}
    for kind in KINDS:
        for change in getattr(results.changes, kind):
            if kind in MARKS:
                told[change.result.id] = MARKS[kind]
            elif kind == "still_failing" and change.since:
                told[change.result.id] = f"since {format_time(change.since)}"
    return told


def kinds_by_id(changes: Changes) -> dict[str, tuple[str, Change]]:
    """By finding: what kind of change it is."""
    return {change.result.id: (kind, change) for kind in KINDS for change in getattr(changes, kind)}
