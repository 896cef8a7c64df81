"""What goes wrong is one clear sentence at the list it concerns, and costs nothing else."""

import re
import time
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from azscheck.demo import DemoStamp, Fault, read_content
from azscheck.inventory import CoverageState, Inventory
from azscheck.sources.hub import collect
from azscheck.sources.hub.table import TABLE

from .conftest import FAST, NOW, Collect, failed, sentences, settings_of

DISKS = re.compile(r"Microsoft\.Compute/disks\?")


# A list, what befalls it, and what its sentence must say.
BROKEN: list[tuple[str, Any, str]] = [
    ("Microsoft.Compute/disks", "deny", "Reader role"),
    ("Microsoft.Compute/snapshots", "throttle", "throttling"),
    ("Microsoft.Compute/availabilitySets", "expire", "clocks"),
    ("Microsoft.Storage/storageAccounts", "drop", "closed the connection"),
    ("Microsoft.Network/publicIPAddresses", "truncate", "cut off"),
    ("Microsoft.Network/networkInterfaces", "malformed", "not JSON"),
    ("Microsoft.Network/virtualNetworks", "html", "not JSON"),
    ("Microsoft.KeyVault/vaults", "empty", "not JSON"),
    ("Microsoft.Subscriptions.Admin/plans", "loop", "circle"),
    ("Microsoft.Subscriptions.Admin/offers", "status", "the service failed"),
]


def test_each_broken_list_has_its_own_sentence_and_all_others_are_complete(
    scan: Collect, stamp: DemoStamp, whole: Inventory
) -> None:
    stamp.faults += [Fault(f"{kind}?", action) for kind, action, _ in BROKEN]
    inventory = scan()
    words = {kind: words for kind, _, words in BROKEN}
    assert {line.type for line in failed(inventory)} == set(words)
    for line in failed(inventory):
        assert words[line.type] in line.reason
        assert line.type in line.reason
    assert len(sentences(inventory)) == len(failed(inventory))
    rest = [r for r in whole.resources if r.type not in words]
    assert [r for r in inventory.resources if r.type not in words] == rest


def test_what_fails_for_a_moment_is_asked_again(scan: Collect, stamp: DemoStamp, whole: Inventory) -> None:
    momentary = [(kind, action) for kind, action, _ in BROKEN if action not in ("deny", "loop")]
    stamp.faults += [Fault(f"{kind}?", action, times=1, status=503) for kind, action in momentary]
    assert scan() == whole


def test_many_small_failures_lose_nothing(scan: Collect, stamp: DemoStamp, whole: Inventory) -> None:
    for after, action in enumerate(("throttle", "status", "drop", "truncate", "malformed"), 3):
        stamp.faults += [Fault("/subscriptions", action, times=1, after=after + 17 * n, status=503) for n in range(5)]  # type: ignore[arg-type]
    assert scan() == whole


def test_a_failed_page_keeps_what_came_before_it(scan: Collect, stamp: DemoStamp) -> None:
    stamp.faults.append(Fault("Microsoft.Compute/disks?api-version=2019-07-01&$skiptoken", "deny"))
    inventory = scan()
    lines = failed(inventory)
    assert all(line.count > 0 and "page 2" in line.reason for line in lines)
    assert len(inventory.of_type("Microsoft.Compute/disks")) == sum(line.count for line in lines)


def test_an_item_sent_twice_is_one_resource(scan: Collect, stamp: DemoStamp, whole: Inventory) -> None:
    stamp.faults.append(Fault(DISKS, "duplicate"))
    assert scan() == whole


def test_a_long_retry_after_is_capped(scan: Collect, stamp: DemoStamp) -> None:
    stamp.faults.append(Fault(DISKS, "throttle", times=2, retry_after=3600))
    start = time.monotonic()
    assert failed(scan()) == []
    assert time.monotonic() - start < 5, "a scan would sleep for an hour"


def test_a_slow_list_times_out_alone(scan: Collect, stamp: DemoStamp) -> None:
    stamp.faults.append(Fault(re.compile("Microsoft.Compute/snapshots"), "slow", seconds=0.8))
    inventory = scan(limits=replace(FAST, read_seconds=0.3, read_retries=0))
    assert {line.type for line in failed(inventory)} == {"Microsoft.Compute/snapshots"}
    assert all("did not answer in time" in sentence for sentence in sentences(inventory))


def test_a_machine_whose_view_cannot_be_read_stays_with_an_unknown_view(scan: Collect, stamp: DemoStamp) -> None:
    stamp.faults.append(Fault("instanceView", "deny", times=1))
    inventory = scan()
    machines = inventory.of_type("Microsoft.Compute/virtualMachines")
    (broken,) = [m for m in machines if m.unknown]
    assert set(broken.unknown) == {"/properties/instanceView"}
    assert "403" in broken.unknown["/properties/instanceView"]
    assert broken.body["properties"]["storageProfile"], "the listed document must stay"
    assert len(machines) == 32


