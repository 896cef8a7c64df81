"""Items joined to machines: by what is sure, with how sure it is kept, and never to another machine."""

import time
from collections.abc import Iterable
from typing import Any

import pytest

from azscheck.engine import evaluate
from azscheck.inventory import Coverage, CoverageState, Inventory, Origin, Resource
from azscheck.policy import load_policies
from azscheck.sources.joining import ITEMS, joined

from ..builders import NOW

MACHINES = "Microsoft.Compute/virtualMachines"
S1, S2 = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"


def identity(name: str, subscription: str = S1) -> str:
    return f"/subscriptions/{subscription}/resourceGroups/rg/providers/{MACHINES}/{name}"


def machine(name: str, subscription: str = S1, inside: str = "") -> Resource:
    body = {"name": name, "properties": {"osProfile": {"computerName": inside}} if inside else {}}
    return Resource("north", MACHINES, identity(name, subscription), body, Origin("hub", "/x"))


def item(number: int = 1, kind: str = ITEMS[0], **properties: Any) -> Resource:
    name = properties.get("sourceName", "item")
    body = {"name": name, "properties": properties}
    return Resource("north", kind, f"/azscheck/items/{number}", body, Origin("file", "e.csv", None, number))


def inventory(resources: Iterable[Resource], *gaps: Coverage) -> Inventory:
    lists = [Coverage("north", kind, "", CoverageState.COMPLETE) for kind in ITEMS]
    lists += gaps or [Coverage("north", MACHINES, "", CoverageState.COMPLETE)]
    return Inventory.of(NOW, resources, lists)


def failed(scope: str = "") -> Coverage:
    return Coverage("north", MACHINES, scope, CoverageState.FAILED, "403 Forbidden")


def items(told: Inventory) -> list[dict[str, Any]]:
    return [dict(r.body["properties"]) for kind in ITEMS for r in told.of_type(kind)]


TWO = [machine("web01"), machine("web01", S2), machine("db01", S1, "SQLHOST")]


@pytest.mark.parametrize(
    ("said", "match", "name"),
    [
        ({"sourceResourceId": identity("DB01").upper()}, "id", "db01"),
        ({"sourceResourceId": identity("gone")}, "none", ""),
        ({"sourceName": "DB01"}, "name", "db01"),
        ({"sourceName": "sqlhost.contoso.example"}, "name", "db01"),
        ({"sourceName": "10.0.0.4"}, "none", ""),
        ({"sourceName": "web01", "sourceSubscription": S1}, "nameAndSubscription", "web01"),
        (
            {"sourceName": "web01.contoso.example", "sourceSubscription": f"/subscriptions/{S1}"},
            "nameAndSubscription",
            "web01",
        ),
        ({"sourceName": "web01", "sourceSubscription": "Shop"}, "nameAndSubscription", "web01"),
        ({"sourceName": "db01", "sourceSubscription": S2}, "none", ""),
        ({"sourceName": "web01"}, "ambiguous", ""),
    ],
)
def test_how_an_item_is_joined(said: dict[str, Any], match: str, name: str) -> None:
    """An item is joined to a machine that it is not of, or not to the one that it is of."""
    body = {"displayName": "Shop", "subscriptionId": S1}
    kind = "Microsoft.Resources/subscriptions"
    shop = Resource("north", kind, f"/subscriptions/{S1}", body, Origin("hub", "/x"))
    found = joined(inventory([*TWO, shop, item(**said)])).of_type(ITEMS[0])[0].body["properties"]
    assert found["match"] == match
    expected = identity(name) if name else said.get("sourceResourceId")
    assert found.get("sourceResourceId") == expected


