"""The junit format: the Jenkins xUnit plugin's `junit-10.xsd`, which Jenkins, Azure DevOps and GitLab read.

A suite is one policy on one stamp, a case one resource. What could not be judged is an `<error>`, never a pass: a CI
system counts a case without a child as passed, and what nobody could look at has not passed. What does not apply, is
exempt or is known from a baseline is `<skipped>`. A list that could not be read is an `<error>` of its own, in a suite
about the run.
"""

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Mapping

from msgspec import Struct

from azscheck.policy.model import PolicyInfo
from azscheck.reports.changed import TITLES, since_words
from azscheck.reports.places import place_words
from azscheck.reports.summary import PolicyGroup, by_policy, incomplete, stamp_names
from azscheck.reports.wording import (
    coverage_words,
    one_line,
    origin_words,
    plural,
    reason_words,
    resource_words,
    seen_words,
    visible,
    wanted_words,
)
from azscheck.results import FILES, ComplianceState, Result, Results
from azscheck.results.changes import KINDS
from azscheck.times import format_time

CHILDREN = {
    ComplianceState.NON_COMPLIANT: "failure",
    ComplianceState.UNKNOWN: "error",
    ComplianceState.ERROR: "error",
    ComplianceState.NOT_APPLICABLE: "skipped",
    ComplianceState.EXEMPT: "skipped",
}
"""The element that a state becomes; a compliant case has none."""


def render(results: Results, **_: object) -> str:
    """Results as JUnit XML; times are the results' own."""
    root = ET.Element("testsuites", name="azscheck", time="0")
    if incomplete(results):
        _add_run(root, results)
    news = _News.of(results)
    for stamp in stamp_names(results):
        for group in by_policy(results, (r for r in results.results if r.stamp == stamp)):
            _add_suite(root, results, group, stamp, news)
    for policy in results.unmatched:
        suite = _suite(root, results, _title(policy))
        case = ET.SubElement(suite, "testcase", classname=_class(policy), name="no resource to judge", time="0")
        ET.SubElement(case, "skipped", message="no resource that this policy is about was found")
    _count(root)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _title(policy: PolicyInfo) -> str:
    return f"{visible(policy.id)} {one_line(policy.title)}"


def _class(policy: PolicyInfo) -> str:
    # Jenkins takes what stands before the last dot for the package: then a package is a category.
    return f"{policy.category.value}.{visible(policy.id).replace('.', '_')}"


def _suite(root: ET.Element, results: Results, name: str) -> ET.Element:
    return ET.SubElement(root, "testsuite", name=name, time="0", timestamp=format_time(results.now))


def _add_suite(root: ET.Element, results: Results, group: PolicyGroup, stamp: str, news: "_News") -> None:
    policy = group.policy
    suite = _suite(root, results, _title(policy))
    suite.set("hostname", visible(stamp))
    properties = ET.SubElement(suite, "properties")
    for name, value in (
        ("severity", str(policy.severity)),
        ("category", policy.category.value),
        ("rules", " ".join(policy.rules)),
        ("remediation", policy.remediation),
        *news.properties(policy, stamp),
    ):
        ET.SubElement(properties, "property", name=name, value=one_line(value))
    for result in group.results:
        child = "skipped" if result.baselined else CHILDREN.get(result.state)
        # The finding's id keeps the names of two resources apart, and a case's history together over runs.
        name = f"{resource_words(result, with_stamp=True)} [{result.id}]"
        case = ET.SubElement(suite, "testcase", classname=_class(policy), name=name, time="0")
        if child:
            known = "known from the baseline: " if result.baselined else ""
            message = known + reason_words(result)
            element = ET.SubElement(case, child, type=result.state.value, message=message)
            element.text = "\n".join((*_lines(results, result, policy), *news.lines(result)))


class _News(Struct, frozen=True):
    """What is different from the last kept run; nothing where results were compared with none."""

    before: str
    since: Mapping[str, str]
    numbers: Counter[tuple[str, str, str]]

    @classmethod
    def of(cls, results: Results) -> "_News":
        changes = results.changes
        if changes is None:
            return cls("", {}, Counter())
        found = ((c.result, kind) for kind in KINDS for c in getattr(changes, kind))
        numbers = Counter((result.policy, result.stamp, kind) for result, kind in found)
        return cls(format_time(changes.before), since_words(results), numbers)

    def properties(self, policy: PolicyInfo, stamp: str) -> Iterator[tuple[str, str]]:
        """How many of a suite's findings are new, fixed and so on."""
        if self.before:
            yield "comparedWith", self.before
            told = ((TITLES[kind].lower(), self.numbers[policy.id, stamp, kind]) for kind in KINDS)
            yield from ((title, str(number)) for title, number in told if number)

    def lines(self, result: Result) -> Iterator[str]:
        """Whether a finding is new, or since when it fails."""
        if result.id in self.since:
            yield f"compared with the last kept run: {self.since[result.id]}"


def _lines(results: Results, result: Result, policy: PolicyInfo) -> Iterator[str]:
    if place := place_words(results, result):
        yield f"place: {place}"
    yield f"resource: {visible(result.resource)}"
    for evidence in result.evidence:
        yield f"wanted: {wanted_words(evidence)}"
        yield f"seen: {seen_words(evidence)}; from {origin_words(evidence.origin or result.origin)}"
    if result.would_be:
        yield f"without the exemption: {result.would_be.words}"
    if result.state is ComplianceState.NON_COMPLIANT:
        yield f"why: {one_line(policy.why)}"
        yield f"remediation: {one_line(policy.remediation)}"


def _add_run(root: ET.Element, results: Results) -> None:
    suite = _suite(root, results, "azscheck: the run is incomplete")
    for coverage in results.failed_coverage:
        name = f"{'file' if coverage.type == FILES else 'list'} {coverage_words(coverage, with_stamp=True)}"
        case = ET.SubElement(suite, "testcase", classname="azscheck.coverage", name=name, time="0")
        reason = visible(coverage.reason) or "no reason was recorded"
        ET.SubElement(case, "error", type="notRead", message=f"could not be read: {reason}")
    if not results.evaluated:
        case = ET.SubElement(suite, "testcase", classname="azscheck.run", name="something was evaluated", time="0")
        message = f"nothing was evaluated, with {plural(len(results.policies), 'policy', 'policies')}"
        ET.SubElement(case, "error", type="nothingEvaluated", message=message)
    if not len(suite):
        root.remove(suite)


def _count(root: ET.Element) -> None:
    totals = dict.fromkeys(("tests", "failures", "errors"), 0)
    for suite in root:
        counts = {
            "tests": len(suite.findall("testcase")),
            "failures": len(suite.findall("testcase/failure")),
            "errors": len(suite.findall("testcase/error")),
            "skipped": len(suite.findall("testcase/skipped")),
        }
        for name, number in counts.items():
            suite.set(name, str(number))
            # The schema knows no `skipped` on the outermost element.
            if name in totals:
                totals[name] += number
    for name, number in totals.items():
        root.set(name, str(number))
