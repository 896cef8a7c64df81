"""Resources and what is known of their lists."""

from typing import Any

import pytest
from msgspec.structs import replace

from azscheck.inventory import NOT_OFFERED, CoverageState, Inventory, arm_key
from azscheck.values import ABSENT, Unknown, hidden_unknown, type_name

from ..builders import NOW, OTHER, THING, coverage, failed, resource


@pytest.mark.parametrize(
    ("name", "id", "expected"),
    [
        ("web01", "/a/web01", "web01"),
        ("north/3a9a5f2c", "/a/3a9a5f2c", "3a9a5f2c"),
        (None, "/a/b", "b"),
        ("", "/a/b/", "b"),
        (5, "/a/b", "b"),
    ],
)
def test_name(name: Any, id: str, expected: str) -> None:
    """A finding names a resource as nobody knows it."""
    assert replace(resource(id=id), body={"name": name}).name == expected


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [("/A/b", "/a/B", True), ("a/b", "/a/b/", True), ("/a/b", "/a/bc", False), ("/a/b", "/a/b/c", False)],
)
def test_ids(left: str, right: str, same: bool) -> None:
    """A resource is not found because a provider writes its id in another way."""
    assert (arm_key(left) == arm_key(right)) is same


@pytest.mark.parametrize(
    ("state", "reason", "known"),
    [
        (CoverageState.COMPLETE, "", True),
        (CoverageState.SKIPPED, NOT_OFFERED, True),
        (CoverageState.SKIPPED, "", False),
        (CoverageState.SKIPPED, "Not offered", False),
        (CoverageState.FAILED, NOT_OFFERED, False),
        (CoverageState.FAILED, "", False),
    ],
)
def test_what_a_list_says(state: CoverageState, reason: str, known: bool) -> None:
    """A list that was skipped counts as one that was read."""
    assert coverage(state=state, reason=reason).known is known


def test_gaps() -> None:
    """A list that failed, or was never taken, is no gap."""
    found = Inventory.of(NOW, [], [coverage(THING), failed(THING, scope="/s2"), coverage(OTHER)])
    assert [c.scope for c in found.gaps(THING.upper(), "east")] == ["/s2"]
    assert found.gaps(OTHER, "east") == []
    for kind, stamp in (("Test.Azs/none", "east"), (OTHER, "west")):
        (gap,) = found.gaps(kind, stamp)
        assert (gap.type, gap.stamp, gap.known) == (kind, stamp, False)


def test_of_type_and_stamps() -> None:
    """A stamp of which only a failed list is known is left out; a type in another letter case is another type."""
    found = Inventory.of(NOW, [resource("a"), resource("b", stamp="west")], [failed(stamp="north")])
    assert found.stamps == ("east", "north", "west")
    assert [r.name for r in found.of_type(THING.upper())] == ["a", "b"]
    assert [r.name for r in found.of_type(THING, "west")] == ["b"]


def test_unknown_is_planted_where_it_points() -> None:
    """What could not be read is absent, stands elsewhere, or takes other properties with it."""
    thing = resource(
        properties={"a": {"b": 1}, "list": [{"x": 1}, {"x": 2}]},
        unknown={"/properties/c/d": "1", "/properties/a/e": "2", "/properties/list/1/x": "3", "/tags/a~1b~0c": "4"},
    )
    assert thing.document == {
        "name": "a",
        "properties": {
            "a": {"b": 1, "e": Unknown("2")},
            "list": [{"x": 1}, {"x": Unknown("3")}],
            "c": {"d": Unknown("1")},
        },
        "tags": {"a/b~c": Unknown("4")},
    }
    assert thing.body["properties"] == {"a": {"b": 1}, "list": [{"x": 1}, {"x": 2}]}


def test_unknown_below_the_unknown_and_beyond_a_list() -> None:
    """Of two pointers the lesser wins, or one past the end of a list is lost."""
    unknown = {"/p": "all", "/p/x": "part", "/list/9": "cut", "/list/0/y": "no object"}
    thing = replace(resource(unknown=unknown), body={"list": [1], "p": {"x": 1, "z": 2}})
    assert thing.document == {"p": Unknown("all"), "list": [1, Unknown("cut"), Unknown("no object")]}


def test_the_two_values_that_json_lacks() -> None:
    """What is unknown is taken for true or false by an `if`."""
    with pytest.raises(TypeError, match="no truth"):
        bool(Unknown("x"))
    assert not ABSENT
    assert (repr(ABSENT), type_name(ABSENT), type_name(None), type_name(True)) == (
        "ABSENT",
        "absent",
        "null",
        "boolean",
    )
    assert hidden_unknown({"a": [1, {"b": Unknown("x")}]}) == Unknown("x")
    assert hidden_unknown({"a": [1, {"b": ABSENT}]}) is None
