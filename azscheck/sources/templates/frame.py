"""Where an expression stands: in a template, and in the loops around it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from azscheck.expressions import ExpressionError, Functions, evaluate, is_expression, parse
from azscheck.inventory import Origin
from azscheck.sources.templates.nodes import Array, Object
from azscheck.values import ABSENT, Unknown, type_name

if TYPE_CHECKING:
    from azscheck.sources.templates.scope import Scope

MOST_COPIES: Final = 800
"""https://learn.microsoft.com/azure/azure-resource-manager/templates/copy-resources#copy-limits"""
SECURE: Final = "secure parameter "
"""How the reason of a value begins that must not be shown."""

_LONGEST_SHOWN: Final = 300


class Places(dict[str, Origin]):
    """Where the parts of a resource are written, by JSON Pointer; `ids` are the texts of ids that are not known."""

    def __init__(self) -> None:
        self.ids: dict[str, Any] = {}


class Frame:
    """A template's names and the indices of the loops around an expression."""

    def __init__(self, scope: "Scope", here: Functions, loops: Mapping[str, int | Unknown] | None = None) -> None:
        self.scope = scope
        self.here = here
        self.loops = loops or {}

    def looped(self, name: str, index: int | Unknown, *, own: bool) -> "Frame":
        """In one turn of a loop; `own`: a loop of resources, whose index copyIndex() without a name is."""
        loops = {**self.loops, name.lower(): index} | ({"": index} if own else {})

        def copy_index(*given: Any) -> Any:
            wanted, offset = "", 0
            for argument in given:
                if isinstance(argument, str):
                    wanted = argument
                else:
                    offset = argument
            found = loops.get(wanted.lower())
            if found is None:
                raise ValueError(f"there is no loop {wanted!r} here" if wanted else "stands in no loop")
            return found if isinstance(found, Unknown) else found + offset

        return Frame(self.scope, {**self.here, "copyindex": copy_index}, loops)

    def evaluate(self, text: str) -> Any:
        """The value of a text: of an expression what it gives, of another the text; Unknown, never ABSENT."""
        if not is_expression(text):
            return text[1:] if text.startswith("[[") else text
        self.scope.steps.spend()
        try:
            value = evaluate(parse(text), self.here, self.scope.steps.spend_on)
        except ExpressionError as error:
            return Unknown(f"it cannot be read: {error}", error=True)
        except RecursionError:
            return Unknown("it is made of too many others", error=True)
        if isinstance(value, list | dict):
            self.scope.steps.spend_on(value)
        return Unknown("what it reads is not there", error=True) if value is ABSENT else value

    def render(self, node: Any, pointer: str = "", places: Places | None = None) -> Any:
        """A value as it is written, with its expressions worked out and an Unknown where that cannot be.

        `places` gathers, by JSON Pointer, where each part is written; then the reasons name their expressions.
        """
        self.scope.steps.spend()
        match node:
            case str():
                value = self.evaluate(node)
                if places is None or not isinstance(value, Unknown):
                    return value
                if pointer.lower().endswith("/id"):
                    from azscheck.sources.templates.placeholders import name_of

                    places.ids[pointer] = name_of(self, node)
                return told(node, value)
            case Object():
                return self._object(node, pointer, places)
            case Array():
                return self._array(node, pointer, places)
            case _:
                return node

    def _object(self, node: Object, pointer: str, places: Places | None) -> Any:
        made: dict[str, Any] = {}
        for key, value in node.items():
            if key.lower() == "copy" and isinstance(value, Array) and all(isinstance(e, Object) for e in value):
                for entry in value:
                    unknown = self._copied(entry, made, pointer, places)
                    if unknown is not None:
                        return unknown
                continue
            name = key
            if key[:1] == "[":
                name = self.evaluate(key)
                if not isinstance(name, str):
                    # Which key it is decides what all others are worth.
                    return told(key, name if isinstance(name, Unknown) else Unknown("a key must be text", error=True))
            below = f"{pointer}/{escaped(name)}"
            if places is not None:
                places[below] = self.scope.source.origin(node.keys_at[key])
            made[name] = self.render(value, below, places)
        return made

    def _array(self, node: Array, pointer: str, places: Places | None) -> list[Any]:
        made = []
        for index, value in enumerate(node):
            below = f"{pointer}/{index}"
            if places is not None:
                places[below] = self.scope.source.origin(node.items_at[index])
            made.append(self.render(value, below, places))
        return made

    def _copied(self, entry: Object, made: dict[str, Any], pointer: str, places: Places | None) -> Unknown | None:
        name = entry.of("name")
        name = self.evaluate(name) if isinstance(name, str) else Unknown("a loop has no name", error=True)
        if not isinstance(name, str):
            return name if isinstance(name, Unknown) else Unknown("a loop's name must be text", error=True)
        below = f"{pointer}/{escaped(name)}"
        if places is not None:
            places[below] = self.scope.source.origin(entry.at)
        made[name] = self.repeated(entry, name, below, places)
        return None

    def repeated(
        self, entry: Object, name: str, pointer: str = "", places: Places | None = None, *, own: bool = False
    ) -> Any:
        """The array that a loop of values makes."""
        count = self.count(entry)
        if isinstance(count, Unknown):
            return count
        made: list[Any] = []
        origin = self.scope.source.origin(entry.at_key("input"))
        for index in range(count):
            below = f"{pointer}/{index}"
            if places is not None:
                places[below] = origin
            made.append(self.looped(name, index, own=own).render(entry.of("input"), below, places))
        return made

    def count(self, loop: Object) -> int | Unknown:
        """How often a loop runs."""
        written = loop.of("count")
        count = self.evaluate(written) if isinstance(written, str) else written
        if isinstance(count, Unknown):
            return told(str(written), count)
        if isinstance(count, bool) or not isinstance(count, int):
            return Unknown(f"a loop's count is a number, not a value of type {type_name(count)}", error=True)
        if not 0 <= count <= MOST_COPIES:
            return Unknown(f"a loop runs 0 to {MOST_COPIES} times, not {count}", error=True)
        return count


def told(text: str, unknown: Unknown) -> Unknown:
    """An Unknown whose reason begins with the expression, unless it is about what is secret."""
    if unknown.reason.startswith(SECURE):
        return Unknown(unknown.reason)
    shown = " ".join(text.split())
    shown = shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}..."
    return Unknown(f"{shown} cannot be known: {unknown.reason}", unknown.error)


def escaped(key: str) -> str:
    """A key as a step of a JSON Pointer."""
    return key.replace("~", "~0").replace("/", "~1") if "/" in key or "~" in key else key
