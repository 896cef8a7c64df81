"""evaluate: parameters, order, evidence, and one resource's oddity that stays its own."""

import random
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from azscheck.engine import evaluate
from azscheck.errors import UsageError
from azscheck.inventory import Origin
from azscheck.results.saved import dumps

from ..builders import NOW, OTHER, THING, failed, inventory, judge, policy, resource, states

LIMIT: dict[str, Any] = {"field": "properties.n", "lessOrEquals": "[parameters('limit')]"}
PARAMETERS = {"limit": {"type": "integer", "default": 5}, "age": {"type": "duration", "default": "P1D"}}


def limited(name: str = "TST-001") -> Any:
    return policy(LIMIT, id=name, parameters=PARAMETERS, message="{limit}, {age}")


@pytest.mark.parametrize(
    ("parameters", "east", "expected"),
    [
        ({}, {}, {"east": "nonCompliant", "west": "nonCompliant"}),
        ({"limit": 7}, {}, {"east": "compliant", "west": "compliant"}),
        ({"TST-001.limit": 7}, {}, {"east": "compliant", "west": "compliant"}),
        ({"TST-001.limit": 7, "limit": 1}, {}, {"east": "compliant", "west": "compliant"}),
        ({"TST-002.limit": 7}, {}, {"east": "nonCompliant", "west": "nonCompliant"}),
        ({}, {"limit": 7}, {"east": "compliant", "west": "nonCompliant"}),
        ({"limit": 7}, {"limit": 1}, {"east": "nonCompliant", "west": "compliant"}),
        ({"TST-001.limit": 7}, {"TST-001.limit": 1}, {"east": "nonCompliant", "west": "compliant"}),
        ({"TST-001.limit": 7}, {"limit": 1}, {"east": "nonCompliant", "west": "compliant"}),
        ({"TST-001.limit": 7}, {"TST-002.limit": 1}, {"east": "compliant", "west": "compliant"}),
    ],
)
def test_parameters(parameters: Any, east: Any, expected: dict[str, str]) -> None:
    """A stamp is judged by another stamp's objective, or by none that was set."""
    found = inventory(resource(properties={"n": 6}), resource(properties={"n": 6}, stamp="west"))
    results = evaluate(
        found, [limited(), limited("TST-002")], now=NOW, parameters=parameters, stamp_parameters={"east": east}
    )
    assert {r.stamp: r.state.value for r in results.results if r.policy == "TST-001"} == expected


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"limti": 5}, "no policy has a parameter 'limti'; did you mean 'limit'?"),
        ({"TST-009.limit": 5}, "no policy has a parameter 'TST-009.limit'"),
        ({"limit": "5"}, "limit takes a value of type integer, not '5'"),
        ({"limit": True}, "limit takes a value of type integer, not true"),
        ({"limit": None}, "limit takes a value of type integer, not null"),
        ({"age": "P1M"}, "is not a duration"),
        ({"TST-001.age": "soon"}, "parameter TST-001.age"),
    ],
)
def test_wrong_parameters(parameters: Any, sentence: str) -> None:
    """A slip in a parameter leaves the default in force without a word."""
    for arguments in ({"parameters": parameters}, {"stamp_parameters": {"east": parameters}}):
        with pytest.raises(UsageError) as caught:
            evaluate(inventory(resource()), [limited()], now=NOW, **arguments)
        assert sentence in str(caught.value)
    with pytest.raises(UsageError):
        evaluate(inventory(resource()), [limited()], now=NOW, stamp_parameters={"elsewhere": parameters})


@pytest.mark.parametrize(
    "right", ["[parameters(field('name'))]", "[field(field('properties.path'))]", "[field(5)]", "[parameters(5)]"]
)
def test_a_name_made_of_data(right: str) -> None:
    """A tag or a property that makes a path no path ends the run for every resource."""
    found = judge(
        {"value": right, "notEquals": "x"},
        resource("odd", {"path": "tags['it's']"}),
        resource("empty", {"path": ""}),
        resource("list", {"path": ["x"]}),
    )
    assert set(states(found).values()) == {"error"}


def test_one_deep_resource_is_its_own_trouble() -> None:
    """One resource with a very deep value ends the run for all."""
    deep: Any = 1
    for _ in range(900):
        deep = [deep]
    body = {"x": deep, "y": deep}
    things = [resource("deep", body, unknown={"/z": "403"}), resource("flat", body), resource("none", {"y": 1})]
    found = states(judge({"field": "properties.x", "notEquals": "[field('properties.y')]"}, *things))
    assert found == {"deep": "error", "flat": "error", "none": "compliant"}


