"""Whether a JSON document is a deployment template, and one that is understood."""

import re
from typing import Any, Final

from azscheck.documents import shorten
from azscheck.errors import DocumentError
from azscheck.sources.templates.nodes import Array, Object
from azscheck.sources.templates.reading import Source

_SCHEMA: Final = re.compile(r"/(?:subscription|managementGroup|tenant)?deploymentTemplate\.json#?$", re.IGNORECASE)
_LANGUAGES: Final = ("1.", "2.")


def is_template(value: Any) -> bool:
    """Whether a JSON document looks like a deployment template."""
    if not isinstance(value, dict):
        return False
    schema = value.get("$schema")
    if isinstance(schema, str):
        return _SCHEMA.search(schema) is not None
    return "contentVersion" in value and isinstance(value.get("resources"), list | dict)


def check_template(source: Source) -> Object:
    """The template in a file; DocumentError when it is none, or of a language that is not known."""
    value = source.value
    if not isinstance(value, Object):
        raise DocumentError([(source.place(0), "is not a deployment template: a JSON object was expected.")])
    schema = value.of("$schema")
    if schema is not None and not (isinstance(schema, str) and _SCHEMA.search(schema)):
        sentence = f"is not a deployment template: its $schema is {shorten(schema)}."
        raise DocumentError([(source.place(value.at_key("$schema")), sentence)])
    if not isinstance(value.of("resources"), Array | Object):
        raise DocumentError([(source.place(value.at), "is not a deployment template: it has no 'resources'.")])
    language = value.of("languageVersion")
    if language is not None and not str(language).startswith(_LANGUAGES):
        sentence = f"is of the language version {shorten(language)}, which is not known: 1 and 2 are."
        raise DocumentError([(source.place(value.at_key("languageVersion")), sentence)])
    return value
