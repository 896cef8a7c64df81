"""Counts: exact where all is known, within bounds where not, and never a bound taken for the number."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azscheck.engine.operators import compare
from azscheck.engine.tally import Tally, compare_tally, tally_of
from azscheck.policy.parse import OPERATORS
from azscheck.values import Unknown

from ..builders import NOW, OTHER, THING, failed, judge, resource, state

GAP = Unknown("403")
EXACT = ("equals", "notEquals", "in", "notIn", "less", "lessOrEquals", "greater", "greaterOrEquals", "exists")
MANY = [*range(60), 99, 100, 101, 110, 111, 999, 1000, 1001, 1023, 1024, 1025, 5000]
wanted_numbers: st.SearchStrategy[Any] = st.one_of(
    st.integers(-2, 45),
    st.sampled_from([0.5, 2.5, 3.0, "3", "03", "3.0", "x", "", True, None, "1*", "*1", "1", "##", "1 KB", [], {}]),
    st.lists(st.integers(0, 9) | st.sampled_from(["4", "x", 2.0]), max_size=3),
)


@settings(max_examples=1500)
@given(st.sampled_from(OPERATORS), st.integers(0, 40), st.integers(0, 12) | st.none(), wanted_numbers)
def test_bounds_against_every_number_within(operator: str, least: int, more: int | None, wanted: Any) -> None:
    """A list that failed halfway is judged as if it had been whole."""
    most = None if more is None else least + more
    numbers = [n for n in MANY if n >= least] if most is None else list(range(least, most + 1))
    truths = [compare(operator, n, wanted, NOW) for n in numbers]
    found = compare_tally(operator, Tally(least, most, GAP if most != least else None), wanted, NOW)
    if isinstance(found, bool):
        assert set(map(str, truths)) == {str(found)}
    elif operator in EXACT and most is not None:
        # Nor is what is certain called unknown.
        assert len(set(map(str, truths))) > 1 or isinstance(truths[0], Unknown)


@pytest.mark.parametrize(
    ("truths", "gap", "bounds"),
    [
        ([], None, (0, 0)),
        ([True, False, True], None, (2, 2)),
        ([True, GAP, False], None, (1, 2)),
        ([True, False], GAP, (1, None)),
        ([GAP], GAP, (0, None)),
    ],
)
def test_tally(truths: list[Any], gap: Unknown | None, bounds: tuple[int, int | None]) -> None:
    """A resource that may count is left out of the count, or put into it."""
    tally = tally_of([(None, truth) for truth in truths], gap)
    assert (tally.least, tally.most) == bounds
    assert (tally.unknown is None) is (bounds[0] == bounds[1])


def of_array(comparison: dict[str, Any], disks: Any, **unknown: str) -> str:
    where = {"field": "properties.disks[*].caching", "equals": "None"}
    condition = {"count": {"field": "properties.disks[*]", "where": where}, **comparison}
    return state(condition, resource(properties={"disks": disks}, unknown=unknown))


@pytest.mark.parametrize(
    ("comparison", "disks", "expected"),
    [
        ({"equals": 1}, [{"caching": "none"}, {"caching": "ReadOnly"}], "compliant"),
        ({"equals": 0}, [], "compliant"),
        ({"equals": 0}, None, "compliant"),
        ({"equals": 0}, "text", "error"),
        ({"equals": 0}, {"caching": "none"}, "error"),
        ({"greaterOrEquals": 1}, [{}, 5, None, "x", [1]], "nonCompliant"),
        ({"equals": "1"}, [{"caching": "None"}], "compliant"),
    ],
)
def test_array(comparison: dict[str, Any], disks: Any, expected: str) -> None:
    """The elements of an array are counted wrongly, or odd ones end the run."""
    assert of_array(comparison, disks) == expected


@pytest.mark.parametrize(
    ("comparison", "pointer", "expected"),
    [
        ({"greaterOrEquals": 1}, "/properties/disks/1/caching", "compliant"),
        ({"equals": 1}, "/properties/disks/1/caching", "unknown"),
        ({"equals": 1}, "/properties/disks/1", "unknown"),
        ({"equals": 1}, "/properties/disks/7", "unknown"),
        ({"equals": 1}, "/properties/disks/-", "unknown"),
        ({"lessOrEquals": 2}, "/properties/disks/1", "compliant"),
        ({"lessOrEquals": 2}, "/properties/disks", "unknown"),
        ({"greaterOrEquals": 0}, "/properties/disks", "compliant"),
        ({"equals": 0}, "/properties", "unknown"),
        ({"equals": 1}, "/properties/other", "compliant"),
    ],
)
def test_array_with_a_hole(comparison: dict[str, Any], pointer: str, expected: str) -> None:
    """An element that could not be read is taken for one that does not count."""
    assert of_array(comparison, [{"caching": "None"}, {"caching": "x"}], **{pointer: "403"}) == expected


def test_nested_arrays_and_current() -> None:
    """A count inside a count sees the elements of the wrong array."""
    body = {"nics": [{"ips": ["a", "b"]}, {"ips": ["a"]}], "want": "b"}
    inner = {
        "count": {
            "field": "properties.nics[*].ips[*]",
            "where": {"field": "properties.nics[*].ips[*]", "equals": "[field('properties.want')]"},
        },
        "equals": 1,
    }
    assert state(
        {"count": {"field": "properties.nics[*]", "where": inner}, "equals": 1}, resource(properties=body)
    ) == ("compliant")
    current = {"value": "[length(current('properties.nics[*].ips'))]", "equals": 2}
    for where in (current, {"value": "[length(current().ips)]", "equals": 2}):
        condition = {"count": {"field": "properties.nics[*]", "where": where}, "equals": 1}
        assert state(condition, resource(properties=body)) == "compliant"


def test_an_expression_is_read_anew_for_each_element() -> None:
    """What an expression comes to for one element of an array is taken for the next one's."""
    named = {"value": "[first(field('properties.disks[*].tag'))]", "equals": "[current('n')]"}
    within = {"count": {"value": ["b", "c"], "name": "n", "where": named}, "equals": 1}
    condition = {"count": {"field": "properties.disks[*]", "where": within}, "equals": 2}
    assert state(condition, resource(properties={"disks": [{"tag": "a"}, {"tag": "b"}, {"tag": "b"}]})) == "compliant"


