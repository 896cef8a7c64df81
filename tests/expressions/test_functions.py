"""Each function: Azure's documented meaning, and what it says of arguments that it cannot take."""

from typing import Any

import pytest

from azscheck.expressions import FUNCTIONS, evaluate, networks, parse
from azscheck.values import ABSENT, Unknown

HERE: dict[str, Any] = {
    "absent": lambda: ABSENT,
    "unknown": lambda: Unknown("not told"),
    "holed": lambda: [1, {"a": Unknown("a hole")}],
    "number": lambda: 5,
    "object": lambda: {"One": 1, "two": [1, 2], "deep": {"a": "x"}},
    "fails": lambda: int("x"),
}

MEANINGS = [
    ("addDays('2026-01-31T12:00:00Z', 1)", "2026-02-01T12:00:00Z"),
    ("addDays('2026-03-01T00:00:00Z', -1)", "2026-02-28T00:00:00Z"),
    ("addDays('2026-03-01T00:00:00.1200000Z', -1)", "2026-02-28T00:00:00.1200000Z"),
    ("addDays('2026-03-01T00:00:00.0000000+02:00', 1)", "2026-03-01T22:00:00.0000000Z"),
    ("and(true(), false())", False),
    ("and(true(), true(), true())", True),
    ("coalesce(null(), absent(), 'x', fails())", "x"),
    ("coalesce(null(), absent())", None),
    ("concat('a', 1, true(), 1.5)", "a1True1.5"),
    ("concat(createArray(1), createArray(2, 3))", [1, 2, 3]),
    ("contains('OneTwo', 'Two')", True),
    ("contains('OneTwo', 'two')", False),
    ("contains(createArray('a', 2), 2)", True),
    ("contains(createArray('A'), 'a')", False),
    ("contains(createArray(1), true())", False),
    ("contains(object(), 'oNE')", True),
    ("contains(object(), 'three')", False),
    ("createArray(1, 'a', createArray())", [1, "a", []]),
    ("createObject('a', 1, 'b', true())", {"a": 1, "b": True}),
    ("dateTimeAdd('2026-01-01T00:00:00Z', 'PT36H')", "2026-01-02T12:00:00Z"),
    ("dateTimeAdd('0001-01-01T00:00:00Z', 'P1D')", "0001-01-02T00:00:00Z"),
    ("dateTimeAdd('2026-01-01T02:00:00+02:00', '-P1D')", "2025-12-31T00:00:00Z"),
    ("empty('')", True),
    ("empty(createArray())", True),
    ("empty(createObject())", True),
    ("empty(absent())", True),
    ("empty(' ')", False),
    ("equals('a', 'A')", False),
    ("equals(createArray(1), createArray(1))", True),
    ("equals(1, true())", False),
    ("equals(1, '1')", False),
    ("first('one')", "o"),
    ("first('')", ""),
    ("first(createArray())", ABSENT),
    ("first(createArray('x', 'y'))", "x"),
    ("format('{0}/{1}/{0} {{x}}', 'a', 2)", "a/2/a {x}"),
    ("if(true(), 'yes', fails())", "yes"),
    ("if(false(), fails(), 'no')", "no"),
    ("intersection(createArray(1, 2, 3), createArray(3, 2))", [2, 3]),
    ("intersection(object(), createObject('One', 1))", {"One": 1}),
    ("ipRangeContains('10.0.0.0/8', '10.1.2.3')", True),
    ("ipRangeContains('10.0.0.0/8', '10.0.0.0/7')", False),
    ("ipRangeContains('10.0.0.1-10.0.0.9', '10.0.0.9')", True),
    ("ipRangeContains('10.0.0.1-10.0.0.9', '10.0.0.10')", False),
    ("last('one')", "e"),
    ("last(createArray(1, 2))", 2),
    ("length('four')", 4),
    ("length(object())", 3),
    ("max(1, 3, 2)", 3),
    ("min(createArray(4, 2))", 2),
    ("not(false())", True),
    ("or(false(), true(), unknown())", True),
    ("or(false(), false())", False),
    ("padLeft(12, 5, '0')", "00012"),
    ("padLeft('abc', 2)", "abc"),
    ("range(3, 3)", [3, 4, 5]),
    ("range(0, 0)", []),
    ("replace('a.b.c', '.', '')", "abc"),
    ("split('a,b;c', createArray(',', ';'))", ["a", "b", "c"]),
    ("split('a', ',')", ["a"]),
    ("toLower('ABC')", "abc"),
    ("toUpper('abc')", "ABC"),
    ("trim('  a b ')", "a b"),
    (r"uncHost('\\FS01.corp.example.\share')", "fs01.corp.example"),
    (r"uncHost('//fs01/share')", "fs01"),
    (r"uncHost('\\?\UNC\fs01\share')", "fs01"),
    (r"uncHost('\\?\C:\backup')", ABSENT),
    (r"uncHost('\\.\pipe\x')", ABSENT),
    (r"uncHost('\\fs01')", ABSENT),
    (r"uncHost('C:\backup')", ABSENT),
    ("uncHost(absent())", ABSENT),
    ("union(createArray(1, 2), createArray(2, 3))", [1, 2, 3]),
    ("union(createObject('a', 1), createObject('a', 2))", {"a": 2}),
    ("object().two[1]", 2),
    ("object().ONE", 1),
    ("object()['deep'].a", "x"),
    ("object().none.below", ABSENT),
    ("createArray(1)[5]", ABSENT),
    ("createArray(1)[-1]", ABSENT),
]


