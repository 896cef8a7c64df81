"""Where the blocks of a `.tf.json` file stand: https://developer.hashicorp.com/terraform/language/syntax/json."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from azscheck.sources.terraform.hcl import Block, Position

_NAMED: Final = ("resource", "module")


def json_blocks(root: Any, places: Mapping[Any, Any]) -> Iterator[Block]:
    """The resources and modules of a document, by its value and the places of its parts."""
    if not isinstance(root, dict):
        return
    for kind in _NAMED:
        for steps, labels, value in _labelled(root.get(kind), (kind,), 2 if kind == "resource" else 1):
            yield _json_block(kind, labels, value, steps, places)


def _labelled(value: Any, steps: tuple[Any, ...], depth: int) -> Iterator[tuple[tuple[Any, ...], tuple[str, ...], Any]]:
    if isinstance(value, list):
        for n, element in enumerate(value):
            yield from _labelled(element, (*steps, n), depth)
    elif isinstance(value, dict) and depth:
        for key, below in value.items():
            yield from _labelled(below, (*steps, key), depth - 1)
    elif isinstance(value, dict):
        yield steps, tuple(step for step in steps[1:] if isinstance(step, str)), value


def _json_block(
    kind: str, labels: tuple[str, ...], value: dict[str, Any], steps: tuple[Any, ...], places: Mapping[Any, Any]
) -> Block:
    block = Block(kind, labels, _json_position(steps, places))
    for key, below in value.items():
        if isinstance(below, str):
            block.texts[key] = below
        elements = below if isinstance(below, list) else []
        if elements and all(isinstance(element, dict) for element in elements):
            block.blocks += [
                _json_block(key, (), element, (*steps, key, n), places) for n, element in enumerate(elements)
            ]
            continue
        block.attributes[key] = _json_position((*steps, key), places)
        if isinstance(below, dict):
            block.objects[key] = _json_block(key, (), below, (*steps, key), places)
    return block


def _json_position(steps: tuple[Any, ...], places: Mapping[Any, Any]) -> Position:
    place = places.get(steps)
    return Position(place.line, place.column) if place else Position(1, 1)
