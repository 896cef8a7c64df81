"""Values of parameters as a command line gives them: texts, of which the declared type says what they are."""

import json
from collections.abc import Mapping
from typing import Any

from azscheck.documents import did_you_mean
from azscheck.errors import UsageError
from azscheck.sources.templates.given import Given
from azscheck.sources.templates.nodes import Object
from azscheck.sources.templates.reading import Source


def given_by(values: Mapping[str, Any], source: Source) -> dict[str, Given]:
    """The values by their names in lower case; UsageError for a parameter that the template does not have."""
    nodes = source.value.of("parameters")
    nodes = nodes if isinstance(nodes, Object) else Object(0)
    found = {}
    for name, value in values.items():
        node = nodes.of(name)
        if not isinstance(node, Object):
            raise UsageError(f"{source.shown}: the template has no parameter {name!r}{did_you_mean(name, nodes)}")
        kind = str(node.of("type")).lower()
        if isinstance(value, str) and not kind.endswith("string"):
            value = _parsed(value.lower() if kind == "bool" else value)
        # What does not fit is told where the parameter is declared: a command line has no lines.
        found[name.lower()] = Given(value, source.place(nodes.at_key(name)))
    return found


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        # The declared type tells that it is none.
        return text
