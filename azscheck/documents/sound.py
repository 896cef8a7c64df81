"""A quick look whether a document is certainly as its JSON Schema has it.

Most documents are, and need not wait for the library that can say what is wrong with one: that takes longer to import
than all policies to load. Whatever this does not know is left to it. https://json-schema.org/draft/2020-12
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from operator import ge, le, pos
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

Check = Callable[[Any], bool]
"""Whether a value certainly fits; False where it does not, or may not."""

_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_SAY_NOTHING: Final = frozenset(
    {
        *("$schema", "$id", "$defs", "$comment", "title", "description", "markdownDescription", "examples"),
        *("default", "defaultSnippets", "enumDescriptions", "markdownEnumDescriptions"),
    }
)


class Home(Struct, frozen=True):
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


@cache
def sound_check(file: Path) -> Check:
    """The check of a whole file's schema."""
    return check_of(schema_of(file), Home(file))


def check_of(schema: Any, home: Home) -> Check:
    """The check of a schema of the file `home`."""
    if isinstance(schema, bool):
        return lambda _: schema
    words = [word for word in schema if word not in _SAY_NOTHING]
    if any(word not in _WORDS for word in words):
        return _not_certain
    checks = [_WORDS[word](schema[word], schema, home) for word in words]

    def fits(value: Any) -> bool:
        for check in checks:  # noqa: SIM110 - a generator would take longer than most checks
            if not check(value):
                return False
        return True

    return checks[0] if len(checks) == 1 else fits


def _not_certain(_: Any) -> bool:
    return False


def _type(wanted: Any, *_: Any) -> Check:
    types = frozenset(kind for name in (wanted if isinstance(wanted, list) else [wanted]) for kind in _TYPES[name])
    return lambda value: type(value) in types


def _const(wanted: Any, *_: Any) -> Check:
    return lambda value: type(value) is type(wanted) and bool(value == wanted)


def _enum(wanted: Any, *_: Any) -> Check:
    return lambda value: any(type(value) is type(one) and value == one for one in wanted)


def _not(wanted: Any, *_: Any) -> Check:
    return lambda value: bool(wanted == {"type": "null"} and value is not None)


def _ref(wanted: str, _: Any, home: Home) -> Check:
    # Not before it is needed: a schema may refer to what it is a part of.
    return lambda value: _referred(home, wanted)(value)


@cache
def _referred(home: Home, address: str) -> Check:
    found, there = home.referred(address)
    return _not_certain if found is None else check_of(found, there)


def _one_of(wanted: list[Any], _: Any, home: Home) -> Check:
    # Of forms that differ in type, as here, no two can fit.
    forms = [home.referred(form["$ref"])[0] if "$ref" in form else form for form in wanted]
    types = [form.get("type") if form else None for form in forms]
    if None in types or len(set(map(str, types))) < len(types):
        return _not_certain
    checks = [_ref(form["$ref"], form, home) if "$ref" in form else check_of(form, home) for form in wanted]
    return lambda value: sum(check(value) for check in checks) == 1


def _pattern(wanted: str, *_: Any) -> Check:
    search = re.compile(wanted).search
    return lambda value: not isinstance(value, str) or search(value) is not None


def _limit(kind: Any, measure: Callable[[Any], float], holds: Callable[[Any, Any], bool]) -> Callable[..., Check]:
    return lambda wanted, *_: lambda value: not isinstance(value, kind) or holds(measure(value), wanted)


def _items(wanted: Any, _: Any, home: Home) -> Check:
    check = check_of(wanted, home)
    return lambda value: not isinstance(value, list) or all(map(check, value))


def _unique(wanted: bool, *_: Any) -> Check:
    def fits(value: Any) -> bool:
        if not wanted or not isinstance(value, list):
            return True
        return all(isinstance(item, str) for item in value) and len(set(value)) == len(value)

    return fits


def _required(wanted: list[str], *_: Any) -> Check:
    return lambda value: not isinstance(value, dict) or all(key in value for key in wanted)


def _properties(wanted: dict[str, Any], _: Any, home: Home) -> Check:
    checks = {key: check_of(below, home) for key, below in wanted.items()}

    def fits(value: Any) -> bool:
        if not isinstance(value, dict):
            return True
        return all(checks[key](below) for key, below in value.items() if key in checks)

    return fits


def _names(wanted: Any, _: Any, home: Home) -> Check:
    check = check_of(wanted, home)
    return lambda value: not isinstance(value, dict) or all(map(check, value))


def _additional(wanted: Any, schema: dict[str, Any], home: Home) -> Check:
    known, check = schema.get("properties", {}).keys(), check_of(wanted, home)

    def fits(value: Any) -> bool:
        return not isinstance(value, dict) or all(check(below) for key, below in value.items() if key not in known)

    return fits


_WORDS: Final[Mapping[str, Callable[[Any, dict[str, Any], Home], Check]]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "not": _not,
    "$ref": _ref,
    "oneOf": _one_of,
    "pattern": _pattern,
    "minLength": _limit(str, len, ge),
    "maxLength": _limit(str, len, le),
    "minimum": _limit(int | float, pos, ge),
    "maximum": _limit(int | float, pos, le),
    "items": _items,
    "minItems": _limit(list, len, ge),
    "uniqueItems": _unique,
    "properties": _properties,
    "required": _required,
    "additionalProperties": _additional,
    "propertyNames": _names,
    "minProperties": _limit(dict, len, ge),
}
"""What a word says, and says nothing of a value of another type."""
