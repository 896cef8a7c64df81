"""A quick look whether a document is certainly as its JSON Schema has it.

Most documents are, and need not wait for the library that can say what is wrong with one: that takes longer to import
than all policies to load. Whatever this does not know is left to it. https://json-schema.org/draft/2020-12
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_WORDS: Final = frozenset(
    {
        *("type", "enum", "const", "pattern", "minLength", "maxLength", "minimum", "maximum", "items", "minItems"),
        *(
            "uniqueItems",
            "properties",
            "required",
            "additionalProperties",
            "propertyNames",
            "minProperties",
            "oneOf",
            "not",
            "$ref",
        ),
    }
)
_SAY_NOTHING: Final = frozenset(
    {
        *("$schema", "$id", "$defs", "$comment", "title", "description", "markdownDescription", "examples"),
        *("default", "defaultSnippets", "enumDescriptions", "markdownEnumDescriptions"),
    }
)


@dataclass(frozen=True, slots=True)
class Home:
    """A schema's file, into which and beside which `$ref`s refer."""

    file: Path

    @property
    def schema(self) -> Any:
        """What the file holds."""
        return schema_of(self.file)

    def referred(self, address: str) -> "tuple[Any, Home]":
        """The schema at an address, and the file that it stands in; None where that is not plain."""
        name, mark, key = address.partition("#/$defs/")
        home = Home(self.file.parent / name) if name else self
        found = home.schema.get("$defs") if mark else None
        for step in key.split("/"):
            found = found.get(step) if isinstance(found, dict) else None
        return found, home


@cache
def schema_of(file: Path) -> Any:
    """The schema of a file."""
    return json.loads(file.read_text("utf-8"))


def certainly_sound(value: Any, schema: Any, home: Home) -> bool:
    """Whether a value certainly fits a schema of the file `home`; False where it does not, or may not."""
    if isinstance(schema, bool):
        return schema
    words = schema.keys() - _SAY_NOTHING
    return words <= _WORDS and all(_fits(word, schema[word], value, schema, home) for word in words)


def _fits(word: str, wanted: Any, value: Any, schema: dict[str, Any], home: Home) -> bool:
    match word, value:
        case "type", _:
            kinds = wanted if isinstance(wanted, list) else [wanted]
            return any(type(value) in _TYPES[kind] for kind in kinds)
        case "enum", _:
            return any(type(value) is type(one) and value == one for one in wanted)
        case "const", _:
            return type(value) is type(wanted) and bool(value == wanted)
        case "not", _:
            return bool(wanted == {"type": "null"} and value is not None)
        case "$ref", _:
            found, there = home.referred(wanted)
            return found is not None and certainly_sound(value, found, there)
        case "oneOf", _:
            # Of forms that differ in type, as here, no two can fit.
            forms = [home.referred(form["$ref"]) if "$ref" in form else (form, home) for form in wanted]
            types = [form.get("type") if form else None for form, _ in forms]
            alike = None in types or len(set(map(str, types))) < len(types)
            return not alike and sum(certainly_sound(value, form, there) for form, there in forms) == 1
        case ("pattern", str()):
            return re.search(wanted, value) is not None
        case ("minLength" | "maxLength", str()):
            return bool(len(value) >= wanted if word == "minLength" else len(value) <= wanted)
        case ("minimum" | "maximum", int() | float()):
            return bool(value >= wanted if word == "minimum" else value <= wanted)
        case "items", list():
            return all(certainly_sound(item, wanted, home) for item in value)
        case ("minItems", list()) | ("minProperties", dict()):
            return bool(len(value) >= wanted)
        case "uniqueItems", list():
            return not wanted or (all(isinstance(item, str) for item in value) and len(set(value)) == len(value))
        case "required", dict():
            return all(key in value for key in wanted)
        case "properties", dict():
            return all(certainly_sound(value[key], below, home) for key, below in wanted.items() if key in value)
        case "propertyNames", dict():
            return all(certainly_sound(key, wanted, home) for key in value)
        case "additionalProperties", dict():
            known = schema.get("properties", {})
            return all(certainly_sound(below, wanted, home) for key, below in value.items() if key not in known)
        case _:
            # The word says nothing of a value of this type.
            return True
