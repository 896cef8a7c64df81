"""The tenant set on machines of which everything is right, and on the same with one thing broken."""

from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from time import perf_counter
from typing import Any

import pytest

from azscheck.engine import evaluate
from azscheck.inventory import Coverage, CoverageState, Inventory, Origin, Resource
from azscheck.policy.load import load_library
from azscheck.policy.membership import choose
from azscheck.results import Results
from tests.builders import NOW

LIBRARY = load_library()
TENANT = choose(LIBRARY.policies, LIBRARY.sets, ["tenant"])
COMPUTE = "/subscriptions/s1/resourceGroups/shop/providers/Microsoft.Compute"
MACHINES, DISKS = "Microsoft.Compute/virtualMachines", "Microsoft.Compute/disks"
Stamp = dict[str, dict[str, Any]]
"""Resources by their names."""


def ago(days: float) -> str:
    return (NOW - timedelta(days=days)).isoformat()


def machine(name: str, os: str, **tags: str) -> dict[str, Any]:
    return {
        "type": MACHINES,
        "id": f"{COMPUTE}/virtualMachines/{name}",
        "tags": {key.replace("_", ":"): value for key, value in tags.items()},
        "properties": {
            "storageProfile": {"osDisk": {"osType": os, "managedDisk": {"id": f"{COMPUTE}/disks/{name}_OsDisk"}}},
            "instanceView": {"statuses": [{"code": "ProvisioningState/succeeded"}, {"code": "PowerState/running"}]},
        },
    }


def disk(owner: str, size: int = 127) -> dict[str, Any]:
    machine = f"{COMPUTE}/virtualMachines/{owner}"
    id = f"{COMPUTE}/disks/{owner}_OsDisk"
    return {"type": DISKS, "id": id, "managedBy": machine, "properties": {"diskSizeGB": size}}


def item(source: str, **properties: Any) -> dict[str, Any]:
    whole = {
        "product": "Azure Backup Server",
        "sourceResourceId": f"{COMPUTE}/virtualMachines/{source}",
        "target": r"\\fs02.corp.example\mabs",
        "health": "healthy",
        "lastRecoveryPoint": ago(0.4),
        "covers": ["files", "systemState", "applicationData"],
    }
    return {"type": "Azscheck/protectedItems", "properties": {**whole, **properties}}


def right() -> Stamp:
    """A stamp whose tenants keep to every rule."""
    domains = {
        "region": "north",
        "externalDomain": "north.fabrikam.example",
        "publicDomain": "north.cloudapp.x.example",
    }
    offering = {"name": "Fabrikam Backup", "place": "otherDatacenter"}
    replica = {
        "sourceResourceId": f"{COMPUTE}/virtualMachines/app01",
        "product": "Azure Site Recovery",
        "targetStamp": "south",
        "replicationHealth": "Normal",
        "lastTestFailover": ago(40),
    }
    tags = {"backup_product": "Commvault", "backup_target": "cv.corp.example"}
    tags |= {"backup_covers": "files,systemState,applicationData"}
    return {
        "north": {
            "type": "Azscheck/stamps",
            "id": "/azscheck/stamps/north",
            "properties": {**domains, "backupOffering": offering},
        },
        "web01": machine("web01", "Linux", **tags),
        "app01": machine("app01", "Windows", dr_required="true"),
        "sql01": machine("sql01", "Windows", dr_appReplication="north,south"),
        "dev01": machine("dev01", "Linux", backup_required="false"),
        "i-app01": item("app01"),
        "i-sql01": item("sql01"),
        "r-app01": {"type": "Azscheck/replicatedItems", "properties": replica},
        **{f"d-{name}": disk(name) for name in ("web01", "app01", "sql01", "dev01")},
    }


def judged(stamp: Stamp, *, without: str = "") -> Results:
    resources = [
        Resource(
            "north", body["type"], body.get("id", f"/azscheck/{name}"), {"name": name, **body}, Origin("file", "f")
        )
        for name, body in stamp.items()
    ]
    types = {kind for policy in TENANT for kind in policy.reads}
    lists = [
        Coverage("north", kind, "", CoverageState.FAILED if kind == without else CoverageState.COMPLETE)
        for kind in types
    ]
    return evaluate(Inventory.of(NOW, resources, lists), TENANT, now=NOW)


def found(results: Results) -> set[tuple[str, str, str]]:
    fine = ("compliant", "notApplicable")
    return {(r.policy.removeprefix("ASH-TEN-"), r.name, r.state.value) for r in results.results if r.state not in fine}


def test_nothing_is_found_where_everything_is_right() -> None:
    """An operator who keeps to every rule is told of findings all the same, and stops reading them."""
    results = judged(right())
    assert found(results) == set()
    compliant = {r.policy for r in results.results if r.state == "compliant"}
    assert compliant == {policy.id for policy in TENANT} - {"ASH-TEN-006"}, "there is no snapshot"


def put(name: str, *path: str, to: Any) -> Callable[[Stamp], None]:
    """Sets a property of a resource; None leaves it out."""

    def change(stamp: Stamp) -> None:
        at: Any = stamp[name]
        for key in path[:-1]:
            at = at[key]
        at.pop(path[-1], None)
        if to is not None:
            at[path[-1]] = to

    return change


