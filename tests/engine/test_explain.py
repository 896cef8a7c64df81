"""explain: the tree is the interpreter's own, and the smallest change really turns the verdict, and is the smallest."""

from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from azscheck.engine import evaluate
from azscheck.engine.change import Flip, More
from azscheck.engine.explain import Explanation, explain
from azscheck.engine.sentences import step_words
from azscheck.engine.trace import Compared, Counted, Group, Node
from azscheck.errors import UsageError
from azscheck.inventory import Coverage, Inventory, Resource
from azscheck.policy import load_policies
from azscheck.times import format_time
from azscheck.values import Unknown

from ..builders import NOW, OTHER, THING, failed, inventory, policy, resource, state

FRESH, STALE = format_time(NOW - timedelta(hours=1)), format_time(NOW - timedelta(days=3))
FORMS: list[tuple[dict[str, Any], Any, Any]] = [
    ({"equals": "x"}, "x", "y"),
    ({"notEquals": "x"}, "y", "x"),
    ({"exists": True}, "there", None),
    ({"exists": False}, None, "there"),
    ({"in": ["a", "b"]}, "b", "z"),
    ({"newerThan": "P1D"}, FRESH, STALE),
    ({"olderThan": "P1D"}, STALE, FRESH),
]
"""A test, a value of which it is true, and one of which it is false."""


def why(require: Any, *parts: Resource | Coverage, name: str = "a", **fields: Any) -> Explanation:
    return explain(inventory(*parts), policy(require, **fields), name, now=NOW)


def steps(explanation: Explanation) -> list[list[str]]:
    return [[step_words(step, change) for step in change.steps] for change in explanation.changes]


def leaves(number: int) -> Any:
    """A tree in which each of so many tests stands once."""

    def grown(parts: list[Any], draw: Any) -> Any:
        if len(parts) == 1:
            return {"not": parts[0]} if draw(st.booleans()) else parts[0]
        at = draw(st.integers(1, len(parts) - 1))
        group = {draw(st.sampled_from(["allOf", "anyOf"])): [grown(parts[:at], draw), grown(parts[at:], draw)]}
        return {"not": group} if draw(st.integers(0, 3)) == 0 else group

    @st.composite
    def tree(draw: Any) -> tuple[Any, list[Any]]:
        forms = [draw(st.sampled_from(FORMS)) for _ in range(number)]
        tests = [{"field": f"properties.p{i}", **form} for i, (form, _, _) in enumerate(forms)]
        return grown(tests, draw), forms

    return tree()


def thing(forms: list[Any], truths: tuple[bool, ...]) -> Resource:
    """The thing of which each test is as true as it is said."""
    values = {f"p{i}": yes if truth else no for i, ((_, yes, no), truth) in enumerate(zip(forms, truths, strict=True))}
    return resource(properties=values)


@given(st.integers(1, 5).flatmap(leaves), st.lists(st.booleans(), min_size=5, max_size=5))
def test_a_smallest_change_turns_the_verdict_and_none_is_smaller(found: tuple[Any, list[Any]], flags: Any) -> None:
    """Somebody does what explain says, and the finding stays; or does more than was needed."""
    require, forms = found
    truths = tuple(flags[: len(forms)])
    before = state(require, thing(forms, truths))
    explained = why(require, thing(forms, truths))
    assert explained.changes
    assert explained.sure
    for change in explained.changes:
        after = list(truths)
        for step in change.steps:
            assert isinstance(step, Flip)
            assert isinstance(step.node, Compared)
            after[position(step.node.test)] = step.to
        assert sum(a is not b for a, b in zip(truths, after, strict=True)) == change.cost == len(change.steps)
        assert state(require, thing(forms, tuple(after))) != before
    for other in product([True, False], repeat=len(forms)):
        if sum(a is not b for a, b in zip(truths, other, strict=True)) < explained.changes[0].cost:
            assert state(require, thing(forms, other)) == before


@given(
    st.integers(1, 3).flatmap(leaves),
    st.lists(st.lists(st.booleans(), min_size=3, max_size=3), max_size=4),
    st.sampled_from(["equals", "notEquals", "less", "lessOrEquals", "greater", "greaterOrEquals"]),
    st.integers(0, 4),
)
def test_a_smallest_change_turns_a_count(found: tuple[Any, list[Any]], flags: Any, operator: str, number: int) -> None:
    """Of backups that a count looks at explain names the wrong one, too few, or one more where that would not do."""
    where, forms = found
    require = {"count": {"resources": OTHER, "where": where}, operator: number}
    truths = {f"b{i}": list(row[: len(forms)]) for i, row in enumerate(flags)}

    def others() -> list[Resource]:
        return [resource(name, thing(forms, tuple(row)).body["properties"], kind=OTHER) for name, row in truths.items()]

    before = state(require, resource(), *others())
    explained = why(require, resource(), *others())
    assert explained.sure
    for change in explained.changes[:1]:
        for step in change.steps:
            match step:
                case Flip(node=Compared() as node, to=to):
                    truths[node.within[0]][position(node.test)] = to
                case More(number=more, tests=tests):
                    asked = {position(test): to for test, to in tests}
                    # What is not asked may be either.
                    row = [asked.get(i, flags[0][i] if flags else False) for i in range(len(forms))]
                    truths |= {f"more{i}": list(row) for i in range(more)}
                case _:
                    # No number of resources can be less than none.
                    assert (operator, number) in (("less", 0), ("greaterOrEquals", 0))
                    return
        assert state(require, resource(), *others()) != before


