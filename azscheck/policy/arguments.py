"""The arguments of a named condition, put where its parameters stand.

An argument keeps the meaning that it has at the place of use: inside a count of resources of the named condition its
`field(x)` becomes `subject(x)`, and its `subject(x)` becomes `subject(x, 2)`, the one a count further out.
"""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from azscheck.expressions import (
    Call,
    Expression,
    ExpressionError,
    Literal,
    call,
    calls,
    is_expression,
    parse,
    rewritten,
    text_of,
    tree_of,
)
from azscheck.policy.paths import EACH

_MOST: Final = 20_000
"""What the uses of one policy may weigh: a condition or a value as one, an expression by its length."""


class Refusal(ValueError):
    """Why something cannot be written out, as a sentence that may lack its full stop."""

    @property
    def sentence(self) -> str:
        """The sentence, whole."""
        return str(self) if str(self).endswith(("?", ".")) else f"{self}."


class Weight:
    """How much has been written out; a few conditions that use each other twice would have no end."""

    def __init__(self) -> None:
        self._sum = 0

    def add(self, more: int) -> None:
        """Count more; Refusal when it is too much."""
        self._sum += more
        if self._sum > _MOST:
            raise Refusal("what is used here comes to too much: it stands for too many conditions")


class Arguments(Struct, frozen=True):
    """What the parameters of a named condition stand for, at one place in it."""

    values: Mapping[str, Any]
    counts: int = 0
    """The counts of resources around the place."""
    names: tuple[str, ...] = ()
    """The names and arrays of the other counts around it."""

    def below(self, count: Mapping[str, Any]) -> "Arguments":
        """The arguments in a count's `where`."""
        if "resources" in count:
            return replace(self, counts=self.counts + 1)
        return replace(self, names=(*self.names, str(count.get("field", count.get("name", "")))))

    def filled(self, value: Any, weight: Weight) -> Any:
        """A part of the named condition with its parameters replaced; raises Refusal."""
        match value:
            case dict():
                weight.add(len(value))
                return {key: self.filled(below, weight) for key, below in value.items()}
            case list():
                weight.add(len(value))
                return [self.filled(below, weight) for below in value]
            case str() if is_expression(value):
                return self._expression(value, weight)
            case _:
                return value

    def _expression(self, text: str, weight: Weight) -> Any:
        tree = _parsed(text)
        whole = self._named(tree)
        if whole is not None:
            return self._moved(whole, self.values[whole], weight)
        if not any(self._named(found) for found in calls(tree)):
            return text

        def change(found: Call) -> Expression:
            name = self._named(found)
            if name is None:
                return found
            try:
                return _within_an_expression(self._moved(name, self.values[name], weight))
            except Refusal:
                raise
            except ValueError as error:
                raise Refusal(f"what {name!r} is given: {error}") from error

        return _text(rewritten(tree, change), weight)

    def _named(self, tree: Expression) -> str | None:
        """The parameter's name, where a tree is a parameter and nothing else."""
        match tree:
            case Call(name="parameters", arguments=(Literal(value=str(name)),)) if name in self.values:
                return name
        return None

    def _moved(self, name: str, value: Any, weight: Weight) -> Any:
        """An argument as it reads here, so that it means what it means at the use."""
        weight.add(1)
        match value:
            case dict():
                return {key: self._moved(name, below, weight) for key, below in value.items()}
            case list():
                return [self._moved(name, below, weight) for below in value]
            case str() if is_expression(value) and (self.counts or self.names):
                tree = _parsed(value)
                caught = next((found for found in calls(tree) if self._captures(found)), None)
                if caught is not None:
                    raise Refusal(
                        f"{name!r} is given {caught.text}, which would mean an element of the condition's own count"
                    )
                return _text(rewritten(tree, self._outwards), weight)
            case _:
                return value

    def _outwards(self, found: Call) -> Expression:
        """A call as it reads here: what it read at the use is as many subjects further out."""
        if not self.counts or not found.arguments or found.name not in ("field", "subject"):
            return found
        counts: Any = getattr(found.arguments[1], "value", 1) if len(found.arguments) > 1 else 1
        outwards = self.counts + (counts if found.name == "subject" and isinstance(counts, int) else 0)
        return call("subject", found.arguments[0], *([Literal(outwards)] if outwards > 1 else []))

    def _captures(self, found: Call) -> bool:
        """Whether a call would read an element of the named condition's own count, not of one around the use."""
        path = str(getattr(found.arguments[0], "value", "") if found.arguments else "").lower()
        over = EACH in path and any(path.startswith(name.lower()) for name in self.names if EACH in name)
        if found.name == "current":
            own = any(path in ("", name.lower()) for name in self.names)
            # In a count of resources an element is known by its array alone.
            return over or own or (self.counts > 0 and EACH in path and not path.endswith(EACH))
        return over and found.name in ("field", "subject")


def _parsed(text: str) -> Expression:
    try:
        return parse(text)
    except ExpressionError as error:
        raise Refusal(str(error)) from error


def _text(tree: Expression, weight: Weight) -> str:
    text = f"[{text_of(tree)}]"
    weight.add(1 + len(text) // 100)
    _parsed(text)
    return text


def _within_an_expression(value: Any) -> Expression:
    match value:
        case str() if is_expression(value):
            return _parsed(value)
        case str() if value.startswith("[["):
            return Literal(value[1:])
        case list():
            return call("createArray", *map(_within_an_expression, value))
        case dict():
            parts = ((Literal(key), _within_an_expression(below)) for key, below in value.items())
            return call("createObject", *(part for pair in parts for part in pair))
        case _:
            return tree_of(value)
