"""No function makes or takes more than a run can bear, and none raises."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azscheck.expressions import FUNCTIONS, Call, Literal, evaluate, parse
from azscheck.expressions.arguments import DEEPEST, LARGEST
from azscheck.values import ABSENT, Unknown

from ..builders import json_values

_MANY = LARGEST // 10
_DEEP: list[Any] = []
for _ in range(5_000):
    _DEEP = [_DEEP]
_TANGLED: dict[str, Any] = {}
for _ in range(DEEPEST * 3):
    _TANGLED = {"a": _TANGLED}
HERE: dict[str, Any] = {
    "long": lambda: "a" * LARGEST,
    "quotes": lambda: '"' * LARGEST,
    "commas": lambda: "," * LARGEST,
    "escapes": lambda: '"' + '\\"' * _MANY,
    "brackets": lambda: "[" * LARGEST,
    "digits": lambda: "9" * LARGEST,
    "spaces": lambda: " " * LARGEST + "x",
    "percents": lambda: "%2" * _MANY,
    "many": lambda: [str(i) for i in range(_MANY)],
    "deep": lambda: _DEEP,
    "tangled": lambda: _TANGLED,
    "clefs": lambda: "\U0001d11e" * _MANY,
}
_TWENTY = ", ".join(["many()"] * 20)


@pytest.mark.parametrize(
    "text",
    [
        *("concat(long(), 'a')", "join(createArray(long(), 'a'), '')", "join(many(), long())", f"concat({_TWENTY})"),
        *("replace(long(), 'a', 'ab')", "format('{0}{0}', long())", "string(createArray(long(), 1))", "base64(long())"),
        *("uriComponent(quotes())", "split(commas(), ',')", "dataUri(long())", "json(brackets())", "json(digits())"),
        *("json(quotes())", "json(escapes())", "int(digits())", "float(digits())", "base64ToJson(base64(brackets()))"),
        *(
            "createArray(deep())",
            "union(deep(), deep())",
            "contains(deep(), 1)",
            "equals(deep(), deep())",
            "string(deep())",
        ),
        *("union(tangled(), tangled())", "items(tangled())", "intersection(deep(), deep())", f"union({_TWENTY})"),
        *(f"createArray({_TWENTY})", f"flatten(createArray({_TWENTY}))", "split(long(), many())", "guid(long())"),
        *(
            "uniqueString(long())",
            "uri('https://a.example/', long())",
            "dateTimeToEpoch(long())",
            "parseCidr(digits())",
        ),
        *("parseCidr(concat('10.0.0.0/', take(digits(), 6000)))", "padLeft('', 2147483647)", "range(0, 2147483647)"),
    ],
)
def test_too_much_is_an_error(text: str) -> None:
    """A tag of a resource, or one line of a policy, takes the memory or the hours of the run."""
    began = time.monotonic()
    found = evaluate(parse(f"[{text}]"), HERE)
    assert isinstance(found, Unknown)
    assert found.error
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    "text",
    [
        *(
            "trim(spaces())",
            "indexOf(long(), 'b')",
            "lastIndexOf(long(), 'ab')",
            "split(take(long(), 9), many()[0])",
            "union(many(), many())",
        ),
        *(
            "intersection(many(), many())",
            "contains(many(), 'x')",
            "uriComponentToString(percents())",
            "length(clefs())",
        ),
        *(
            "toUpper(clefs())",
            "substring(clefs(), 2, 2)",
            "less(long(), concat(take(long(), 10), 'b'))",
        ),
        *(
            "dataUriToString(concat('data:,', percents()))",
            "string(many())",
            "lastIndexOf(many(), 'x')",
        ),
    ],
)
def test_much_is_answered_soon(text: str) -> None:
    """The time that a function takes grows with the square of a text in a resource."""
    began = time.monotonic()
    found = evaluate(parse(f"[{text}]"), HERE)
    assert not isinstance(found, Unknown)
    assert time.monotonic() - began < 20


def _size(value: Any) -> int:
    match value:
        case str():
            return len(value)
        case list():
            return len(value) + sum(map(_size, value))
        case dict():
            return len(value) + sum(len(k) + _size(v) for k, v in value.items())
        case _:
            return 0


texts = st.one_of(
    st.text(max_size=20),
    st.text(st.characters(categories=("Cs", "Lu", "Zs", "So")), max_size=6),
    st.from_regex(r"\{[0-9],?-?[0-9]*:?[A-Za-z#0]*\}", fullmatch=True),
    st.sampled_from(
        ["a", "10.0.0.0/8", "2026-01-01T00:00:00Z", "PT1H", "yyyy", "%", "data:,a", "https://a.example/b", "[1]"]
    ),
)
numbers = st.one_of(st.integers(), st.sampled_from([-(2**63), 2**63 - 1, 2**31, 10_000, 10**400]))
arguments = st.one_of(texts, numbers, json_values, st.floats(), st.just(ABSENT), st.lists(texts), st.lists(numbers))


@given(st.sampled_from(sorted(FUNCTIONS)), st.lists(arguments, max_size=4))
def test_any_call(name: str, given_arguments: list[Any]) -> None:
    """A value of a resource ends the run with a traceback, or makes a value that no report can hold."""
    found = evaluate(Call(name, tuple(Literal(a) for a in given_arguments), name), {})
    if isinstance(found, Unknown):
        assert found.reason
    elif not FUNCTIONS[name].lazy:
        assert _size(found) <= LARGEST