def position(test: Any) -> int:
    """Which of the tests it is."""
    return int(test.left.path.removeprefix("properties.p"))


def truths_of(node: Node) -> Any:
    match node:
        case Group(parts=parts):
            return [node.truth, *map(truths_of, parts)]
        case Counted(members=members):
            return [node.truth, *(truths_of(m.node) for m in members if m.node is not None)]
        case _:
            return node.truth


def test_the_tree_has_each_truth() -> None:
    """The tree says otherwise than the verdict, or leaves a part of the condition out."""
    require = {
        "anyOf": [
            {"field": "properties.tier", "in": ["gold", "silver"]},
            {"not": {"field": "name", "like": "a*"}},
            {"count": {"resources": OTHER, "where": {"field": "properties.ok", "equals": True}}, "greaterOrEquals": 2},
            {
                "count": {"field": "properties.disks[*]", "where": {"field": "properties.disks[*].lun", "less": 1}},
                "equals": 2,
            },
        ]
    }
    here = resource(properties={"tier": "bronze", "disks": [{"lun": 0}, {"lun": 1}]})
    others = [resource(name, {"ok": ok}, kind=OTHER) for name, ok in (("b1", True), ("b2", False))]
    found = why(require, here, *others)
    assert found.result.state.value == "nonCompliant"
    assert truths_of(found.require) == [False, False, [False, True], [False, True, False], [False, True, False]]
    assert [len(change.steps) for change in found.changes] == [1, 1, 1, 1]


RECENT: dict[str, Any] = {
    "count": {
        "resources": OTHER,
        "where": {
            "allOf": [
                {"field": "properties.of", "equals": "[subject('id')]"},
                {"field": "properties.ok", "equals": True},
                {"field": "properties.at", "newerThan": "P1D"},
            ]
        },
    },
    "greaterOrEquals": 1,
}


def backup(name: str, ok: bool, at: str, of: str = "a") -> Resource:
    return resource(name, {"of": resource(of).id, "ok": ok, "at": at}, kind=OTHER)


@pytest.mark.parametrize(
    ("require", "parts", "expected"),
    [
        (
            {"field": "tags['backup']", "in": ["gold", "silver"]},
            [resource(tags={"backup": "bronze"})],
            [["tags['backup'] must be one of gold, silver (is bronze)"]],
        ),
        (
            {"field": "properties.n", "lessOrEquals": 3},
            [resource(properties={"n": 3})],
            [["properties.n must be more than 3 (is 3)"]],
        ),
        (
            {"allOf": [{"field": "properties.n", "greater": 3}, {"field": "properties.n", "less": 9}]},
            [resource(properties={"n": 1})],
            [["properties.n must be more than 3 (is 1), and still be less than 9"]],
        ),
        (
            {"value": "[field(concat('tags.', 'own', 'er'))]", "exists": True},
            [resource()],
            [["tags.owner must be there (is not there)"]],
        ),
        # The nearest of two; and where there is none, one more.
        (
            RECENT,
            [resource(), backup("b1", False, STALE), backup("b2", True, STALE)],
            [["b2 > properties.at must be 2026-05-31T12:00:00Z (P1D before now) or later (is 2026-05-29T12:00:00Z)"]],
        ),
        (
            RECENT,
            [resource(), backup("b1", True, FRESH, of="z")],
            [
                [
                    f"1 more of {OTHER}: properties.of must be {resource().id}; properties.ok must be true; "
                    "properties.at must be 2026-05-31T12:00:00Z (P1D before now) or later"
                ]
            ],
        ),
        (
            {"count": {"resources": OTHER}, "equals": 0},
            [resource(), backup("b", True, FRESH)],
            [[f"1 fewer of {OTHER}"]],
        ),
        ({"count": {"field": "tags.x[*]"}, "greater": 1}, [resource()], [["2 more of tags.x[*]"]]),
        # What nothing about the resource can make true is no advice.
        (
            {"anyOf": [{"field": "kind", "in": []}, {"field": "kind", "equals": "b"}]},
            [resource()],
            [["kind must be b (is not there)"]],
        ),
        ({"value": 1, "equals": 2}, [resource()], []),
    ],
)
def test_changes_in_words(require: Any, parts: list[Any], expected: list[list[str]]) -> None:
    """The advice names another property, value or number than would turn the verdict."""
    found = steps(why(require, *parts))
    assert found[:1] == expected[:1]
    assert bool(found) is bool(expected)


def test_what_must_be_known() -> None:
    """An unknown verdict does not say which list or property has to be read."""
    require = {"allOf": [RECENT, {"field": "properties.unread", "equals": 1}, {"field": "name", "equals": "a"}]}
    found = why(require, resource(properties={}, unknown={"/properties/unread": "403"}), failed(OTHER, "429 too many"))
    assert found.result.state.value == "unknown"
    assert found.changes == ()
    assert found.not_known == (
        (f"the count of {OTHER}", Unknown(f"{OTHER}: 429 too many")),
        ("properties.unread", Unknown("403")),
    )


