"""What a run came to, as metrics: a number of series that grows with stamps and policies, never with resources.

Names follow https://prometheus.io/docs/practices/naming/. A stamp that was not looked at has no series, and a run
without results has none of findings: what is not known is neither shown as zero nor as it was.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from azscheck import __version__
from azscheck.notify.notice import stamps_of
from azscheck.policy.model import Category, Severity
from azscheck.reports.wording import visible
from azscheck.results import ComplianceState, Results

if TYPE_CHECKING:
    from prometheus_client.core import Metric


class Run(Struct, frozen=True):
    """One run, as monitoring sees it."""

    ended: datetime
    seconds: float
    exit_code: int
    results: Results | None
    """None where the run came to none."""
    last_whole: datetime | None = None
    """When a run last ended that could judge all it was to judge."""
    failures: int = 0
    """How many attempts to tell of changes have come to nothing."""
    waiting: int = 0
    """How many notices have not been delivered."""


def exposed(metrics: "list[Metric]", accept: str = "") -> tuple[bytes, str]:
    """Metrics in the format that an Accept header asks for, and its media type.

    Without one it is the text format that node_exporter's textfile collector reads; OpenMetrics is the other one.
    """
    from prometheus_client.exposition import choose_encoder

    encode, media_type = choose_encoder(accept)
    return encode(_Collected(metrics)), media_type


def metrics_of(run: Run) -> "list[Metric]":
    """All metrics of a run; nothing of its results is kept."""
    return list(_families(run))


def _families(run: Run) -> "Iterator[Metric]":
    from prometheus_client.core import CounterMetricFamily, InfoMetricFamily

    yield InfoMetricFamily("azscheck_build", "The azscheck that ran.", {"version": __version__})
    yield _number("azscheck_run_timestamp_seconds", "When the last run ended.", run.ended.timestamp())
    yield _number("azscheck_run_duration_seconds", "How long the last run took.", run.seconds)
    yield _number("azscheck_exit_code", "0 compliant, 1 findings, 2 wrong use, 3 incomplete.", run.exit_code)
    if run.last_whole is not None:
        name = "azscheck_last_success_timestamp_seconds"
        yield _number(name, "When a run last ended that could judge everything.", run.last_whole.timestamp())
    yield CounterMetricFamily(
        "azscheck_notification_failures", "Attempts to tell of changes that came to nothing.", float(run.failures)
    )
    yield _number("azscheck_notifications_pending", "Notifications that have not been delivered.", run.waiting)
    if run.results is not None:
        yield from _of_results(run.results)


def _of_results(results: Results) -> "Iterator[Metric]":
    from prometheus_client.core import GaugeMetricFamily

    stamps = stamps_of(results)
    failed = GaugeMetricFamily(
        "azscheck_coverage_failed", "Lists that should have been read and could not.", labels=["stamp"]
    )
    lists = Counter(coverage.stamp for coverage in results.failed_coverage)
    for stamp in stamps:
        failed.add_metric([visible(stamp)], lists[stamp])
    yield failed
    by_policy = Counter((r.stamp, r.policy, r.state) for r in results.results)
    found = GaugeMetricFamily("azscheck_findings", "Findings.", labels=["stamp", "category", "severity"])
    findings: Counter[tuple[str, Category, Severity]] = Counter()
    for (stamp, id, state), number in by_policy.items():
        if state is ComplianceState.NON_COMPLIANT:
            policy = results.by_id[id]
            findings[stamp, policy.category, policy.severity] += number
    for stamp in stamps:
        for category in Category:
            for severity in sorted(Severity, reverse=True):
                labels = [visible(stamp), category.value, str(severity)]
                found.add_metric(labels, findings[stamp, category, severity])
    yield found
    states = GaugeMetricFamily("azscheck_results", "Results of each policy.", labels=["stamp", "policy", "state"])
    for stamp in stamps:
        for policy in sorted(results.policies, key=lambda p: p.id):
            for state in ComplianceState:
                labels = [visible(stamp), visible(policy.id), state.value]
                states.add_metric(labels, by_policy[stamp, policy.id, state])
    yield states


def _number(name: str, documentation: str, value: float) -> Any:
    from prometheus_client.core import GaugeMetricFamily

    return GaugeMetricFamily(name, documentation, value)


class _Collected:
    """What an encoder takes."""

    def __init__(self, found: "list[Metric]") -> None:
        self._found = found

    def collect(self) -> "list[Metric]":
        return self._found
