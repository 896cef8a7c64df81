"""A mistake in a policy is told with its place and a sentence, before anything is judged."""

from typing import Any

import pytest

from azscheck.documents import parse_document
from azscheck.errors import DocumentError
from azscheck.policy.load import parse_policy
from azscheck.policy.parse import OPERATORS

from ..builders import condition, policy, policy_text

HEAD = """\
id: TST-001
title: A test
severity: high
category: tenant
why: It is a test.
remediation: None.
references: [{title: a page, url: "https://example.com"}]
appliesTo: Test.Azs/things
parameters:
  maximumAge: {type: duration, default: PT24H}
"""
GOOD = "require: {field: properties.time, newerThan: \"[parameters('maximumAge')]\"}\n"


def mistakes(text: str) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        parse_policy(parse_document(text, "p.yaml"))
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("tail", "place", "sentence"),
    [
        (
            "require: {count: {field: 'properties.a[*]', scope: fleet}, equals: 1}",
            "11:45",
            "scope says nothing in a count of field: it goes with resources.",
        ),
        (
            "requires: {field: name, exists: true}",
            "11:1",
            "'requires' is not a known key here; did you mean 'require'?",
        ),
        ("require: {field: name, equal: a}", "11:24", "'equal' is not a known key here; did you mean 'equals'?"),
        ("require: {field: name}", "11:1", "a test needs exactly one operator; it has none."),
        (
            "require:\n  field: name\n  equals: a\n  notEquals: b",
            "11:1",
            "a test needs exactly one operator; it has equals and notEquals.",
        ),
        ("require: {field: name, equals: a, Equals: b}", "11:35", "'Equals' is not a known key here"),
        ("require: {Equals: a, EQUALS: b, field: name}", "11:", "'EQUALS' is not a known key here"),
        ("require: {equals: a}", "11:1", "a test needs exactly one of field, value, count; it has none."),
        ("require: {field: name, value: 1, equals: a}", "11:1", "it has field and value."),
        ("require: {}", "11:1", "'require' must not be empty."),
        ("require: null", "11:1", "'require' must be an object, not null."),
        ("require: {allOf: []}", "11:11", "'allOf' must not be empty."),
        ("require: {allOf: [{field: name, exists: true}], field: name, exists: true}", "11:1", "allOf stands alone"),
        ("require: {not: {field: name, exists: true}, anyOf: [{field: name, exists: true}]}", "11:1", "stands alone"),
        ("require: {field: 'properties.disks[*].x', equals: 1}", "11:11", "[*] stands only in a count"),
        ("require: {field: 'properties.a[*]', equals: 1}", "11:11", "count: {field: 'properties.a[*]', where: ...}"),
        (
            "require: {count: {field: 'properties.a[*].b[*]'}, equals: 0}",
            "11:19",
            "count: {field: 'properties.a[*]', where: ...}",
        ),
        ("require: {count: {field: properties.disks}, equals: 1}", "11:19", "write 'properties.disks[*]'"),
        ("require: {count: {field: 'a[*]', value: [1]}, equals: 1}", "11:11", "exactly one of field, value, resources"),
        ("require: {count: {where: {field: name, exists: true}}, equals: 1}", "11:11", "exactly one of field, value"),
        ("require: {count: {resources: A.B/c, scope: planet}, equals: 1}", "11:37", "'planet' is not one of stamp"),
        ("require: {count: {resources: Azscheck/stamp}, equals: 1}", "11:19", "did you mean 'Azscheck/stamps'?"),
        ("require: {anyOf: [{feld: name}, {field: name, like: '[x()]'}]}", "11:47", "x() is not a function"),
        ("require: {count: {resources: machines}, equals: 1}", "11:19", "'machines' does not fit: a resource type"),
        ("require: {field: properties.a.., exists: true}", "11:11", "is not a path at character"),
        ("require: {field: 'tags[''a]', exists: true}", "11:11", "is not a path at character"),
        ("require: {field: '[*].x', exists: true}", "11:11", "begins with a key"),
        ("require: {field: name, equals: \"[parameters('maximumAeg')]\"}", "11:24", "did you mean 'maximumAge'?"),
        ("require: {field: name, equals: '[toLowr(1)]'}", "11:24", "toLowr() is not a function that policies have"),
        ("require: {field: name, equals: '[toLowr(1)]'}", "11:24", "did you mean 'toLower'?"),
        ("require: {field: name, equals: '[copyIndex()]'}", "11:24", "copyIndex() is a function of Azure's templates"),
        (
            "require: {field: name, equals: '[listKeys(1, 2).a]'}",
            "11:24",
            "listKeys() is a function of Azure's templates",
        ),
        ("require: {field: name, equals: '[resourceGroup().id]'}", "11:24", "that only Azure can answer"),
        ("require: {field: name, equals: '[toLower()]'}", "11:24", "toLower() takes 1 arguments, not 0."),
        ("require: {field: name, equals: '[utcNow(1)]'}", "11:24", "takes 0 arguments, not 1."),
        ("require: {field: name, in: '[concat(]'}", "11:24", "was expected at character 9 of the expression"),
        ("require: {field: name, equals: '[" + "9" * 5000 + "]'}", "11:24", "a number longer than"),
        ("require: {value: {a: ['[nosuch()]']}, equals: 1}", "11:23", "nosuch() is not a function"),
        ("require: {value: \"[field('a..b')]\", equals: 1}", "11:11", "is not a path"),
        ("require: {field: name, in: abc}", "11:24", "in takes an array, not 'abc'."),
        ("require: {field: name, exists: maybe}", "11:24", "exists takes true or false, not 'maybe'."),
        (GOOD + "message: is {maximumAeg} old", "12:1", "{maximumAeg} is none of"),
        (GOOD + "message: 'has {properties.disks[*].x}'", "12:1", "[*] stands only in a count"),
        (GOOD + "message: 'has {properties..x}'", "12:1", "is not a path"),
        (GOOD + "when: {field: name, like: '[x()]'}", "12:21", "x() is not a function"),
        (GOOD + "severity: high", "12:1", "'severity' stands here twice"),
        (GOOD + "when: {field: name", "1", "is not YAML"),
        (GOOD + "message: x\n\ttab: 1", "13:1", "is not YAML"),
        ("require: {field: name, exists: true}", "10:3", "nothing reads the parameter 'maximumAge'"),
        *(
            (f"require: {{field: properties.x, {operator}: {literal}}}", "11:32", f"{operator}{sentence}")
            for operator, literal, sentence in (
                ("newerThan", "soon", ": 'soon' is not a duration such as PT24H, 24h or 7d."),
                ("olderThan", "P1M", ": 'P1M' is not a duration"),
                ("newerThan", "24", " takes a duration such as PT24H, 24h or 7d, not 24."),
                ("withinCidr", "10.0.0.0/33", ": '10.0.0.0/33' does not appear to be an IPv4 or IPv6 network."),
                ("notWithinCidr", "[10.0.0.0/8, north]", ": 'north' does not appear to be an IPv4 or IPv6 network."),
                ("withinCidr", "[5]", " takes a network such as 10.0.0.0/8, or an array of them, not [5]."),
                ("withinCidr", "10.0.0.9-10.0.0.4", ": '10.0.0.9-10.0.0.4' is not a range"),
                ("sizeAtLeast", "500 gigs", ": '500 gigs' is not a size such as 500 GB."),
                ("sizeAtLeast", "true", ": True is not a size"),
                ("versionAtLeast", "2301a", ": '2301a' is not a version such as 1.2301.2.58."),
                ("versionAtLeast", "1.5", ": 1.5 is not a version"),
                ("like", "[a*]", " takes a text, not"),
                ("notLike", "{a: 1}", " takes a text, not"),
                ("match", "5", " takes a text, not 5."),
                ("notMatchInsensitively", "null", " takes a text, not null."),
                ("contains", "null", " takes a text, not null."),
                ("notContains", "{a: 1}", " takes a text, not"),
                ("containsKey", "{a: 1}", " takes a text, not"),
                ("less", "true", " takes a number, a time or a text, not true."),
                ("greaterOrEquals", "{a: 1}", " takes a number, a time or a text, not"),
                ("notIn", "abc", " takes an array, not 'abc'."),
                ("matchesRegex", "'a('", ": 'a(' is no regular expression"),
            )
        ),
    ],
)
def test_mistake(tail: str, place: str, sentence: str) -> None:
    """A slip in a policy is judged by, or told without its place."""
    found = mistakes(HEAD + tail)
    assert any(line.startswith(f"p.yaml:{place}") and sentence in line for line in found), found


