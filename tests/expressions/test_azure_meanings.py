"""The functions of Azure's templates: its documented examples, and what lies at the edges of them."""

from typing import Any

import pytest

from azscheck.expressions import FUNCTIONS, KINDS, Function, evaluate, parse
from azscheck.values import ABSENT, Unknown

HERE: dict[str, Any] = {
    "absent": lambda: ABSENT,
    "fraction": lambda: 1.5,
    "whole": lambda: 2.0,
    "tiny": lambda: 1e-30,
    "least": lambda: -(2**63),
    "most": lambda: 2**63 - 1,
    "object": lambda: {"One": 1, "two": {"a": [1, 2]}},
    "zwo": lambda: {"item002": 2, "Item001": 1},
    "clef": lambda: "a\U0001d11eb",
    "half": lambda: "a\ud834",
}


def value_of(text: str) -> Any:
    return evaluate(parse(f"[{text}]"), HERE)


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda function: function.name)
def test_example_in_the_table(function: Function) -> None:
    """The reference page shows an example that gives something else."""
    found = value_of(function.example)
    assert found == function.result
    assert type(found) is type(function.result)
    assert function.example.startswith(f"{function.name}(")
    assert function.does.endswith(".")


def test_each_function_has_one_kind() -> None:
    """Two modules define one function, and which of them answers depends on their order."""
    assert sum(map(len, KINDS.values())) == len(FUNCTIONS)


