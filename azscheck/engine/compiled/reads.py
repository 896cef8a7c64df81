"""The properties that generated code reads: a tree of keys, each read once into a local variable."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct, field

from azscheck.inventory.keys import TAGS
from azscheck.values import ABSENT

Steps = tuple[str, ...]


class Node(Struct):
    """A property, the variable that holds it, and the properties below it."""

    var: str
    path: Steps
    """The keys from the document's root in lower case."""
    key: str = ""
    children: "dict[str, Node]" = field(default_factory=dict)
    """By their keys as policies spell them: where a document holds two spellings, each reads its own."""

    def variables(self) -> Iterator[str]:
        """The variables of everything below."""
        for child in self.children.values():
            yield child.var
            yield from child.variables()


class Layout:
    """How documents are held: as dicts, or as structs of the properties that are read."""

    def __init__(self, structs: bool = False, whole: frozenset[Steps] = frozenset(), *, tags: bool = False) -> None:
        self.structs = structs
        self._tags = tags
        """Whether it is known how tags are spelled: else they are dicts."""
        self.whole = whole
        """The paths whose values tests look at: never structs, even where something below is read, too."""
        self.seen: dict[Steps, str] = {(): ""}
        """Every path that was read, and how a policy spells its last key."""
        self.values: set[Steps] = set()
        """Those of them whose value a test looks at."""
        self._attributes: dict[str, str] = {}

    def attribute(self, key: str) -> str:
        """The name of a key in a struct."""
        return self._attributes.setdefault(key, f"k{len(self._attributes)}")

    def is_struct(self, path: Steps) -> bool:
        """Whether what is at a path is a struct."""
        above = [path[:n] for n in range(len(path) + 1)]
        return self.structs and not any(p in self.whole or (p[-1:] == (TAGS,) and not self._tags) for p in above)


_shapes: dict[tuple[str, ...], dict[str, str]] = {}
_MOST_SHAPES, _LARGEST_SHAPE = 4096, 200


def variant(document: dict[str, Any], lowered: str) -> Any:
    """A property whose key is spelled otherwise than the policies spell it; ABSENT when there is none.

    Documents have few sets of keys: what is the same but for the letter case is worked out once for each.
    """
    keys = tuple(document)
    shape = _shapes.get(keys)
    if shape is None:
        if len(_shapes) >= _MOST_SHAPES or len(keys) > _LARGEST_SHAPE:
            _shapes.clear()
        # The first of several stands, as in any reading without regard to case.
        shape = _shapes[keys] = {key.lower(): key for key in reversed(keys)}
    key = shape.get(lowered)
    return ABSENT if key is None else document[key]


def code_of_reads(node: Node, layout: Layout, indent: str) -> list[str]:
    """Statements that fill the variables below a node."""
    if not node.children:
        return []
    struct = layout.is_struct(node.path)
    head = f"if {node.var} is not None:" if struct else f"if type({node.var}) is dict:"
    lines = [] if struct and not node.path else [indent + head]
    inner = indent if struct and not node.path else indent + " "
    for child in node.children.values():
        if struct:
            lines.append(f"{inner}{child.var} = {node.var}.{layout.attribute(child.path[-1])}")
        else:
            lines.append(f"{inner}{child.var} = {node.var}.get({child.key!r}, A)")
            lines.append(f"{inner}if {child.var} is A: {child.var} = variant({node.var}, {child.path[-1]!r})")
        lines += code_of_reads(child, layout, inner)
    if inner != indent:
        lines += [f"{indent}else:", f"{inner}{' = '.join(node.variables())} = A"]
    return lines
