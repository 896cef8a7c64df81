"""A finding of what is written in a file names the line of the property that decided it."""

from typing import Any

import pytest
from msgspec.structs import replace

from azscheck.engine import evaluate
from azscheck.inventory import Inventory, Origin
from azscheck.results import Results

from ..builders import NOW, inventory, policy, resource


def written(line: int, column: int = 7) -> Origin:
    return Origin("file", "main.json", None, line, column)


WRITTEN = replace(
    resource("a", {"size": 5, "list": [{"x": 1}, {"x": 3, "y": 4}]}, tags={"owner": "me"}),
    origin=written(3, 5),
    places={
        "/properties": written(10),
        "/properties/size": written(11),
        "/properties/list": written(12),
        "/properties/list/0": written(13),
        "/properties/list/1": written(14),
        "/properties/list/1/x": written(15),
        "/tags": written(20),
        "/tags/owner": written(21),
    },
)


CURRENT = {"value": "[field(concat('tags.', 'owner'))]", "equals": "[current('n')]"}


def each(key: str, **test: Any) -> dict[str, Any]:
    return {"field": f"properties.list[*].{key}", **test}


def alias(key: str, **test: Any) -> dict[str, Any]:
    return {"field": f"Test.Azs/things/list[*].{key}", **test}


def judged(require: dict[str, Any]) -> Results:
    return evaluate(inventory(WRITTEN), [policy(require)], now=NOW)


@pytest.mark.parametrize(
    ("require", "line"),
    [
        ({"field": "properties.size", "greater": 9}, 11),
        ({"field": "Properties.SIZE", "greater": 9}, 11),
        ({"field": "Test.Azs/things/size", "greater": 9}, 11),
        ({"field": "tags.owner", "equals": "you"}, 21),
        # What is absent is missing from what would hold it.
        ({"field": "tags.backup", "exists": True}, 20),
        ({"field": "properties.deep.down", "exists": True}, 10),
        ({"field": "sku.name", "exists": True}, 3),
        ({"value": "[length(field('properties.list'))]", "greater": 2}, 12),
        ({"count": {"field": "properties.list[*]"}, "greater": 2}, 12),
        # One element is too many: it is the one to look at.
        ({"count": {"field": "properties.list[*]", "where": each("x", greater=2)}, "equals": 0}, 15),
        ({"count": {"field": "Test.Azs/things/list[*]", "where": alias("X", greater=2)}, "equals": 0}, 15),
        ({"count": {"field": "properties.list[*]", "where": each("y", exists=True)}, "less": 1}, 14),
        ({"count": {"field": "properties.list[*]", "where": {"not": each("x", greater=2)}}, "equals": 0}, 13),
        # A list of the policy is compared with a property: that is the one to look at.
        ({"count": {"value": ["me"], "name": "n", "where": {"field": "tags.owner", "equals": "x"}}, "equals": 1}, 21),
        ({"count": {"value": ["me"], "name": "n", "where": CURRENT}, "equals": 0}, 21),
        # There are too few: none of those that are there.
        ({"count": {"field": "properties.list[*]", "where": each("x", greater=2)}, "greater": 1}, 12),
        ({"value": "[field(concat('tags.', 'owner'))]", "equals": "you"}, 21),
        ({"field": "[concat('tags.', 'owner')]", "equals": "you"}, 21),
        ({"value": "text", "equals": "other"}, 3),
        ({"allOf": [{"field": "tags.owner", "exists": True}, {"field": "properties.size", "less": 1}]}, 11),
    ],
)
def test_the_deciding_property_s_line(require: dict[str, Any], line: int) -> None:
    (result,) = judged(require).results
    assert result.origin == written(line, 5 if line == 3 else 7)
    assert result.evidence[0].origin == result.origin


def test_a_policy_that_complies_is_at_the_resource_or_its_property() -> None:
    (result,) = judged({"field": "properties.size", "equals": 5}).results
    assert result.origin == written(11)


def test_of_many_each_is_at_its_own_property() -> None:
    """A large template's results stand at other lines than a small one's."""
    many = [replace(WRITTEN, id=f"{WRITTEN.id}{number}") for number in range(40)]
    found = evaluate(inventory(*many), [policy({"field": "properties.size", "equals": 5})], now=NOW)
    assert {result.origin for result in found.results} == {written(11)}


def test_places_are_saved(tmp_path: Any) -> None:
    inventory(WRITTEN).write(tmp_path / "saved.ndjson")
    (read,) = Inventory.read(tmp_path / "saved.ndjson").resources
    assert read == WRITTEN


def test_a_place_must_point_into_the_resource() -> None:
    with pytest.raises(ValueError, match="'properties' is not a JSON Pointer"):
        replace(WRITTEN, places={"properties": written(1)})