@pytest.mark.parametrize("text", ["[field('properties.tag')]", "[subject('properties.tag')]"])
def test_an_expression_is_read_anew_for_each_resource(text: str) -> None:
    """What an expression comes to for the judged resource is taken for a counted one's, or for a count's within it."""
    named = {"value": text, "equals": "[current('n')]"}
    known = {"count": {"value": ["x", "y"], "name": "n", "where": named}, "equals": 1}
    within = {"count": {"resources": THING, "where": known}, "equals": 1}
    condition = {"count": {"resources": OTHER, "where": {"allOf": [known, within]}}, "equals": 1}
    others = [resource(name, {"tag": tag}, kind=OTHER) for name, tag in (("b", "y"), ("c", "z"))]
    assert state(condition, resource(properties={"tag": "x"}), *others) == "compliant"
    # Of the judged resource itself nothing is the subject, which says nothing of the counted ones.
    counts = {"count": {"resources": OTHER, "where": {"value": text, "in": ["x", "y"]}}, "greaterOrEquals": 1}
    assert (
        state({"anyOf": [{"value": text, "equals": "q"}, counts]}, resource(properties={"tag": "x"}), *others)
        == "compliant"
    )


@pytest.mark.parametrize(
    ("value", "comparison", "expected"),
    [
        (["a", "b"], {"equals": 1}, "compliant"),
        ("[field('properties.names')]", {"equals": 1}, "compliant"),
        ("[field('properties.none')]", {"equals": 0}, "compliant"),
        ("[field('properties.unread')]", {"equals": 0}, "unknown"),
        ("[createArray(field('properties.unread'), 'a')]", {"equals": 1}, "unknown"),
        ("[field('properties.text')]", {"equals": 0}, "error"),
    ],
)
def test_literal(value: Any, comparison: dict[str, Any], expected: str) -> None:
    """A count over a list of a policy's own counts otherwise than Azure's."""
    thing = resource(properties={"names": ["A", "c"], "text": "x"}, unknown={"/properties/unread": "403"})
    where = {"value": "[current('n')]", "equals": "a"}
    assert state({"count": {"value": value, "name": "n", "where": where}, **comparison}, thing) == expected


@pytest.mark.parametrize("right", ["[current('typo')]", "[current()]", "[subject('id')]"])
def test_words_that_mean_nothing_here_are_errors(right: str) -> None:
    """A slip in an expression gives an absent value, and every `not` of it is compliant."""
    assert state({"value": right, "notEquals": "x"}, resource(properties={"list": [{"x": "x"}]})) == "error"
    assert state({"value": right, "exists": False}, resource()) == "error"


@pytest.mark.parametrize(
    ("comparison", "expected"),
    [
        ({"equals": 0}, "nonCompliant"),
        ({"greaterOrEquals": 1}, "compliant"),
        ({"greaterOrEquals": 2}, "unknown"),
        ({"less": 1}, "nonCompliant"),
        ({"less": 3}, "unknown"),
        ({"equals": 2}, "unknown"),
        ({"notEquals": 2}, "unknown"),
        ({"notEquals": "2"}, "unknown"),
        ({"notIn": [2, 3]}, "unknown"),
        ({"in": ["2"]}, "unknown"),
        ({"notEquals": 0}, "compliant"),
        ({"notLike": "2*"}, "unknown"),
        ({"notContains": "7"}, "unknown"),
        ({"exists": True}, "compliant"),
    ],
)
def test_a_list_that_was_cut_off(comparison: dict[str, Any], expected: str) -> None:
    """One was read before the list failed: what more there are is taken for none."""
    condition = {"count": {"resources": OTHER}, **comparison}
    results = judge(condition, resource(), resource("o", kind=OTHER), failed(reason="the connection was dropped"))
    (result,) = results.results
    assert result.state == expected
    if expected == "unknown":
        assert "the connection was dropped" in result.message


def test_an_array_within_its_own_count() -> None:
    """A condition over an array that is used in a count over the same array ends the run for every resource."""
    inner = {"count": {"field": "properties.list[*]", "where": {"field": "properties.list[*].k", "equals": 1}}}
    outer = {"count": {"field": "properties.list[*]", "where": {**inner, "equals": 1}}, "equals": 2}
    assert state(outer, resource(properties={"list": [{"k": 1}, {"k": 2}, {"k": 1}]})) == "error"
