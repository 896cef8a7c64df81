"""What results come to: the verdicts in words, findings by policy, what was not judged by reason."""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from azscheck.policy.model import Category, PolicyInfo
from azscheck.reports.wording import CATEGORIES, STATES, plural, reason_words, visible
from azscheck.results import FILES, ComplianceState, ExemptionUse, Result, Results
from azscheck.results.exemptions import SOON


class PolicyGroup(Struct, frozen=True):
    """Some results of one policy, in the results' order."""

    policy: PolicyInfo
    results: tuple[Result, ...]


class ReasonGroup(Struct, frozen=True):
    """Results that could not be judged for the same reason, the worst policy first."""

    reason: str
    groups: tuple[PolicyGroup, ...]

    @property
    def number(self) -> int:
        """How many results there are."""
        return sum(len(g.results) for g in self.groups)


class Verdict(Struct, frozen=True):
    """A category's verdict; `tone` is `good` only where everything was read and all of it is compliant."""

    words: str
    tone: str


def categories(results: Results) -> tuple[Category, ...]:
    """The sections of a report: both, but of files, of which little can be asked, those that something was asked of."""
    asked = {policy.category for policy in results.policies}
    return tuple(c for c in CATEGORIES if results.gate is None or c in asked or not asked)


def subject(results: Results, number: int = 1) -> str:
    """What was judged: a `Stamp`, or a `File` before it is deployed."""
    word = "File" if results.gate and not results.gate.live else "Stamp"
    return word if number == 1 else f"{word}s"


def gate_words(results: Results) -> tuple[str, ...]:
    """What to know of a run over files, in sentences."""
    gate = results.gate
    if gate is None:
        return ()
    said = []
    if gate.live:
        change = ", ".join(visible(file.name) for file in gate.files)
        left = f"; {plural(gate.untouched, 'result')} that it leaves as they are not shown" if gate.untouched else ""
        said.append(f"Judged is the change in {change}{left}.")
    if gate.passed_over:
        said.append(f"{plural(gate.passed_over, 'other JSON file')} passed over.")
    return tuple(said)


def baseline_words(results: Results) -> str:
    """`3 results known from azscheck-baseline.json, 2 new; 1 entry no longer occurs`; empty without a baseline."""
    use = results.baseline
    if use is None:
        return ""
    held = results.counts()[ComplianceState.NON_COMPLIANT] + results.counts()[ComplianceState.UNKNOWN]
    gone = plural(len(use.fixed), "entry of it no longer occurs", "entries of it no longer occur")
    words = f"{plural(use.known, 'result')} known from {visible(use.file)}, {held - use.known:,} new"
    return f"{words}; {gone}" if use.fixed else words


def policy_rank(policy: PolicyInfo) -> tuple[int, str]:
    """The key that puts policies in order, the worst first."""
    return -policy.severity, policy.id


def by_policy(results: Results, chosen: Iterable[Result]) -> tuple[PolicyGroup, ...]:
    """Results grouped by policy, the worst first."""
    found: dict[str, list[Result]] = {}
    for result in chosen:
        found.setdefault(result.policy, []).append(result)
    groups = (PolicyGroup(results.by_id[policy], tuple(members)) for policy, members in found.items())
    return tuple(sorted(groups, key=lambda g: policy_rank(g.policy)))


def findings(results: Results, category: Category) -> tuple[PolicyGroup, ...]:
    """A category's findings by policy, the worst first."""
    return by_policy(results, results.findings(category))


def not_judged(results: Results, category: Category) -> tuple[ReasonGroup, ...]:
    """What of a category is unknown or in error, by reason: one unreadable list stops many policies."""
    found: dict[str, list[Result]] = {}
    for result in results.not_judged(category):
        found.setdefault(reason_words(result), []).append(result)
    groups = [ReasonGroup(reason, by_policy(results, members)) for reason, members in found.items()]
    return tuple(sorted(groups, key=lambda g: (policy_rank(g.groups[0].policy), g.reason)))


def verdict(results: Results, category: Category) -> Verdict:
    """A category's verdict in plain words; an incomplete run never has a good one."""
    counts = results.counts(category)
    match results.verdict(category):
        case ComplianceState.NON_COMPLIANT:
            return Verdict("not compliant", "bad")
        case ComplianceState.UNKNOWN | ComplianceState.ERROR:
            number = counts[ComplianceState.UNKNOWN] + counts[ComplianceState.ERROR]
            return Verdict(f"not known: {number:,} could not be judged", "unsure")
        case ComplianceState.EXEMPT:
            return Verdict("exempt: all that applies is under an exemption", "unsure")
        case ComplianceState.NOT_APPLICABLE:
            return Verdict("nothing was evaluated", "unsure")
        case ComplianceState.COMPLIANT if incomplete(results):
            return Verdict("compliant as far as could be read", "unsure")
        case ComplianceState.COMPLIANT:
            return Verdict("compliant", "good")


def count_words(counts: Counter[ComplianceState]) -> str:
    """`2 non-compliant, 1 unknown, 9 compliant`."""
    return ", ".join(f"{counts[s]:,} {s.words}" for s in STATES if counts[s]) or "no results"


def incomplete(results: Results) -> tuple[str, ...]:
    """Why the run is incomplete, in sentences; empty when it is whole. It is what makes the exit code 3."""
    if not results.incomplete:
        return ()
    reasons = []
    files = sum(c.type == FILES for c in results.failed_coverage)
    for number, one in ((files, "file"), (len(results.failed_coverage) - files, "list")):
        if number:
            reasons.append(f"{plural(number, one)} could not be read.")
    if errors := results.counts()[ComplianceState.ERROR]:
        reasons.append(f"{plural(errors, 'evaluation')} ended in an error.")
    if not results.evaluated:
        reasons.append("Nothing was evaluated.")
    return tuple(reasons)


def exemption_words(results: Results) -> str:
    """`1 of 2 exemptions applied, to 5 results; 1 has expired`; empty where none were given."""
    if not results.exemptions:
        return ""
    counts = results.exemption_counts
    numbers = (
        (counts["expiring"], "expires", "expire", f"within {SOON.days} days"),
        (counts["expired"], "has", "have", "expired"),
        (counts["malformed"], "is", "are", "malformed and not in force"),
        (counts["matchedNothing"], "matches", "match", "nothing"),
    )
    exempt = plural(results.counts()[ComplianceState.EXEMPT], "result")
    words = [f"{counts['applied']:,} of {plural(counts['given'], 'exemption')} applied, to {exempt}"]
    words += [f"{number:,} {one if number == 1 else many} {rest}" for number, one, many, rest in numbers if number]
    return "; ".join(words)


def exemption_state(use: ExemptionUse, results: Results) -> str:
    """What to know of one exemption: `in force, expires within 30 days`, `expired`, `malformed: ...`."""
    words = [use.state.words]
    if use.expires_soon(results.now):
        words.append(f"expires within {SOON.days} days")
    if use.matched_nothing:
        words.append("matches nothing")
    said = ", ".join(words)
    return f"{said}: {visible(use.note)}" if use.note else said


def stamp_names(results: Results) -> tuple[str, ...]:
    """The stamps that a report is of, in order."""
    parts: tuple[Iterable[str], ...] = (
        (r.stamp for r in results.results),
        (c.stamp for c in results.coverage),
        (s.stamp for s in results.stamps),
    )
    return tuple(sorted({name for part in parts for name in part}))
