"""What monitoring reads: as many series as there are stamps and policies, in formats that its parsers take."""

import http.client
import select
import socket
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_families
from prometheus_client.parser import text_string_to_metric_families as text_families

from azscheck.notify.endpoint import Endpoint
from azscheck.notify.metrics import Run, exposed, metrics_of
from azscheck.results import ComplianceState, Results
from tests.reports.sample import HOSTILE, clean, empty, everything

ENDED = datetime(2026, 6, 1, 12, tzinfo=UTC)
OPEN = "application/openmetrics-text; version=1.0.0,text/plain;q=0.5"


def run(results: Results | None, **changes: object) -> Run:
    return replace(Run(ENDED, 61.5, 1, results, ENDED, 3, 2), **changes)


def series(results: Results | None, accept: str = "", **changes: object) -> dict[tuple[str, frozenset[str]], float]:
    text = exposed(metrics_of(run(results, **changes)), accept)[0].decode()
    families = (open_families if accept else text_families)(text)
    found = [(s.name, frozenset(s.labels.values()), s.value) for family in families for s in family.samples]
    assert len({key[:2] for key in found}) == len(found), "a series is there twice"
    return {(name, labels): value for name, labels, value in found}


@pytest.mark.parametrize("accept", ["", OPEN])
@pytest.mark.parametrize(
    "results", [clean(), empty(), everything(), None], ids=["clean", "empty", "everything", "none"]
)
def test_what_is_written_is_what_is_read(accept: str, results: Results | None) -> None:
    """Prometheus refuses the file, or shows other numbers than the report."""
    found = series(results, accept)
    assert found["azscheck_run_timestamp_seconds", frozenset()] == ENDED.timestamp()
    assert found["azscheck_last_success_timestamp_seconds", frozenset()] == ENDED.timestamp()
    assert found["azscheck_run_duration_seconds", frozenset()] == 61.5
    assert found["azscheck_exit_code", frozenset()] == 1
    assert found["azscheck_notification_failures_total", frozenset()] == 3
    assert found["azscheck_notifications_pending", frozenset()] == 2
    counts = sum(value for (name, _), value in found.items() if name == "azscheck_results")
    findings = sum(value for (name, _), value in found.items() if name == "azscheck_findings")
    failed = sum(value for (name, _), value in found.items() if name == "azscheck_coverage_failed")
    assert counts == (len(results.results) if results else 0)
    assert findings == (len(results.findings()) if results else 0)
    assert failed == (len(results.failed_coverage) if results else 0)


def test_resources_make_no_series() -> None:
    """Ten thousand machines are ten thousand series, and the monitoring falls over; or a tenant's name is a label."""
    results = everything()
    many = replace(results, results=results.results * 20)
    assert series(results).keys() == series(many).keys()
    text = exposed(metrics_of(run(results)))[0].decode()
    assert not any(name in text for name in HOSTILE if len(name) > 3)
    stamps = len({c.stamp for c in results.coverage} | {s.stamp for s in results.stamps})
    names = Counter(name for name, _ in series(results))
    assert names["azscheck_results"] == stamps * len(results.policies) * len(ComplianceState)
    assert names["azscheck_findings"] == stamps * 8


def test_a_stamps_name_is_only_a_name() -> None:
    """Whoever names a stamp writes metrics of his own."""
    evil = 'x"} 1\nazscheck_exit_code 0\n# \\'
    results = clean()
    renamed = replace(
        results,
        results=tuple(replace(r, stamp=evil) for r in results.results),
        coverage=tuple(replace(c, stamp=evil) for c in results.coverage),
        stamps=(),
    )
    found = series(renamed)
    assert found["azscheck_exit_code", frozenset()] == 1
    assert any('x"} 1<U+000A>' in label for _, labels in found for label in labels)


def test_a_run_that_never_judged_everything_has_no_last_time() -> None:
    """An alert on the last whole run is silent because of a made-up one."""
    assert not [name for name, _ in series(None, last_whole=None) if "success" in name]


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    metrics = metrics_of(run(clean()))
    served = Endpoint("127.0.0.1", 0, lambda accept: exposed(metrics, accept))
    yield served
    served.stop()


def ask(endpoint: Endpoint, method: str = "GET", path: str = "/metrics", accept: str = "") -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", endpoint.port, timeout=5)
    connection.request(method, path, headers={"Accept": accept} if accept else {})
    answer = connection.getresponse()
    found = answer.status, answer.getheader("Content-Type", ""), answer.read().decode()
    connection.close()
    return found


def test_the_endpoint_speaks_both_formats(endpoint: Endpoint) -> None:
    """A scraper gets what it did not ask for, and takes nothing."""
    status, kind, text = ask(endpoint)
    assert (status, kind.partition(";")[0]) == (200, "text/plain")
    assert list(text_families(text))
    status, kind, text = ask(endpoint, accept=OPEN)
    assert (status, kind.partition(";")[0]) == (200, "application/openmetrics-text")
    assert text.endswith("# EOF\n")
    assert list(open_families(text))  # type: ignore[no-untyped-call]
    assert ask(endpoint, path="/metrics?x=1")[0] == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 404), ("GET", "/../secret", 404), ("POST", "/metrics", 501), ("DELETE", "/metrics", 501)],
)
def test_the_endpoint_does_nothing_else(endpoint: Endpoint, method: str, path: str, status: int) -> None:
    assert ask(endpoint, method, path)[0] == status


def test_who_opens_many_connections_is_turned_away_and_the_next_is_served(endpoint: Endpoint) -> None:
    """One client that says nothing takes the metrics from everybody else, and memory with each connection."""
    opened = [socket.create_connection(("127.0.0.1", endpoint.port), 5) for _ in range(40)]
    until = time.monotonic() + 4
    while (away := len(select.select(opened, [], [], 0.1)[0])) < 24 and time.monotonic() < until:
        pass
    assert away == 24
    for one in opened:
        one.close()
    for _ in range(50):
        try:
            assert ask(endpoint)[0] == 200
            break
        except OSError:
            continue
    else:
        pytest.fail("nobody is served any more")
