"""A template's parameters: what they are given, their defaults, and whether a value fits what is declared.

https://learn.microsoft.com/azure/azure-resource-manager/templates/parameters and .../syntax#parameters
"""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from azscheck.documents import did_you_mean, shorten
from azscheck.errors import DocumentError
from azscheck.place import Place
from azscheck.sources.templates.frame import SECURE
from azscheck.sources.templates.given import Given
from azscheck.sources.templates.nodes import Array, Object
from azscheck.sources.templates.placeholders import name_of
from azscheck.sources.templates.scope import Named, Scope
from azscheck.sources.templates.types import described, without_secrets
from azscheck.values import Unknown, hidden_unknown, type_name

_TYPES: Final = {
    "string": "string",
    "securestring": "string",
    "int": "number",
    "bool": "boolean",
    "object": "object",
    "secureobject": "object",
    "array": "array",
}


def declared(scope: Scope, given: Mapping[str, Given]) -> dict[str, Named]:
    """The parameters that a template has, by their names in lower case; DocumentError for a type that there is none of.

    What is given beyond them changes nothing: a file may serve several templates, or be older than its own.
    """
    nodes = scope.template.of("parameters")
    nodes = nodes if isinstance(nodes, Object) else Object(0)
    found = {}
    for name, node in nodes.items():
        place = scope.source.place(nodes.keys_at[name])
        if not isinstance(node, Object):
            raise DocumentError([(place, f"the parameter {name!r} must be an object with a type.")])
        parameter = _Parameter(scope, name, node, place, given.get(name.lower()))
        parameter.check_type()
        found[name.lower()] = Named(f"the parameter {name}", parameter.value, parameter.text)
    return found


class _Parameter(Struct, frozen=True):
    scope: Scope
    name: str
    node: Object
    place: Place
    given: Given | None

    def check_type(self) -> None:
        """DocumentError for a type that there is none of."""
        kind = described(self.scope, self.node, self.place).of("type")
        if not isinstance(kind, str) or kind.lower() not in _TYPES:
            told = "no type" if kind is None else f"the type {shorten(kind)}, which there is not"
            sentence = f"the parameter {self.name!r} has {told}"
            raise DocumentError([(self.place, f"{sentence}{did_you_mean(kind, _TYPES)}")])

    def value(self) -> Any:
        declared = described(self.scope, self.node, self.place)
        kind = str(declared.of("type")).lower()
        if kind.startswith("secure"):
            return Unknown(f"{SECURE}{self.name}")
        if self.given is not None:
            value, place = self.given.value(), self.given.place
        elif self.node.own("defaultValue") is not None:
            value = self.scope.frame.render(self.node.of("defaultValue"))
            place = self.scope.source.place(self.node.at_key("defaultValue"))
        elif declared.of("nullable") is True or self.node.of("nullable") is True:
            return None
        else:
            return Unknown(f"the parameter {self.name} has no value")
        if isinstance(value, Unknown):
            return value
        self._check(declared, kind, value, place)
        return without_secrets(self.scope, declared, value, self.name, self.place)

    def text(self) -> Any:
        """What stands for it in a name: the text that it is given."""
        if str(described(self.scope, self.node, self.place).of("type")).lower().startswith("secure"):
            return None
        if self.given is not None:
            return self.given.text()
        default = self.node.of("defaultValue")
        return name_of(self.scope.frame, default) if isinstance(default, str) else None

    def _check(self, declared: Object, kind: str, value: Any, place: Place) -> None:
        wanted = _TYPES[kind]
        if value is None and (declared.of("nullable") is True or self.node.of("nullable") is True):
            return
        if type_name(value) != wanted or (wanted == "number" and isinstance(value, float)):
            raise self._unfit(place, f"is {_article(kind)}, not a value of type {type_name(value)}")
        if hidden_unknown(value) is not None:
            return
        allowed = self.node.of("allowedValues") or declared.of("allowedValues")
        # An array may be one of the allowed, or made of them.
        if isinstance(allowed, Array) and not (
            _key(value) in map(_key, allowed)
            or (isinstance(value, list) and all(_key(item) in map(_key, allowed) for item in value))
        ):
            raise self._unfit(place, f"may not be {_shown(value)}, but {', '.join(map(shorten, allowed))}")
        size = value if kind == "int" else len(value) if isinstance(value, str | list) else None
        for end in ("min", "max"):
            limit = f"{end}{'Value' if kind == 'int' else 'Length'}"
            bound = self.node.of(limit) if self.node.own(limit) else declared.of(limit)
            if size is not None and isinstance(bound, int) and (size < bound if end == "min" else size > bound):
                raise self._unfit(place, f"has a {limit} of {bound}, and {_shown(value)} is beyond it")

    def _unfit(self, place: Place, sentence: str) -> DocumentError:
        return DocumentError([(place, f"the parameter {self.name!r} {sentence}.")])


def _shown(value: Any) -> str:
    return shorten(value) if not isinstance(value, dict | list) else f"this {type_name(value)}"


def _key(value: Any) -> Any:
    from azscheck.expressions.comparisons import identity

    return identity(value.lower() if isinstance(value, str) else value)


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeio" else f"a {kind}"


def checked(scope: Scope) -> None:
    """Work out every parameter, so that what does not fit is told; DocumentError with the first."""
    nodes = scope.template.of("parameters")
    for name in nodes if isinstance(nodes, Object) else ():
        scope.parameter(name).value()
