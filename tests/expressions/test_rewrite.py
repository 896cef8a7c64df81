"""From a tree back to text: an expression that is written anew means what it meant."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azscheck.expressions import Access, Call, Expression, Literal, call, evaluate, parse, rewritten, text_of, tree_of

numbers = st.one_of(
    st.integers(-(10**12), 10**12),
    st.floats(-1e15, 1e15).map(lambda x: round(x, 9)),
    st.sampled_from([1e-7, 1e20, -0.5]),
)
literals = st.builds(Literal, st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | numbers)
trees: st.SearchStrategy[Expression] = st.recursive(
    literals,
    lambda below: st.one_of(
        st.builds(lambda name, args: call(name, *args), st.sampled_from(["concat", "toLower", "f_1"]), st.lists(below)),
        st.builds(Access, below.filter(lambda t: not isinstance(t, Literal)), below),
    ),
    max_leaves=12,
)


def plain(tree: Expression) -> Any:
    """A tree without its calls' texts, which may be spaced otherwise."""
    match tree:
        case Call():
            return (tree.name, *map(plain, tree.arguments))
        case Access():
            return ("[]", plain(tree.target), plain(tree.key))
        case Literal(value=value):
            return (type(value), value)


@given(trees)
def test_text_is_read_as_the_tree(tree: Expression) -> None:
    """A condition that is taken up by name asks something else than the one that is written."""
    assert plain(parse(f"[{text_of(tree)}]")) == plain(tree)
    assert plain(rewritten(tree, lambda found: found)) == plain(tree)


@pytest.mark.parametrize(
    "text",
    [
        "concat( 'it''s' ,field('tags[''a.b'']'),-1.50)",
        "first(split(field('x'), '.')).a['b c'][0].d",
        "TOLOWER(subject('id', 2))",
        "createArray()[f('a').b]",
    ],
)
def test_what_people_write(text: str) -> None:
    """Quotes, spaces or an odd key are lost on the way."""
    assert plain(parse(f"[{text_of(parse(f'[{text}]'))}]")) == plain(parse(f"[{text}]"))


def test_inner_calls_are_changed_first_and_what_is_put_there_is_left() -> None:
    """A parameter inside a parameter's value is replaced too, or one inside another call is missed."""
    tree = parse("[concat(parameters('a'), x(parameters('a')).b)]")

    def change(found: Call) -> Expression:
        return parse("[concat(parameters('a'), 1)]") if found.name == "parameters" else found

    expected = "concat(concat(parameters('a'), 1), x(concat(parameters('a'), 1)).b)"
    assert text_of(rewritten(tree, change)) == expected


@pytest.mark.parametrize("value", ["it's", "[[x]", 5, -0.25, True, False, [], ["a", [1, True]], {"a b": {"c": [1]}}])
def test_a_value_within_an_expression(value: Any) -> None:
    """An argument that is a list or a truth becomes another value when it stands within an expression."""
    found = evaluate(parse(f"[{text_of(tree_of(value))}]"), {})
    assert found == value
    assert type(found) is type(value)


def test_null_has_no_expression() -> None:
    """Null becomes a text, or a traceback."""
    with pytest.raises(ValueError, match="null"):
        tree_of([1, None])
