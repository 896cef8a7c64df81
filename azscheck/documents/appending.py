"""An entry added to a YAML file that people write: everything that stands in the file stays as it is."""

import json
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from azscheck.documents.read import parse_document, read_document
from azscheck.errors import DocumentError, UsageError

_PLAIN: Final = re.compile(r"[A-Za-z/][\w./@-]*(?: [\w./@-]+)*|\d{4}-\d\d-\d\d", re.ASCII)
_ARMORED: Final = re.compile(r"-----BEGIN(?: [A-Z]+)+-----\n(?:[\w+/= -]+\n)+", re.ASCII)
_WORDS: Final = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")
"""What YAML, in one of its versions, takes for something else than text."""


def appended(path: Path, key: str, entry: Mapping[str, Any]) -> str:
    """The text of a file with an entry more under `key`, which is its last; a file that is not there is begun.

    Raises DocumentError for a file that is no such YAML, UsageError for one that an entry cannot be added to.
    """
    value: dict[str, Any] = {}
    old: Any = []
    text, indent = f"{key}:\n", "  "
    if path.exists():
        document = read_document(path)
        value = document.value if isinstance(document.value, dict) else {}
        old = value.get(key) or []
        text = path.read_text("utf-8-sig").rstrip() + "\n"
        dashes = re.findall(r"^( *)- ", text, re.MULTILINE)
        indent = dashes[0] if old and dashes else indent
        if document.value is None:
            text += f"{key}:\n"
        elif not old:
            empty = re.compile(rf"^{key}:[ \t]*(?:\[\s*\])?[ \t]*(#.*)?$", re.MULTILINE)
            text = empty.sub(lambda found: f"{key}:{'  ' + found[1] if found[1] else ''}", text, count=1)
    made = text + _block(entry, indent)
    with suppress(DocumentError):
        if isinstance(old, list) and parse_document(made, path.as_posix()).value == {**value, key: [*old, dict(entry)]}:
            return made
    raise UsageError(
        f"{path}: {key} is not the last of its keys, no list of `- ` lines, or cannot hold it: add it by hand."
    )


def write_text(path: Path, text: str) -> None:
    """Write a file in one step; raises UsageError."""
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_text(text, "utf-8", newline="\n")
        os.replace(partial, path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink()
        raise UsageError(f"{path}: cannot be written: {error.strerror or error}.") from error


def _block(entry: Mapping[str, Any], indent: str) -> str:
    lines = []
    for key, value in entry.items():
        if isinstance(value, str) and _ARMORED.fullmatch(value):
            lines += [f"{key}: |", *(f"{indent}    {line}" for line in value.splitlines())]
        elif isinstance(value, list):
            lines += [f"{key}:", *(f"{indent}    - {flow(part)}" for part in value)]
        else:
            lines.append(f"{key}: {flow(value)}")
    marked = [line if line.startswith(indent + "    ") else f"{indent}  {line}" for line in lines]
    return "\n".join([f"{indent}- {lines[0]}", *marked[1:]]) + "\n"


def flow(value: Any) -> str:
    """A value as YAML on one line: plain where nobody could read it as something else."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(key)}: {flow(below)}" for key, below in value.items()) + "}"
    if isinstance(value, str):
        if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
            return value
        quoted = json.dumps(value, ensure_ascii=False)
        return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in quoted)
    return json.dumps(value)