TEXTS = [
    ("concat('a', createArray(1)[0])", "a1"),
    ("endsWith('abcdef', 'EF')", True),
    ("endsWith('abcdef', 'e')", False),
    ("startsWith('abcdef', 'AB')", True),
    ("startsWith('abcdef', 'bc')", False),
    ("startsWith('', '')", True),
    ("join(createArray('one', 'two', 'three'), ',')", "one,two,three"),
    ("join(createArray(1, true()), '')", "1True"),
    ("join(createArray(), ',')", ""),
    ("split('one;two,three', createArray(',', ';'))", ["one", "two", "three"]),
    ("split('aab', createArray('ab', 'a'))", ["", "", ""]),
    ("split('a.b', '.')", ["a", "b"]),
    ("split('ab', '')", ["ab"]),
    ("substring('one two three', 4, 3)", "two"),
    ("substring('abc', 3)", ""),
    ("substring('abc', 1)", "bc"),
    ("take('one two three', 2)", "on"),
    ("take('abc', -1)", ""),
    ("take('abc', 9)", "abc"),
    ("take(createArray('one', 'two', 'three'), 2)", ["one", "two"]),
    ("skip('one two three', 4)", "two three"),
    ("skip('abc', -1)", "abc"),
    ("skip('abc', 9)", ""),
    ("skip(createArray('one', 'two', 'three'), 2)", ["three"]),
    ("indexOf('test', 't')", 0),
    ("lastIndexOf('test', 't')", 3),
    ("indexOf('abcdef', 'CD')", 2),
    ("lastIndexOf('abcdef', 'AB')", 0),
    ("indexOf('abcdef', 'z')", -1),
    ("lastIndexOf('abcdef', 'z')", -1),
    ("indexOf('abc', '')", 0),
    ("indexOf(createArray('a', 'B', 'b'), 'b')", 2),
    ("indexOf(createArray(1, true()), true())", 1),
    ("lastIndexOf(createArray(1, 2, 1), 1)", 2),
    ("lastIndexOf(createArray(), 1)", -1),
    ("toLower('ÀΣ')", "àσ"),
    ("toUpper('straße')", "STRAßE"),
    ("trim(' \ta\u00a0')", "a"),
    ("trim('\x1ca')", "\x1ca"),
    ("length(clef())", 4),
    ("indexOf(clef(), 'b')", 3),
    ("substring(clef(), 1, 2)", "\U0001d11e"),
    ("skip(clef(), 3)", "b"),
    ("last(clef())", "b"),
    ("padLeft(clef(), 6, '-')", "--a\U0001d11eb"),
    ("format('Hello, {0}. Formatted number: {1:N0}', 'User', 8175133)", "Hello, User. Formatted number: 8,175,133"),
    (
        "format('{0:D4}|{1:X4}|{2:x}|{3:000}|{4:F2}|{5:N1}', 7, 255, 255, -5, 3, -1234)",
        "0007|00FF|ff|-005|3.00|-1,234.0",
    ),
    ("format('{0:X}', -1)", "F" * 16),
    ("format('[{0,4}|{0,-4}]', 'ab')", "[  ab|ab  ]"),
    ("format('{0} {1} {2}', null(), true(), createObject('a', 'b'))", " True {'a':'b'}"),
    ("format('{0:N0} {1:N0}', 'text', false())", "text False"),
    ("format('{0}}}', 1)", "1}"),
]
ENCODINGS = [
    ("base64('one, two, three')", "b25lLCB0d28sIHRocmVl"),
    ("base64ToString('b25lLCB0d28sIHRocmVl')", "one, two, three"),
    ("base64ToString(base64('é'))", "é"),
    ("base64ToString('b25l IA==')", "one "),
    ("base64ToString('/w==')", "\ufffd"),
    ("""base64ToJson(base64('{"one": "a", "two": "b"}'))""", {"one": "a", "two": "b"}),
    ("base64(half())", "YT8="),
    ("dataUri('Hello')", "data:text/plain;charset=utf8;base64,SGVsbG8="),
    ("dataUriToString('data:;base64,SGVsbG8sIFdvcmxkIQ==')", "Hello, World!"),
    ("dataUriToString(dataUri('é'))", "é"),
    ("dataUriToString('DATA:text/plain,a%20b')", "a b"),
    ("uri('http://contoso.org/firstpath', 'myscript.sh')", "http://contoso.org/myscript.sh"),
    ("uri('http://contoso.org/firstpath/', 'myscript.sh')", "http://contoso.org/firstpath/myscript.sh"),
    (
        "uri('http://contoso.org/firstpath/azuredeploy.json/', 'm.sh')",
        "http://contoso.org/firstpath/azuredeploy.json/m.sh",
    ),
    ("uri('http://contoso.com/resources/', 'nested/a.json')", "http://contoso.com/resources/nested/a.json"),
    ("uri('HTTPS://Contoso.org:443', 'a')", "https://contoso.org/a"),
    ("uri('http://contoso.org/a/b', '../c?d=e')", "http://contoso.org/c?d=e"),
    ("uriComponent('http://contoso.com/a b')", "http%3A%2F%2Fcontoso.com%2Fa%20b"),
    ("uriComponent('é~')", "%C3%A9~"),
    ("uriComponentToString('http%3A%2F%2Fcontoso.com+a')", "http://contoso.com a"),
    ("uniqueString('test', 'test2', 'test3')", "bqgd334z2uj64"),
    ("uniqueString('t')", "fsnwonksnm7cy"),
    ("uniqueString('te')", "o57ehhbytctgs"),
    ("uniqueString('tes')", "ebse57jls4qbc"),
    ("uniqueString('t', 'e')", "d5ykh7yoidm2a"),
    ("uniqueString('hello', 'world')", "a7wkljktk6wne"),
    ("uniqueString('/subscriptions/00000000-0000-0000-0000-000000000000', 'resource-id')", "cwvxuqg24sifi"),
    ("guid('one-two')", "8545892b-702a-5e95-ab8b-1fab000550f9"),
    ("length(guid(half()))", 36),
]
NUMBERS = [
    ("add(5, 3)", 8),
    ("sub(7, 3)", 4),
    ("sub(-1, most())", -(2**63)),
    ("mul(-5, 3)", -15),
    ("div(8, 3)", 2),
    ("div(-8, 3)", -2),
    ("div(8, -3)", -2),
    ("mod(7, 3)", 1),
    ("mod(-7, 3)", -1),
    ("mod(7, -3)", 1),
    ("int('4')", 4),
    ("int(' -12 ')", -12),
    ("int(7)", 7),
    ("float('3.0')", 3.0),
    ("float(3)", 3.0),
    ("float('-1e3')", -1000.0),
    ("bool('true')", True),
    ("bool('False')", False),
    ("bool(1)", True),
    ("bool(0)", False),
    ("max(0,3,2,5,4)", 5),
    ("min(createArray(0,3,2,5,4))", 0),
    ("range(2147483647, 1)", [2147483647]),
    ("less(1, 2)", True),
    ("less('A', 'a')", False),
    ("lessOrEquals('A', 'a')", False),
    ("greater('A', 'a')", True),
    ("greaterOrEquals('A', 'a')", True),
    ("greaterOrEquals('a', 'a')", True),
    ("less(1, fraction())", True),
    ("less('a', 'B')", True),
    ("less('9', 'a')", True),
    ("less('abc', 'abcd')", True),
    ("less('aB', 'Ab1')", True),
    ("less('2026-01-09T00:00:00Z', '2026-01-10T00:00:00Z')", True),
    ("equals(2, whole())", True),
    ("equals(createArray(1), createArray(true()))", False),
    ('equals(json(\'{"a": 1, "b": 2}\'), json(\'{"b": 2, "a": 1}\'))', True),
    ("equals(null(), absent())", True),
    ("equals(null(), '')", False),
]
OBJECTS = [
    ("array(1)", [1]),
    ("array(createArray(1))", [1]),
    ("array(null())", [None]),
    ("flatten(createArray(createArray(1, createArray(2)), createArray()))", [1, [2]]),
    ("contains(object(), 'ONE')", True),
    ("contains(createObject('a', null()), 'a')", True),
    ("empty(null())", True),
    ("empty(json('null'))", True),
    ("json('\"test\"')", "test"),
    ("json('3')", 3),
    ("json('[ 1, 2.5 ]')", [1, 2.5]),
    ("string(5)", "5"),
    ("string(true())", "True"),
    ("string(createArray('1e2', fraction()))", '["1e2",1.5]'),
    ("string(createObject('valueA', 10, 'valueB', 'Example Text'))", '{"valueA":10,"valueB":"Example Text"}'),
    ("string(createArray('é\u2028', null()))", '["é\\u2028",null]'),
    ("items(zwo())", [{"key": "Item001", "value": 1}, {"key": "item002", "value": 2}]),
    ("objectKeys(zwo())", ["Item001", "item002"]),
    ("union(createArray(createArray(1), 1), createArray(createArray(1), true()))", [[1], 1, True]),
    (
        """union(json('{"p":{"a":1,"b":1},"n":[1,2]}'), json('{"p":{"b":2,"c":3},"n":[3]}'))""",
        {"p": {"a": 1, "b": 2, "c": 3}, "n": [3]},
    ),
    ("union(createObject('Name', 1), createObject('name', 2))", {"Name": 2}),
    ("union(createObject('a', createObject('b', 1)), createObject('a', 2))", {"a": 2}),
    ('shallowMerge(createArray(json(\'{"a":{"b":1}}\'), json(\'{"a":{"c":2}}\')))', {"a": {"c": 2}}),
    ("shallowMerge(createArray())", {}),
    ('intersection(json(\'{"a":1,"b":2}\'), json(\'{"a":1,"b":3}\'))', {"a": 1}),
    ("intersection(createArray(1, 1, 2), createArray(1))", [1]),
    ("tryGet(object(), 'ONE')", 1),
    ("tryGet(object(), 'two', 'a', 1)", 2),
    ("tryGet(object(), 'three', 'a')", None),
    ("tryGet(object(), 0)", None),
    ("tryGet(null(), 'a')", None),
    ("tryGet('text', 'a')", None),
    ("tryGet(createArray('a'), 0)", "a"),
    ("tryGet(createArray('a'), -1)", None),
    ("indexFromEnd(createArray('a', 'b'), 2)", "a"),
    ("tryIndexFromEnd(createArray('a', 'b'), 3)", None),
    ("tryIndexFromEnd(createArray(object()), 1, 'two', 'a', 0)", 1),
    ("tryIndexFromEnd(null(), 1)", None),
]
REST = [
    ("dateTimeFromEpoch(1683040573)", "2023-05-02T15:16:13Z"),
    ("dateTimeFromEpoch(-1)", "1969-12-31T23:59:59Z"),
    ("dateTimeToEpoch('2023-05-02T15:16:13Z')", 1683040573),
    ("dateTimeToEpoch('2023-05-02T17:16:13+02:00')", 1683040573),
    ("dateTimeAdd('2020-04-07 14:53:14Z', '-P9D', 'u')", "2020-03-29 14:53:14Z"),
    ("dateTimeAdd('2019-03-05T17:53:18Z', 'PT0S', 'M d')", "3 5"),
    ("dateTimeAdd('2019-03-05T17:53:18Z', 'PT1H', 'yyyyMMddTHHmmssZ')", "20190305T185318Z"),
    ("dateTimeAdd('2019-03-05T17:53:18Z', 'PT1H', '''on'' yy.H:m:s')", "on 19.18:53:18"),
    ("cidrSubnet('10.144.0.0/20', 24, 4)", "10.144.4.0/24"),
    ("cidrSubnet('fdad:3236:5555::/48', 52, 4)", "fdad:3236:5555:4000::/52"),
    ("cidrSubnet('10.0.0.0/8', 8, 0)", "10.0.0.0/8"),
    ("cidrHost('10.144.3.0/24', 4)", "10.144.3.5"),
    ("cidrHost('fdad:3236:5555:3000::/52', 0)", "fdad:3236:5555:3000::1"),
    (
        "parseCidr('fdad:3236:5555::/48')",
        {
            "network": "fdad:3236:5555::",
            "netmask": "ffff:ffff:ffff::",
            "firstUsable": "fdad:3236:5555::",
            "lastUsable": "fdad:3236:5555:ffff:ffff:ffff:ffff:ffff",
            "cidr": 48,
        },
    ),
]


