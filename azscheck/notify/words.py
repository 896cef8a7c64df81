"""A notice in words: one headline, and a line for each change."""

from azscheck.notify.notice import TOLD, Item, Notice
from azscheck.reports.changed import TITLES, counted
from azscheck.reports.wording import CATEGORIES, one_line, plural, visible
from azscheck.results import ComplianceState


def headline(notice: Notice) -> str:
    """`north: 1 new finding, 2 fixed`."""
    told = [counted(kind, notice.changes[kind]) for kind in TOLD if notice.changes.get(kind)]
    if notice.policies_added:
        told.append(plural(len(notice.policies_added), "new policy", "new policies"))
    if notice.policies_removed:
        gone = len(notice.policies_removed)
        told.append(plural(gone, "policy no longer judged by", "policies no longer judged by"))
    return f"{_stamps(notice)}: {', '.join(told) or 'a test, nothing is different'}"


def standing(notice: Notice) -> str:
    """How it stands now: the verdicts, and how many findings there are."""
    if not notice.verdicts:
        return "Sent by hand: no stamp was looked at."
    verdicts = ", ".join(
        f"{name} {ComplianceState(notice.verdicts[category.value]).words}" for category, name in CATEGORIES.items()
    )
    counts = ", ".join(f"{number:,} {severity}" for severity, number in notice.findings.items() if number)
    return f"Now: {verdicts}. Findings: {counts or 'none'}."


def compared(notice: Notice) -> str:
    """Which two runs it is about."""
    if not notice.verdicts:
        return f"Sent {visible(notice.time)}."
    return f"Judged {visible(notice.time)}, compared with {visible(notice.since)}."


def line(item: Item, notice: Notice) -> str:
    """One change: `high ASH-TEN-001 Machines are protected: web-01`."""
    where = f"{visible(item.stamp)}: " if len(notice.stamps) > 1 else ""
    was = " (was not known before)" if item.kind == "new" and item.was in ("unknown", "error") else ""
    why = f". {one_line(item.message)}" if item.message else ""
    name = visible(item.name) or "(no name)"
    return f"{item.severity} {visible(item.policy)} {one_line(item.title)}: {where}{name}{was}{why}"


def by_kind(notice: Notice) -> list[tuple[str, list[str]]]:
    """Each heading with its lines."""
    found = [(TITLES[kind], [line(i, notice) for i in notice.items if i.kind == kind]) for kind in TOLD]
    for title, ids in (("New policies", notice.policies_added), ("No longer judged by", notice.policies_removed)):
        found.append((title, [", ".join(map(visible, ids))] if ids else []))
    return [(title, lines) for title, lines in found if lines]


def rest(notice: Notice) -> str:
    """What is counted and not named."""
    return f"and {notice.more:,} more" if notice.more and notice.items else ""


def _stamps(notice: Notice) -> str:
    names = [visible(name) for name in notice.stamps]
    return ", ".join(names) if len(names) <= 3 else f"{', '.join(names[:2])} and {len(names) - 2} more"
