"""The markdown format: GitHub flavoured, for job summaries, issues and merge requests; shorter than the HTML.

Names and ids go into code spans, where nothing is marked up, linked or mentioned; all other text is escaped.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from azscheck.inventory import CoverageState
from azscheck.policy.model import Category
from azscheck.reports.changed import change_state, change_words, groups, since_of, since_words
from azscheck.reports.summary import (
    PolicyGroup,
    count_words,
    exemption_state,
    exemption_words,
    findings,
    incomplete,
    not_judged,
    stamp_names,
    verdict,
)
from azscheck.reports.wording import (
    CATEGORIES,
    coverage_words,
    one_line,
    plural,
    reason_words,
    resource_words,
    shortened,
    visible,
)
from azscheck.results import ComplianceState, Results
from azscheck.results.changes import Changes
from azscheck.times import format_time

SHOWN = 20
"""How many resources are named a policy or reason; the rest are counted. A GitHub comment holds 65,536 characters."""
CHANGES = 100
"""How many findings are named of a kind of change."""
LENGTH = 200
"""The longest text of a stamp's that is shown whole."""


def escaped(text: str) -> str:
    """Text as Markdown that shows exactly it (GFM 6.1), with no mention or issue link made of it.

    GitHub finds mentions after rendering, where no escape helps: a zero-width space does, as bots that quote others do.
    """
    # No line begins with such text, so what means something only at the start of a line needs no escape.
    marked = re.sub(r"([\\`*_\[\]<>&~#@$]|:(?=//)|(?<=www)\.)", r"\\\1", visible(text))
    return re.sub(r"([@#])(?=\w)", r"\1&#8203;", marked)


def code(text: str) -> str:
    """Text as a code span (GFM 6.3), in which nothing is marked up."""
    shown = shortened(visible(text), LENGTH)
    fence = "`" * (max(map(len, re.findall("`+", shown)), default=0) + 1)
    pad = " " if shown.startswith(("`", " ")) or shown.endswith(("`", " ")) else ""
    return f"{fence}{pad}{shown}{pad}{fence}" if shown else ""


def prose(text: str) -> str:
    """A policy author's text, whose commands stand between backticks."""
    parts = one_line(text).split("`")
    if len(parts) % 2 == 0:
        return escaped(one_line(text))
    return "".join(code(part) if number % 2 else escaped(part) for number, part in enumerate(parts))


def render(results: Results, **_: object) -> str:
    """Results as Markdown."""
    lines = [*_head(results)]
    if results.changes:
        lines += ["## Since the last kept run", "", *changes_lines(results.changes, len(stamp_names(results)) > 1)]
    for category in Category:
        lines += _category(results, category)
    lines += _coverage(results)
    lines += _exemptions(results)
    lines += _run(results)
    return "\n".join(lines) + "\n"