@pytest.mark.parametrize(("text", "value"), [*TEXTS, *ENCODINGS, *NUMBERS, *OBJECTS, *REST])
def test_meaning(text: str, value: Any) -> None:
    """A policy or a template that means one thing in Azure means another here."""
    found = value_of(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "first(skip(clef(), 1))",
        "substring(clef(), 0, 2)",
        "lastIndexOf('a', '')",
        "format('{0:N}', 1)",
        "format('{0:C2}', 1)",
        "format('{0:P0}', 1)",
        "format('{0:#,##0}', 1)",
        "format('{0:N0}', fraction())",
        "format('{0}', tiny())",
        "string(createArray('1e2', tiny()))",
        "string(null())",
        "string(absent())",
        "concat('a', whole())",
        "less('a-b', 'ab')",
        "less('é', 'f')",
        "less('A', 'a-')",
        "less('a', 'a\x00')",
        "uri('ftp://a.example/', 'b')",
        "uri('https://a.example/', 'b c')",
        "uriComponentToString('%u0041')",
        "dataUriToString('data:text/plain;charset=utf-16;base64,AAA=')",
        "dateTimeAdd('2019-03-05T17:53:18Z', 'PT1H', 'd')",
        "dateTimeAdd('2019-03-05T17:53:18Z', 'PT1H', 'MMM d')",
        "dateTimeAdd('2019-03-05T17:53:18Z', 'PT1H', '')",
        "parseCidr('10.0.0.0/31')",
        "cidrHost('10.0.0.0/32', 0)",
    ],
)
def test_what_azure_does_not_tell(text: str) -> None:
    """A guess at what depends on Azure's machines passes for knowledge, or is blamed on the policy's author."""
    found = value_of(text)
    assert isinstance(found, Unknown)
    assert not found.error
    assert found.reason.startswith(text)


