"""A finding's one line: what each placeholder is filled with."""

from typing import Any

import pytest

from azscheck.engine import evaluate

from ..builders import NOW, OTHER, inventory, policy, resource

RECENT: dict[str, Any] = {
    "count": {
        "resources": OTHER,
        "where": {
            "allOf": [
                {"field": "properties.ok", "equals": True},
                {"field": "properties.time", "newerThan": "[parameters('maximumAge')]"},
            ]
        },
    },
    "greaterOrEquals": 1,
}
PARAMETERS = {
    "maximumAge": {"type": "duration", "default": "PT24H"},
    "names": {"type": "array", "default": ["a", "b"]},
    "limit": {"type": "integer", "default": 3},
}


def backup(name: str, time: Any, ok: bool = True, kind: str = "full") -> Any:
    return resource(name, {"time": time, "ok": ok, "kind": kind}, kind=OTHER)


OLD = [backup("b1", "2026-05-30T10:00:00Z"), backup("b2", "2026-05-29T12:00:00Z"), backup("b3", None)]
OLD += [backup("b4", "2026-06-01T11:00:00Z", ok=False)]


def judge_with(require: Any, text: str, parameters: Any, *parts: Any) -> Any:
    read = {name: spec for name, spec in parameters.items() if name in f"{require} {text}"}
    judged = policy(require, parameters=read, **({"message": text} if text else {}))
    return evaluate(inventory(*parts), [judged], now=NOW).results


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{newest} / {oldest} / {maximumAge}", "2 d 2 h / 3 d / 1 d"),
        ("count {count} of {limit}", "count 0 of 3"),
        ("{names}", "b1, b2, b3, b4"),
        ("{properties.text}, {tags['a.b']}, {properties.none}, {name}", "one two, x, not set, a"),
        ("{properties.list}", "a, b c"),
        ("{properties.object}", '{"a": 1}'),
        ("{properties.unread}", "not known"),
        ("{id}", "/subscriptions/s1/resourceGroups/rg/providers/Test.Azs/things/a"),
        ("no {} placeholder {{count}}", "no {} placeholder {0}"),
    ],
)
def test_placeholders(text: str, expected: str) -> None:
    """A finding shows a placeholder, another value than was judged, or breaks its line."""
    body = {"text": "one\ntwo", "list": ["a", "b\r\nc"], "object": {"a": 1}}
    thing = resource(properties=body, unknown={"/properties/unread": "403"}, tags={"a.b": "x"})
    parameters = {key: value for key, value in PARAMETERS.items() if key != "names"}
    (result,) = judge_with(RECENT, text, parameters, thing, *OLD)
    assert result.message == expected
    assert "\n" not in result.message


def test_parameters_come_before_evidence() -> None:
    """A parameter called as a word of the evidence is not shown."""
    (result,) = judge_with(RECENT, "{names}", PARAMETERS, resource())
    assert result.message == "a, b"


def test_nothing_dated() -> None:
    """A finding about no backup at all shows an age."""
    (result,) = judge_with(RECENT, "{newest}", PARAMETERS, resource())
    assert result.message == "none"


def test_age_where_a_part_is_what_is_wrong() -> None:
    """A folder with a file of today is told to have none, because another file is missing."""
    whole = {
        "count": {
            "resources": OTHER,
            "where": {
                "allOf": [
                    {"count": {"field": "properties.missing[*]"}, "equals": 0},
                    {"field": "properties.kind", "equals": "full"},
                    {"field": "properties.time", "newerThan": "P1D"},
                ]
            },
        },
        "greaterOrEquals": 1,
    }
    fresh = {"time": "2026-06-01T06:00:00Z", "kind": "full"}
    others = [
        resource("a", {**fresh, "missing": ["x"]}, kind=OTHER),
        resource("b", {**fresh, "time": "2026-06-01T11:00:00Z", "kind": "log", "missing": []}, kind=OTHER),
    ]
    (result,) = judge_with(whole, "{newest}", {}, resource(), *others)
    assert result.message == "6 h"
    others.append(resource("c", {**fresh, "time": "2026-05-01T12:00:00Z", "missing": []}, kind=OTHER))
    (result,) = judge_with(whole, "{newest}", {}, resource(), *others)
    assert result.message == "31 d"


def test_age_of_the_newest_that_was_judged() -> None:
    """The message shows the age of a backup of another kind, younger than the one that was judged."""
    newest = {
        "count": {
            "resources": OTHER,
            "newest": {"by": "properties.time", "where": {"field": "properties.kind", "equals": "full"}},
            "where": {"field": "properties.time", "newerThan": "P1D"},
        },
        "greaterOrEquals": 1,
    }
    others = [backup("b1", "2026-05-29T12:00:00Z"), backup("b2", "2026-06-01T11:00:00Z", kind="partial")]
    (result,) = judge_with(newest, "{newest}", {}, resource(), *others)
    assert result.message == "3 d"


def test_names_and_seen() -> None:
    """Of what was found wrong a finding names nothing, or everything of a thousand."""
    alerts = [resource(f"alert{i}", {"fault": f"fault {i % 2}"}, kind=OTHER) for i in range(7)]
    none = {"count": {"resources": OTHER, "where": {"field": "properties.fault", "like": "fault*"}}, "equals": 0}
    (result,) = judge_with(none, "{count}: {names} ({seen})", {}, resource(), *alerts)
    assert result.message == "7: alert0, alert1, alert2, alert3, alert4 and 2 more (fault 0, fault 1)"


@pytest.mark.parametrize(
    ("require", "expected"),
    [
        ({"field": "properties.size", "greater": 5}, "properties.size is 3; wanted: greater 5"),
        ({"field": "properties.none", "exists": True}, "properties.none is absent; wanted: exists true"),
        ({"not": {"field": "name", "equals": "a"}}, "name is a; wanted: equals a"),
        ({"count": {"resources": OTHER}, "greater": 0}, f"count of {OTHER} is 0; wanted: greater 0"),
    ],
)
def test_without_a_message(require: Any, expected: str) -> None:
    """A policy without a message has findings that say nothing."""
    (result,) = judge_with(require, "", {}, resource(properties={"size": 3}))
    assert result.message == expected


def test_compliant_says_nothing() -> None:
    """A compliant resource carries a finding's words."""
    (result,) = judge_with({"field": "name", "equals": "a"}, "{name} is wrong", {}, resource())
    assert (result.state.value, result.message) == ("compliant", "")