def test_views_that_could_not_be_read_are_one_failed_line_a_subscription(scan: Collect, stamp: DemoStamp) -> None:
    """A run that lacks the power state of machines would call itself complete, and an exit code would say so."""
    stamp.faults.append(Fault("instanceView", "deny", times=3))
    inventory = scan(admin="", concurrency=1)
    lines = [c for c in inventory.coverage if c.type == "Microsoft.Compute/virtualMachines/instanceView"]
    assert len(lines) == len(inventory.of_type("Microsoft.Resources/subscriptions")) > 1
    assert sum(line.count for line in lines) == 32 - 3
    assert failed(inventory) == [line for line in lines if line.reason]
    (sentence,) = sentences(inventory)
    assert re.match(r"3 of \d+ instance views could not be read: Reading the instanceView of /subs.* \(403", sentence)


def test_children_of_a_list_that_failed_are_failed_with_its_reason(scan: Collect, stamp: DemoStamp) -> None:
    stamp.faults.append(Fault(re.compile(r"Backup\.Admin/backupLocations\?"), "deny"))
    inventory = scan()
    lines = failed(inventory)
    assert [line.type.rpartition("/")[2] for line in lines] == ["backupLocations", "backups"]
    assert len({line.reason for line in lines}) == 1
    (found,) = inventory.of_type("Azscheck/stamps")
    assert found.unknown == {"/properties/deploymentId": lines[0].reason}


def test_no_subscriptions_means_nothing_of_that_plane_is_known_and_all_of_the_other(
    scan: Collect, stamp: DemoStamp
) -> None:
    stamp.faults.append(Fault("/subscriptions?", "deny", plane="tenant"))
    inventory = scan()
    lost = {kind for row in TABLE if row.plane == "tenant" for kind in row.covered}
    assert {line.type for line in failed(inventory)} == lost
    assert inventory.of_type("Microsoft.Backup.Admin/backupLocations/backups")


@pytest.mark.parametrize("others", [0, 1])
def test_the_default_provider_subscription_is_found_by_its_group_where_its_name_was_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, others: int
) -> None:
    content = read_content()
    (listing,) = [part for part in content["admin"]["lists"] if part["at"] == "/subscriptions"]
    for item in listing["items"].values():
        item["displayName"] = "Ours"
    if others:
        listing["items"] = {"{guid:another}": dict(item), **listing["items"]}
    with DemoStamp(content=content, now=NOW) as stamp:
        monkeypatch.setenv("STAMP_SECRET", stamp.client_secret)
        inventory = collect([settings_of(stamp, tmp_path)], clock=lambda: NOW, limits=FAST)
    assert failed(inventory) == []
    assert inventory.of_type("Microsoft.Backup.Admin/backupLocations/backups")


def test_without_the_locations_the_region_comes_from_the_domain(scan: Collect, stamp: DemoStamp) -> None:
    stamp.faults.append(Fault("Subscriptions.Admin/locations?", "deny"))
    inventory = scan()
    assert inventory.of_type("Microsoft.Backup.Admin/backupLocations/backups")
    assert {line.type for line in failed(inventory)} == {"Microsoft.Subscriptions.Admin/locations"}


def test_without_a_domain_too_the_region_comes_from_the_name_of_a_group(
    scan: Collect, stamp: DemoStamp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("azscheck.sources.hub.discovery._domain", lambda *_: "")
    stamp.faults.append(Fault("Subscriptions.Admin/locations?", "deny"))
    inventory = scan()
    assert inventory.of_type("Microsoft.Backup.Admin/backupLocations/backups")
    (found,) = inventory.of_type("Azscheck/stamps")
    assert found.body["properties"]["region"] == "north"
    assert "set the external domain" in found.unknown["/properties/externalDomain"]
    stamp.faults.append(Fault("/resourceGroups?", "deny", plane="admin"))
    assert any("region is not known" in sentence for sentence in sentences(scan()))


def test_a_stamp_that_dies_is_given_up_after_a_few_calls(scan: Collect, stamp: DemoStamp) -> None:
    stamp.faults.append(Fault("Microsoft.Compute/virtualMachines/", "drop"))
    inventory = scan(limits=replace(FAST, failures_in_a_row=3), concurrency=1)
    calls = [r for r in stamp.requests if "/virtualMachines/" in r.path]
    assert len(calls) <= 3 * (FAST.read_retries + 1) * 2, "each of 5,000 machines would be waited for"
    assert any("failures in a row" in sentence for sentence in sentences(inventory))


def test_few_reads_left_slow_the_calls_down(scan: Collect, stamp: DemoStamp) -> None:
    start = time.monotonic()
    scan(limits=replace(FAST, low_reads=20_000, spacing_seconds=0.01))
    assert time.monotonic() - start > 0.01 * (len(stamp.requests) / 2 - 10)


def test_a_whole_scan_has_no_state_but_complete_and_skipped(whole: Inventory) -> None:
    assert {line.state for line in whole.coverage} == {CoverageState.COMPLETE, CoverageState.SKIPPED}
