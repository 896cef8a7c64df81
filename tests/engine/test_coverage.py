"""What was not looked at is unknown: lists that failed, types never asked for, and whom a gap concerns."""

from typing import Any

import pytest

from azscheck.engine import evaluate
from azscheck.errors import ExitCode
from azscheck.inventory import NOT_OFFERED, CoverageState, Inventory

from ..builders import GROUP, NOW, OTHER, THING, coverage, failed, inventory, judge, policy, resource, state, states

ANY: dict[str, Any] = {"field": "name", "exists": True}
SUBSCRIPTION = "/subscriptions/s1"


def counting(scope: str, **comparison: Any) -> dict[str, Any]:
    return {"count": {"resources": OTHER, "scope": scope}, **(comparison or {"equals": 0})}


CHILD = f"{GROUP}/providers/{THING}/a/others/x"
PLACES = {
    CHILD: {"stamp", "children", "resourceGroup", "fleet"},
    CHILD.upper(): {"stamp", "children", "resourceGroup", "fleet"},
    CHILD.strip("/"): {"stamp", "children", "resourceGroup", "fleet"},
    f"{GROUP}/providers/{THING}/a": {"stamp", "resourceGroup", "fleet"},
    f"{GROUP}/providers/{THING}/ab/others/x": {"stamp", "resourceGroup", "fleet"},
    f"{GROUP}/providers/{OTHER}/x": {"stamp", "resourceGroup", "fleet"},
    f"{GROUP}2/providers/{OTHER}/x": {"stamp", "fleet"},
    f"/subscriptions/s2/resourceGroups/rg/providers/{OTHER}/x": {"stamp", "fleet"},
}


@pytest.mark.parametrize("scope", ["stamp", "children", "resourceGroup", "fleet"])
@pytest.mark.parametrize("place", PLACES)
def test_scopes(scope: str, place: str) -> None:
    """A resource elsewhere counts for one here, such as another machine's extension."""
    other = resource("x", kind=OTHER, id=place)
    expected = "compliant" if scope in PLACES[place] else "nonCompliant"
    assert state(counting(scope, equals=1), resource(), other) == expected


@pytest.mark.parametrize("place", ["/azscheck/stamps/a", "/subscriptions/s1/providers/T.A/x/a", "/a", ""])
def test_no_resource_group(place: str) -> None:
    """A resource outside of any resource group is said to have nothing beside it."""
    assert state(counting("resourceGroup"), resource(id=place or "a")) == "error"


def test_a_group_holds_what_is_in_it() -> None:
    """Of a resource group that is judged itself, nothing is in it."""
    assert state(counting("resourceGroup", equals=1), resource(id=GROUP), resource("x", kind=OTHER)) == "compliant"


@pytest.mark.parametrize("word", ["name", "Name", "NAME"])
def test_the_envelope_in_any_letter_case(word: str) -> None:
    """A word of the envelope in another letter case reads the parent's name with the child's."""
    assert state({"field": word, "equals": "child"}, resource("parent/child")) == "compliant"


def test_scope_across_stamps() -> None:
    """A count on one stamp takes in what another has, or the fleet's count leaves it out."""
    west = resource("x", kind=OTHER, stamp="west")
    found = {s: judge(counting(s, equals=1), resource(), west).results[0].state.value for s in ("stamp", "fleet")}
    assert found == {"stamp": "nonCompliant", "fleet": "compliant"}
    for scope, expected in (("stamp", "compliant"), ("fleet", "unknown")):
        assert states(judge(counting(scope), resource(), failed(stamp="west")))["a"] == expected


@pytest.mark.parametrize(
    ("listed", "scope", "expected"),
    [
        ("", "children", "unknown"),
        (SUBSCRIPTION, "stamp", "unknown"),
        (SUBSCRIPTION, "resourceGroup", "unknown"),
        (SUBSCRIPTION.upper(), "children", "unknown"),
        (SUBSCRIPTION.strip("/"), "children", "unknown"),
        (GROUP, "children", "unknown"),
        (f"{GROUP}/providers/{THING}/a", "children", "unknown"),
        (f"{GROUP}/providers/{THING}/a", "resourceGroup", "unknown"),
        (f"{GROUP}/providers/{THING}/ab", "children", "compliant"),
        (f"{GROUP}2", "resourceGroup", "compliant"),
        ("/subscriptions/s2", "children", "compliant"),
        ("/subscriptions/s2", "resourceGroup", "compliant"),
        ("/subscriptions/s2", "stamp", "unknown"),
        ("/subscriptions/s2", "fleet", "unknown"),
    ],
)
def test_whom_a_failed_list_concerns(listed: str, scope: str, expected: str) -> None:
    """A list that failed elsewhere makes this unknown, or one that failed here does not."""
    assert state(counting(scope), resource(), failed(scope=listed), coverage(OTHER)) == expected


@pytest.mark.parametrize(
    ("list_", "expected"),
    [
        (coverage(OTHER), "compliant"),
        (coverage(OTHER, CoverageState.SKIPPED, NOT_OFFERED), "compliant"),
        (coverage(OTHER, CoverageState.SKIPPED, "no evidence was given"), "unknown"),
        (coverage(OTHER, CoverageState.SKIPPED), "unknown"),
        (coverage(OTHER, CoverageState.FAILED, NOT_OFFERED), "unknown"),
        (failed(), "unknown"),
        (coverage(OTHER.upper()), "compliant"),
        (failed(OTHER.upper()), "unknown"),
    ],
)
def test_none_were_found(list_: Any, expected: str) -> None:
    """A list that was not read counts as an empty one."""
    found = Inventory.of(NOW, [resource()], [coverage(), list_])
    (result,) = evaluate(found, [policy(counting("stamp"))], now=NOW).results
    assert result.state == expected
    if expected == "unknown" and list_.reason:
        assert list_.reason in result.message