@pytest.mark.parametrize(("text", "value"), MEANINGS)
def test_meaning(text: str, value: Any) -> None:
    """A condition that is right in Azure is judged otherwise here."""
    found = evaluate(parse(f"[{text}]"), HERE)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "addDays('yesterday', 1)",
        "addDays('2026-01-01T00:00:00Z', 1.5)",
        "addDays('2026-01-01T00:00:00Z', 99999999999999999999)",
        "addDays('9999-12-31T00:00:00Z', 5)",
        "addDays('2026-01-01T00:00:00Z', 1, 'u')",
        "and(true(), 'x')",
        "and('true', true())",
        "concat(object())",
        "concat(createArray(), 'a')",
        "contains(5, 5)",
        "contains('5', 5)",
        "createObject('a')",
        "createObject(1, 2)",
        "dateTimeAdd('2026-01-01T00:00:00Z', 'P1M')",
        "dateTimeAdd('2026-01-01T00:00:00Z', 'P9999999D')",
        "empty(5)",
        "first(5)",
        "format('{1}', 'a')",
        "format('{x}', 'a')",
        "format('{0', 'a')",
        "format('{" + "9" * 5000 + "}', 'a')",
        "format(5)",
        "if('true', 1, 2)",
        "if(1, 1, 2)",
        "intersection(createArray(), 'a')",
        "ipRangeContains('10.0.0.0/99', '10.0.0.1')",
        "ipRangeContains('10.0.0.9-10.0.0.1', '10.0.0.5')",
        "ipRangeContains('10.0.0.1-::ffff', '10.0.0.5')",
        "ipRangeContains('10.0.0.0/8', 5)",
        "ipRangeContains('fd00::/8', '10.0.0.1')",
        "last(absent())",
        "length(5)",
        "max('a')",
        "max(createArray())",
        "min(1, true())",
        "not('false')",
        "not(0)",
        "or(false(), 1)",
        "padLeft('a', 5, 'ab')",
        "padLeft('a', 99999)",
        "range(0, 99999)",
        "range(0, -1)",
        "replace('a', '', 'b')",
        "replace(padLeft('', 10000, 'a'), 'a', padLeft('', 10000, 'b'))",
        "split('a', 5)",
        "toLower(5)",
        "toLower(absent())",
        "toUpper(null())",
        "trim(createArray())",
        "uncHost(5)",
        "union(createArray(), 'a')",
        "number().x",
        "object()[0]",
        "fails()",
        "number('one too many')",
    ],
)
def test_wrong_arguments_are_an_error(text: str) -> None:
    """A comparison of what cannot be compared passes for knowledge, or ends the whole run."""
    found = evaluate(parse(f"[{text}]"), HERE)
    assert isinstance(found, Unknown)
    assert found.error
    assert found.reason


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_wrong_number_of_arguments(name: str) -> None:
    """A function with too few or too many arguments ends the run with a traceback."""
    function = FUNCTIONS[name]
    counts = ([function.least - 1] if function.least else []) + ([] if function.most is None else [function.most + 1])
    for count in counts:
        found = evaluate(parse(f"[{name}({','.join(['true()'] * count)})]"), {})
        assert isinstance(found, Unknown)
        assert found.error
    assert counts or name in ("createarray", "createobject")


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - {"true", "false", "null", "createarray", "createobject"}))
def test_unknown_arguments_make_unknown(name: str) -> None:
    """A function makes a known value of what could not be read: compliant without having looked."""
    count = max(FUNCTIONS[name].least, 1)
    for argument in ("unknown()", "createArray(unknown())"):
        found = evaluate(parse(f"[{name}({','.join([argument] * count)})]"), HERE)
        assert isinstance(found, Unknown)
        assert not found.error
        assert found.reason == "not told"


@pytest.mark.parametrize(
    "text", ["contains(holed(), 7)", "empty(holed())", "length(holed())", "union(holed(), createArray(1))"]
)
def test_unknown_inside_an_argument(text: str) -> None:
    """An array with an element that could not be read is said not to hold what that element may be."""
    assert evaluate(parse(f"[{text}]"), HERE) == Unknown("a hole")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("createArray(1, nosuch())", Unknown("nosuch() cannot be answered here")),
        ("if(unknown(), 1, 2)", Unknown("not told")),
        ("if(true(), 1, unknown())", 1),
        ("and(false(), unknown())", False),
        ("and(unknown(), false())", False),
        ("and(true(), unknown())", Unknown("not told")),
        ("or(unknown(), true())", True),
        ("or(unknown(), false())", Unknown("not told")),
        ("coalesce(unknown(), 'x')", Unknown("not told")),
        ("coalesce('x', unknown())", "x"),
        ("unknown().a", Unknown("not told")),
        ("object()[unknown()]", Unknown("not told")),
    ],
)
def test_unknown_poisons_no_more_than_it_must(text: str, value: Any) -> None:
    """One value that cannot be told makes results unknown that are certain, or certain that are unknown."""
    assert evaluate(parse(f"[{text}]"), HERE) == value


@pytest.mark.parametrize(
    ("target", "host"),
    [
        (r"\\fs02.corp.example\mabs", "fs02.corp.example"),
        (r"\\10.0.0.4@445\b", "10.0.0.4"),
        ("https://user@Acct.blob.north.example:443/c", "acct.blob.north.example"),
        ("smb://mabs-01/x", "mabs-01"),
        ("mabs-01.north.example.:443", "mabs-01.north.example"),
        (" mabs-01 (D:)", "mabs-01"),
        ("rsv-weu", "rsv-weu"),
        ("", ABSENT),
        (None, ABSENT),
    ],
)
def test_host_of_a_target(target: Any, host: Any) -> None:
    """A backup target on the stamp passes for one elsewhere, because it is written as a URL or with a port."""
    assert networks.host_of(target) == host
