"""The syntax of expressions: what is wrong is said with its position, and nothing is too long or too deep."""

import pytest

from azscheck.expressions import Access, Call, ExpressionError, Literal, OfTrees, calls, evaluate, is_expression, parse
from azscheck.expressions.parse import DEEPEST, LONGEST


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("[parameters('x')]", True),
        ("[[literal]", False),
        ("[[", False),
        ("[open", False),
        ("closed]", False),
        (" [a()]", False),
        ("[]", True),
        (5, False),
        (["[a()]"], False),
    ],
)
def test_what_is_an_expression(text: object, answer: bool) -> None:
    """A literal text is evaluated, or an expression is compared as text."""
    assert is_expression(text) is answer


def test_a_function_of_a_template_s_own() -> None:
    """A property of a value is taken for a function in a namespace, or the other way round."""
    assert parse("[Contoso.Name('a')]") == Call("contoso.name", (Literal("a"),), "Contoso.Name('a')")
    assert parse("[contoso . name ()]") == Call("contoso.name", (), "contoso . name ()")
    assert parse("[a().b]") == Access(Call("a", (), "a()"), Literal("b"))
    with pytest.raises(ExpressionError, match=r"'\(' after contoso was expected"):
        parse("[contoso.name]")
    assert evaluate(parse("[contoso.name(1)]"), {"contoso.name": lambda number: number + 1}) == 2


def test_a_function_that_is_given_trees() -> None:
    """The body of a lambda is worked out before its variables are there."""
    waits = OfTrees(lambda call, here, meter: [*here, len(call.arguments), meter])
    assert evaluate(parse("[wait(fails('x'))]"), {"wait": waits}) == ["wait", 1, None]


def test_tree() -> None:
    """A path on a function's value is read in another order than it was written."""
    tree = parse("[ Field( 'a' ).b[0] ]")
    assert tree == Access(Access(Call("field", (Literal("a"),), "Field( 'a' )"), Literal("b")), Literal(0))
    assert [call.name for call in calls(parse("[a(b(), c()[d()])]"))] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("['it''s']", "it's"),
        ("['']", ""),
        ("['''']", "'"),
        ("['a, b) ]']", "a, b) ]"),
        ("[-3]", -3),
        ("[1.5]", 1.5),
        ("[concat('[', 'x]')]", "[x]"),
        ("[TRUE()]", True),
        ("[createArray()]", []),
    ],
)
def test_literals(text: str, value: object) -> None:
    """A quote inside a text ends it, or a bracket inside a text ends the expression."""
    assert evaluate(parse(text), {}) == value


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("[]", 2),
        ("[concat(]", 9),
        ("[concat('a']", 12),
        ("[a()[0]", 7),
        ("[concat('a' 'b')]", 12),
        ("[concat(,'a')]", 9),
        ("[concat('a',)]", 13),
        ("[concat('a') x]", 13),
        ("[concat]", 8),
        ("['open]", 2),
        ("[a().]", 6),
        ("[a().'b']", 6),
        ("[a()[]]", 6),
        ('["double"]', 2),
        ("[a() + b()]", 5),
        ("[#]", 2),
    ],
)
def test_mistake_has_its_position(text: str, position: int) -> None:
    """The author of a policy is told that an expression is wrong and not where."""
    with pytest.raises(ExpressionError, match=f"was expected at character {position} of the expression"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[" + "a(" * (DEEPEST + 2) + ")" * (DEEPEST + 2) + "]", "nested more than"),
        ("[" + "a(" * 5000 + ")" * 5000 + "]", "nested more than"),
        ("[a()" + "[a()" * 3000 + "]" * 3000 + "]", "nested more than"),
        ("[a()" + ".b" * (DEEPEST + 1) + "]", "reads more than"),
        # Each group of accesses is short, the tree of all is thousands deep.
        ("[" + "a(" * 50 + "1" + (".x" * 50 + ")") * 50 + "]", "reads more than"),
        ("['" + "x" * LONGEST + "']", "longer than"),
        ("[" + "9" * 5000 + "]", "number longer than"),
        ("[-" + "9" * 400 + ".5]", "number longer than"),
        ("['" + "''" * 12_000 + "]", "was expected"),
    ],
)
def test_bounds(text: str, sentence: str) -> None:
    """A long or deep expression ends the run with a traceback instead of a sentence."""
    with pytest.raises(ExpressionError, match=sentence):
        parse(text)


def test_bounds_leave_room() -> None:
    """An expression at the very bound is refused."""
    nots = "[" + "not(" * DEEPEST + "true()" + ")" * DEEPEST + "]"
    assert evaluate(parse(nots), {}) is True
    parse("[a()" + ".b" * DEEPEST + "]")
    assert len(evaluate(parse("['" + "x" * (LONGEST - 4) + "']"), {})) == LONGEST - 4