def test_a_type_that_was_never_collected() -> None:
    """A policy on what no list was taken of says nothing at all, or compliant."""
    found = Inventory.of(NOW, [resource()], [coverage()])
    (counted,) = evaluate(found, [policy(counting("stamp"))], now=NOW).results
    assert counted.state == "unknown"
    assert "was not collected" in counted.message
    (judged,) = evaluate(found, [policy(ANY, appliesTo=OTHER)], now=NOW).results
    assert (judged.state.value, judged.type, judged.name) == ("unknown", OTHER, "others")
    assert "was not collected" in judged.message


def test_a_judged_list_that_failed_is_never_silent() -> None:
    """The machines of a subscription could not be listed, and the report shows those of the others as all."""
    results = judge(ANY, resource(), failed(THING, scope=SUBSCRIPTION), failed(THING, "429", scope="/subscriptions/s2"))
    assert [(r.state.value, r.resource) for r in results.results if r.name == "things"] == [
        ("unknown", SUBSCRIPTION),
        ("unknown", "/subscriptions/s2"),
    ]
    assert states(results)["a"] == "compliant"
    assert results.exit_code() is ExitCode.INCOMPLETE


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (failed(THING),),
        (coverage(THING, CoverageState.SKIPPED, "no evidence was given"),),
        (resource(unknown={"/properties/x": "403"}),),
    ],
)
def test_nothing_judged_is_no_success(parts: Any) -> None:
    """A run that looked at nothing ends with the exit code of a run that found nothing wrong."""
    results = judge({"field": "properties.x", "equals": 1}, *parts)
    assert not results.evaluated
    assert results.exit_code(None) is ExitCode.INCOMPLETE


def test_no_inventory_and_no_policies() -> None:
    """An empty inventory, or no policy, passes."""
    empty = Inventory.of(NOW, [], [])
    assert evaluate(empty, [policy(ANY)], now=NOW).exit_code() is ExitCode.INCOMPLETE
    assert evaluate(inventory(resource()), [], now=NOW).exit_code() is ExitCode.INCOMPLETE


@pytest.mark.parametrize(
    ("pointer", "test", "expected"),
    [
        ("/properties/instanceView", {"field": "properties.instanceView.status", "exists": False}, "unknown"),
        ("/properties/instanceView", {"field": "properties.instanceView", "exists": False}, "unknown"),
        ("/properties/instanceView", {"field": "PROPERTIES.INSTANCEVIEW.x", "notEquals": 1}, "unknown"),
        ("/properties/instanceView", {"field": "properties", "exists": True}, "compliant"),
        ("/properties/instanceView", {"field": "properties", "notEquals": {"a": 1}}, "unknown"),
        ("/properties/instanceView", {"field": "properties.a", "equals": 1}, "compliant"),
        ("/properties/none/below/deep", {"field": "properties.none.below.deep", "exists": False}, "unknown"),
        ("/properties/a/below", {"field": "properties.a.below", "exists": False}, "unknown"),
        ("/properties/list/1/x", {"field": "properties.list", "notContains": 7}, "unknown"),
        ("/tags", {"field": "tags['backup']", "exists": False}, "unknown"),
        ("/tags/a~1b~0c", {"field": "tags['a/b~c']", "exists": False}, "unknown"),
        ("/tags/a~1b~0c", {"field": "tags['a']", "exists": False}, "compliant"),
        ("/identity", {"value": "[contains(createArray(field('identity.type')), 'x')]", "equals": False}, "unknown"),
        ("/identity", {"value": {"a": "[field('identity.type')]"}, "notEquals": {"a": 1}}, "unknown"),
        ("/identity", {"field": "name", "notIn": ["[field('identity.type')]"]}, "unknown"),
    ],
)
def test_a_part_that_could_not_be_read(pointer: str, test: dict[str, Any], expected: str) -> None:
    """A property that the API refused is said not to be there."""
    thing = resource(properties={"a": 1, "list": [{}, {"x": 1}]}, unknown={pointer: "403 on the instance view"})
    (result,) = judge(test, thing).results
    assert result.state == expected
    if expected == "unknown":
        assert result.message == "403 on the instance view"


def test_reading_leaves_the_resource_as_it_was() -> None:
    """What could not be read is written into the inventory that is saved."""
    body = {"a": {"b": [1]}}
    thing = resource(properties=body, unknown={"/properties/a/b/0": "403", "/properties/c/d": "403"})
    assert thing.document["properties"].keys() == {"a", "c"}
    assert thing.body["properties"] == {"a": {"b": [1]}}


@pytest.mark.parametrize("pointer", ["", "properties", "properties/a"])
def test_no_pointer(pointer: str) -> None:
    """A pointer that points nowhere is dropped, and with it what was not known."""
    with pytest.raises(ValueError, match="is not a JSON Pointer"):
        resource(unknown={pointer: "403"})
