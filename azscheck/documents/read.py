"""YAML and JSON files that people write, read with the position of every value.

YAML is read as its JSON schema has it (YAML 1.2, section 10.2): `yes`, `no` and dates are text, a key stands once.
"""

import json
import math
import re
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

from azscheck.errors import DocumentError
from azscheck.place import Place

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LARGEST_FILE = 4 * 1024 * 1024
_MOST_VALUES = 200_000
_TOO_MANY = f"stands for more than {_MOST_VALUES} values."
_DEEPEST = 100
_INTEGER = re.compile(r"-?(0|[1-9]\d{0,300})$")
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d{1,3})?$")

_COMMENT = re.compile(r'(?P<string>"(?:[^"\\]|\\.)*+(?:"|\\?\Z))|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
_PAIR = re.compile(r"(?<!\\)((?:\\\\)*)(\\u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2})")

Path_ = tuple[str | int, ...]


class Document(Struct, frozen=True):
    """A file's value, and where in the file each part of it stands."""

    path: str
    value: Any
    places: dict[Path_, Place]

    def place(self, *steps: str | int) -> Place:
        """Where a part stands; the nearest known part above it when it has no place of its own."""
        for length in range(len(steps), -1, -1):
            if steps[:length] in self.places:
                return self.places[steps[:length]]
        return Place(self.path)

    def mistake(self, sentence: str, *steps: str | int) -> DocumentError:
        """An error at a part."""
        return DocumentError([(self.place(*steps), sentence)])


def read_document(path: Path, shown_as: str = "") -> Document:
    """Read a YAML or JSON file; raises DocumentError with the position of what is wrong."""
    shown = shown_as or path.as_posix()
    try:
        if path.is_char_device():
            raise DocumentError([(Place(shown), "is a device, not a file: name a file.")])
        with path.open("rb") as file:
            # Not by the size that it is said to have: a pipe has none, and a file can grow.
            content = file.read(_LARGEST_FILE + 1)
        if len(content) > _LARGEST_FILE:
            raise DocumentError([(Place(shown), f"is larger than {_LARGEST_FILE >> 20} MiB: split it.")])
        text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except OSError as error:
        raise DocumentError([(Place(shown), f"cannot be read: {error.strerror or error}.")]) from error
    except UnicodeDecodeError as error:
        raise DocumentError([(Place(shown), "is not UTF-8 text: save it as UTF-8.")]) from error
    return parse_document(text, shown)


def parse_document(text: str, shown: str) -> Document:
    """Parse YAML or JSON text; raises DocumentError as `read_document` does."""
    text = _without_pairs(_without_comments(text) if shown.lower().endswith(".json") else text)
    try:
        _refuse_excess(text, shown)
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        place = _mark(shown, error.problem_mark or error.context_mark)
        raise DocumentError([(place, f"is not YAML: {error.problem or error.context}.")]) from error
    except yaml.YAMLError as error:
        raise DocumentError([(Place(shown), f"is not YAML: {' '.join(str(error).split())}.")]) from error
    except UnicodeEncodeError as error:
        raise DocumentError([(Place(shown), "holds half of a character (a lone surrogate).")]) from error
    document = Document(shown, None, {})
    if root is None:
        return document
    return Document(shown, _Constructor(document).value(root, ()), document.places)


def read_own(text: str) -> Any:
    """The value of YAML that comes with azscheck: plain data, and of no part a place."""
    loader = _Loader(text)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


def _without_comments(text: str) -> str:
    """JSON as people write it has comments, which YAML does not read: spaces in their place keep every position."""
    return _COMMENT.sub(lambda found: found[0] if found["string"] else re.sub("[^\n]", " ", found[0]), text)


def _without_pairs(text: str) -> str:
    """JSON writes a character beyond U+FFFF as two escapes, which YAML does not read; a file of JSON gets one."""
    if "\\u" not in text or not _PAIR.search(text):
        return text
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text
    return _PAIR.sub(lambda pair: pair[1] + f"\\U{ord(json.loads(chr(34) + pair[2] + chr(34))):08x}", text)


def _mark(shown: str, mark: Any) -> Place:
    return Place(shown, mark.line + 1, mark.column + 1) if mark else Place(shown)


def _refuse_excess(text: str, shown: str) -> None:
    """Nesting and number are bounded before anything recurses into it; a scanner's tokens cost no stack, no memory."""
    depth = seen = 0
    for event in yaml.parse(text, Loader=_Loader):
        seen += isinstance(event, yaml.NodeEvent)
        if seen > 2 * _MOST_VALUES:
            # Twice, for keys are nodes too.
            raise DocumentError([(_mark(shown, event.start_mark), _TOO_MANY)])
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                raise DocumentError([(_mark(shown, event.start_mark), f"is nested more than {_DEEPEST} levels deep.")])
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


class _Constructor:
    """Turns YAML nodes into JSON values and notes their places."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._seen = 0

    def _place(self, node: yaml.Node) -> Place:
        return _mark(self._document.path, node.start_mark)

    def value(self, node: yaml.Node, steps: Path_) -> Any:
        self._seen += 1
        if self._seen > _MOST_VALUES:
            # Aliases can multiply without end in a small file.
            raise DocumentError([(self._place(node), _TOO_MANY)])
        if len(steps) > _DEEPEST:
            # An alias can stand within what it stands for.
            raise DocumentError([(self._place(node), f"is nested more than {_DEEPEST} levels deep.")])
        self._document.places.setdefault(steps, self._place(node))
        match node:
            case yaml.MappingNode():
                return self._object(node, steps)
            case yaml.SequenceNode():
                return [self.value(item, (*steps, i)) for i, item in enumerate(node.value)]
            case _:
                if node.tag.startswith("!"):
                    raise DocumentError([(self._place(node), f"has the tag {node.tag}, which means nothing here.")])
                return _scalar(node)

    def _object(self, node: yaml.MappingNode, steps: Path_) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key, str):
                raise DocumentError([(self._place(key_node), "a key must be text.")])
            if key in found:
                raise DocumentError([(self._place(key_node), f"{key!r} stands here twice.")])
            # A key's place is the better one to point at: the value may begin lines below.
            self._document.places[(*steps, key)] = self._place(key_node)
            found[key] = self.value(value_node, (*steps, key))
        return found


def _scalar(node: Any) -> Any:
    text = str(node.value)
    if node.style:
        # Quoted or in a block: text, whatever it looks like.
        return text
    constants = {"true": True, "false": False, "null": None, "~": None, "": None}
    if text.lower() in constants and text in (text.lower(), text.capitalize(), text.upper()):
        return constants[text.lower()]
    if _INTEGER.match(text):
        return text if node.tag == "tag:yaml.org,2002:str" else int(text)
    # What is too large for a number stays text: infinity is not JSON.
    return float(text) if _NUMBER.match(text) and math.isfinite(float(text)) else text