@pytest.mark.parametrize(
    ("old", "new", "place", "sentence"),
    [
        ("severity: high", "severity: hihg", "3:1", "'hihg' is not one of critical, high, medium, low; did you mean"),
        ("category: tenant", "category: tenants", "4:1", "did you mean 'tenant'?"),
        ("id: TST-001", "id: test1", "1:1", "'test1' does not fit: capitals and digits"),
        ("remediation: None.", "remediation: None", "6:1", "ending with a full stop"),
        ("title: A test", "title: ''", "2:1", "'title' must not be empty."),
        ('"https://example.com"', '"http://example.com"', "7:", "an https address"),
        ("default: PT24H", "default: 24", "10:", "maximumAge takes a value of type duration, not 24."),
        ("default: PT24H", "default: P1M", "10:", "'P1M' is not a duration"),
        ("default: PT24H", "default: 7d, allowedValues: [1d, 2d]", "10:", "takes one of 1d, 2d, not '7d'"),
        ("{type: duration, default: PT24H}", "{type: integer, default: true}", "10:", "type integer, not true."),
        ("type: duration", "type: duratoin", "10:", "did you mean 'duration'?"),
        ("{type: duration, default: PT24H}", "{type: string}", "10:", "lacks 'default'"),
        ("appliesTo: Test.Azs/things", "appliesTo: []", "8:1", "'appliesTo' must not be empty."),
        ("appliesTo: Test.Azs/things", "appliesTo: things", "8:1", "a resource type, such as"),
        (
            "appliesTo: Test.Azs/things",
            "appliesTo: Microsoft.Compute/virtualMachine",
            "8:1",
            "'Microsoft.Compute/virtualMachine'; did you mean 'Microsoft.Compute/virtualMachines'?",
        ),
        (
            "appliesTo: Test.Azs/things",
            "appliesTo: [A.B/c, Azscheck/protectedItem]",
            "8:20",
            "'Azscheck/protectedItems'?",
        ),
        ("why: It is a test.\n", "", "1:1", "lacks 'why'"),
    ],
)
def test_mistake_in_the_head(old: str, new: str, place: str, sentence: str) -> None:
    """A policy without what a reader of its findings needs is loaded, or refused without a place."""
    found = mistakes(HEAD.replace(old, new) + GOOD)
    assert any(line.startswith(f"p.yaml:{place}") and sentence in line for line in found), found


