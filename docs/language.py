"""Makes `docs/language.md`: the prose of `language.md.j2`, with the tables that the code and the schema fill.

Each word of the language has an anchor: `#operator-like`, `#function-concat`, `#key-severity`.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import jinja2

from azscheck.engine.examples import EXAMPLES, Example
from azscheck.expressions import KINDS, Function
from azscheck.packaged import schema_file
from azscheck.policy.parse import FROM_EVIDENCE, OPERATORS
from azscheck.results import ComplianceState
from azscheck.values import ABSENT

CONTEXTUAL: Final = ("field", "subject", "current", "parameters", "utcNow")
"""The functions whose value depends on where they stand."""
_DOCS: Final = Path(__file__).parent
_ELSEWHERE: Final = {
    "writing-policies.md": "Writing policies: begin, check, test and try one",
    "policy-sets.md": "Policy sets, and named conditions (`use`)",
    "exemptions.md": "Exemptions",
    "attestations.md": "Attestations",
    "azure-policy.md": "Azure Policy definitions, read as they are",
    "policies.md": "The shipped policies",
}


def page() -> str:
    """The page's text."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_DOCS), undefined=jinja2.StrictUndefined, keep_trailing_newline=True
    )
    environment.globals |= {
        "anchor": anchor,
        "choices": _choices,
        "elsewhere": _elsewhere,
        "functions": _functions,
        "index": _index,
        "keys": _keys,
        "kinds": KINDS,
        "operators": _operators,
    }
    return environment.get_template("language.md.j2").render()


@cache
def _schema() -> Any:
    return json.loads(schema_file("policy").read_text("utf-8"))


def anchor(kind: str, word: str, shown: str = "") -> str:
    """A word where it is explained."""
    return f'<a id="{kind}-{word}"></a>`{shown or word}`'


def _index() -> str:
    condition = _schema()["$defs"]["condition"]["properties"]
    count = _schema()["$defs"]["count"]["properties"]
    groups: Mapping[str, tuple[str, Iterable[str]]] = {
        "[A policy's keys](#a-policy)": ("key", _schema()["properties"]),
        "[Parameters' types](#parameters)": ("type", _parameter()["type"]["enum"]),
        "[Conditions](#conditions)": ("condition", [word for word in condition if word not in OPERATORS]),
        "[Counts](#count)": ("count", count),
        "[Operators](#operators)": ("operator", OPERATORS),
        "[Placeholders](#messages) of a message": ("placeholder", FROM_EVIDENCE),
        "[States](#results) of a result": ("state", ComplianceState),
        "[Functions](#functions) of what is at hand": ("function", CONTEXTUAL),
        **{
            f"[Functions](#functions): {kind.lower().replace('json', 'JSON')}": ("function", _names(table.values()))
            for kind, table in KINDS.items()
        },
    }
    rows = [f"| {title} | {_links(kind, words)} |" for title, (kind, words) in groups.items()]
    return "\n".join(["| look up | |", "| --- | --- |", *rows])


def _names(functions: Iterable[Function]) -> list[str]:
    return sorted((function.name for function in functions), key=str.lower)


def _links(kind: str, words: Iterable[str]) -> str:
    return " ".join(f"[{word}](#{kind}-{word})" for word in words)


def _parameter() -> Any:
    return _schema()["properties"]["parameters"]["additionalProperties"]["properties"]


def _choices(kind: str) -> str:
    """The rows of a table of the words that a key may have as its value."""
    schema = _parameter()["type"] if kind == "type" else _schema()["$defs"]["count"]["properties"]["scope"]
    rows = zip(schema["enum"], schema["enumDescriptions"], strict=True)
    return "\n".join(f"| {anchor(kind, word)} | {_cell(meaning)} |" for word, meaning in rows)


def _keys(kind: str) -> str:
    """The rows of a table of the schema's keys."""
    if kind == "key":
        return "\n".join(_key_rows(kind, _schema()["properties"], _schema()["required"]))
    found = _schema()["$defs"][kind]["properties"]
    return "\n".join(_key_rows(kind, {key: below for key, below in found.items() if key not in OPERATORS}))


def _key_rows(kind: str, keys: Mapping[str, Any], required: Iterable[str] = (), above: str = "") -> Iterable[str]:
    for key, schema in keys.items():
        name = f"`{above}{key}`" if above else anchor(kind, key)
        yield f"| {name}{'' if key in required or not required else ', optional'} | {_meaning(schema)} |"
        if kind == "key" and not above:
            for word, meaning in zip(schema.get("enum", ()), schema.get("enumDescriptions", ()), strict=True):
                yield f"| `{key}: {word}` | {_cell(meaning)} |"
        below = schema.get("items") or schema.get("additionalProperties") or {}
        if kind == "key" and "properties" in below:
            yield from _key_rows(kind, below["properties"], below["required"], f"{key}: ")


def _meaning(schema: Mapping[str, Any]) -> str:
    sentence: str = schema["description"]
    return _cell(sentence[0].upper() + sentence[1:])


def _operators(*words: str) -> str:
    """The rows of a table of operators."""
    unknown = set(words) - set(OPERATORS)
    if unknown:
        raise ValueError(f"no operators: {unknown}")
    described = _schema()["$defs"]["condition"]["properties"]
    return "\n".join(
        f"| {anchor('operator', word)} | {_cell(described[word]['description'])} | {_of(word, 'true')} |"
        f" {'<br>'.join(filter(None, (_of(word, 'false'), _of(word, 'unknown'), _of(word, 'error'))))} |"
        for word in words
    )


def _of(operator: str, gives: str) -> str:
    note = "" if gives in ("true", "false") else f"{gives}: "
    return "<br>".join(note + _shown(operator, e) for e in EXAMPLES[operator] if e.gives == gives)


def _shown(operator: str, example: Example) -> str:
    return _code(f"{_json(example.seen)} {operator} {_json(example.wanted)}")


def _functions(kind: str) -> str:
    """The rows of a table of functions."""
    rows = sorted(KINDS[kind].values(), key=lambda function: function.name.lower())
    return "\n".join(
        f"| {anchor('function', f.name)} | {_arguments(f)} | {_cell(f.does)} | {_code(f.example)} |"
        f" {_code(_json(f.result))} |"
        for f in rows
    )


def _arguments(function: Function) -> str:
    if function.most is None:
        return f"{function.least} or more"
    return str(function.least) if function.least == function.most else f"{function.least} to {function.most}"


def _elsewhere() -> str:
    return "\n".join(f"- [{title}]({name})" for name, title in _ELSEWHERE.items() if (_DOCS / name).exists())


def _json(value: Any) -> str:
    return "absent" if value is ABSENT else json.dumps(value, ensure_ascii=False)


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")


def _cell(text: str) -> str:
    # A star, or a mark of a pattern, must not become Markdown.
    return text.replace("|", "\\|").replace("*", "\\*")
