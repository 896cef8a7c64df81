"""No text and no value makes the parser or the evaluator do anything but answer or say what is wrong."""

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from azscheck.expressions import FUNCTIONS, Call, ExpressionError, Literal, evaluate, parse
from azscheck.policy.paths import parse_path
from azscheck.values import ABSENT, Unknown

from ..builders import json_values

HERE: dict[str, Any] = {
    "field": lambda path: parse_path(path) and {"a": [1, None, {"b": "x"}]},
    "parameters": lambda name: {"x": 10**400}[name] if name == "x" else ABSENT,
    "utcnow": lambda: "2026-06-01T12:00:00Z",
}
words = st.sampled_from(
    [
        *(*FUNCTIONS, *HERE, "true()", "(", ")", "(", ")", "[", "]", ",", ".", " ", "'", "\\", "é", "\x00"),
        *("'a'", "''", "'2026-01-01T00:00:00Z'", "'P1D'", "'{0}'", "'10.0.0.0/8'"),
        *("1", "-1", "1.5", "99999999999999999999"),
    ]
)
values = st.one_of(json_values, st.just(ABSENT), st.just(Unknown("u")), st.lists(st.just(Unknown("u")), max_size=2))


def answer(text: str) -> Any:
    try:
        return evaluate(parse(text), HERE)
    except ExpressionError:
        return None


@given(st.lists(words, max_size=14).map("".join))
@example("[concat('a' 'b')]")
def test_any_words(text: str) -> None:
    """An expression in a policy ends the run with a traceback."""
    answer(f"[{text}]")


@given(st.text(max_size=30))
def test_any_text(text: str) -> None:
    """A text in a policy ends the run with a traceback."""
    answer(f"[{text}]")


@given(st.sampled_from(sorted(FUNCTIONS)), st.lists(values, max_size=4))
def test_any_arguments(name: str, arguments: list[Any]) -> None:
    """A value of a resource makes a function raise, and with it the scan of all other resources."""
    found = evaluate(Call(name, tuple(Literal(a) for a in arguments), name), {})
    if isinstance(found, Unknown):
        assert found.reason
    elif found is not ABSENT:
        assert not isinstance(found, BaseException)
        json.dumps(found, default=repr)


@given(st.text(alphabet=" '()[].,a1-", max_size=20_000))
@example("'" * 20_001)
@example("a(" * 10_000)
@example("-" * 20_000)
@example(" " * 20_000)
def test_long_texts_end(text: str) -> None:
    """A long text in a policy holds the run up."""
    answer(f"[{text}]")
