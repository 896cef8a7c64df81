"""From the text of an ARM template expression to its tree.

The syntax: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from msgspec import Struct

LONGEST: Final = 24_576
"""Characters; ARM's own limit of an expression."""
DEEPEST: Final = 60
_LONGEST_NUMBER: Final = 300
_LONGEST_SHOWN: Final = 500

_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<mark>[()\[\],.]))"
)

_MEMBER = re.compile(r"\s*\.\s*([A-Za-z_][A-Za-z0-9_]*)(?=\s*\()")


class ExpressionError(ValueError):
    """The text is no expression; the message says why and at which character."""


class Literal(Struct, frozen=True):
    """A string or a number."""

    value: Any


class Call(Struct, frozen=True):
    """A function and its arguments; `name` in lower case, for ARM reads function names without regard to case."""

    name: str
    arguments: tuple["Expression", ...]
    text: str
    """As it was written, for messages: what is long is cut."""


class Access(Struct, frozen=True):
    """A property or an element: `target.key`, `target[0]`."""

    target: "Expression"
    key: "Expression"


Expression = Literal | Call | Access


def is_expression(value: Any) -> bool:
    """Whether a value is an expression's text; `[[` begins a literal `[`."""
    return isinstance(value, str) and value.startswith("[") and value.endswith("]") and not value.startswith("[[")


@lru_cache(4096)
def parse(text: str) -> Expression:
    """Parse `[...]`; raises ExpressionError."""
    if len(text) > LONGEST:
        raise ExpressionError(f"the expression is longer than {LONGEST} characters")
    parser = _Parser(text[1:-1])
    tree = parser.expression(0)
    parser.expect_end()
    return tree


def calls(tree: Expression) -> Iterator[Call]:
    """Every call in an expression, the outer ones first."""
    match tree:
        case Call():
            yield tree
            for argument in tree.arguments:
                yield from calls(argument)
        case Access():
            yield from calls(tree.target)
            yield from calls(tree.key)


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._accesses = 0

    def _fail(self, wanted: str) -> ExpressionError:
        rest = self._text[self._at :].strip()
        found = f"{rest[:20]!r}" if rest else "the end"
        return ExpressionError(f"{wanted} was expected at character {self._at + 2} of the expression, not {found}")

    def _next(self, wanted: str) -> re.Match[str]:
        token = _TOKEN.match(self._text, self._at)
        if token is None:
            raise self._fail(wanted)
        return token

    def _take(self, mark: str) -> bool:
        token = _TOKEN.match(self._text, self._at)
        if token is None or token["mark"] != mark:
            return False
        self._at = token.end()
        return True

    def expect_end(self) -> None:
        if self._text[self._at :].strip():
            raise self._fail("the end of the expression")

    def expression(self, depth: int) -> Expression:
        if depth > DEEPEST:
            raise ExpressionError(f"the expression is nested more than {DEEPEST} levels deep")
        tree = self._primary(depth)
        # One bound for the whole expression: accesses within accesses make a tree deeper than any of them.
        while self._accesses <= DEEPEST:
            if self._take("."):
                token = self._next("a property name")
                if token["name"] is None:
                    raise self._fail("a property name")
                self._at = token.end()
                tree = Access(tree, Literal(token["name"]))
                self._accesses += 1
            elif self._take("["):
                tree = Access(tree, self.expression(depth + 1))
                if not self._take("]"):
                    raise self._fail("']'")
                self._accesses += 1
            else:
                return tree
        raise ExpressionError(f"the expression reads more than {DEEPEST} properties and elements")

    def _primary(self, depth: int) -> Expression:
        wanted = "a function, a string in single quotes or a number"
        token = self._next(wanted)
        start = self._at
        if token["mark"]:
            raise self._fail(wanted)
        self._at = token.end()
        if token["string"]:
            return Literal(token["string"][1:-1].replace("''", "'"))
        if token["number"]:
            number = token["number"]
            if len(number) > _LONGEST_NUMBER:
                raise ExpressionError(f"a number longer than {_LONGEST_NUMBER} characters stands in the expression")
            return Literal(float(number) if "." in number else int(number))
        name = token["name"]
        member = _MEMBER.match(self._text, self._at)
        if member is not None:
            # A template's own function, in its namespace.
            name = f"{name}.{member[1]}"
            self._at = member.end(1)
        if not self._take("("):
            raise self._fail(f"'(' after {_short(name)}")
        arguments: list[Expression] = []
        while not self._take(")"):
            if arguments and not self._take(","):
                raise self._fail("',' or ')'")
            arguments.append(self.expression(depth + 1))
        return Call(name.lower(), tuple(arguments), _short(self._text[start : self._at].strip()))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "..."
