"""Named conditions: a use means what the condition would mean if it were written out with its arguments."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azscheck.documents import Document, parse_document
from azscheck.engine.frame import Frame
from azscheck.engine.interpret import Interpreter
from azscheck.engine.population import World
from azscheck.errors import DocumentError
from azscheck.place import Place
from azscheck.policy.conditions import Condition
from azscheck.policy.load import parse_policy
from azscheck.policy.named import NamedCondition, expand
from azscheck.policy.parse import Parser, canonical
from azscheck.policy.sets import read_sets

from ..builders import NOW, OTHER, THING, inventory, policy_text, resource

GOOD = {"field": "name", "exists": True}


def named(condition: Any, *parameters: str, name: str = "mine") -> NamedCondition:
    return NamedCondition(name, parameters, canonical(condition), Place("set.yaml", 7, 3))


def parsed(value: Any, *conditions: NamedCondition, parameters: frozenset[str] = frozenset()) -> Condition:
    document = Document("p.yaml", {"require": canonical(value)}, {})
    made = expand(document, [("require",)], parameters, {c.name: c for c in conditions})
    assert made.mistakes == []
    parser = Parser(made.document, parameters)
    found = parser.condition(made.document.value["require"], ("require",))
    assert parser.mistakes == []
    return found


LOWER = "[toLower(subject('name'))]"


def newest(right: str) -> Any:
    return {
        "count": {"resources": OTHER, "newest": {"by": "a", "where": {"field": "b", "equals": right}}},
        "less": 1,
    }


@pytest.mark.parametrize(
    ("condition", "arguments", "written"),
    [
        ({"field": "name", "equals": "[parameters('x')]"}, {"x": "a"}, {"field": "name", "equals": "a"}),
        ({"field": "name", "in": "[parameters('x')]"}, {"x": ["a", 1]}, {"field": "name", "in": ["a", 1]}),
        ({"field": "[parameters('x')]", "exists": True}, {"x": "tags.a"}, {"field": "tags.a", "exists": True}),
        (
            {"value": "[concat(parameters('x'), '-', parameters('x'))]", "equals": "[[a]"},
            {"x": "it's"},
            {"value": "[concat('it''s', '-', 'it''s')]", "equals": "[[a]"},
        ),
        (
            {"value": "[contains(parameters('x'), 1)]", "equals": "[parameters('y')]"},
            {"x": [1, "[field('name')]"], "y": True},
            {"value": "[contains(createArray(1, field('name')), 1)]", "equals": True},
        ),
        ({"field": "name", "equals": "[parameters('x')]"}, {"x": "[[a]"}, {"field": "name", "equals": "[[a]"}),
        (
            {"value": "[concat(parameters('x'))]", "equals": "b"},
            {"x": "[[a]"},
            {"value": "[concat('[a]')]", "equals": "b"},
        ),
        (
            {"count": {"resources": OTHER, "where": {"field": "name", "equals": "[parameters('x')]"}}, "equals": 1},
            {"x": "[toLower(field('name'))]"},
            {"count": {"resources": OTHER, "where": {"field": "name", "equals": LOWER}}, "equals": 1},
        ),
        (
            {"count": {"resources": OTHER, "unknownWhenNone": "[parameters('x')]"}, "equals": 1},
            {"x": "nobody knows"},
            {"count": {"resources": OTHER, "unknownWhenNone": "nobody knows"}, "equals": 1},
        ),
        (
            newest("[parameters('x')]"),
            {"x": "[field('b')]"},
            newest("[subject('b')]"),
        ),
    ],
)  # fmt: skip
def test_as_if_written_out(condition: Any, arguments: Any, written: Any) -> None:
    """A condition that is taken up by name is judged otherwise than the one that was written out before."""
    whole = {"allOf": [{"not": {"use": "mine", "with": arguments}}, {"USE": "mine", "With": arguments}]}
    expected = {"allOf": [{"not": written}, written]}
    assert parsed(whole, named(condition, *arguments)) == parsed(expected)


X = "[parameters('x')]"
LISTED = {"field": "properties.list[*].k", "equals": X}


def over_list(where: Any) -> Any:
    return {"count": {"field": "properties.list[*]", "where": {"anyOf": [where, LISTED]}}, "less": 2}


bodies: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from(
        [
            {"field": "properties.k", "equals": X},
            {"field": "properties.k", "notEquals": "[concat(parameters('x'), '')]"},
            {"value": X, "equals": "[subject('properties.k')]"},
            {"value": "[concat(parameters('x'), field('properties.k'))]", "in": ["aa", "ab", X]},
            {"value": "[current('e')]", "equals": X},
        ]
    ),
    lambda below: st.one_of(
        st.builds(lambda a, b: {"allOf": [a, {"not": b}]}, below, below),
        st.builds(lambda a: {"count": {"resources": OTHER, "where": a}, "greaterOrEquals": 1}, below),
        st.builds(lambda a: {"count": {"resources": THING, "where": a}, "equals": 1}, below),
        st.builds(over_list, below),
        st.builds(lambda a: {"count": {"value": ["a", "b"], "name": "e", "where": a}, "equals": 1}, below),
        st.just({"use": "inner", "with": {"y": X}}),
        st.just({"use": "inner", "with": {"y": "[concat(parameters('x'), field('properties.k'))]"}}),
    ),
    max_leaves=5,
)
ARGUMENTS = [
    "a",
    "[field('properties.k')]",
    "[subject('properties.k')]",
    "[concat(field('properties.k'), 'b')]",
    "[field(concat('properties.', subject('properties.p')))]",
    "[subject('properties.k', 2)]",
    "[parameters('mine')]",
]
INNER = {
    "count": {
        "resources": OTHER,
        "where": {"allOf": [{"value": "[parameters('y')]", "equals": "[field('properties.k')]"}]},
    },
    "greater": 0,
}


def thing(name: str, k: Any, kind: str) -> Any:
    return resource(name, {"k": k, "p": "k", "list": [{"k": "a"}, {"k": "b"}]}, kind=kind)


def bound(body: Any, frame: Frame) -> Any:
    """A body in which a nested use is written out with its argument's value, by another way than `expand`'s."""
    match body:
        case {"use": "inner", "with": {"y": argument}}:
            # The value is looked at where the use stands: by a count over it alone, with a name of its own.
            return {"count": {"value": [argument], "name": "y", "where": with_current(INNER)}, "equals": 1}
        case dict():
            return {key: bound(below, frame) for key, below in body.items()}
        case list():
            return [bound(below, frame) for below in body]
        case _:
            return body


def with_current(value: Any) -> Any:
    match value:
        case dict():
            return {key: with_current(below) for key, below in value.items()}
        case list():
            return [with_current(below) for below in value]
        case str():
            return value.replace("parameters('y')", "current('y')")
        case _:
            return value


@settings(max_examples=400)
@given(bodies, st.sampled_from(ARGUMENTS), st.lists(st.sampled_from(["a", "b", "ab", None]), min_size=4, max_size=4))
def test_arguments_mean_what_they_mean_at_the_use(body: Any, argument: str, keys: list[Any]) -> None:
    """An argument reads the counted resource in the place of the judged one, as soon as it stands in a count."""
    judged, near, *others = (thing(n, k, t) for n, k, t in zip("abcd", keys, [THING, OTHER, OTHER, THING], strict=True))
    interpreter = Interpreter(World(inventory(judged, near, *others)))
    outermost = Frame(judged, judged.document, {"mine": "b"}, NOW)
    known = frozenset({"mine"})
    expanded = parsed(
        {"use": "mine", "with": {"x": argument}}, named(body, "x"), named(INNER, "y", name="inner"), parameters=known
    )
    for frame in (outermost, outermost.of(near), outermost.of(near).of(others[0])):
        at_the_use = Frame(
            frame.resource, frame.document, {"mine": "b", "x": frame.resolve(argument)}, NOW, subject=frame.subject
        )
        written = parsed(bound(body, frame), parameters=known | {"x"})
        assert kind_of(interpreter.truth(expanded, frame)) == kind_of(interpreter.truth(written, at_the_use))


def kind_of(truth: Any) -> Any:
    return truth if isinstance(truth, bool) else "unknown"


SET = """\
set: mine
title: Mine
conditions:
  has-key:
    description: It has the key.
    parameters: {key: {description: The key.}, size: {description: Its size.}}
    condition: {field: "[concat('properties.', parameters('key'))]", in: "[parameters('size')]"}
  over-list:
    description: One of the list is it.
    parameters: {key: {description: The key.}}
    condition:
      count:
        field: properties.list[*]
        where: {count: {value: [1], name: e, where: {value: "[parameters('key')]", exists: true}}, equals: 1}
      equals: 1
  named:
    description: The path is there.
    parameters: {path: {description: The path.}}
    condition: {field: "[parameters('path')]", exists: true}
