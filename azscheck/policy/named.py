"""Named conditions: a policy set defines them, policies take them up by `use`, and here each use is written out.

What a use gives keeps the meaning that it has at the place of use: inside a count of resources of the named condition
its `field(x)` becomes `subject(x)`, and its `subject(x)` becomes `subject(x, 2)`, the one further out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from azscheck.documents import Document, Path_, check, did_you_mean
from azscheck.errors import DocumentError, Place
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
from azscheck.policy.expression_check import ExpressionCheck
from azscheck.policy.paths import EACH

_DEEPEST: Final = 100
_MOST: Final = 20_000
"""Conditions that the uses of one policy may come to; a hundred characters weigh as one."""
NOTHING: Final = {"value": 0, "equals": 0}
"""Stands for what could not be written out, so that the mistakes around it are told too."""


@dataclass(frozen=True, slots=True)
class NamedCondition:
    """A condition of a policy set, and where it is defined."""

    name: str
    parameters: tuple[str, ...]
    condition: Any
    """Its document, in canonical words."""
    place: Place

    def __str__(self) -> str:
        return f"the condition {self.name!r} ({self.place})"


Conditions = Mapping[str, NamedCondition]


class _Refusal(ValueError):
    """Why something cannot be written out, as a sentence that may lack its full stop."""

    @property
    def sentence(self) -> str:
        return str(self) if str(self).endswith(("?", ".")) else f"{self}."


@dataclass(frozen=True, slots=True)
class _Scope:
    """What surrounds a part of a condition: the named conditions that it is in, and the counts within the last one."""

    arguments: Mapping[str, Any] | None = None
    """None where nothing is to be replaced: in what the author wrote."""
    within: tuple[NamedCondition, ...] = ()
    counts: int = 0
    """Counts of resources."""
    names: tuple[str, ...] = ()
    """The names and arrays of the other counts."""

    def below(self, count: Mapping[str, Any]) -> "_Scope":
        """The scope of a count's `where`."""
        if "resources" in count:
            return replace(self, counts=self.counts + 1)
        return replace(self, names=(*self.names, str(count.get("field", count.get("name", "")))))


@dataclass
class Expansion:
    """A document with every use written out; `uses` says of a use's place what was put there."""

    document: Document
    mistakes: list[tuple[Place, str]] = field(default_factory=list)
    uses: dict[Place, str] = field(default_factory=dict)

    def told(self, mistakes: list[tuple[Place, str]]) -> list[tuple[Place, str]]:
        """Mistakes found in the written-out document, with both places of those that a use brought in."""
        return [(p, f"in {self.uses[p]}: {sentence}" if p in self.uses else sentence) for p, sentence in mistakes]


def expand(
    document: Document,
    roots: list[Path_],
    parameters: frozenset[str],
    conditions: Conditions,
    inside: NamedCondition | None = None,
    *,
    schema: Path | None = None,
) -> Expansion:
    """Write out the uses in the conditions at `roots`; `inside` is the named condition whose own definition it is.

    What comes of it is held against `schema`: an argument may stand where only a text can.
    """
    expander = _Expander(document, conditions, parameters, "condition" if inside else "policy")
    value = document.value
    for root in roots:
        value = _put(
            value, root, expander.condition(_at(value, root), _Scope(within=(inside,) if inside else ()), root)
        )
    made = Expansion(
        Document(document.path, value, document.places | expander.places), expander.mistakes, expander.uses
    )
    if schema is None or not made.uses:
        return made
    try:
        check(made.document, schema)
    except DocumentError as error:
        for root in roots:
            value = _put(value, root, NOTHING)
        return Expansion(Document(document.path, value, document.places), made.mistakes + made.told(error.mistakes))
    return made


def _at(value: Any, steps: Path_) -> Any:
    for step in steps:
        value = value[step]
    return value


def _put(value: Any, steps: Path_, part: Any) -> Any:
    return {**value, steps[0]: _put(value[steps[0]], steps[1:], part)} if steps else part


