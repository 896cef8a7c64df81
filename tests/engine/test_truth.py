"""The three truths: Kleene's tables, and one truth however it is asked for."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azscheck.engine.change import smallest_changes
from azscheck.engine.frame import Frame
from azscheck.engine.interpret import Interpreter
from azscheck.engine.population import World
from azscheck.engine.sentences import not_known, step_words
from azscheck.engine.trace import trace
from azscheck.inventory import Resource
from azscheck.values import Unknown

from ..builders import NOW, OTHER, condition, failed, inventory, json_scalars, json_values, resource, state

TRUE: dict[str, Any] = {"value": 1, "equals": 1}
FALSE: dict[str, Any] = {"value": 1, "equals": 2}
UNKNOWN: dict[str, Any] = {"field": "properties.unread", "equals": 1}
ERROR: dict[str, Any] = {"value": "text", "less": 1}
WORDS = {"compliant": TRUE, "nonCompliant": FALSE, "unknown": UNKNOWN, "error": ERROR}
THE_THING = resource(properties={}, unknown={"/properties/unread": "403"})


def outcome(group: str, *parts: str) -> str:
    return state({group: [WORDS[part] for part in parts]}, THE_THING)


@pytest.mark.parametrize("left", WORDS)
@pytest.mark.parametrize("right", WORDS)
def test_all_of_and_any_of(left: str, right: str) -> None:
    """What is not known is taken for true, or what is certain is called unknown."""
    both = {left, right}
    undecided = left if left in ("unknown", "error") else right
    both_true = "nonCompliant" if "nonCompliant" in both else "compliant" if both == {"compliant"} else undecided
    one_true = "compliant" if "compliant" in both else "nonCompliant" if both == {"nonCompliant"} else undecided
    assert outcome("allOf", left, right) == both_true
    assert outcome("anyOf", left, right) == one_true


@pytest.mark.parametrize(
    ("part", "negated"),
    [("compliant", "nonCompliant"), ("nonCompliant", "compliant"), ("unknown", "unknown"), ("error", "error")],
)
def test_not(part: str, negated: str) -> None:
    """The negation of what is not known is compliant."""
    assert state({"not": WORDS[part]}, THE_THING) == negated
    assert state({"not": {"not": WORDS[part]}}, THE_THING) == part


@pytest.mark.parametrize(
    ("when", "expected"), [(FALSE, "notApplicable"), (UNKNOWN, "unknown"), (ERROR, "error"), (TRUE, "compliant")]
)
def test_when(when: Any, expected: str) -> None:
    """A policy that may apply is said not to, or the other way round."""
    assert state(TRUE, THE_THING, when=when) == expected


PATHS = ["properties.a", "properties.A.b", "properties.list", "properties.unread.x", "tags['k']", "name", "id", "nope"]
OPERATORS = ["equals", "notEquals", "like", "contains", "notContains", "less", "greaterOrEquals", "containsKey"]
OPERATORS += ["newerThan", "sizeAtLeast", "versionAtLeast", "withinCidr", "match"]
EXPRESSIONS = [
    *("[field('properties.a')]", "[length(field('properties.list'))]", "[concat(field('name'), 'x')]"),
    *("[first(field('properties.list'))]", "[if(field('properties.a'), 1, 2)]", "[field(field('properties.a'))]"),
    *("[subject('id')]", "[current()]", "[utcNow()]", "[addDays(field('properties.a'), 1)]"),
]


def simple(rights: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    left = st.sampled_from(PATHS).map(lambda path: {"field": path}) | st.sampled_from(EXPRESSIONS).map(
        lambda text: {"value": text}
    )
    operator = st.builds(lambda word, right: {word: right}, st.sampled_from(OPERATORS), rights)
    exists = st.booleans().map(lambda there: {"exists": there})
    return st.builds(lambda a, b: {**a, **b}, left, operator | exists)


rights = st.one_of(json_scalars.filter(lambda v: not isinstance(v, str) or "[" not in v), st.sampled_from(EXPRESSIONS))
leaves = simple(rights)
comparisons = st.sampled_from(
    [{"equals": 0}, {"greater": 0}, {"less": 2}, {"in": [1, "2"]}, {"like": "1*"}, {"notEquals": "1"}, {"greater": "x"}]
)


def counts(where: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda what, where, comparison: {"count": {**what, "where": where}, **comparison},
        st.sampled_from(
            [
                {"resources": OTHER},
                {"resources": OTHER, "scope": "children"},
                {"resources": OTHER, "newest": {"by": "properties.time"}},
                {"resources": "Test.Azs/things", "scope": "fleet"},
                {"field": "properties.list[*]"},
                {"value": [1, None, "a"], "name": "x"},
                {"value": "[field('properties.list')]", "name": "x"},
            ]
        ),
        where,
        comparisons,
    )


conditions = st.recursive(
    leaves,
    lambda below: st.one_of(
        st.lists(below, min_size=1, max_size=3).map(lambda parts: {"allOf": parts}),
        st.lists(below, min_size=1, max_size=3).map(lambda parts: {"anyOf": parts}),
        below.map(lambda part: {"not": part}),
        counts(below),
    ),
    max_leaves=6,
)
bodies = st.fixed_dictionaries(
    {},
    optional={"a": json_values, "A": json_values, "list": st.lists(json_values, max_size=3) | json_scalars}
    | {"time": st.sampled_from(["2026-05-31T12:00:00Z", "never", None, "2026-06-01T00:00:00Z"])},
)
unread = st.sampled_from([{}, {}, {"/properties/unread": "403"}, {"/properties/list/0": "cut"}, {"/properties": "all"}])
resources = st.builds(
    lambda name, kind, body, unknown: resource(name, body, kind=kind, unknown=unknown, tags={"k": "v"}),
    st.sampled_from(["a", "b", "c/d", "E"]),
    st.sampled_from([OTHER, "Test.Azs/things"]),
    bodies,
    unread,
)


def frame_of(subject: Resource, *others: Resource, gap: bool = False) -> tuple[Interpreter, Frame]:
    found = inventory(subject, *others, *([failed(OTHER)] if gap else []))
    return Interpreter(World(found)), Frame(subject, subject.document, {}, NOW)


@given(conditions, resources, st.lists(resources, max_size=4), st.booleans())
def test_truth_is_the_truth_that_is_proved(value: Any, subject: Resource, others: list[Resource], gap: bool) -> None:
    """A report shows the evidence of another truth than the one that was judged; or odd values end the run."""
    interpreter, frame = frame_of(subject, *others, gap=gap)
    parsed = condition(value)
    truth = interpreter.truth(parsed, frame)
    assert truth is True or truth is False or (isinstance(truth, Unknown) and truth.reason)
    tree = trace(interpreter, parsed, frame)
    assert tree.truth == truth
    assert bool(list(not_known(tree))) is isinstance(truth, Unknown)
    for change in (*smallest_changes(tree, True), *smallest_changes(tree, False)):
        assert all(step_words(step, change) for step in change.steps)
    proof = interpreter.prove(parsed, frame)
    assert proof.truth == truth
    assert proof.evidence
    if isinstance(truth, bool):
        assert all(e.truth is not None or e.resource for e in proof.evidence)


@given(conditions, resources, st.lists(resources, max_size=4))
def test_knowing_more_never_contradicts(value: Any, subject: Resource, others: list[Resource]) -> None:
    """With a list that failed, a result is certain that the whole list would have turned round."""
    interpreter, frame = frame_of(subject, gap=True)
    before = interpreter.truth(condition(value), frame)
    fuller, frame = frame_of(subject, *(other for other in others if other.type == OTHER))
    after = fuller.truth(condition(value), frame)
    if isinstance(before, bool) and isinstance(after, bool):
        assert before is after


@given(conditions, bodies)
def test_reading_more_never_contradicts(value: Any, body: dict[str, Any]) -> None:
    """What could not be read decides a result all the same."""
    interpreter, frame = frame_of(resource(properties=body, unknown={"/properties/a": "403", "/properties/A": "403"}))
    before = interpreter.truth(condition(value), frame)
    fuller, frame = frame_of(resource(properties=body))
    after = fuller.truth(condition(value), frame)
    if isinstance(before, bool) and isinstance(after, bool):
        assert before is after
