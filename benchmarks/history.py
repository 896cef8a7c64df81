"""What many kept runs cost: `python -m benchmarks.history [--runs 1000] [--results 10000] [--store FILE]`.

The runs are made up, of the shipped policies and generated machines: each scan has new times in a part of its evidence,
a few findings come and go, and machines are made and removed.
"""

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from azscheck.history.address import address_of
from azscheck.history.store import History
from azscheck.inventory import Coverage, CoverageState, Origin, Resource
from azscheck.packaged import policies_folder
from azscheck.policy import STAMPS, PolicyInfo, load_policies
from azscheck.results import ComplianceState, Evidence, Result, Results, in_order
from azscheck.times import format_time

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
EVERY = timedelta(hours=6)
MACHINES = "Microsoft.Compute/virtualMachines"
STATES = {
    ComplianceState.COMPLIANT: 75,
    ComplianceState.NON_COMPLIANT: 8,
    ComplianceState.NOT_APPLICABLE: 8,
    ComplianceState.UNKNOWN: 6,
    ComplianceState.EXEMPT: 3,
}
CHANGING, RENEWED = 0.002, 0.002
"""Of the results how many change their state from run to run, and of the machines how many are replaced."""
DATED = 0.3
"""Of the policies how many judge a time that each scan sees anew."""


class Stamp:
    """A stamp that changes a little between scans."""

    def __init__(self, results: int, seed: int = 1) -> None:
        self._random = random.Random(seed)
        self._policies = tuple(sorted((p.info for p in load_policies([policies_folder()])), key=lambda p: p.id))
        self._dated = {p.id for p in self._policies if self._random.random() < DATED}
        self._made = 0
        self._machines = [self._machine() for _ in range(max(results // len(self._policies), 1))]

    def _machine(self) -> tuple[str, dict[str, ComplianceState]]:
        self._made += 1
        group = f"{self._random.getrandbits(32):08x}-0000-4000-8000-{self._random.getrandbits(48):012x}"
        id = f"/subscriptions/{group}/resourceGroups/rg-{self._made % 40}/providers/{MACHINES}/vm-{self._made:05}"
        return id, {policy.id: self._state() for policy in self._policies}

    def _state(self) -> ComplianceState:
        return self._random.choices(list(STATES), list(STATES.values()))[0]

    def runs(self, number: int) -> Iterator[Results]:
        """So many scans."""
        for scan in range(number):
            yield self._run(FIRST + scan * EVERY)
            for place, (_, states) in enumerate(self._machines):
                for policy in states:
                    if self._random.random() < CHANGING:
                        states[policy] = self._state()
                if self._random.random() < RENEWED:
                    self._machines[place] = self._machine()

    def _run(self, now: datetime) -> Results:
        origin = Origin("hub", f"/subscriptions/s/providers/{MACHINES}?api-version=2020-06-01", now)
        results = [
            self._result(policy, id, states[policy.id], now, origin)
            for id, states in self._machines
            for policy in self._policies
        ]
        coverage = (Coverage("north", MACHINES, "", CoverageState.COMPLETE, count=len(self._machines), time=now),)
        stamp = Resource("north", STAMPS, "/stamps/north", {"region": "north", "version": "1.2301.2.58"}, origin)
        return Results(
            now=now,
            collected=now - timedelta(minutes=3),
            version="0.1.0",
            policies=self._policies,
            results=in_order(results, self._policies),
            coverage=coverage,
            stamps=(stamp,),
            resource_counts={MACHINES: len(self._machines)},
            sets=("backup-and-dr",),
        )

    def _result(self, policy: PolicyInfo, id: str, state: ComplianceState, now: datetime, origin: Origin) -> Result:
        name = id.rpartition("/")[2]
        found = Result(policy.id, "north", id, MACHINES, name, state, origin=origin)
        if state is ComplianceState.NOT_APPLICABLE:
            return found
        if policy.id in self._dated:
            age = timedelta(minutes=self._random.randrange(1, 2000))
            seen, wanted = format_time(now - age), "PT24H"
            words = f"the last copy of {name} is {age.seconds // 3600} h {age.seconds // 60 % 60} min old"
        else:
            seen, wanted, words = "LocallyRedundant", "GeoRedundant", f"{policy.title}: not so for {name}"
        truth = {ComplianceState.COMPLIANT: True, ComplianceState.UNKNOWN: None}.get(state, False)
        note = "403 AuthorizationFailed" if truth is None else ""
        proof = (
            Evidence("properties.storageProfile.osDisk.managedDisk.id", "exists", True, f"{id}-disk", True),
            Evidence("properties.lastCopy", "lessOrEqual", wanted, seen, truth, note, origin=origin),
        )
        exempt = ComplianceState.NON_COMPLIANT if state is ComplianceState.EXEMPT else None
        return replace(found, message="" if truth else words, proof=proof, would_be=exempt)


def keep(file: Path, runs: int, results: int) -> list[float]:
    """Keep so many runs, where they are not there yet; the seconds that each took."""
    seconds = []
    with History.open(address_of(f"sqlite:///{file}"), create=True) as history:
        there = len(history.runs())
        for number, found in enumerate(Stamp(results).runs(runs)):
            if number < there:
                continue
            started = time.perf_counter()
            history.keep(found)
            seconds.append(time.perf_counter() - started)
            if number % 100 == 99:
                print(f"kept {number + 1} runs", file=sys.stderr)
    return seconds


def measured(file: Path, rounds: int, *arguments: str) -> list[float]:
    """The seconds of a whole process, its start included."""
    command = [sys.executable, "-m", "azscheck", *arguments, "--history", f"sqlite:///{file}"]
    seconds = []
    for _ in range(rounds + 1):
        started = time.perf_counter()
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - started)
    # The first finds nothing in the system's cache.
    return seconds[1:]


def main() -> None:
    """Keep the runs, then measure the commands on them."""
    parser = argparse.ArgumentParser("python -m benchmarks.history", description="What many kept runs cost.")
    parser.add_argument("--runs", type=int, default=1000, metavar="N")
    parser.add_argument("--results", type=int, default=10_000, metavar="N", help="results a run [default: 10000]")
    parser.add_argument("--rounds", type=int, default=9, metavar="N")
    parser.add_argument("--store", type=Path, metavar="FILE", help="a store that is kept, and used again")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = given.store or Path(folder) / "history.db"
        seconds = keep(file, given.runs, given.results)
        size = sum(f.stat().st_size for f in file.parent.glob(f"{file.name}*")) / 1e6
        print(f"{given.runs} runs of {given.results} results: {size:.1f} MB, {1000 * size / given.runs:.1f} kB a run")
        if seconds:
            print(f"to keep a run: {statistics.median(seconds):.2f} s")
        for arguments in (
            ("diff",),
            ("diff", "run:1", "latest"),
            ("trend",),
            ("trend", "--by", "policy"),
            ("history",),
        ):
            took = measured(file, given.rounds, *arguments)
            spread = f"{min(took):.2f} to {max(took):.2f}"
            print(f"azscheck {' '.join(arguments)}: {statistics.median(took):.2f} s ({spread})")


if __name__ == "__main__":
    main()
