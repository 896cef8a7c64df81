"""Documents held against a JSON Schema, with a sentence for each mistake at its place."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from azscheck.documents.read import Document
from azscheck.documents.sound import schema_of, sound_check
from azscheck.documents.words import did_you_mean, shorten
from azscheck.errors import DocumentError
from azscheck.place import Place

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator


@cache
def _validator(schema_file: Path) -> "Validator":
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource

    def beside(uri: str) -> Resource[Any]:
        # A schema refers to its neighbours by their names, never to an address.
        return Resource.from_contents(schema_of(schema_file.parent / Path(uri).name))

    registry: Registry[Any] = Registry(retrieve=beside)  # type: ignore[call-arg]
    return Draft202012Validator(schema_of(schema_file), registry=registry)


def check(document: Document, schema_file: Path) -> None:
    """Hold a document against a JSON Schema; raises DocumentError with every mistake, each at its place."""
    mistakes = mistakes_by_key(document, schema_file)
    if mistakes:
        raise DocumentError([mistake for found in mistakes.values() for mistake in found])


def mistakes_by_key(document: Document, schema_file: Path) -> dict[str | int, list[tuple[Place, str]]]:
    """What a JSON Schema finds wrong, by the document's first key in which it is; of the document itself by ``."""
    try:
        if sound_check(schema_file)(document.value):
            return {}
    except RecursionError:
        pass
    errors = [_leaf(error) for error in _validator(schema_file).iter_errors(document.value)]
    found = {(e.absolute_path[0] if e.absolute_path else "", m) for e in errors for m in _mistakes(document, e)}
    by_key: dict[str | int, list[tuple[Place, str]]] = {}
    for key, mistake in found:
        by_key.setdefault(key, []).append(mistake)
    return by_key


def _leaf(error: "ValidationError") -> "ValidationError":
    from jsonschema.exceptions import best_match

    if error.context and all(below.validator == "required" for below in error.context):
        # "This or that is needed": none of the parts alone is the mistake.
        return error
    forms: dict[Any, list[ValidationError]] = {}
    for below in error.context or ():
        forms.setdefault(below.schema_path[0], []).append(below)
    # Of several forms that a value may have, the one of its own type was meant.
    meant = [form for form in forms.values() if not any(e.validator == "type" and not e.path for e in form)]
    # Of several of its type, the one whose keys it has.
    fits = sorted((sum(map(_strangeness, form)), i) for i, form in enumerate(meant))
    if len(meant) == 1 or (len(meant) > 1 and isinstance(error.instance, dict) and fits[0][0] < fits[1][0]):
        return _leaf(best_match(meant[fits[0][1]]) or error)
    return best_match([error]) or error


def _strangeness(error: "ValidationError") -> int:
    """How many keys too many, or too few, an error is of."""
    schema: Any = error.schema
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        return sum(key not in schema.get("properties", {}) for key in error.instance)
    return 1


def _mistakes(document: Document, error: "ValidationError") -> Iterator[tuple[Place, str]]:
    steps = tuple(error.absolute_path)
    place = document.place(*steps)
    name = _named(steps)
    wanted: Any = error.validator_value
    match error.validator:
        case "additionalProperties" | "unevaluatedProperties" if isinstance(error.instance, dict):
            known = list(error.schema.get("properties", {})) if isinstance(error.schema, dict) else []
            instance: dict[str, Any] = error.instance
            for key in instance:
                if key not in known:
                    yield document.place(*steps, key), f"{key!r} is not a known key here{did_you_mean(key, known)}"
        case "anyOf" if error.context:
            needed: list[Any] = [below.validator_value for below in error.context]
            yield place, f"{name} needs {' or '.join(repr(key) for keys in needed for key in keys)}."
        case "required":
            there: Any = error.instance
            missing = [key for key in wanted if key not in there]
            yield place, f"{name} lacks {', '.join(repr(key) for key in missing)}."
        case "enum":
            near = did_you_mean(error.instance, wanted)
            yield place, f"{shorten(error.instance)} is not one of {', '.join(map(str, wanted))}{near}"
        case "type":
            kinds = [wanted] if isinstance(wanted, str) else wanted
            yield place, f"{name} must be {' or '.join(map(_article, kinds))}, not {shorten(error.instance)}."
        case "pattern":
            described = error.schema.get("description", "") if isinstance(error.schema, dict) else ""
            yield place, f"{shorten(error.instance)} does not fit: {described or wanted}"
        case "minItems" | "minLength" | "minProperties":
            yield place, f"{name} must not be empty."
        case _:
            yield place, f"{name}: {shorten(error.message)}."


def _named(steps: Sequence[str | int]) -> str:
    match steps:
        case [*_, str(key)]:
            return repr(key)
        case [*_, str(key), int(index)]:
            return repr(f"{key}[{index}]")
        case _:
            return "the file"


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
