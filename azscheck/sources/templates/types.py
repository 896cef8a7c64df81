"""The types that a template declares itself, and what is secret in a value of one.

https://learn.microsoft.com/azure/azure-resource-manager/templates/definitions
"""

from typing import Any, Final

from azscheck.errors import DocumentError
from azscheck.expressions import lookup
from azscheck.place import Place
from azscheck.sources.templates.frame import SECURE
from azscheck.sources.templates.nodes import Array, Object
from azscheck.sources.templates.scope import Scope
from azscheck.values import Unknown

_DEEPEST: Final = 100
_LONGEST_WAY: Final = 20


def described(scope: Scope, declared: Object, place: Place) -> Object:
    """The declaration that a `$ref` leads to; DocumentError when it leads nowhere."""
    for _ in range(_LONGEST_WAY):
        target, definitions = declared.of("$ref"), scope.template.of("definitions")
        if not isinstance(target, str) or not isinstance(definitions, Object):
            return declared
        found = definitions.of(target.rpartition("/")[2])
        if not isinstance(found, Object):
            raise DocumentError([(place, f"{target!r} leads to no definition.")])
        declared = found
    raise DocumentError([(place, "the type of the parameter leads back to itself.")])


def without_secrets(scope: Scope, declared: Any, value: Any, name: str, place: Place, depth: int = 0) -> Any:
    """A value with an Unknown for each part whose declared type is secure."""
    if not isinstance(declared, Object):
        return value
    declared = described(scope, declared, place)
    if str(declared.of("type")).lower().startswith("secure"):
        return Unknown(f"{SECURE}{name}")
    if depth > _DEEPEST:
        return value
    match value:
        case dict():
            parts = ((key, _of_key(declared, value, key), held) for key, held in value.items())
            return {
                key: without_secrets(scope, kind, held, f"{name}.{key}", place, depth + 1) for key, kind, held in parts
            }
        case list():
            first = declared.of("prefixItems")
            kinds = list(first) if isinstance(first, Array) else []
            kinds += [declared.of("items")] * (len(value) - len(kinds))
            return [
                without_secrets(scope, kind, item, name, place, depth + 1)
                for kind, item in zip(kinds, value, strict=False)
            ]
        case _:
            return value


def _of_key(declared: Object, value: dict[str, Any], key: str) -> Any:
    """The declaration of one property of an object, of which another property may tell the kind."""
    choice = declared.of("discriminator")
    if isinstance(choice, Object) and isinstance(choice.of("mapping"), Object):
        told = lookup(value, str(choice.of("propertyName")))
        chosen = choice.of("mapping").of(told) if isinstance(told, str) else None
        # A choice that refers to a definition has secrets that are found there.
        declared = chosen if isinstance(chosen, Object) and isinstance(chosen.of("properties"), Object) else declared
    properties = declared.of("properties")
    own = properties.of(key) if isinstance(properties, Object) else None
    return declared.of("additionalProperties") if own is None else own
