"""What random policies rarely reach: many, deep, hostile and very long ones."""

import time
from typing import Any

import pytest

from azscheck.engine.compiled.joins import Joins
from azscheck.engine.compiled.judge import Judge, compile_judge, function_of
from azscheck.engine.compiled.reads import Layout
from azscheck.engine.compiled.rules import Given, Rule
from azscheck.engine.compiled.source import Writer
from azscheck.engine.interpret import Interpreter
from azscheck.engine.population import World
from azscheck.inventory import Inventory, Resource
from azscheck.results import ComplianceState

from ...builders import NOW, OTHER, THING, condition, inventory, judge, resource, state, states

YES, NO = ComplianceState.COMPLIANT, ComplianceState.NON_COMPLIANT
HOSTILE = (
    *("'", '"', "\\", "\\'", '\\"', "\n", "\r\n", "\0", "\u2028", "\x0c", "\ud800", "😀", "K\u212a", "{", "{x}", "%s"),
    *("'); raise SystemExit #", '"""\nimport os\n', "__import__('os')", "\\N{DIGIT ONE}", "#", "\t", "v1", "d", "A"),
)


def judge_of(found: Inventory, *asked: Any, parameters: Any = None) -> Judge:
    rules = [Rule(None, condition(value), parameters or {}) for value in asked]
    return compile_judge(rules, "east", Interpreter(World(found)), NOW)


def answers(found: Inventory, *asked: Any) -> list[ComplianceState | None]:
    """What generated code says of the first thing."""
    return list(judge_of(found, *asked).states(found.of_type(THING, "east")[0]))


def source_of(*asked: Any) -> tuple[str, Writer]:
    interpreter = Interpreter(World(inventory(resource())))
    joins = Joins(interpreter.world, "east", lambda _, resources, __: [True] * len(resources))
    writer = Writer(Given(NOW, None, joins.of), Layout())
    return writer.function([Rule(None, condition(value), {}) for value in asked]), writer


@pytest.mark.parametrize("many", [1, 29, 30, 31, 60, 61, 100])
def test_many_policies_on_one_type(many: int) -> None:
    """A policy is given another's result, because they are in several functions."""
    asked = [{"field": f"properties.p{i}", "equals": i} for i in range(many)]
    held = {f"p{i}": i if i % 3 else "else" for i in range(many)}
    assert answers(inventory(resource("a", held)), *asked) == [YES if i % 3 else NO for i in range(many)]


def test_many_policies_end_quickly() -> None:
    """A folder of a thousand policies takes minutes to begin with."""
    asked = [
        {
            "allOf": [
                {"field": f"properties.p{i}.enabled", "equals": True},
                {"anyOf": [{"field": f"tags.t{j}", "like": f"{i}*"} for j in (1, 3)]},
                {
                    "count": {"field": "properties.disks[*]", "where": {"field": "properties.disks[*].x", "less": i}},
                    "less": 9,
                },
            ]
        }
        for i in range(1000)
    ]
    begun = time.process_time()
    found = answers(inventory(resource("a", {"p7": {"enabled": True}, "disks": []}, tags={"t3": "7x"})), *asked)
    assert time.process_time() - begun < 20
    assert [i for i, one in enumerate(found) if one is YES] == [7]
    assert set(found) == {YES, NO}


