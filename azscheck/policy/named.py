"""Named conditions: a policy set defines them, policies take them up by `use`, and here each use is written out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, field

from azscheck.documents import Document, Path_, check, did_you_mean
from azscheck.errors import DocumentError
from azscheck.place import Place
from azscheck.policy.arguments import Arguments, Refusal, Weight
from azscheck.policy.expression_check import ExpressionCheck

_DEEPEST: Final = 100
NOTHING: Final = {"value": 0, "equals": 0}
"""Stands for what could not be written out, so that the mistakes around it are told too."""


class NamedCondition(Struct, frozen=True):
    """A condition of a policy set, and where it is defined."""

    name: str
    parameters: tuple[str, ...]
    condition: Any
    """Its document, in canonical words."""
    place: Place

    def __str__(self) -> str:
        return f"the condition {self.name!r} ({self.place})"


Conditions = Mapping[str, NamedCondition]


class Expansion(Struct):
    """A document with every use written out; `uses` says of a use's place what was put there."""

    document: Document
    mistakes: list[tuple[Place, str]] = field(default_factory=list)
    uses: dict[Place, str] = field(default_factory=dict)

    def told(self, mistakes: list[tuple[Place, str]]) -> list[tuple[Place, str]]:
        """Mistakes found in the written-out document, with both places of those that a use brought in."""
        return [(p, f"in {self.uses[p]}: {sentence}" if p in self.uses else sentence) for p, sentence in mistakes]


def may_use(value: Any) -> bool:
    """Whether there may be a use in a document as it is written: the word in any letter case."""
    if isinstance(value, dict):
        return any(key.lower() == "use" or may_use(below) for key, below in value.items())
    return isinstance(value, list) and any(map(may_use, value))


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
        written_out = expander.condition(_at(value, root), None, (inside,) if inside else (), root)
        value = _put(value, root, written_out)
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


_Within = tuple[NamedCondition, ...]
"""The named conditions that something stands in, the outermost first."""


class _Expander:
    """Writes out the uses of one document. `arguments` are None in what its author wrote, where nothing is replaced."""

    def __init__(self, document: Document, conditions: Conditions, parameters: frozenset[str], of: str) -> None:
        self._document, self._conditions = document, conditions
        self.mistakes: list[tuple[Place, str]] = []
        self.places: dict[Path_, Place] = {}
        self.uses: dict[Place, str] = {}
        self._check = ExpressionCheck(document, parameters, self.mistakes, of)
        self._weight = Weight()

    def condition(self, value: dict[str, Any], arguments: Arguments | None, within: _Within, steps: Path_) -> Any:
        """A condition with its uses written out, `steps` below the document's root."""
        use = "use" in value or "with" in value
        if arguments is not None:
            self._weight.add(1)
            if len(steps) > _DEEPEST:
                raise Refusal(f"what is used here is nested more than {_DEEPEST} levels deep")
            if use:
                return self._use(value, arguments, within, steps)
        if not use:
            return {key: self._part(key, below, arguments, within, (*steps, key)) for key, below in value.items()}
        try:
            return self._written_use(value, within, steps)
        except Refusal as refusal:
            self.mistakes.append((self._document.place(*steps, "use"), refusal.sentence))
            return NOTHING

    def _part(self, key: str, value: Any, arguments: Arguments | None, within: _Within, steps: Path_) -> Any:
        match key:
            case "allOf" | "anyOf":
                return [self.condition(part, arguments, within, (*steps, i)) for i, part in enumerate(value)]
            case "not":
                return self.condition(value, arguments, within, steps)
            case "count":
                return self._count(value, arguments, within, steps)
            case _:
                return self._filled(value, arguments)

    def _count(self, value: dict[str, Any], arguments: Arguments | None, within: _Within, steps: Path_) -> Any:
        inner = arguments and arguments.below(value)
        made = {}
        for key, part in value.items():
            if key == "where":
                made[key] = self.condition(part, inner, within, (*steps, key))
            elif key == "newest" and "where" in part:
                made[key] = {**part, "where": self.condition(part["where"], inner, within, (*steps, key, "where"))}
            else:
                made[key] = self._filled(part, arguments)
        return made

    def _filled(self, value: Any, arguments: Arguments | None) -> Any:
        return value if arguments is None else arguments.filled(value, self._weight)

    def _written_use(self, value: dict[str, Any], within: _Within, steps: Path_) -> Any:
        """A use that stands in the document itself, whose place mistakes are told at."""
        condition, given = self._named(value, within), value.get("with", {})
        told = len(self.mistakes)
        self._check.check(given, (*steps, "with"))
        if len(self.mistakes) > told:
            return NOTHING
        place = self._document.place(*steps, "use")
        self.places[steps] = place
        self.uses[place] = str(condition)
        try:
            return self.condition(condition.condition, Arguments(given), (*within, condition), steps)
        except Refusal as refusal:
            raise Refusal(f"in {condition}: {refusal}") from refusal

    def _use(self, value: dict[str, Any], arguments: Arguments, within: _Within, steps: Path_) -> Any:
        """A use within a named condition."""
        condition = self._named(value, within)
        given = {name: arguments.filled(argument, self._weight) for name, argument in value.get("with", {}).items()}
        return self.condition(condition.condition, Arguments(given), (*within, condition), steps)

    def _named(self, value: dict[str, Any], within: _Within) -> NamedCondition:
        """The named condition of a use; Refusal when there is none or the use is not one of it."""
        if "use" not in value:
            raise Refusal("`with` goes with `use`, which names a condition of a policy set")
        others = [key for key in value if key not in ("use", "with")]
        if others:
            raise Refusal(f"`use` stands alone with its `with`: move {', '.join(others)} beside it, in an allOf")
        found = self._conditions.get(value["use"])
        if found is None:
            near = did_you_mean(value["use"], self._conditions)
            raise Refusal(f"no policy set has a condition {value['use']!r}{near}")
        if found in within:
            raise Refusal(f"{found} stands within itself, by way of {', '.join(map(str, within))}")
        given = value.get("with", {})
        missing = [name for name in found.parameters if name not in given]
        if missing:
            raise Refusal(f"{found} needs {', '.join(map(repr, missing))} in `with`")
        for name in given:
            if name not in found.parameters:
                raise Refusal(f"{found} has no parameter {name!r}{did_you_mean(name, found.parameters)}")
        return found
