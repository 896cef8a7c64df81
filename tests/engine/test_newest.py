"""The newest of other resources: never one of several, and never one that may not be it."""

from typing import Any

import pytest

from ..builders import OTHER, failed, judge, resource, state

NEWEST: dict[str, Any] = {
    "count": {
        "resources": OTHER,
        "newest": {"by": "properties.time", "where": {"field": "properties.kind", "equals": "full"}},
        "where": {"field": "properties.ok", "equals": True},
    },
    "greaterOrEquals": 1,
}
LATE, EARLY, UNTOLD = "2026-05-31T00:00:00Z", "2026-05-30T00:00:00.0000000Z", object()


def backup(time: Any, ok: Any, kind: Any = "full", name: str = "") -> Any:
    """A backup; what is UNTOLD could not be read."""
    told = {"time": time, "ok": ok, "kind": kind}
    unknown = {f"/properties/{key}": "403" for key, value in told.items() if value is UNTOLD}
    properties = {key: value for key, value in told.items() if value is not UNTOLD}
    return resource(name or f"{time}{ok}{kind}", properties, kind=OTHER, unknown=unknown)


@pytest.mark.parametrize(
    ("backups", "expected"),
    [
        ([], "nonCompliant"),
        ([backup(LATE, True)], "compliant"),
        ([backup(LATE, False), backup(EARLY, True)], "nonCompliant"),
        ([backup(LATE, True), backup(EARLY, False)], "compliant"),
        # Of another kind, so not among those of which the newest is asked.
        ([backup(LATE, False, "partial"), backup(EARLY, True)], "compliant"),
        ([backup(LATE, True, "partial")], "nonCompliant"),
        # Two of one time that disagree, and two that agree.
        ([backup(LATE, True), backup(LATE, False)], "unknown"),
        ([backup(LATE, True, name="x"), backup(LATE, True, name="y")], "compliant"),
        ([backup(LATE, False, name="x"), backup(LATE, False, name="y")], "nonCompliant"),
        # One without a time may be the newest.
        ([backup(LATE, True), backup(None, False)], "unknown"),
        ([backup(LATE, True), backup("soon", False)], "unknown"),
        ([backup(LATE, True), backup(5, False)], "unknown"),
        ([backup(LATE, True), backup(UNTOLD, False)], "unknown"),
        ([backup(LATE, True), backup(None, True)], "compliant"),
        ([backup(LATE, False), backup(None, False)], "nonCompliant"),
        ([backup(LATE, True), backup("0001-01-01T00:00:00+05:00", False)], "unknown"),
        # One that may be of the kind asked for.
        ([backup(EARLY, True), backup(LATE, False, UNTOLD)], "unknown"),
        ([backup(EARLY, True), backup(LATE, True, UNTOLD)], "compliant"),
        ([backup(LATE, True), backup(EARLY, False, UNTOLD)], "compliant"),
        ([backup(LATE, True, name="x"), backup(LATE, False, UNTOLD, "y")], "unknown"),
        # The only one may be none at all.
        ([backup(LATE, True, UNTOLD)], "unknown"),
        ([backup(LATE, False, UNTOLD)], "nonCompliant"),
        ([backup(LATE, True, UNTOLD), backup(EARLY, True, UNTOLD)], "unknown"),
        # What is asked of the newest could not be read.
        ([backup(LATE, UNTOLD), backup(EARLY, True)], "unknown"),
        ([backup(LATE, True), backup(EARLY, UNTOLD)], "compliant"),
    ],
)
def test_newest(backups: list[Any], expected: str) -> None:
    """The last attempt failed, and an older success says compliant."""
    assert state(NEWEST, resource(), *backups) == expected
    assert state(NEWEST, resource(), *reversed(backups)) == expected


@pytest.mark.parametrize("backups", [[], [backup(LATE, True)], [backup(LATE, False)]])
def test_a_newer_one_may_not_have_been_listed(backups: list[Any]) -> None:
    """The list failed after the older backups, and the newest of those is judged as the newest."""
    (result,) = judge(NEWEST, resource(), *backups, failed(reason="429")).results
    assert result.state == "unknown"
    assert "429" in result.message


def test_zero_of_the_newest() -> None:
    """`equals: 0` on the newest passes because it could not be told which is the newest."""
    none = {**NEWEST, "equals": 0}
    del none["greaterOrEquals"]
    assert state(none, resource(), backup(LATE, False)) == "compliant"
    assert state(none, resource(), backup(LATE, False), backup(None, True)) == "unknown"
    assert state(none, resource(), backup(LATE, True, UNTOLD)) == "unknown"


@pytest.mark.parametrize(
    ("backups", "expected"),
    [
        ([], "unknown"),
        ([backup(LATE, True, "partial")], "unknown"),
        ([backup(LATE, True)], "compliant"),
        ([backup(LATE, False)], "nonCompliant"),
    ],
)
def test_unknown_when_there_is_none_to_be_the_newest(backups: list[Any], expected: str) -> None:
    """Nothing is known of a machine, and because something is known of another it counts as a failure."""
    count = {**NEWEST["count"], "unknownWhenNone": "nobody has said"}
    assert state({**NEWEST, "count": count}, resource("a"), *backups) == expected
