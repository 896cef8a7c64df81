"""A stamp as it will be: what a change deploys and takes away, over what is there."""

from typing import Any

import pytest

from azscheck.errors import UsageError
from azscheck.inventory import Coverage, CoverageState, Inventory, Origin, Resource
from azscheck.sources.change import over
from tests.builders import NOW

GROUP = "/subscriptions/s1/resourceGroups/shop"
MACHINES, EXTENSIONS = "Microsoft.Compute/virtualMachines", "Microsoft.Compute/virtualMachines/extensions"
WEB = f"{GROUP}/providers/{MACHINES}/web01"
REMOVALS = "Azscheck/removals"
HUB, FILE = Origin("hub", "/x"), Origin("file", "main.tf", None, 3)


def live(id: str, kind: str = MACHINES, unknown: dict[str, str] | None = None, **body: Any) -> Resource:
    return Resource("north", kind, id, {"id": id, **body}, HUB, unknown or {})


def planned(id: str, kind: str = MACHINES, unknown: dict[str, str] | None = None, **body: Any) -> Resource:
    return Resource("plan", kind, id, {"id": id, **body}, FILE, unknown or {})


def removal(id: str, kind: str = MACHINES, action: str = "delete") -> Resource:
    return planned(id, REMOVALS, properties={"action": action, "resourceType": kind})


def after(there: list[Resource], change: list[Resource], told: list[Coverage] | None = None) -> Inventory:
    complete = [Coverage("north", kind, "", CoverageState.COMPLETE) for kind in (MACHINES, EXTENSIONS)]
    return over(Inventory.of(NOW, there, complete), Inventory.of(NOW, change, told or []))


def test_a_planned_resource_takes_the_place_of_the_live_one_and_others_stay() -> None:
    there = [live(WEB, tags={"a": "1"}), live(f"{WEB}2"), live("/i", "Azscheck/protectedItems")]
    found = after(there, [planned(WEB.replace("web01", "WEB01"), tags={}), planned(f"{WEB}3")])
    assert found.stamps == ("north",)
    assert [(m.id, m.origin.source) for m in found.of_type(MACHINES)] == [
        (WEB.replace("web01", "WEB01"), "file"),
        (f"{WEB}2", "hub"),
        (f"{WEB}3", "file"),
    ]
    assert found.of_type(MACHINES)[0].body["tags"] == {}
    assert found.of_type("Azscheck/protectedItems")


def test_what_only_the_live_one_tells_is_known_and_what_the_change_leaves_open_is_not() -> None:
    properties = {"instanceView": {"statuses": []}, "vmId": "1", "size": "old"}
    told = {
        "/properties/instanceView": "what only a deployed resource has, a plan does not tell",
        "/properties/absent": "a template does not tell",
        "/properties/size": "x.size is known after apply",
    }
    there = [live(WEB, properties=properties, unknown={"/properties/instanceView/statuses": "403"})]
    (machine,) = after(there, [planned(WEB, unknown=told, properties={"name": "x"})]).of_type(MACHINES)
    assert machine.body["properties"] == {"name": "x", "instanceView": {"statuses": []}}
    assert machine.unknown == {
        "/properties/size": "x.size is known after apply",
        "/properties/instanceView/statuses": "403",
    }


def test_what_is_built_anew_has_nothing_of_what_was_there() -> None:
    told = {"/properties/instanceView": "a plan does not tell"}
    there = [live(WEB, properties={"instanceView": {"statuses": []}})]
    found = after(there, [planned(WEB, unknown=told), removal(WEB, action="replace")])
    (machine,) = found.of_type(MACHINES)
    assert machine.unknown == told
    assert machine.origin == FILE


@pytest.mark.parametrize("action", ["delete", "replace"])
def test_what_lies_beneath_goes_with_it_and_is_told(action: str) -> None:
    extension = live(f"{WEB}/extensions/agent", EXTENSIONS, tags={"a": "1"}, properties={"publisher": "Contoso"})
    other = live(f"{WEB}1/extensions/agent", EXTENSIONS)
    item = live(f"{WEB}/item", "Azscheck/protectedItems")
    found = after([live(WEB), extension, other, item], [removal(WEB, action=action)])
    assert not found.of_type(MACHINES)
    assert [e.id for e in found.of_type(EXTENSIONS)] == [other.id]
    assert found.of_type("Azscheck/protectedItems")
    gone = {r.id: r for r in found.of_type(REMOVALS)}
    assert set(gone) == {WEB, extension.id}
    assert gone[extension.id].body["tags"] == {"a": "1"}
    properties = gone[extension.id].body["properties"]
    assert (properties["action"], properties["resourceType"]) == ("delete", EXTENSIONS)
    assert properties["was"]["properties"] == {"publisher": "Contoso"}


def test_a_resource_group_takes_all_that_is_in_it() -> None:
    group = removal(GROUP.upper(), "Microsoft.Resources/resourceGroups")
    outside = live("/subscriptions/s1/resourceGroups/shop2/providers/x/y/z")
    found = after([live(WEB), outside, live(GROUP, "Microsoft.Resources/subscriptions/resourceGroups")], [group])
    assert [m.id for m in found.of_type(MACHINES)] == [outside.id]
    assert not found.of_type("Microsoft.Resources/resourceGroups")
    assert len(found.of_type(REMOVALS)) == 2


def test_what_terraform_only_lets_go_of_stays() -> None:
    found = after([live(WEB)], [removal(WEB, action="forget")])
    assert [m.origin for m in found.of_type(MACHINES)] == [HUB]


def test_the_live_lists_count_and_what_the_change_leaves_open_is_open() -> None:
    def told(kind: str, state: CoverageState, reason: str = "") -> Coverage:
        return Coverage("plan", kind, "", state, reason)

    found = after(
        [live(WEB)],
        [],
        [
            told(MACHINES, CoverageState.COMPLETE),
            told(EXTENSIONS, CoverageState.SKIPPED, "main.json:3: a loop's count is not known."),
            told("Microsoft.Compute/disks", CoverageState.COMPLETE),
            told("Azscheck/stamps", CoverageState.SKIPPED, "A plan does not tell."),
            told(REMOVALS, CoverageState.COMPLETE),
        ],
    )
    assert found.gaps(MACHINES, "north") == []
    assert [gap.reason for gap in found.gaps(EXTENSIONS, "north")] == ["main.json:3: a loop's count is not known."]
    assert found.gaps("Microsoft.Compute/disks", "north")[0].reason == "was not collected"
    assert found.gaps("Azscheck/stamps", "north")[0].reason == "A plan does not tell."
    assert found.gaps(REMOVALS, "north") == []


def test_of_several_stamps_the_one_of_the_changes_name_changes() -> None:
    south = Resource("south", MACHINES, WEB, {}, HUB)
    both = Inventory.of(NOW, [live(WEB), south], [])
    with pytest.raises(UsageError, match=r"is of 2 stamps \(north, south\)"):
        over(both, Inventory.of(NOW, [planned(WEB)], []))
    change = Inventory.of(NOW, [Resource("south", MACHINES, WEB, {"id": WEB}, FILE)], [])
    assert over(both, change).stamps == ("south",)
