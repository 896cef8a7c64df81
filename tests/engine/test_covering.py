"""What covers the judged resource is found by its id, and is the same that looking through all would find."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azscheck.engine import evaluate, interpret
from azscheck.inventory import Coverage, CoverageState, Inventory, Resource
from azscheck.policy import load_policies
from azscheck.results import ComplianceState
from tests.builders import NOW, resource

MACHINES = "Microsoft.Compute/virtualMachines"
ATTESTATIONS = "Azscheck/attestations"
POLICIES = [policy for policy in load_policies() if policy.id in ("ASH-TEN-001", "ASH-TEN-007")]
SCOPES = st.sampled_from(
    [
        None,
        "",
        "/azscheck/stamps/east",
        "/subscriptions/S1",
        "/subscriptions/s1/",
        "/subscriptions/s1/resourceGroups/rg",
        "/subscriptions/s1/resourceGroups/r",
        "/subscriptions/*/resourceGroups/rg",
        "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm1",
        "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm",
        "/SUBSCRIPTIONS/s1/resourcegroups/RG/providers/microsoft.compute/virtualmachines/VM2",
        7,
    ]
)


def attestation(number: int, scope: Any, policy: str, state: str, day: int, lapsed: bool) -> Resource:
    said = {"policy": policy, "complianceState": state, "assessedOn": f"2026-05-{day:02}T00:00:00Z"}
    said["expiresOn"] = "2026-05-30T00:00:00Z" if lapsed else "2026-12-01T00:00:00Z"
    return resource(str(number), {**said, "scope": scope}, kind=ATTESTATIONS, id=f"/azscheck/attestations/{number}")


def inventory(*resources: Resource) -> Inventory:
    kinds = {kind for policy in POLICIES for kind in policy.reads}
    return Inventory.of(NOW, resources, [Coverage("east", kind, "", CoverageState.COMPLETE) for kind in kinds])


def judged(known: Inventory) -> list[tuple[Any, ...]]:
    results = evaluate(known, POLICIES, now=NOW).results
    return [(r.policy, r.resource, r.state, r.message) for r in results]


@given(
    st.lists(
        st.tuples(
            SCOPES,
            st.sampled_from(["ASH-TEN-001", "ash-ten-001", "ASH-TEN-007"]),
            st.sampled_from(["Compliant", "NonCompliant"]),
            st.integers(1, 28),
            st.booleans(),
        ),
        min_size=8,
        max_size=14,
    )
)
def test_the_same_is_found_as_by_looking_through_all(said: list[tuple[Any, ...]]) -> None:
    """An attestation of a machine's group counts for another group, or does not count."""
    machines = [resource(f"vm{i}", {}, kind=MACHINES, tags={"backup:product": "x"} if i else {}) for i in range(3)]
    known = inventory(*machines, *(attestation(i, *entry) for i, entry in enumerate(said)))
    found = judged(known)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(interpret, "_FEW", 1_000_000)
        assert judged(known) == found


def test_many_attestations_of_many_machines() -> None:
    """With a few hundred attestations the policies end in a mistake: too much work."""
    machines = [resource(f"vm{i}", {}, kind=MACHINES) for i in range(1500)]
    scopes = (f"{machine.id.rpartition('/providers')[0]}-{i}" for i, machine in enumerate(machines))
    said = [attestation(i, scope, "ASH-TEN-001", "Compliant", 1, False) for i, scope in enumerate(scopes)]
    whole = attestation(9999, machines[7].id.upper(), "ASH-TEN-001", "Compliant", 2, False)
    results = evaluate(inventory(*machines, *said, whole), POLICIES[:1], now=NOW).results
    states = {r.name: r.state for r in results}
    assert states.pop("vm7") is ComplianceState.COMPLIANT
    assert set(states.values()) == {ComplianceState.NON_COMPLIANT}