def test_all_mistakes_at_once() -> None:
    """The author mends one mistake and is told the next."""
    tail = "require: {allOf: [{field: a..b, in: x}, {value: '[f()]', exists: 5}, {field: 'c[*]', less: 1}]}"
    tail += "\nmessage: '{x}'"
    places = [line.split(" ")[0] for line in mistakes(HEAD.replace("high", "hihg") + tail + "\nwhne: 1")]
    assert [place.split(":")[1] for place in places] == ["3", "11", "11", "11", "11", "11", "12", "13"]


@pytest.mark.parametrize("text", ["", "- a\n", "5", "a: 1\n", "'text'"])
def test_no_policy_at_all(text: str) -> None:
    """A file that is no policy ends in a traceback."""
    assert mistakes(text)


RIGHT: dict[str, Any] = {"exists": True, "newerThan": "1d", "olderThan": "1d", "sizeAtLeast": "1 GB"}
RIGHT |= {"withinCidr": "10.0.0.0/8", "notWithinCidr": "10.0.0.0/8"}


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("spell", [str.upper, str.lower, str.title])
def test_operators_in_any_case(operator: str, spell: Any) -> None:
    """A condition copied from Azure with its operators in another letter case is refused, or never true."""
    right: Any = ["x"] if operator in ("in", "notIn") else RIGHT.get(operator, "1")
    test = {"field": "name", operator: right}
    spelled = {spell("field"): "name", spell(operator): right}
    assert condition({spell("allOf"): [{spell("not"): spelled}]}) == condition({"allOf": [{"not": test}]})
    whole = {spell("anyOf"): [spelled, {spell("count"): {spell("resources"): "A.B/c"}, spell("equals"): 0}]}
    assert policy(whole).require == policy({"anyOf": [test, {"count": {"resources": "A.B/c"}, "equals": 0}]}).require


def test_mistake_in_another_case_has_its_place() -> None:
    """A mistake below a word in another letter case points at the top of the file."""
    text = HEAD + "require:\n  ALLOF:\n    - FIELD: name\n      IN: abc\nmessage: '{maximumAge}'\n"
    assert mistakes(text) == ["p.yaml:14:7: in takes an array, not 'abc'."]


def test_deep_conditions() -> None:
    """A deeply nested policy ends in a traceback."""
    deep: Any = {"field": "name", "exists": True}
    for _ in range(90):
        deep = {"not": deep}
    assert policy(deep).require is not None
    for _ in range(20):
        deep = {"not": deep}
    assert "nested more than 100 levels" in mistakes(policy_text(deep))[0]
