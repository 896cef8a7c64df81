"""The html format: one self-contained page, without script and without anything from elsewhere, that prints well.

What goes into the page is decided here and in `summary`, what it looks like in `reports/templates`.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import jinja2
from markupsafe import Markup, escape

from azscheck.inventory import Coverage, CoverageState
from azscheck.packaged import templates_folder
from azscheck.policy.model import Category, PolicyInfo, Severity
from azscheck.reports import changed, summary, wording
from azscheck.results import ComplianceState, Results
from azscheck.times import format_time

OPEN = 25
"""A longer table of resources is folded; it is all there, and unfolds in print."""
LOSSES = 6
"""More findings than these in a category, and the less severe ones are folded in what would be lost."""

_COVERAGE_ORDER = (CoverageState.FAILED, CoverageState.SKIPPED, CoverageState.COMPLETE)


def render(results: Results, **_: object) -> str:
    """Results as an HTML page."""
    made = environment()
    made.globals["since"] = changed.since_words(results)
    return made.get_template("report.html.j2").render(
        results=results,
        stamps=summary.stamp_names(results),
        incomplete=summary.incomplete(results),
        sections=[_section(results, category) for category in Category],
        passed=_policy_counts(results),
        exemption_words=summary.exemption_words(results),
        exemption_state=lambda use: summary.exemption_state(use, results),
        exempt=summary.by_policy(results, results.in_state(ComplianceState.EXEMPT)),
        coverage=sorted(results.coverage, key=_coverage_rank),
        open=OPEN,
    )


def environment() -> jinja2.Environment:
    """Jinja2 with everything escaped: for HTML by autoescape, and by `finalize` what shows as something else."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates_folder()),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "changes": changed.change_words,
        "coverage_words": wording.coverage_words,
        "count_words": summary.count_words,
        "groups": lambda changes, still_failing: changed.groups(changes, still_failing=still_failing),
        "line": wording.one_line,
        "link": link,
        "n": lambda number: f"{number:,}",
        "origin": wording.origin_words,
        "plural": wording.plural,
        "prose": prose,
        "reason": wording.reason_words,
        "seen": wording.seen_words,
        "state": changed.change_state,
        "since_of": changed.since_of,
        "time": format_time,
        "value": wording.value_words,
        "wanted": wording.wanted_words,
        "why": lambda change: wording.reason_words(change.result),
    }
    made.tests["failed"] = lambda coverage: coverage.state is CoverageState.FAILED
    return made


def _shown(value: Any) -> Any:
    return wording.visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def link(url: str) -> str:
    """A reference's address if a browser may be sent there, else nothing: `javascript:` is an address too."""
    return url if re.match(r"https?://[^\s]+$", url) and url.isprintable() else ""


def prose(text: str) -> Markup:
    """A policy author's text as paragraphs, with what stands between backticks as code."""
    return Markup("").join(Markup("<p>{}</p>").format(_with_code(p)) for p in wording.paragraphs(text))


def _with_code(text: str) -> Markup:
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part) for number, part in enumerate(parts)
    )


def _section(results: Results, category: Category) -> dict[str, Any]:
    counts = results.counts(category)
    groups = summary.findings(results, category)
    return {
        "key": category.value,
        "title": wording.CATEGORIES[category],
        "verdict": summary.verdict(results, category),
        "counts": counts,
        "bar": list(_bar(counts)),
        "findings": groups,
        "first_losses": _first_losses(groups),
        "nothing_lost": _nothing_lost(results, category),
        "accepted": sum(
            r.would_be is ComplianceState.NON_COMPLIANT
            for r in results.in_state(ComplianceState.EXEMPT, category=category)
        ),
        "evaluated": results.verdict(category) is not ComplianceState.NOT_APPLICABLE,
        "severities": [(s, [g for g in groups if g.policy.severity is s]) for s in wording.SEVERITIES],
        "not_judged": summary.not_judged(results, category),
        "unmatched": [p for p in results.unmatched if p.category is category],
    }


def _first_losses(groups: tuple[summary.PolicyGroup, ...]) -> int:
    """How many losses a manager sees at first: all of a few, of many those that are critical or high."""
    grave = sum(group.policy.severity >= Severity.HIGH for group in groups)
    return len(groups) if len(groups) <= LOSSES else max(grave, 1)


def _nothing_lost(results: Results, category: Category) -> str:
    """What to say of losses where there is no finding."""
    if results.verdict(category) is ComplianceState.NOT_APPLICABLE:
        return "Nothing was evaluated, so nothing is known."
    if results.not_judged(category) or summary.incomplete(results):
        return "No finding tells of a loss, but not everything could be judged."
    return "Nothing, by what was judged."


def _bar(counts: Counter[ComplianceState]) -> Iterator[tuple[ComplianceState, int, float, float]]:
    """Each state with its number, and where its part of a bar of 100 begins and how long it is."""
    start, total = 0.0, counts.total()
    for state in wording.STATES:
        if counts[state]:
            length = 100 * counts[state] / total
            yield state, counts[state], round(start, 2), round(length, 2)
            start += length


def _policy_counts(results: Results) -> list[tuple[PolicyInfo, Counter[ComplianceState]]]:
    found: dict[str, Counter[ComplianceState]] = {p.id: Counter() for p in results.policies}
    for result in results.results:
        found[result.policy][result.state] += 1
    return [(p, found[p.id]) for p in sorted(results.policies, key=lambda p: (p.category, *summary.policy_rank(p)))]


def _coverage_rank(coverage: Coverage) -> tuple[int, str, str, str]:
    return _COVERAGE_ORDER.index(coverage.state), coverage.stamp, coverage.type.lower(), coverage.scope.lower()