def nested(word: str, depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {"field": "properties.a", "equals": 1}
    for _ in range(depth):
        found = {"not": found} if word == "not" else {word: [found]}
    return found


@pytest.mark.parametrize("word", ["not", "allOf", "anyOf"])
@pytest.mark.parametrize("depth", [10, 19, 20, 21, 22, 40])
def test_deep_conditions(word: str, depth: int) -> None:
    """A deep policy ends the run, or is given no result or another."""
    thing = resource("a", {"a": 1})
    expected = NO if word == "not" and depth % 2 else YES
    assert answers(inventory(thing), nested(word, depth))[0] is (expected if depth <= 20 else None)
    assert state(nested(word, depth), *[thing]) == expected


@pytest.mark.parametrize("below", ["", "b.c.d."])
@pytest.mark.parametrize("loops", [5, 14, 15, 16, 19, 20, 21, 30])
def test_loops_within_loops(loops: int, below: str) -> None:
    """A count within counts within counts ends the run: Python has no such code."""
    asked: dict[str, Any] = {"field": "name", "exists": True}
    body: dict[str, Any] = {}
    for i in range(loops):
        asked = {"count": {"field": f"properties.{below}a{i}[*]", "where": asked}, "equals": 1}
        body[f"a{i}"] = [0]
    for key in reversed(below.split(".")[:-1]):
        body = {key: body}
    thing = resource("a", body)
    assert answers(inventory(thing), asked)[0] is YES
    assert set(states(judge(asked, *[resource(f"a{i}", body) for i in range(16)])).values()) == {"compliant"}


def test_an_array_within_itself() -> None:
    """A count over an array within a count over the same one ends the run."""
    array = {"field": "properties.a[*]"}
    asked = {"count": {**array, "where": {"count": array, "equals": 1}}, "equals": 1}
    things = [resource(f"a{i}", {"a": [[1]]}) for i in range(16)]
    assert set(states(judge(asked, *things)).values()) == {"error"}
    assert set(states(judge(asked, *things[:1])).values()) == {"error"}
    assert answers(inventory(*things), asked) == [None]


@pytest.mark.parametrize("key", HOSTILE)
def test_no_key_becomes_code(key: str) -> None:
    """A property's name in a policy is run as code, or is read as another's name."""
    path = "properties['{}']".format(key.replace("'", "''"))
    asked = [{"field": path, "equals": 1}, {"field": f"{path}.b", "equals": 1}]
    asked.append(
        {"count": {"field": f"{path}[*]", "where": {"field": f"{path}[*]{path[10:]}", "equals": 1}}, "equals": 1}
    )
    assert answers(inventory(resource("a", {key: 1})), *asked)[:2] == [YES, NO]
    assert answers(inventory(resource("a", {key: {"B": 1}})), *asked)[:2] == [NO, YES]
    assert answers(inventory(resource("a", {key: [{key.swapcase(): 1}]})), *asked)[2] in (YES, NO)
    assert answers(inventory(resource("a", {key: [{key: 1}]})), *asked)[2] is YES
    assert answers(inventory(resource("a", {"A": 1, "d": 1})), {"field": "properties.zz", "equals": 1}) == [NO]


@pytest.mark.parametrize("text", [*HOSTILE[16:], "secret text", "PT7H", "10.99.0.0/16", "^re+gex$", "987654321"])
def test_no_constant_is_in_the_code(text: str) -> None:
    """A value in a policy is run as code."""
    text = f"{text}zqz"
    tests: list[dict[str, Any]] = [
        *(
            {word: text}
            for word in ("equals", "notEquals", "like", "contains", "containsKey", "match", "less", "newerThan")
        ),
        *({word: [text]} for word in ("in", "notIn", "withinCidr")),
        {"equals": {text: text}},
    ]
    where = {"field": "properties.b[*].c", "equals": text}
    asked: list[dict[str, Any]] = [
        *({"field": "properties.a", **test} for test in tests),
        {"value": text, "equals": text},
        {"count": {"field": "properties.b[*]", "where": where}, "equals": text},
        {"count": {"resources": OTHER, "where": {"field": "name", "equals": text}}, "equals": 98765},
        {"field": "properties.a", "less": 98765},
    ]
    source, writer = source_of(*asked)
    assert writer.opaque == 0
    assert "zqz" not in source
    assert "98765" not in source
    assert function_of(source_of(*asked)[1], [])(resource().body, resource()) == 0


@pytest.mark.parametrize("operator", ["equals", "in", "like", "contains", "match", "less", "newerThan", "matchesRegex"])
def test_very_long_texts(operator: str) -> None:
    """A million characters in a tag hold the run up, or all the memory."""
    text = "x" * 1_000_000
    wanted = {"in": [text], "matchesRegex": "x+$", "match": "x#", "newerThan": "PT1H"}.get(operator, text)
    things = [resource(f"a{i}", {"a": f"{text}{'y' * (i % 2)}"}) for i in range(20)]
    begun = time.process_time()
    found = states(judge({"field": "properties.a", operator: wanted}, *things))
    assert time.process_time() - begun < 5
    alone = {thing.name: state({"field": "properties.a", operator: wanted}, thing) for thing in things[:2]}
    assert {name: found[name] for name in alone} == alone


def deep(depth: int) -> Any:
    found: Any = 1
    for i in range(depth):
        found = [found] if i % 2 else {"a": found}
    return found


OPERATORS_ON_DEEP = {
    **{"equals": 1, "notEquals": [1], "in": ["x"], "contains": "x", "containsKey": "a", "like": "*", "exists": True},
    **{"sizeAtLeast": "1 GB", "versionAtLeast": "1.0", "newerThan": "P1D", "less": 1, "withinCidr": "10.0.0.0/8"},
}


@pytest.mark.parametrize("operator", OPERATORS_ON_DEEP)
@pytest.mark.parametrize("depth", [50, 500, 950, 3000])
def test_deep_values(operator: str, depth: int) -> None:
    """One deep value in one resource ends the run, or has another result on a large stamp."""
    test = {"field": "properties.a", operator: OPERATORS_ON_DEEP[operator]}
    for asked in (test, {"anyOf": [{"field": "name", "exists": True}, test]}, {"not": test}):
        value = deep(depth)
        things = [resource(f"a{i}", {"a": value}) for i in range(16)]
        found = states(judge(asked, *things))
        assert set(found.values()) == {state(asked, things[0])}


@pytest.mark.parametrize("depth", [50, 3000])
def test_deep_values_held_against_each_other(depth: int) -> None:
    """Two deep values end the run, or it is a mistake of the policy on a large stamp alone."""
    both = resource("a", {"a": deep(depth), "b": deep(depth)})
    expected = "compliant" if depth == 50 else "error"
    asked = {"field": "properties.a", "equals": "[field('properties.b')]"}
    where = {"field": "properties.a", "equals": "[subject('properties.b')]"}
    joined = {"count": {"resources": OTHER, "where": where}, "equals": 1}
    other = resource("o", {"a": deep(depth)}, kind=OTHER)
    things = [both, *(resource(f"b{i}", {}) for i in range(16))]
    for parts in ([both], things):
        assert states(judge(asked, *parts))["a"] == expected
        assert states(judge(joined, other, *parts))["a"] == expected


def test_a_deep_value_of_a_counted_resource_that_is_not_all_known() -> None:
    """One deep resource with an unknown part keeps none of those that it is counted for from being judged."""
    other = resource("o", {"a": deep(3000), "k": "x"}, kind=OTHER, unknown={"/properties/z": "403"})
    where = {"field": "properties.k", "equals": "[subject('name')]"}
    joined = {"count": {"resources": OTHER, "where": where}, "equals": 0}
    for many in (1, 16):
        found = judge(joined, other, *[resource(f"a{i}") for i in range(many)])
        assert set(states(found).values()) == {"compliant"}


def test_two_spellings_of_one_key() -> None:
    """Of keys that differ in case alone one is read for the other, by the policy that came first."""
    asked = [{"field": f"properties.{key}", "equals": key} for key in ("Key", "key", "KEY", "kEY")]
    assert answers(inventory(resource("a", {"key": "key", "Key": "Key"})), *asked) == [YES] * 4
    other = [{"field": f"properties.{key}", "equals": n} for key, n in (("Key", 2), ("key", 1), ("KEY", 1), ("kEY", 1))]
    assert answers(inventory(resource("a", {"key": 1, "Key": 2})), *other) == [YES] * 4


def test_spellings_of_a_location() -> None:
    """A region is another one, because it is written with spaces."""
    thing = resource("a", {"list": [1]}, location="East US 2")
    test = {"field": "Location", "equals": "eastus2"}
    counted = {"count": {"field": "properties.list[*]", "where": test}, "equals": 1}
    assert answers(inventory(thing), test, {"field": "location", "in": ["EastUS2"]}, counted) == [YES] * 3


def test_what_stands_before_a_loop_is_not_kept() -> None:
    """An element is given what the one before it had, or one array's count another's."""
    where = {"allOf": [{"field": "properties.a[*].x.y", "equals": 1}, {"field": "properties.a[*].z", "exists": False}]}
    counted = {"count": {"field": "properties.a[*]", "where": where}, "equals": 2}
    elements: list[Any] = [
        {"x": {"y": 1}},
        {},
        {"x": {}},
        {"x": 1},
        5,
        None,
        [],
        {"X": {"Y": 1}},
        {"x": {"y": 1}, "z": 0},
    ]
    assert answers(inventory(resource("a", {"a": elements})), counted) == [YES]
    inner = {"count": {"field": "properties.a[*].b[*]"}, "equals": 1}
    outer = {"count": {"field": "properties.a[*]", "where": inner}, "equals": 1}
    assert answers(inventory(resource("a", {"a": [{"b": [1]}, {}, {"b": None}, {"b": []}, 1]})), outer) == [YES]


@pytest.mark.parametrize("many", [15, 16, 40])
def test_many_resources_and_few(many: int) -> None:
    """A stamp has other results from the sixteenth machine of a type on."""
    asked = {
        "allOf": [
            {"field": "properties.key", "notEquals": "k1"},
            {"count": {"resources": OTHER, "where": {"field": "name", "equals": "[subject('name')]"}}, "less": 2},
            {"field": "properties.time", "newerThan": "P1D"},
        ]
    }
    times = ("2026-06-01T00:00:00Z", "2030-01-01T00:00:00Z", None, 5, "2020-01-01T00:00:00Z")
    things = [resource(f"a{i}", {"key": f"K{i}", "time": times[i % 5]}) for i in range(many)]
    others = [resource(f"a{i % 3}", {}, kind=OTHER, id=f"/{i}") for i in range(0, 9, 2)]
    alone = {thing.name: states(judge(asked, thing, *others))[thing.name] for thing in things}
    assert states(judge(asked, *things, *others)) == alone
    assert set(alone.values()) == {"compliant", "nonCompliant", "unknown", "error"}


def test_a_judge_says_nothing_of_what_is_not_known() -> None:
    """A property that could not be read is taken for absent."""
    thing: Resource = resource("a", {"b": 1}, unknown={"/properties/a": "403"})
    assert answers(inventory(thing), {"field": "properties.a", "exists": False}, {"field": "name", "exists": True}) == [
        None,
        None,
    ]