def test_not_applicable() -> None:
    """What is not judged is said to comply, or what would make it judged is not told."""
    found = why(RECENT, resource(), when={"field": "kind", "equals": "x"})
    assert found.turned == "would be judged"
    assert steps(found) == [["kind must be x (is not there)"]]


@pytest.mark.parametrize(
    "text", ["web01", "WEB01", "01", "/subscriptions/s1/resourcegroups/rg/providers/test.azs/things/web01"]
)
def test_found(text: str) -> None:
    """A resource that is there is not found by what one knows of it."""
    assert why(RECENT, resource("web01"), resource("db02"), name=text).resource.name == "web01"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("web03", "there is no 'web03' among the 2 of Test.Azs/things; did you mean 'web01' or 'web02'?"),
        ("web", "2 resources answer to 'web': name one of them by its id.\n  /subscriptions/"),
        ("b1", "TST-001 judges Test.Azs/things, and b1 is one of Test.Azs/others."),
        ("", "there is no ''"),
    ],
)
def test_not_found(text: str, sentence: str) -> None:
    """A slip in a name ends in an explanation of another resource, or in no hint."""
    with pytest.raises(UsageError) as caught:
        why(RECENT, resource("web01"), resource("web02"), backup("b1", True, FRESH), name=text)
    assert sentence in str(caught.value)


def test_a_name_in_two_stamps() -> None:
    """The machine of another stamp is explained."""
    parts = [resource("a", stamp="east"), resource("a", stamp="west")]
    with pytest.raises(UsageError, match=r"2 resources answer.*\n  east: /sub.*\n  west: /sub"):
        why(RECENT, *parts)
    found = explain(inventory(*parts), policy(RECENT), "a", now=NOW, stamp="west")
    assert found.resource.stamp == "west"
    with pytest.raises(UsageError, match="the inventory has no stamp 'wets'; did you mean 'west'"):
        explain(inventory(*parts), policy(RECENT), "a", now=NOW, stamp="wets")


def test_a_list_that_was_not_read_is_named() -> None:
    """Somebody looks for a typo in a name, and the list of machines was refused."""
    with pytest.raises(UsageError, match=r"Not everything could be read: Test\.Azs/things: 403"):
        why(RECENT, resource("web01"), failed(THING, "403"), name="zzz")


def test_what_is_explained_is_what_was_judged(inventory_file: Path) -> None:
    """The explanation is of another verdict than the report's."""
    found, policies = Inventory.read(inventory_file), load_policies()
    by_id = {policy.id: policy for policy in policies}
    results = evaluate(found, policies, now=NOW)
    assert len(results.results) > 100
    # A list that was not collected has no resource to explain: what plans tell is not there in a stamp.
    for result in (r for r in results.results if r.resource):
        explained = explain(found, by_id[result.policy], result.resource, now=NOW)
        assert replace(explained.result, proof=()) == replace(result, proof=())
        assert explained.result.evidence == result.evidence
        assert bool(explained.not_known) is (result.state.value == "unknown")
        assert explained.changes or explained.not_known


def test_what_another_test_would_undo_is_no_advice() -> None:
    """Somebody changes a property as explain says, and a test elsewhere of the same property then fails."""
    role = "properties.roles[*].name"
    failing = {"allOf": [{"field": role, "in": ["vault"]}, {"field": "properties.roles[*].ok", "equals": False}]}
    require = {
        "allOf": [
            {"count": {"field": "properties.roles[*]", "where": failing}, "equals": 0},
            {"count": {"field": "properties.roles[*]", "where": {"field": role, "equals": "vault"}}, "equals": 1},
        ]
    }
    found = why(require, resource(properties={"roles": [{"name": "vault", "ok": False}]}))
    assert found.sure
    assert steps(found) == [["name: vault, ok: False > properties.roles[*].ok must not be false (is false)"]]
    apart = {"anyOf": [{"field": "tags.x", "equals": "a"}, {"field": "tags.x", "equals": "b"}]}
    both = {"allOf": [{"field": "tags.x", "notEquals": "b"}, apart]}
    assert steps(why(both, resource(tags={"x": "c"}))) == [["tags.x must be a (is c), and still not be b"]]
    roles = {"field": "properties.roles[*]"}
    none = {"count": {**roles, "where": {"field": role, "in": ["vault"]}}, "equals": 0}
    one = {"count": {**roles, "where": {"field": role, "like": "v*"}}, "equals": 1}
    assert not why({"allOf": [none, one]}, resource(properties={"roles": [{"name": "vault"}]})).sure
    bounds = {"allOf": [{"field": "properties.n", "greater": 1}, {"field": "properties.n", "less": 9}]}
    assert steps(why(bounds, resource(properties={"n": 5}))) == [
        ["properties.n must be at most 1 (is 5)"],
        ["properties.n must be at least 9 (is 5)"],
    ]
