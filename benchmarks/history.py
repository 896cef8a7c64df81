"""What a year of kept runs costs: `python -m benchmarks.history [--runs 1000] [--results 10000] [--store FILE]`.

The runs are made up, of the shipped policies and generated machines: each scan has new times in a part of its evidence,
a few findings come and go, and machines are made and removed.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

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