@pytest.mark.parametrize(
    "text",
    [
        *("add(1, '2')", "add(most(), 1)", "sub(least(), 1)", "mul(most(), 2)", "div(1, 0)", "div(least(), -1)"),
        *("mod(1, 0)", "add(1, fraction())", "add(99999999999999999999, 1)", "range(2147483647, 2)"),
        *(
            "int('a')",
            "int('')",
            "int('1.5')",
            "int('9223372036854775808')",
            "int(fraction())",
            "int(true())",
            "int('\u0661')",
        ),
        *("float('x')", "float('1e999')", "float(true())", "float(null())", "bool('yes')", "bool(null())"),
        *("less(1, 'a')", "less(true(), false())", "greater(null(), 1)", "less(createArray(), createArray())"),
        *("base64(5)", "base64ToString('abc')", "base64ToString('é')", "base64ToJson('YQ==')", "dataUri(5)"),
        *("dataUriToString('x')", "dataUriToString('data:a')", "dataUriToString('data:;base64,a')"),
        *(
            "uri('/a', 'b')",
            "uri('http://[', 'b')",
            "uri('', '')",
            "uri(5, '')",
            "uriComponent(5)",
            "guid(5)",
            "guid('a', null())",
        ),
        *("uniqueString(null())", "substring('abc', 4)", "substring('abc', -1)", "substring('abc', 1, 3)"),
        *(
            "substring('abc', 1, -1)",
            "substring('1234567890', 0, 11)",
            "take(5, 1)",
            "take('a', '1')",
            "skip(object(), 1)",
        ),
        *(
            "indexOf(object(), 'a')",
            "indexOf('a', 1)",
            "lastIndexOf('a', 1)",
            "startsWith('a', 1)",
            "endsWith(null(), 'a')",
        ),
        *("join('a', ',')", "join(createArray('a'), 1)", "join(createArray(null()), ',')", "split('a', createArray())"),
        *(
            "split('a', createArray(1))",
            "padLeft('a', 3, '')",
            "padLeft('a', 3, substring(clef(), 1, 2))",
            "padLeft(null(), 3)",
        ),
        *("format('}', 1)", "format('{', 1)", "format('{0:{', 1)", "format('{0,99999}', 1)", "format('{0:D99999}', 1)"),
        *("format('{0}', absent())", "format('{0:X}', 99999999999999999999)", "string(99999999999999999999)"),
        *("json('{')", "json('')", "json('NaN')", "json('1e999')", "json('99999999999999999999')", "json(null())"),
        *(
            "json('\"\\ud834\"')",
            "json('[01]')",
            "items(createArray())",
            "objectKeys('a')",
            "shallowMerge(createArray(1))",
        ),
        *(
            "shallowMerge(object())",
            "tryGet(object(), null())",
            "tryGet(object(), 'two', 'b')",
            "tryGet(object(), 'One', 'b')",
        ),
        *("indexFromEnd(createArray(1), 0)", "indexFromEnd(createArray(1), 2)", "indexFromEnd('a', 1)"),
        *(
            "createObject('a', 1, 'a', 2)",
            "union(object(), createArray())",
            "flatten(createArray(1))",
            "array(absent())",
        ),
        *("dateTimeFromEpoch(999999999999999)", "dateTimeFromEpoch('1')", "dateTimeToEpoch('now')"),
        *(
            "cidrHost('10.0.0.0/24', 254)",
            "cidrHost('10.0.0.0/24', -1)",
            "cidrHost('10.0.0.0', 0)",
            "parseCidr('10.0.0.0/99')",
        ),
        *("cidrSubnet('10.0.0.0/20', 19, 0)", "cidrSubnet('10.0.0.0/20', 24, 16)", "cidrSubnet('10.0.0.0/20', 33, 0)"),
        *("parseCidr('x/8')", "parseCidr('10.0.0.0/255.0.0.0')", "cidrSubnet('10.0.0.0/20', 24, -1)"),
    ],
)
def test_wrong_arguments_are_an_error(text: str) -> None:
    """A mistake in a policy is taken for an answer, or ends the run with a traceback."""
    found = value_of(text)
    assert isinstance(found, Unknown)
    assert found.error
    assert found.reason.startswith(text)


def test_names_are_read_in_any_case() -> None:
    """A function that Azure finds is not found here."""
    assert value_of("UNIQUESTRING('test')") == value_of("uniquestring('test')") == "rbgf3xv4ufgzg"