def test_two_machines_of_one_name_are_both_in_doubt_and_no_other() -> None:
    """The backup of one counts for the other, or the doubt about them hides that a third has none."""
    tagged = [*TWO, machine("web02")]
    good = {"health": "healthy", "lastRecoveryPoint": "2026-06-01T02:00:00Z", "product": "P", "target": "t"}
    told = joined(inventory([*tagged, item(1, sourceName="web01", **good), item(2, sourceName="db01", **good)]))
    kept = [i for i in items(told) if i["match"] == "ambiguous"]
    assert [(i["candidates"], "sourceResourceId" in i) for i in kept] == [(2, False)]
    types = (f"{MACHINES}/extensions", "Azscheck/attestations")
    lists = [Coverage("north", kind, "", CoverageState.COMPLETE) for kind in types]
    (policy,) = [p for p in load_policies() if p.id == "ASH-TEN-001"]
    results = evaluate(told + Inventory.of(NOW, [], lists), [policy], now=NOW).results
    states = {r.resource: (r.state.value, r.message) for r in results}
    assert {name: state for name, (state, _) in states.items()} == {
        identity("web01"): "unknown",
        identity("web01", S2): "unknown",
        identity("db01"): "compliant",
        identity("web02"): "nonCompliant",
    }
    assert "2 machines are called web01" in states[identity("web01")][1]


def test_an_item_without_a_name_is_not_an_orphan() -> None:
    """An export that does not name its machines makes orphans of all its items."""
    (found,) = joined(inventory([*TWO, item(product="P")])).of_type(ITEMS[0])
    assert found.unknown == {"/properties/match": "the export does not name the machine"}
    assert "match" not in found.body["properties"]


@pytest.mark.parametrize(
    ("said", "match"),
    [
        ({"sourceResourceId": identity("db01")}, "id"),
        ({"sourceResourceId": identity("gone", S2)}, None),
        ({"sourceResourceId": identity("gone", S1)}, "none"),
        ({"sourceName": "db01"}, "ambiguous"),
        ({"sourceName": "db01", "sourceSubscription": S1}, "nameAndSubscription"),
        ({"sourceName": "db02", "sourceSubscription": S2}, None),
        ({"sourceName": "db02"}, None),
    ],
)
def test_machines_that_could_not_be_listed(said: dict[str, Any], match: str | None) -> None:
    """A machine that nobody could list makes an orphan of its backup, or gives it to another of its name."""
    complete = Coverage("north", MACHINES, f"/subscriptions/{S1}", CoverageState.COMPLETE)
    told = joined(inventory([machine("db01"), item(**said)], complete, failed(f"/subscriptions/{S2}")))
    found = told.of_type(ITEMS[0])[0]
    assert found.body["properties"].get("match") == match
    assert ("403 Forbidden" in found.unknown.get("/properties/match", "")) is (match is None)


def test_what_is_joined_stays_and_what_was_not_known_is_joined_later() -> None:
    """A second run over a saved inventory joins items anew, or evidence alone can never be joined."""
    once = joined(inventory([*TWO, item(sourceName="web01"), item(2, ITEMS[1], sourceName="db01")]))
    assert joined(once) == once
    alone = joined(Inventory.of(NOW, [item(sourceName="db01")], []))
    assert alone.resources[0].unknown
    (found,) = items(joined(alone + inventory([machine("db01")])))
    assert found["match"] == "name"


def test_many_items_of_one_name_stay_as_many() -> None:
    """A name that a thousand machines and items have costs a million items."""
    machines = [machine("vm", f"s{i}") for i in range(3000)]
    told = joined(inventory([*machines, *(item(i, sourceName="vm") for i in range(3000))]))
    assert len(told.of_type(ITEMS[0])) == 6000


def test_a_hundred_thousand_items_join_within_seconds() -> None:
    """Joining costs more than judging."""
    count = 100_000
    machines = [machine(f"vm{i}", f"s{i % 50}") for i in range(count)]
    said = (
        {"sourceResourceId": identity(f"vm{i}", f"s{i % 50}")} if i % 3 else {"sourceName": f"vm{i}"}
        for i in range(count)
    )
    told = inventory([*machines, *(item(i, **one) for i, one in enumerate(said))])
    start = time.process_time()
    found = joined(told)
    spent = time.process_time() - start
    assert {i["match"] for i in items(found)} == {"id", "name"}
    assert spent < 20, spent
    print(f"joined in {spent:.1f} s")