"""


def mistakes(require: Any, text: str = SET) -> list[str]:
    sets, conditions, wrong = read_sets([parse_document(text, "set.yaml")], [])
    assert not wrong
    assert sets
    with pytest.raises(DocumentError) as caught:
        parse_policy(parse_document(policy_text(require), "p.yaml"), conditions)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("require", "sentence"),
    [
        ({"use": "has-kye"}, "no policy set has a condition 'has-kye'; did you mean 'has-key'?"),
        ({"use": "has-key"}, "the condition 'has-key' (set.yaml:4:3) needs 'key', 'size' in `with`."),
        (
            {"use": "has-key", "with": {"key": "a", "size": [1], "szie": 2}},
            "the condition 'has-key' (set.yaml:4:3) has no parameter 'szie'; did you mean 'size'?",
        ),
        ({"with": {"key": "a"}}, "`with` goes with `use`"),
        ({"use": "has-key", "equals": 1}, "`use` stands alone with its `with`: move equals beside it"),
        ({"use": "has-key", "allOf": [GOOD]}, "move allOf beside it"),
        ({"use": "has-key", "with": {"key": None, "size": []}}, "'key'"),
        ({"use": "has-key", "with": []}, "'with' must be an object"),
        (
            {"use": "has-key", "with": {"key": "a", "size": "b"}},
            "in the condition 'has-key' (set.yaml:4:3): in takes an array, not 'b'.",
        ),
        ({"use": "named", "with": {"path": 5}}, "in the condition 'named' (set.yaml:16:3): 'field' must be a string"),
        (
            {"use": "has-key", "with": {"key": [None], "size": []}},
            "in the condition 'has-key' (set.yaml:4:3): what 'key' is given: null cannot stand within an expression.",
        ),
        ({"use": "has-key", "with": {"key": "[nope()]", "size": []}}, "nope() is not a function that policies have"),
        ({"use": "has-key", "with": {"key": "[parameters('k')]", "size": []}}, "the policy has no parameter 'k'"),
        (
            {"use": "has-key", "with": {"key": "x" * 30_000, "size": []}},
            "in the condition 'has-key' (set.yaml:4:3): the expression is longer than 24576 characters.",
        ),
        ({"use": "over-list", "with": {"key": "[current()]"}}, "an element of the condition's own count"),
        ({"use": "over-list", "with": {"key": "[current('E')]"}}, "an element of the condition's own count"),
        ({"use": "over-list", "with": {"key": "[field('properties.list[*].a')]"}}, "'key' is given field("),
    ],
)
def test_mistake_at_a_use(require: Any, sentence: str) -> None:
    """A slip in a use is judged by, or told without where it is and what it is a use of."""
    whole = {"anyOf": [GOOD, require]}
    found = mistakes(whole)
    assert any(sentence in line and "?." not in line for line in found), found
    assert all(line.startswith("p.yaml:") and not line.startswith("p.yaml:1:") for line in found)


def test_all_mistakes_of_a_policy_at_once() -> None:
    """One slip in a use hides the others of the file."""
    found = mistakes({"allOf": [{"use": "nope"}, {"field": "name", "in": "x"}, {"use": "has-key"}]})
    assert len(found) == 3


@pytest.mark.parametrize(
    ("conditions", "place", "sentence"),
    [
        ("one: {description: x, condition: {field: name, equal: 1}}", "4:", "did you mean 'equals'?"),
        ("one: {description: x, condition: {field: name}}", "4:", "exactly one operator"),
        (
            "one: {description: x, condition: {field: name, like: \"[parameters('y')]\"}}",
            "4:",
            "the condition has no parameter 'y'",
        ),
        (
            "one: {description: x, condition: {field: name, like: \"[parameters(concat('y'))]\"}}",
            "4:",
            "names its parameters in plain text",
        ),
        ("one: {description: x, condition: {use: two}}", "4:", "no policy set has a condition 'two'"),
        (
            "one: {description: x, condition: {use: one}}",
            "4:",
            "the condition 'one' (set.yaml:4:3) stands within itself",
        ),
        (
            "one: {description: x, condition: {use: two}}\n  two: {description: x, condition: {not: {use: one}}}",
            "4:",
            "stands within itself, by way of the condition 'one' (set.yaml:4:3), the condition 'two' (set.yaml:5:3)",
        ),
        ("one: {condition: {field: name, exists: true}}", "4:", "lacks 'description'"),
        ("One: {description: x, condition: {field: name, exists: true}}", "3:", "One"),
        ("one: {description: x, condition: {field: name, exists: true}, parameters: {y: {}}}", "4:", "description"),
    ],
)
def test_mistake_in_a_definition(conditions: str, place: str, sentence: str) -> None:
    """A named condition that nobody uses yet is wrong, and whoever uses it first is told."""
    _, known, wrong = read_sets([parse_document(f"set: a\ntitle: A\nconditions:\n  {conditions}\n", "set.yaml")], [])
    assert any(f"{at}".startswith(f"set.yaml:{place}") and sentence in said for at, said in wrong), wrong
    if known:
        # What is wrong is told at its definition, not again at each use.
        require = {"use": "one"}
        parse_policy(parse_document(policy_text(require), "p.yaml"), known)


def test_uses_cannot_grow_without_end() -> None:
    """A few lines of conditions that use one another twice fill the memory."""
    lines = ["set: a", "title: A", "conditions:", "  c0: {description: x, condition: {field: name, exists: true}}"]
    lines += [
        f"  c{i}: {{description: x, condition: {{allOf: [{{use: c{i - 1}}}, {{use: c{i - 1}}}]}}}}"
        for i in range(1, 60)
    ]
    _, _, wrong = read_sets([parse_document("\n".join(lines), "set.yaml")], [])
    assert any("comes to too much" in said for _, said in wrong)


def test_unknown_when_none_is_text() -> None:
    """A report shows an expression in the place of the reason that it stands for."""
    count = {"count": {"resources": OTHER, "unknownWhenNone": "[concat('a', 'b')]"}, "equals": 0}
    assert any("unknownWhenNone is text as it stands" in line for line in mistakes(count))


@pytest.mark.parametrize("counts", ["0", "-1", "'2'", "1.5", "length('a')"])
def test_subject_counts_outwards_by_a_number(counts: str) -> None:
    """A slip in how far out a subject is ends in an error for each resource."""
    where = {"field": "name", "equals": f"[subject('name', {counts})]"}
    found = mistakes({"count": {"resources": OTHER, "where": where}, "equals": 0})
    assert any("how many counts outwards" in line for line in found)


def test_written_out_it_is_not_too_deep() -> None:
    """A condition that is deep in one that is deep ends in a traceback."""
    deep: Any = {"field": "name", "exists": True}
    for _ in range(80):
        deep = {"not": deep}
    document = Document("p.yaml", {"require": {"not": {"not": {"use": "mine"}}}}, {})
    assert expand(document, [("require",)], frozenset(), {"mine": named(deep)}).mistakes == []
    outer: Any = {"use": "mine"}
    for _ in range(40):
        outer = {"not": outer}
    made = expand(Document("p.yaml", {"require": outer}, {}), [("require",)], frozenset(), {"mine": named(deep)})
    assert "nested more than 100 levels deep" in made.mistakes[0][1]


@pytest.mark.parametrize("argument", ["[field()]", "[subject('a', 'b')]", "[toLower(]", "[parameters('y')]"])
def test_a_wrong_argument_within_a_definition(argument: str) -> None:
    """A slip in what one named condition gives another ends in a traceback when a third uses it first."""
    inner = {"count": {"resources": OTHER, "where": {"field": "name", "equals": "[parameters('x')]"}}, "equals": 1}
    conditions = {
        "a-first": {"description": "x", "condition": {"use": "between"}},
        "between": {"description": "x", "condition": {"use": "inner", "with": {"x": argument}}},
        "inner": {"description": "x", "parameters": {"x": {"description": "x"}}, "condition": inner},
    }
    text = json.dumps({"set": "a", "title": "A", "conditions": conditions}, indent=1)
    _, _, wrong = read_sets([parse_document(text, "set.yaml")], [])
    assert wrong