class _Expander:
    def __init__(self, document: Document, conditions: Conditions, parameters: frozenset[str], of: str) -> None:
        self._document, self._conditions = document, conditions
        self.mistakes: list[tuple[Place, str]] = []
        self.places: dict[Path_, Place] = {}
        self.uses: dict[Place, str] = {}
        self._check = ExpressionCheck(document, parameters, self.mistakes, of)
        self._weight = 0

    def condition(self, value: dict[str, Any], scope: _Scope, steps: Path_) -> Any:
        if scope.arguments is not None:
            self._weigh(1)
        if "use" not in value and "with" not in value:
            return {key: self._part(key, below, scope, (*steps, key)) for key, below in value.items()}
        if scope.arguments is not None:
            return self._use(value, scope, steps)
        try:
            return self._use(value, scope, steps)
        except _Refusal as refusal:
            self.mistakes.append((self._document.place(*steps, "use"), refusal.sentence))
            return NOTHING

    def _part(self, key: str, value: Any, scope: _Scope, steps: Path_) -> Any:
        match key:
            case "allOf" | "anyOf":
                return [self.condition(part, scope, (*steps, i)) for i, part in enumerate(value)]
            case "not":
                return self.condition(value, scope, steps)
            case "count":
                return {name: self._count_part(name, part, value, scope, steps) for name, part in value.items()}
            case _:
                return self._filled(value, scope)

    def _count_part(self, key: str, value: Any, count: Mapping[str, Any], scope: _Scope, steps: Path_) -> Any:
        if key == "where":
            return self.condition(value, scope.below(count), (*steps, key))
        if key == "newest" and "where" in value:
            chosen = self.condition(value["where"], scope.below(count), (*steps, key, "where"))
            return {**value, "where": chosen}
        return self._filled(value, scope)

    def _use(self, value: dict[str, Any], scope: _Scope, steps: Path_) -> Any:
        condition, given = self._named(value), value.get("with", {})
        if condition in scope.within:
            through = ", ".join(str(c) for c in scope.within)
            raise _Refusal(f"{condition} stands within itself, by way of {through}")
        missing = [name for name in condition.parameters if name not in given]
        if missing:
            raise _Refusal(f"{condition} needs {', '.join(map(repr, missing))} in `with`")
        for name in given:
            if name not in condition.parameters:
                near = did_you_mean(name, condition.parameters)
                raise _Refusal(f"{condition} has no parameter {name!r}{near}")
        if len(steps) > _DEEPEST:
            raise _Refusal(f"{condition} is nested more than {_DEEPEST} levels deep")
        arguments = {name: self._filled(argument, scope) for name, argument in given.items()}
        inner = _Scope(arguments, (*scope.within, condition))
        if scope.arguments is not None:
            return self.condition(condition.condition, inner, steps)
        place = self._document.place(*steps, "use")
        told = len(self.mistakes)
        self._check.check(given, (*steps, "with"))
        if len(self.mistakes) > told:
            return NOTHING
        self.places[steps] = place
        self.uses[place] = str(condition)
        try:
            return self.condition(condition.condition, inner, steps)
        except _Refusal as refusal:
            raise _Refusal(f"in {condition}: {refusal}") from refusal

    def _named(self, value: dict[str, Any]) -> NamedCondition:
        if "use" not in value:
            raise _Refusal("`with` goes with `use`, which names a condition of a policy set")
        others = [key for key in value if key not in ("use", "with")]
        if others:
            raise _Refusal(f"`use` stands alone with its `with`: move {', '.join(others)} beside it, in an allOf")
        found = self._conditions.get(value["use"])
        if found is None:
            near = did_you_mean(value["use"], self._conditions)
            raise _Refusal(f"no policy set has a condition {value['use']!r}{near}")
        return found

    def _weigh(self, more: int) -> None:
        self._weight += more
        if self._weight > _MOST:
            raise _Refusal("what is used here comes to too much: it stands for too many conditions")

    def _filled(self, value: Any, scope: _Scope) -> Any:
        """A part of a named condition with its parameters replaced."""
        if scope.arguments is None:
            return value
        match value:
            case dict():
                self._weigh(len(value))
                return {key: self._filled(below, scope) for key, below in value.items()}
            case list():
                self._weigh(len(value))
                return [self._filled(below, scope) for below in value]
            case str() if is_expression(value):
                return self._expression(value, scope, scope.arguments)
            case _:
                return value

    def _expression(self, text: str, scope: _Scope, arguments: Mapping[str, Any]) -> Any:
        tree = _parsed(text)
        name = _parameter(tree)
        if name is not None and name in arguments:
            return self._moved(arguments[name], scope, name)

        def change(found: Call) -> Expression:
            wanted = _parameter(found)
            if wanted is None or wanted not in arguments:
                return found
            moved = self._moved(arguments[wanted], scope, wanted)
            try:
                return _within_an_expression(moved)
            except ValueError as error:
                raise _Refusal(f"what {wanted!r} is given: {error}") from error

        return self._text(rewritten(tree, change))

    def _text(self, tree: Expression) -> str:
        text = f"[{text_of(tree)}]"
        self._weigh(1 + len(text) // 100)
        _parsed(text)
        return text

    def _moved(self, argument: Any, scope: _Scope, name: str) -> Any:
        """An argument as it reads where a parameter stands, so that it means what it means at the use."""
        self._weigh(1)
        match argument:
            case dict():
                return {key: self._moved(below, scope, name) for key, below in argument.items()}
            case list():
                return [self._moved(below, scope, name) for below in argument]
            case str() if is_expression(argument) and (scope.counts or scope.names):
                tree = _parsed(argument)
                for found in calls(tree):
                    _refuse_capture(found, scope, name)
                return self._text(rewritten(tree, lambda found: _outwards(found, scope.counts)))
            case _:
                return argument


def _parsed(text: str) -> Expression:
    try:
        return parse(text)
    except ExpressionError as error:
        raise _Refusal(str(error)) from error


def _parameter(tree: Expression) -> str | None:
    """The name, where a tree is a parameter and nothing else."""
    match tree:
        case Call(name="parameters", arguments=(Literal(value=str(name)),)):
            return name
    return None


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


def _outwards(found: Call, counts: int) -> Expression:
    """A call moved into as many counts of resources: what it read there is as many subjects further out."""
    if not counts or found.name not in ("field", "subject"):
        return found
    path, *further = found.arguments
    outwards = counts + (int(getattr(further[0], "value", 1)) if further else int(found.name == "subject"))
    return call("subject", path, *([Literal(outwards)] if outwards > 1 else []))


def _refuse_capture(found: Call, scope: _Scope, name: str) -> None:
    """An argument must not read an element of the named condition's own counts in the place of one around the use."""
    text = getattr(found.arguments[0], "value", "") if found.arguments else ""
    path = str(text).lower()
    caught = any(path.startswith(n.lower()) for n in scope.names if EACH in n) and EACH in path
    if found.name == "current":
        own = [n for n in scope.names if path in ("", n.lower())]
        # In a count of resources an element is known by its array alone.
        caught = caught or bool(own) or bool(scope.counts and EACH in path and not path.endswith(EACH))
    elif found.name not in ("field", "subject"):
        return
    if caught:
        raise _Refusal(f"{name!r} is given {found.text}, which would mean an element of the condition's own count")
