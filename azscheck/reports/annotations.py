"""What the formats of pipelines have in common: a message for each result that somebody has to look at."""

from collections.abc import Iterator

from msgspec import Struct

from azscheck.place import Place
from azscheck.policy.model import Severity
from azscheck.reports.places import name_words, place_of, place_of_list
from azscheck.reports.summary import categories, incomplete, policy_rank, verdict
from azscheck.reports.wording import CATEGORIES, coverage_words, one_line, plural, reason_words, visible
from azscheck.results import ComplianceState, Result, Results
from azscheck.times import format_time


class Annotation(Struct, frozen=True):
    """A message at a place."""

    title: str
    message: str
    place: Place | None
    """None for what is live."""
    severity: Severity | None
    """Of a finding; None for what could not be judged."""
    result: Result | None = None
    """None for what is of the whole run."""

    @property
    def grave(self) -> bool:
        """Whether it makes the run incomplete: a fault, whatever the policy's severity."""
        return self.result is None or self.result.state is ComplianceState.ERROR

    @property
    def known(self) -> bool:
        """Whether a baseline holds it."""
        return self.result is not None and self.result.baselined


def annotations(results: Results) -> list[Annotation]:
    """What makes the run incomplete, then the findings, the worst first, then what could not be judged; known last."""
    judged = sorted(_of_results(results), key=lambda a: (a.known, not a.grave))
    return [*_of_the_run(results), *judged]


def _of_the_run(results: Results) -> Iterator[Annotation]:
    for coverage in results.failed_coverage:
        message = f"{coverage_words(coverage, with_stamp=True)} could not be read: {visible(coverage.reason)}"
        yield Annotation("incomplete", message, place_of_list(results, coverage), None)
    if not results.evaluated:
        yield Annotation("incomplete", "Nothing was evaluated, so nothing is known.", None, None)


def _of_results(results: Results) -> Iterator[Annotation]:
    for result in results.findings():
        yield _annotation(results, result, "")
    for result in sorted(results.not_judged(), key=lambda r: policy_rank(results.policy_of(r))):
        yield _annotation(results, result, "could not be judged: ")


def _annotation(results: Results, result: Result, before: str) -> Annotation:
    policy = results.policy_of(result)
    unjudged = result.state is not ComplianceState.NON_COMPLIANT
    title = f"{visible(policy.id)} {policy.severity}: {one_line(policy.title)}"
    known = "known from the baseline: " if result.baselined else ""
    message = f"{known}{name_words(results, result, with_stamp=True)}: {before}{reason_words(result)}"
    return Annotation(title, message, place_of(results, result), None if unjudged else policy.severity, result)


def closing(results: Results) -> str:
    """One line at the end: the verdicts, what is incomplete, how many are known."""
    verdicts = ", ".join(f"{CATEGORIES[c]}: {verdict(results, c).words}" for c in categories(results))
    known = f"; {plural(results.baseline.known, 'result')} known from the baseline" if results.baseline else ""
    whole = f"; incomplete: {' '.join(incomplete(results))}" if results.incomplete else ""
    return f"azscheck {visible(results.version)}, {format_time(results.now)}: {verdicts}{known}{whole}"