def add(name: str, body: dict[str, Any]) -> Callable[[Stamp], None]:
    return lambda stamp: stamp.update({name: body})


def drop(*names: str) -> Callable[[Stamp], None]:
    def change(stamp: Stamp) -> None:
        for name in names:
            del stamp[name]

    return change


SNAPSHOT = {
    "type": "Microsoft.Compute/snapshots",
    "properties": {"creationData": {"sourceResourceId": f"{COMPUTE}/disks/web01_OsDisk"}},
}
ITEM, REPLICA = ("i-app01", "properties"), ("r-app01", "properties")
BAD, WHO_KNOWS = "nonCompliant", "unknown"


@pytest.mark.parametrize(
    ("change", "findings"),
    [
        (drop("i-app01"), {("001", "app01", BAD)}),
        (put("dev01", "tags", "backup:required", to="true"), {("001", "dev01", BAD)}),
        (put(*ITEM, "target", to="mabs.north.fabrikam.example"), {("002", "app01", BAD)}),
        (put(*ITEM, "target", to="sql01"), {("002", "app01", BAD)}),
        (put(*ITEM, "target", to=None), {("002", "app01", WHO_KNOWS)}),
        (put("web01", "tags", "backup:target", to=None), {("002", "web01", WHO_KNOWS)}),
        (drop("r-app01"), {("003", "app01", BAD)}),
        (put(*REPLICA, "targetStamp", to="north"), {("003", "app01", BAD)}),
        (put(*REPLICA, "replicationHealth", to="Critical"), {("003", "app01", BAD)}),
        (put(*REPLICA, "lastTestFailover", to=ago(181)), {("003", "app01", BAD)}),
        # The one item of a machine fails: both are so, and each has its own remedy.
        (put(*ITEM, "health", to="failed"), {("001", "app01", BAD), ("004", "i-app01", BAD)}),
        (put(*ITEM, "lastRecoveryPoint", to=ago(3)), {("001", "app01", BAD), ("004", "i-app01", BAD)}),
        # The tag says that the machine is protected, and does not hide it.
        (add("i-web01", item("web01", product="Commvault", health="failed")), {("004", "i-web01", BAD)}),
        (put("web01", "tags", "backup:product", to="rsync"), {("005", "web01", BAD)}),
        (put(*ITEM, "product", to="Disk snapshots"), {("005", "app01", BAD)}),
        (put(*ITEM, "product", to=None), {("005", "app01", WHO_KNOWS)}),
        (add("s1", SNAPSHOT), {("006", "s1", BAD)}),
        (put(*ITEM, "covers", to=["files"]), {("007", "app01", BAD)}),
        (put("web01", "tags", "backup:covers", to="files"), {("007", "web01", BAD)}),
        (put(*ITEM, "covers", to=None), {("007", "app01", WHO_KNOWS)}),
        (put("north", "properties", "backupOffering", to=None), {("008", "north", WHO_KNOWS)}),
        (put("north", "properties", "backupOffering", "place", to="there"), {("008", "north", BAD)}),
        (put("sql01", "tags", "dr:appReplication", to="north,north"), {("009", "sql01", BAD)}),
        (put("sql01", "tags", "dr:appReplication", to="true"), {("009", "sql01", WHO_KNOWS)}),
        (put("d-app01", "properties", "diskSizeGB", to=1023), {("010", "app01", BAD)}),
        (lambda s: s.update({f"x{i}": {**disk("app01"), "id": f"/d/{i}"} for i in range(31)}), {("011", "north", BAD)}),
        (add("i2", item("app01", product="Veeam Agent")), {("012", "app01", BAD)}),
        (add("i2", item("gone01")), {("013", "i2", BAD)}),
        (drop("dev01"), set()),
    ],
)
def test_one_thing_broken(change: Callable[[Stamp], None], findings: set[tuple[str, str, str]]) -> None:
    """What is wrong is not told, or told as something else as well."""
    stamp = deepcopy(right())
    change(stamp)
    assert found(judged(stamp)) == findings


@pytest.mark.parametrize(
    ("missing", "policies"),
    [
        (DISKS, {"010", "011"}),
        ("Azscheck/replicatedItems", {"003", "010", "011", "013"}),
        ("Microsoft.DataReplication/replicationVaults/protectedItems", set()),
    ],
)
def test_a_list_that_is_missing(missing: str, policies: set[str]) -> None:
    """What could not be read passes, or hides what was read."""
    stamp = {name: body for name, body in right().items() if body["type"] != missing}
    unknown = {(policy, state) for policy, _, state in found(judged(stamp, without=missing))}
    assert unknown == {(policy, WHO_KNOWS) for policy in policies}


def test_five_thousand_machines_take_no_more_than_their_number() -> None:
    """Judging takes the square of the machines: a minute for a thousand is an hour for eight thousand."""

    def of(number: int) -> float:
        stamp = {"north": right()["north"]}
        for i in range(number):
            name = f"app{i}"
            stamp |= {
                name: machine(name, "Windows", dr_required="true"),
                f"i-{name}": item(name),
                f"d-{name}": disk(name),
            }
        started = perf_counter()
        judged(stamp)
        return perf_counter() - started

    small, large = of(150), of(1200)
    # Eight times as many; sixty-four times the time if each looked at all.
    assert large < 24 * small
