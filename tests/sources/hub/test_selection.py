"""Only what is wanted is asked for, and the plan says beforehand what that is."""

import re

import pytest

from azscheck.demo import DemoStamp
from azscheck.inventory import CoverageState, Inventory
from azscheck.sources.hub import StampSettings, collect
from azscheck.sources.hub.plan import planned_calls, rights
from azscheck.sources.hub.selection import NOT_ASKED_FOR, rows_for
from azscheck.sources.hub.table import GROUPS, LOCATIONS, SUBSCRIPTIONS, TABLE

from .conftest import FAST, NOW

DISKS = "Microsoft.Compute/disks"
BACKUPS = "Microsoft.Backup.Admin/backupLocations/backups"


def read(settings: StampSettings, types: set[str] | None) -> Inventory:
    return collect([settings], clock=lambda: NOW, limits=FAST, types=types)


@pytest.mark.parametrize(
    ("types", "wanted"),
    [
        ({DISKS.upper()}, {SUBSCRIPTIONS, GROUPS, DISKS}),
        ({BACKUPS}, {SUBSCRIPTIONS, LOCATIONS, "Microsoft.Backup.Admin/backupLocations", BACKUPS}),
        (
            {"Microsoft.Compute/virtualMachines/extensions"},
            {
                SUBSCRIPTIONS,
                GROUPS,
                "Microsoft.Compute/virtualMachines",
                "Microsoft.Compute/virtualMachines/extensions",
            },
        ),
        ({"Azscheck/protectedItems"}, set()),
        (None, {row.type for row in TABLE}),
    ],
)
def test_a_type_is_read_with_what_leads_to_it(types: set[str] | None, wanted: set[str]) -> None:
    """A list below a parent that is not read would never be taken."""
    assert {row.type for row in rows_for(types)} == wanted


def test_types_that_are_not_wanted_are_not_asked_for_and_said_to_be_skipped(
    settings: StampSettings, stamp: DemoStamp, whole: Inventory
) -> None:
    """The service principal needs rights that no policy needs, or what was left out counts as there being none."""
    inventory = read(settings, {DISKS})
    assert inventory.of_type(DISKS) == whole.of_type(DISKS)
    assert not [r for r in stamp.requests if r.plane == "admin"]
    assert {r.path.rpartition("/")[2].lower() for r in stamp.requests if r.plane == "tenant"} == {
        "endpoints",
        "subscriptions",
        "providers",
        "resourcegroups",
        "disks",
    }
    (gap,) = inventory.gaps("Microsoft.Compute/virtualMachines", "east")
    assert (gap.state, gap.reason) == (CoverageState.SKIPPED, NOT_ASKED_FOR)
    left = {row.type for row in TABLE} - {row.type for row in rows_for({DISKS})}
    assert [kind for kind in left if not inventory.gaps(kind, "east")] == []


def test_what_the_stamps_own_resource_says_is_read_where_a_policy_is_about_it_and_unknown_where_not(
    settings: StampSettings, whole: Inventory
) -> None:
    """A policy on the stamp's version would say that it is not known."""
    assert read(settings, {"Azscheck/stamps"}).of_type("Azscheck/stamps") == whole.of_type("Azscheck/stamps")
    (found,) = read(settings, {DISKS}).of_type("Azscheck/stamps")
    assert NOT_ASKED_FOR in found.unknown["/properties/stampVersion"]
    assert found.body["properties"]["externalDomain"] == "north.fabrikam.example"


@pytest.mark.parametrize("types", [None, {DISKS}, {BACKUPS}])
def test_every_call_that_is_made_was_planned_and_every_planned_list_is_asked(
    settings: StampSettings, stamp: DemoStamp, types: set[str] | None
) -> None:
    """An administrator grants rights and opens firewalls by the plan."""
    calls = [call for call in planned_calls(settings, types) if call.method == "GET"]
    patterns = [
        (call, re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(call.path.partition("?")[0])), re.I))
        for call in calls
    ]
    read(settings, types)
    asked = [r for r in stamp.requests if r.plane != "identity"]
    for request in asked:
        fitting = [c for c, p in patterns if c.plane == request.plane and p.fullmatch(request.path)]
        assert fitting, f"{request.path} was asked for and not planned"
    # The demo stamp has no Site Recovery.
    sure = [(call, p) for call, p in patterns if "where" not in call.per and "replicationVaults" not in call.path]
    for call, pattern in sure:
        assert any(pattern.fullmatch(r.path) for r in asked if r.plane == call.plane), (
            f"{call.path} was never asked for"
        )


def test_rights_are_those_of_the_planes_that_are_read(settings: StampSettings) -> None:
    assert [(r.plane, r.role) for r in rights(settings, None)] == [("tenant", "Reader"), ("admin", "Reader")]
    assert [r.scope for r in rights(settings, {BACKUPS})] == ["the Default Provider Subscription"]
    assert rights(settings, {"Azscheck/protectedItems"}) == []


def test_a_plan_makes_no_call(settings: StampSettings, stamp: DemoStamp) -> None:
    planned_calls(settings)
    assert stamp.requests == []
