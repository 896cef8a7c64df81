"""The benchmarks compare like with like, on what azscheck itself would have written."""

from pathlib import Path

import pytest

from azscheck.engine import evaluate
from azscheck.inventory import Inventory
from azscheck.policy import load_policies
from azscheck.results import ComplianceState
from benchmarks import FOLDER, handwritten, inventories, many_policies
from benchmarks.agreement import Line, difference, line_of
from benchmarks.evaluation import CONTESTANTS
from benchmarks.stamp import NOW

MANY = 260
"""So many machines are enough that one of them was backed up in the future."""


@pytest.fixture(scope="module")
def inventory_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Machines and their protected items."""
    file = tmp_path_factory.mktemp("benchmarks") / "inventory.ndjson"
    inventories.write(file, MANY, MANY)
    return file


def by_hand(file: Path) -> list[Line]:
    import orjson

    return [line_of(r["id"], r["nonCompliant"], r["unknown"]) for r in handwritten.lines(str(file), orjson.loads)]


def judged(file: Path, *folders: Path) -> list[Line]:
    results = evaluate(Inventory.read(file), load_policies(folders), now=NOW).results
    found: dict[str, tuple[list[str], list[str]]] = {r.resource: ([], []) for r in results}
    for result in results:
        if result.state is ComplianceState.NON_COMPLIANT:
            found[result.resource][0].append(result.policy)
        elif result.state is not ComplianceState.COMPLIANT:
            found[result.resource][1].append(result.policy)
    return [line_of(resource, *lists) for resource, lists in found.items()]


def test_the_inventory_is_what_azscheck_writes(inventory_file: Path, tmp_path: Path) -> None:
    """What is measured is a file that no collection gives: another order, spacing or envelope."""
    Inventory.read(inventory_file).write(tmp_path / "again.ndjson")
    assert (tmp_path / "again.ndjson").read_bytes() == inventory_file.read_bytes()


def test_python_by_hand_finds_what_the_policies_find(inventory_file: Path) -> None:
    """azscheck is compared with Python that does less, or something else; join and unknown included."""
    policies, expected = (FOLDER / "policies", FOLDER / "policies-join"), by_hand(inventory_file)
    assert difference(judged(inventory_file, *policies), expected) == ""
    failing = [policy for _, failed, _ in expected for policy in failed.split()]
    shares = {policy.id: failing.count(policy.id) / len(expected) for policy in load_policies(policies)}
    assert len(shares) == 12
    assert all(0.15 < share < 0.45 for share in shares.values()), shares
    assert {unknown for _, _, unknown in expected} == {"", "BEN-011"}


def test_both_contestants_of_evaluation_alone_tell_the_same(tmp_path: Path) -> None:
    """The benchmark of evaluation alone ends in an error, or measures two different things."""
    inventories.write(tmp_path / "machines.ndjson", 50, 0)
    told = [list(tell(run())) for run, tell in (c(tmp_path / "machines.ndjson") for c in CONTESTANTS.values())]
    assert len(told[0]) == 50
    assert difference(*told) == ""


def test_copies_of_policies_find_what_their_originals_find(inventory_file: Path, tmp_path: Path) -> None:
    """A thousand policies do other work than ten, so that a rule of each cannot be compared."""
    many_policies.write(tmp_path / "many", 2)
    assert len(load_policies([tmp_path / "many"])) == 20
    expected = [
        line_of(resource, many_policies.copied(failed.split(), 2), ())
        for resource, failed, _ in by_hand(inventory_file)
    ]
    assert difference(judged(inventory_file, tmp_path / "many"), expected) == ""


@pytest.mark.parametrize(
    "other",
    [
        [("a", "BEN-001", "")],
        [("a", "BEN-001", ""), ("b", "BEN-002", "")],
        [("a", "BEN-001", ""), ("b", "", "BEN-001")],
        [("a", "BEN-001", ""), ("b", "", ""), ("c", "", "")],
    ],
)
def test_a_difference_is_noticed(other: list[Line]) -> None:
    """The benchmark goes on with ratios of different work."""
    same = [("b", "", ""), ("a", "BEN-001", "")]
    assert difference(same, reversed(same)) == ""
    assert difference(same, other) != ""
    assert difference(other, same) != ""