def test_order_of_the_inventory_is_no_matter() -> None:
    """Two runs of the same stamp differ, and a comparison of reports shows changes that are none."""
    parts: list[Any] = [resource(f"t{i}", {"n": i % 3}, stamp=stamp) for i in range(12) for stamp in ("east", "west")]
    parts += [resource(f"o{i}", {"n": i % 3, "t": "2026-05-31T00:00:00Z"}, kind=OTHER) for i in range(12)]
    parts += [failed(OTHER, reason, scope=scope) for reason in ("403", "429") for scope in ("/a", "/b")]
    newest = {"count": {"resources": OTHER, "newest": {"by": "properties.t"}, "where": {"field": "properties.n"}}}
    newest["count"]["where"] = {"field": "properties.n", "equals": "[subject('properties.n')]"}
    policies = [
        policy({"count": {"resources": OTHER, "where": newest["count"]["where"]}, "less": 3}, message="{names}"),
        policy({**newest, "equals": 1}, id="TST-002"),
    ]
    expected = dumps(evaluate(inventory(*parts), policies, now=NOW))
    shuffle = random.Random(0)
    for _ in range(5):
        shuffle.shuffle(parts)
        shuffle.shuffle(policies)
        assert dumps(evaluate(inventory(*parts), policies, now=NOW)) == expected


def test_one_resource_is_one() -> None:
    """A page that a provider sent twice makes two backups of one; a type written twice makes two findings of one."""
    two = {"count": {"resources": OTHER}, "greaterOrEquals": 2}
    twice = [resource("o", kind=OTHER), replace(resource("o", kind=OTHER), origin=Origin("hub", "/page2"))]
    assert states(judge(two, resource(), resource(), *twice)) == {"a": "nonCompliant"}
    assert len(judge(two, resource(), resource(), *twice, appliesTo=[THING, THING.upper()]).results) == 1


def test_evidence_shows_what_decided() -> None:
    """A report shows tests that had no part in the result, or not what was seen."""
    condition = {
        "allOf": [
            {"field": "name", "equals": "a"},
            {"field": "properties.size", "greater": 5},
            {"field": "tags['x']", "exists": True},
        ]
    }
    (result,) = judge(condition, resource(properties={"size": 3})).results
    assert [(e.test, e.operator, e.wanted, e.seen, e.truth, e.note) for e in result.evidence] == [
        ("properties.size", "greater", 5, 3, False, ""),
        ("tags['x']", "exists", True, None, False, "absent"),
    ]
    assert {e.resource for e in result.evidence} == {""}
    assert result.origin is not None


def test_evidence_goes_into_what_was_counted() -> None:
    """A count is reported without the resources that made it."""
    where = {"field": "properties.n", "equals": "[subject('properties.n')]"}
    found = judge(
        {"count": {"resources": OTHER, "where": where}, "equals": 0},
        resource(properties={"n": 1}),
        resource("o1", {"n": 1}, kind=OTHER),
        resource("o2", {"n": 2}, kind=OTHER),
    )
    count, inside = found.results[0].evidence
    assert (count.test, count.seen, count.note) == (f"count of {OTHER}", 1, "o1")
    assert (inside.test, inside.seen, inside.wanted, inside.truth) == ("properties.n", 1, 1, True)
    assert inside.resource.endswith("/o1")


def test_evidence_of_the_unknown_says_why() -> None:
    """A report says unknown and not what to do."""
    (result,) = judge({"field": "properties.x", "equals": 1}, resource(unknown={"/properties": "403 on it"})).results
    assert [(e.truth, e.seen, e.note) for e in result.evidence] == [(None, None, "403 on it")]
    (result,) = judge({"field": "properties.x", "less": 1}, resource(properties={"x": "text"})).results
    assert result.state == "error"
    assert "has no order" in result.evidence[0].note


def test_ages_are_measured_from_now() -> None:
    """A saved inventory is judged by the time of the judging machine."""
    thing = inventory(resource(properties={"t": "2026-06-01T00:00:00Z"}))
    recent = policy({"field": "properties.t", "newerThan": "PT12H"})
    (on_time,) = evaluate(thing, [recent], now=NOW).results
    (late,) = evaluate(thing, [recent], now=NOW + timedelta(seconds=1)).results
    assert (on_time.state.value, late.state.value) == ("compliant", "nonCompliant")


def test_now_must_be_a_moment_after_the_collection() -> None:
    """A clock that stands still, or a time without a zone, makes every backup look recent."""
    found, rule = inventory(resource(properties={"n": 1})), [limited()]
    with pytest.raises(UsageError, match="before the inventory was collected"):
        evaluate(found, rule, now=NOW - timedelta(days=1))
    with pytest.raises(UsageError, match="no time zone"):
        evaluate(found, rule, now=NOW.replace(tzinfo=None))
    assert evaluate(found, rule, now=NOW - timedelta(minutes=5)).results, "two clocks differ a little"


@pytest.mark.parametrize("operator", ["newerThan", "olderThan"])
def test_a_time_in_the_future_has_no_age(operator: str) -> None:
    """A backup that is dated next year counts as recent until then."""
    future = resource(properties={"at": (NOW + timedelta(days=200)).isoformat()})
    (result,) = judge({"field": "properties.at", operator: "P1D"}, future).results
    assert result.state.value == "unknown"
    assert "lies in the future" in result.message
    soon = resource(properties={"at": (NOW + timedelta(minutes=10)).isoformat()})
    assert states(judge({"field": "properties.at", "newerThan": "P1D"}, soon)) == {"a": "compliant"}


def test_a_pattern_of_what_is_not_there_is_an_error() -> None:
    """A rule against names in the stamp's domain passes everything, because the domain is missing."""
    require = {"value": "x.east.example", "notLike": "[concat('*.', field('properties.domain'))]"}
    assert states(judge(require, resource(properties={}))) == {"a": "error"}
