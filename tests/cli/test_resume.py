"""A collection that was interrupted, however that came, is taken up and ends as if nothing had been."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from azscheck.demo import DemoStamp, Fault
from azscheck.inventory import Coverage, CoverageState, Inventory, Origin, Resource
from azscheck.times import parse_time
from tests.cli.conftest import Run, configuration
from tests.conftest import NOW

INVENTORY, JOURNAL = Path("i.ndjson"), Path("i.ndjson.journal")
COLLECT = ("collect", "-o", str(INVENTORY), "--now", NOW, "--all")
KILLS = int(os.environ.get("AZSCHECK_KILLS", "10"))


@pytest.fixture
def undisturbed(run: Run, stamp: DemoStamp) -> bytes:
    configuration(stamp, Path())
    assert run(*COLLECT).code == 0
    assert not JOURNAL.exists(), "a journal that is not needed lies about"
    whole = INVENTORY.read_bytes()
    INVENTORY.unlink()
    return whole


def test_what_was_streamed_is_what_a_scan_holds(undisturbed: bytes, stamp: DemoStamp, run: Run) -> None:
    """An inventory that was collected is judged otherwise than the stamp itself."""
    item = {"sourceName": "SHOP-web-01", "product": "x"}
    kind = "Azscheck/protectedItems"
    items = [Resource("north", kind, f"/i/{n}", {"properties": item}, Origin("file", "e")) for n in "ab"]
    lines = [Coverage("north", kind, "", CoverageState.COMPLETE, count=2)]
    Inventory.of(parse_time(NOW), items, lines).write(Path("e.ndjson"))
    file = configuration(stamp, Path())
    file.write_text(json.dumps({**json.loads(file.read_text()), "evidence": ["e.ndjson"]}))
    assert run(*COLLECT).code == 0
    assert run("scan", "--save-inventory", "s.ndjson", "--now", NOW, "--all", "--fail-on", "none").code == 0
    assert INVENTORY.read_bytes() == Path("s.ndjson").read_bytes() != undisturbed
    assert {r.body["properties"]["match"] for r in Inventory.read(INVENTORY).of_type(kind)} == {"name"}


def started(*options: str) -> "subprocess.Popen[str]":
    """The command in a process of its own, which can be killed."""
    command = [sys.executable, "-m", "azscheck", *COLLECT, *options]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


def asked(stamp: DemoStamp, process: "subprocess.Popen[str]", calls: int, having: str = "") -> bool:
    """Waits until so many calls were made that have this in their query; False when the process ended before."""
    until = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < until:
        if sum(having in request.query for request in list(stamp.requests)) >= calls:
            return True
        time.sleep(0.002)
    return False


def test_killed_at_random_moments_it_ends_with_the_inventory_of_an_undisturbed_run(
    undisturbed: bytes, stamp: DemoStamp, run: Run
) -> None:
    """After a crash an hour of calls is made again, or something of the stamp is lost without a word."""
    chance = random.Random(os.environ.get("AZSCHECK_KILLS"))
    killed = 0
    for _ in range(KILLS):
        stamp.requests.clear()
        process = started("--resume")
        if asked(stamp, process, chance.randrange(4, 40)):
            killed += 1
        process.kill()
        process.communicate()
    stamp.requests.clear()
    ran = run(*COLLECT, "--resume")
    assert ran.code == 0, ran.err
    assert INVENTORY.read_bytes() == undisturbed
    assert killed >= 2
    assert not JOURNAL.exists()
    assert stamp.writes == []


def test_what_was_read_whole_is_not_asked_for_again(undisturbed: bytes, stamp: DemoStamp, run: Run) -> None:
    """Taking up costs as much as starting again."""
    stamp.faults.append(Fault("Microsoft.Compute/disks", "deny"))
    stamp.faults.append(Fault("instanceView", "deny", times=2))
    assert run(*COLLECT).code == 3
    kept = JOURNAL.read_text("utf-8")
    assert stamp.client_secret not in kept
    assert "Bearer" not in kept
    stamp.faults.clear()
    stamp.requests.clear()
    ran = run(*COLLECT, "--resume")
    assert (ran.code, "answers are kept from 2026-06-01" in ran.err) == (0, True), ran.err
    assert INVENTORY.read_bytes() == undisturbed
    lists = [
        r.path for r in stamp.requests if r.plane == "tenant" and not r.path.endswith(("/endpoints", "/providers"))
    ]
    assert sorted({path.rpartition("/")[2] for path in lists if "virtualMachines/" not in path}) == ["disks"]
    assert len([path for path in lists if "virtualMachines/" in path]) == 2


@pytest.mark.parametrize("cut", [1, 7, 300, 5000])
def test_a_journal_that_was_cut_off_is_taken_up_from_its_last_whole_line(
    undisturbed: bytes, stamp: DemoStamp, run: Run, cut: int
) -> None:
    """A power failure in mid-line would make the journal of no use, or leave half a list in the inventory."""
    stamp.faults.append(Fault("Microsoft.Compute/disks", "deny"))
    run(*COLLECT)
    stamp.faults.clear()
    JOURNAL.write_bytes(JOURNAL.read_bytes()[:-cut])
    assert run(*COLLECT, "--resume").code == 0
    assert INVENTORY.read_bytes() == undisturbed


def test_what_another_service_principal_saw_is_not_taken_up(stamp: DemoStamp, run: Run, undisturbed: bytes) -> None:
    """The inventory holds what whoever collects has no rights on, or lacks what only he has."""
    stamp.faults.append(Fault("Microsoft.Compute/disks", "deny"))
    run(*COLLECT)
    lines = JOURNAL.read_text("utf-8").replace(stamp.client_id, "another")
    JOURNAL.write_text(lines.replace("shop-web-01", "nobody"), "utf-8")
    stamp.faults.clear()
    assert run(*COLLECT, "--resume").code == 0
    assert INVENTORY.read_bytes() == undisturbed


def test_a_file_that_is_no_journal_is_not_written_over(stamp: DemoStamp, run: Run) -> None:
    configuration(stamp, Path())
    JOURNAL.write_text("mine\n")
    ran = run(*COLLECT, "--resume")
    assert (ran.code, JOURNAL.read_text()) == (2, "mine\n")
    assert "is not the journal of a collection" in ran.err


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C reaches the tests too")
def test_ctrl_c_leaves_an_inventory_that_says_what_is_missing(undisturbed: bytes, stamp: DemoStamp, run: Run) -> None:
    """Who stops a collection loses it, or what is missing counts as not being there."""
    whole = Inventory.read(_written(undisturbed))
    stamp.faults.append(Fault("Microsoft.Compute/virtualMachines/", "slow", seconds=1))
    stamp.faults.append(Fault("Microsoft.Compute/snapshots", "slow", seconds=20))
    stamp.requests.clear()
    process = started()
    assert asked(stamp, process, 4, "instanceView")
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "was interrupted" in told
    assert "Traceback" not in told
    left = Inventory.read(INVENTORY)
    for kind in whole.types:
        lacking = [r for r in whole.of_type(kind) if r not in left.of_type(kind)]
        if lacking:
            gaps = left.gaps(kind, "north")
            assert {gap.state for gap in gaps} == {CoverageState.FAILED}, f"{kind} seems to be all there"
    assert left.gaps("Microsoft.Compute/virtualMachines/instanceView", "north")
    assert {r.id for r in left.resources} <= {r.id for r in whole.resources}
    unread = [machine.unknown for machine in left.of_type("Microsoft.Compute/virtualMachines") if machine.unknown]
    assert unread, "machines that were listed are lost"
    stamp.faults.clear()
    assert run(*COLLECT, "--resume").code == 0
    assert INVENTORY.read_bytes() == undisturbed


def _written(inventory: bytes) -> Path:
    path = Path("whole.ndjson")
    path.write_bytes(inventory)
    assert json.loads(inventory.splitlines()[0])["azscheck"] == "inventory"
    return path