def row(cells: Iterable[str]) -> str:
    """A table's row; in its cells a pipe is escaped, in code spans too (GFM 4.10)."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield row(header)
    yield row("---" for _ in header)
    yield from map(row, rows)
    yield ""


def _head(results: Results) -> Iterator[str]:
    yield "# Backup and disaster recovery compliance"
    yield ""
    stamps = ", ".join(code(name) for name in stamp_names(results)) or "none"
    yield f"Stamps: {stamps}. Judged {format_time(results.now)}, collected {format_time(results.collected)}."
    yield ""
    if reasons := incomplete(results):
        yield f"> **INCOMPLETE: {' '.join(reasons)}** What could not be read was not judged."
        yield ""
    yield from _table(
        ("", "Verdict", "Results"),
        (
            (title, f"**{verdict(results, category).words}**", count_words(results.counts(category)))
            for category, title in CATEGORIES.items()
        ),
    )


def changes_lines(changes: Changes, with_stamp: bool, *, still_failing: bool = False) -> Iterator[str]:
    """What is different: each kind of change with its findings."""
    yield f"Compared with the run of {format_time(changes.before)}: **{change_words(changes)}**."
    yield ""
    added, removed = changes.policies_added, changes.policies_removed
    for words, policies in (("New policies", added), ("No longer judged by", removed)):
        if policies:
            yield f"{words}: {', '.join(map(code, policies))}."
            yield ""
    for title, found in groups(changes, still_failing=still_failing):
        yield f"### {title}"
        yield ""
        rows = (
            (
                code(resource_words(change.result, with_stamp=with_stamp)),
                code(change.result.policy),
                "; ".join(filter(None, (change_state(change), since_of(change)))),
                escaped(shortened(reason_words(change.result), LENGTH)),
            )
            for change in found[:CHANGES]
        )
        yield from _table(("Resource", "Policy", "Was, and is now", "Why"), rows)
        if (more := len(found) - CHANGES) > 0:
            yield f"... and {more:,} more, which the html and json formats name."
            yield ""


def _category(results: Results, category: Category) -> Iterator[str]:
    title = CATEGORIES[category]
    yield f"## {title}: {verdict(results, category).words}"
    yield ""
    found, since = findings(results, category), since_words(results)
    if found:
        yield "### What would be lost"
        yield ""
        for group in found:
            number = plural(len(group.results), "resource")
            yield f"- **{prose(group.policy.title)}** ({group.policy.severity}, {number}). {prose(group.policy.why)}"
        yield ""
        yield "### Findings"
        yield ""
        for group in found:
            yield from _finding(group, len(stamp_names(results)) > 1, since)
    reasons = not_judged(results, category)
    if reasons:
        yield "### Not judged"
        yield ""
        rows = (
            (escaped(shortened(r.reason, LENGTH)), ", ".join(code(g.policy.id) for g in r.groups), f"{r.number:,}")
            for r in reasons
        )
        yield from _table(("Why", "Policies", "Results"), rows)
    unmatched = [code(p.id) for p in results.unmatched if p.category is category]
    if unmatched:
        yield f"Found no resource to judge: {', '.join(unmatched)}."
        yield ""


def _finding(group: PolicyGroup, with_stamp: bool, since: Mapping[str, str]) -> Iterator[str]:
    policy = group.policy
    rules = f", {', '.join(code(rule) for rule in policy.rules)}" if policy.rules else ""
    yield f"#### {policy.severity}: {code(policy.id)} {prose(policy.title)}"
    yield ""
    yield f"**Remediation{rules}.** {prose(policy.remediation)}"
    yield ""
    shown = group.results[:SHOWN]
    rows = (
        (
            code(resource_words(r, with_stamp=with_stamp)),
            escaped(shortened(reason_words(r), LENGTH)) + (f" ({since[r.id]})" if since and r.id in since else ""),
        )
        for r in shown
    )
    yield from _table(("Resource", "Why"), rows)
    if more := len(group.results) - len(shown):
        yield f"... and {more:,} more, which the html, json and csv formats name."
        yield ""


def _coverage(results: Results) -> Iterator[str]:
    if results.failed_coverage:
        yield "## Could not be read"
        yield ""
        with_stamp = len(stamp_names(results)) > 1
        rows = (
            (code(coverage_words(c, with_stamp=with_stamp)), escaped(shortened(c.reason, LENGTH)))
            for c in results.failed_coverage
        )
        yield from _table(("List", "Why"), rows)


def _exemptions(results: Results) -> Iterator[str]:
    if results.exemptions:
        yield "## Exemptions"
        yield ""
        yield f"{exemption_words(results)}."
        yield ""
        rows = (
            (
                code(use.policy),
                code(use.scope),
                escaped(shortened(f"{use.category}: {use.justification}" if use.category else "", LENGTH)),
                escaped(f"{use.owner}, {use.approved_by}" if use.owner else ""),
                format_time(use.expires_on)[:10] if use.expires_on else "",
                escaped(shortened(exemption_state(use, results), LENGTH)),
                f"{use.applied:,}",
            )
            for use in results.exemptions[:SHOWN]
        )
        header = ("Policy", "Scope", "Why", "Owner, approved by", "Until", "State", "Results")
        yield from _table(header, rows)
        if (more := len(results.exemptions) - SHOWN) > 0:
            yield f"... and {more:,} more, which the html and json formats name."
            yield ""


def _run(results: Results) -> Iterator[str]:
    read = sum(c.state is CoverageState.COMPLETE for c in results.coverage)
    yield "## The run"
    yield ""
    yield f"- azscheck {escaped(results.version)}, {plural(len(results.policies), 'policy', 'policies')}"
    yield f"- {count_words(results.counts())}"
    if results.sets:
        yield f"- {'Policy set' if len(results.sets) == 1 else 'Policy sets'} {', '.join(map(code, results.sets))}"
    yield f"- {plural(results.counts()[ComplianceState.EXEMPT], 'result')} under an exemption"
    yield f"- {read:,} of {plural(len(results.coverage), 'list')} read completely"
    yield f"- {plural(sum(results.resource_counts.values()), 'resource')} in the inventory"
