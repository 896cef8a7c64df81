"""Where the blocks and attributes of a Terraform file stand; what they say is the plan's to tell.

The syntax: https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md.
A file that is not HCL gives what was found in it.
"""

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct, field

_TOKEN: Final = re.compile(
    r"""(?P<space>[ \t\r\ufeff]+|\#[^\n]*|//[^\n]*|/\*.*?(?:\*/|\Z))
    |(?P<heredoc><<-?(?P<mark>[\w-]+)[ \t]*\r?\n)
    |(?P<line>\n)
    |(?P<name>[^\W\d][\w-]*)
    |(?P<quote>")
    |(?P<open>[{(\[])
    |(?P<close>[})\]])
    |(?P<equals>==|=>|=|:)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_IN_QUOTES: Final = re.compile(r'[^"\\$%{}]+|\\.|\$\$\{|%%\{|[$%]\{|.', re.DOTALL)
_DEEPEST: Final = 50


class Position(Struct, frozen=True):
    """Line and column, from 1."""

    line: int
    column: int


class Block(Struct):
    """A block, or an object that is an attribute's value."""

    kind: str
    labels: tuple[str, ...]
    position: Position
    attributes: dict[str, Position] = field(default_factory=dict)
    objects: dict[str, "Block"] = field(default_factory=dict)
    """By attribute: its value, where that is an object."""
    blocks: list["Block"] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    """By attribute: its value, where that is a text."""


class _Token(Struct, frozen=True):
    kind: str
    text: str
    at: int


def scan(text: str) -> list[Block]:
    """The outermost blocks of a file."""
    return _Scan(text).blocks()


class _Scan:
    def __init__(self, text: str) -> None:
        self._text = text
        self._line, self._start, self._counted = 1, 0, 0
        self._tokens = self._tokenize()
        self._here = next(self._tokens)

    def blocks(self) -> list[Block]:
        root = Block("", (), Position(1, 1))
        while self._here.kind != "end":
            self._body(root, 0)
            if self._here.kind != "end":
                self._next()
        return root.blocks

    def _body(self, block: Block, depth: int) -> None:
        """Attributes and blocks, to the brace that closes the body."""
        while self._here.kind != "end" and self._here.text != "}":
            start = self._here
            if start.kind not in ("name", "quote"):
                self._next()
                continue
            words = [start]
            self._next()
            while self._here.kind in ("name", "quote"):
                words.append(self._here)
                self._next()
            if self._here.text == "=" and len(words) == 1:
                self._attribute(block, start, depth)
            elif self._here.text == "{":
                below = Block(start.text, tuple(word.text for word in words[1:]), self._position(start.at))
                block.blocks.append(below)
                self._inside(below, depth)
            elif self._here.kind not in ("line", "end") and self._here.text != "}":
                self._value(block, "", depth)

    def _inside(self, below: Block, depth: int) -> None:
        """A block's body with its braces."""
        self._next()
        if depth < _DEEPEST:
            self._body(below, depth + 1)
        else:
            self._skip(1)
            return
        if self._here.text == "}":
            self._next()

    def _attribute(self, block: Block, name: _Token, depth: int) -> None:
        block.attributes.setdefault(name.text, self._position(name.at))
        self._next()
        if self._here.kind == "quote":
            block.texts.setdefault(name.text, self._here.text)
        self._value(block, name.text, depth)

    def _value(self, block: Block, name: str, depth: int) -> None:
        """An expression, to the end of its line; of an object, where its keys stand."""
        if name and self._here.text == "{" and depth < _DEEPEST:
            below = block.objects[name] = Block(name, (), self._position(self._here.at))
            self._object(below)
        self._skip(0)

    def _object(self, below: Block) -> None:
        """An object's keys; what their values hold is passed over."""
        self._next()
        first = True
        while self._here.kind != "end" and self._here.text != "}":
            token = self._here
            if token.kind == "open":
                self._next()
                self._skip(1)
                first = False
                continue
            self._next()
            if first and token.kind in ("name", "quote") and self._here.kind == "equals":
                below.attributes.setdefault(token.text, self._position(token.at))
            first = token.kind == "line" or token.text == ","
        if self._here.text == "}":
            self._next()

    def _skip(self, depth: int) -> None:
        """Past the bracket that closes what is open, or to the end of the line where nothing is."""
        outside = depth == 0
        while self._here.kind != "end":
            if self._here.kind == "open":
                depth += 1
            elif self._here.kind == "close":
                if depth == 0:
                    return
                depth -= 1
                if depth == 0 and not outside:
                    self._next()
                    return
            elif self._here.kind == "line" and depth == 0:
                return
            self._next()

    def _next(self) -> None:
        self._here = next(self._tokens)

    def _tokenize(self) -> Iterator[_Token]:
        text, at = self._text, 0
        while found := _TOKEN.match(text, at):
            kind, start, at = found.lastgroup or "", at, found.end()
            kind = "heredoc" if kind == "mark" else kind
            if kind == "quote":
                at = _end_of_text(text, at)
                yield _Token(kind, text[start + 1 : at - 1], start)
            elif kind == "heredoc":
                closing = re.compile(rf"^[ \t]*{re.escape(found['mark'])}[ \t]*\r?$", re.MULTILINE).search(text, at)
                at = closing.end() if closing else len(text)
            elif kind != "space":
                yield _Token(kind, found[0], start)
        while True:
            yield _Token("end", "", at)

    def _position(self, at: int) -> Position:
        """Asked for in the order of the file, so that each line is counted once."""
        newlines = self._text.count("\n", self._counted, at)
        if newlines:
            self._line += newlines
            self._start = self._text.rfind("\n", 0, at) + 1
        self._counted = max(self._counted, at)
        return Position(self._line, at - self._start + 1)


def _end_of_text(text: str, at: int) -> int:
    """The end of a text, in whose templates there may be texts again."""
    inside = ['"']
    while inside and (found := _IN_QUOTES.match(text, at)):
        piece, at = found[0], found.end()
        if inside[-1] == '"':
            if piece in ("${", "%{"):
                inside.append("{")
            elif piece == '"' or piece == "\n":
                # No text goes over a line's end: one that does is broken, and ends there.
                inside.pop()
        elif piece == '"':
            inside.append('"')
        elif piece == "{" or piece in ("${", "%{"):
            inside.append("{")
        elif piece == "}":
            inside.pop()
    return at
