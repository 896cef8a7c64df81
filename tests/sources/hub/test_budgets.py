"""What hangs costs minutes and not hours, and an operator who has waited enough gets the prompt back."""

import re
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from azure.core.pipeline.policies import HTTPPolicy
from msgspec.structs import replace

from azscheck.demo import DemoStamp, Fault
from azscheck.errors import CollectionError
from azscheck.sources.hub import StampSettings, collect
from azscheck.sources.hub.budgets import Failures
from azscheck.sources.hub.limits import Limits
from azscheck.sources.hub.pace import Pace

from .conftest import FAST, NOW, Collect, failed, sentences

VIEWS = "Microsoft.Compute/virtualMachines/instanceView"
QUICK = replace(FAST, read_seconds=0.3)


def test_a_call_that_hangs_is_made_twice_and_no_more(scan: Collect, stamp: DemoStamp) -> None:
    """With the retries of a broken connection one list that hangs would cost four minutes instead of two."""
    stamp.faults.append(Fault("fabricLocations/north/fileShares", "slow", seconds=1))
    inventory = scan(limits=QUICK, tenant="")
    assert len([r for r in stamp.requests if r.path.endswith("/fileShares")]) == 2
    assert [line.type.rpartition("/")[2] for line in failed(inventory)] == ["fileShares"]


def test_reads_of_machines_that_hang_are_given_up_after_a_few(scan: Collect, stamp: DemoStamp) -> None:
    """Each of 5,000 machines would be waited for, two minutes each."""
    stamp.faults.append(Fault(re.compile(r"virtualMachines/[^/]+\\?.*expand"), "slow", seconds=1))
    inventory = scan(limits=QUICK, admin="", concurrency=1)
    assert len([r for r in stamp.requests if "expand" in r.query]) == QUICK.timeouts_in_a_row + 1
    assert {line.type for line in failed(inventory)} == {VIEWS}
    assert inventory.of_type("Microsoft.Compute/virtualMachines/extensions"), "their lists answered"
    machines = inventory.of_type("Microsoft.Compute/virtualMachines")
    reasons = [machine.unknown["/properties/instanceView"] for machine in machines]
    assert sum("not asked for after 3 failures in a row" in reason for reason in reasons) == len(machines) - 3
    assert all("did not answer in time" in reason for reason in reasons)


def test_lists_and_reads_of_one_provider_are_counted_apart() -> None:
    """Lists that answer would keep reads that hang alive, or reads that fail cut off lists that answer."""
    failures = Failures(Limits())
    for _ in range(Limits().timeouts_in_a_row):
        failures.check("read machines")
        failures.note("read machines", "it hung", timeout=True)
        failures.forget("list extensions")
    assert not failures.check("list extensions")
    with pytest.raises(CollectionError, match="3 failures in a row, the last of them: it hung"):
        failures.check("read machines")


def test_only_failures_in_a_row_count() -> None:
    """A stamp that is slow now and then would lose the rest of a list."""
    failures = Failures(Limits())
    for _ in range(20):
        failures.note("list disks", "it hung", timeout=True)
        failures.forget("list disks")
    assert not failures.check("list disks")


def test_a_body_that_never_ends_is_given_up(scan: Collect, stamp: DemoStamp) -> None:
    """A service that sends a byte now and then never runs into a timeout, and the scan would never end."""
    stamp.faults.append(Fault("Subscriptions.Admin/plans?", "drip", seconds=0.05))
    start = time.monotonic()
    inventory = scan(limits=replace(FAST, call_seconds=0.6), tenant="")
    assert time.monotonic() - start < 10
    assert [line.type.rpartition("/")[2] for line in failed(inventory)] == ["plans"]
    assert all("did not answer in time" in sentence for sentence in sentences(inventory))


def test_headers_that_never_end_are_given_up(scan: Collect, stamp: DemoStamp) -> None:
    """A service that sends a byte of a header now and then never runs into a timeout either."""
    stamp.faults.append(Fault("Subscriptions.Admin/plans?", "headers", seconds=0.05))
    start = time.monotonic()
    inventory = scan(limits=replace(FAST, call_seconds=0.6), tenant="")
    assert time.monotonic() - start < 10
    assert [line.type.rpartition("/")[2] for line in failed(inventory)] == ["plans"]
    assert all("did not answer in time" in sentence for sentence in sentences(inventory))


class _Http:
    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self.url, self.headers, self.status_code = url, headers, 200


def _paced(limits: Limits, left: dict[str, str]) -> Callable[[str], float]:
    """Calls a subscription through the pace; answers say how many reads it has left. Gives the seconds it took."""

    class Stamp(HTTPPolicy[Any, Any]):
        def send(self, request: Any) -> Any:
            name = request.http_request.url.split("/")[2]
            headers = {"x-ms-ratelimit-remaining-subscription-reads": left[name]}
            return SimpleNamespace(http_response=_Http("", headers))

    pace = Pace(limits, threading.Event())
    pace.next = Stamp()

    def call(name: str) -> float:
        start = time.monotonic()
        pace.send(cast(Any, SimpleNamespace(http_request=_Http(f"/subscriptions/{name}/providers", {}))))
        return time.monotonic() - start

    return call


def test_the_fewer_reads_are_left_the_slower_and_only_where_they_are_few() -> None:
    """One subscription's tools are locked out by the scan, or all wait for one."""
    limits = Limits(low_reads=100, spacing_seconds=0.02, longest_spacing_seconds=0.3)
    left = {"poor": "99", "poorest": "9", "empty": "0", "rich": "9000"}
    call = _paced(limits, left)
    for name in left:
        # The first call learns what is left, the second takes its turn, the third waits for it.
        call(name), call(name)
    assert call("rich") < 0.02
    assert 0.015 < call("poor") < 0.15
    waited = call("poorest")
    assert 0.05 < waited < 0.29
    # Its turn came while another's was waited for; only the call after one of its own waits the whole time.
    call("empty")
    assert 0.25 < call("empty") <= 0.4
    left["empty"] = "5000"
    call("empty")
    assert call("empty") < 0.05, "the budget is back, and the scan crawls on"


def test_a_body_without_end_is_not_kept_in_memory(scan: Collect) -> None:
    """A broken service could fill the machine that scans."""
    inventory = scan(limits=replace(FAST, answer_bytes=3_000), admin="")
    lines = {line.type: line.reason for line in failed(inventory)}
    assert "is longer than" in lines["Microsoft.Compute/disks"]
    assert not inventory.of_type("Microsoft.Compute/disks")


def test_an_interrupt_does_not_wait_for_a_call_that_hangs(settings: StampSettings, stamp: DemoStamp) -> None:
    """Ctrl-C would be followed by up to two minutes in which nothing happens."""
    stamp.faults.append(Fault("fileShares", "slow", seconds=8))
    reached = threading.Event()

    def interrupt(_: str, reading: str, __: int) -> None:
        if reading.endswith("ipPools") and not reached.is_set():
            reached.set()
            raise KeyboardInterrupt

    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        collect([settings], clock=lambda: NOW, limits=replace(FAST, read_seconds=60), progress=interrupt)
    assert time.monotonic() - start < 6
    asked = len(stamp.requests)
    time.sleep(0.3)
    assert len(stamp.requests) == asked, "a stopped scan went on asking"
