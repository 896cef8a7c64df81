"""Counts of other resources of a saved inventory, from lines of which only the wanted properties are decoded."""

from collections.abc import Iterator
from operator import lt
from typing import Any

import msgspec
from msgspec.structs import replace

from azscheck.engine.compiled.joins import Count, lookup_of, without_key
from azscheck.engine.compiled.judge import function_of
from azscheck.engine.compiled.projection import Spellings, line_decoder
from azscheck.engine.compiled.reads import Layout
from azscheck.engine.compiled.rules import Given, Opaque, Rule
from azscheck.engine.compiled.source import Writer
from azscheck.engine.equality import scalar_key
from azscheck.inventory.lines import NotInOrder, SavedLines, beginning, told
from azscheck.inventory.parts import arm_key, type_key
from azscheck.policy.conditions import AllOf, Field, ResourceCount, Scope


class Unusual(Exception):
    """The lines have something that only whole documents can show."""


class CountedLines(msgspec.Struct, frozen=True):
    """Counts, as seen from one stamp of a saved inventory."""

    saved: SavedLines
    stamp: str
    spelled: Spellings
    given: Given

    def of(self, count: ResourceCount, rule: Rule) -> tuple[Count, Field | None]:
        """A function that counts by a join key, and the field of the judged resource that the key equals.

        Raises Opaque for a count that is no plain join, Unusual where the lines are not as they usually are.
        """
        if count.newest is not None or count.scope is not Scope.STAMP or count.key is None:
            raise Opaque
        rest, subject = without_key(count)
        asked = replace(rule, when=None, require=rest or AllOf(()))
        first = Layout()
        writer = Writer(self.given, first)
        writer.function([asked], also=count.key.field)
        if writer.opaque or writer.envelope - {"id"}:
            raise Opaque
        above = {path[:n] for path in first.seen for n in range(len(path))}
        layout = Layout(structs=True, whole=frozenset(first.values & above), tags=self.spelled.tags is not None)
        function = function_of(Writer(self.given, layout), [asked], also=count.key.field)
        index: dict[str, int] = {}
        unsure: set[str] = set()
        last = ""
        for parts in self._parts(count.type, layout):
            keys = [last, *(arm_key(part.id) for part in parts)]
            if not all(map(lt, keys, keys[1:])):
                raise NotInOrder
            last = keys[-1]
            for part in parts:
                bits, key = function(part.resource, part)
                if part.unknown is not None:
                    raise Unusual
                text = key.lower() if type(key) is str else scalar_key(key)
                if text is not None:
                    index[text] = index.get(text, 0) + (bits == 0)
                    if type(bits) is tuple:
                        unsure.add(text)
        return lookup_of(index, unsure, bool(count.unknown_when_none)), subject

    def _parts(self, kind: str, layout: Layout) -> Iterator[list[Any]]:
        """The resources of a type, some at a time."""
        wanted = self.stamp, type_key(kind)
        decoder: msgspec.json.Decoder[Any] | None = None
        skipped = b""
        for chunk in self.saved.chunks():
            if decoder is not None:
                try:
                    yield decoder.decode_lines(chunk)
                    continue
                except msgspec.MsgspecError:
                    # The next type begins, or there is something unusual.
                    pass
            elif skipped and chunk.count(skipped) == chunk.count(b"\n"):
                continue
            for text in chunk.splitlines():
                line = told(text)
                place = line.stamp, type_key(line.type)
                if place > wanted:
                    return
                decoder, skipped = None, beginning(line.stamp, line.type)
                if place == wanted:
                    decoder = line_decoder(layout, self.spelled, line.stamp, line.type)
                    try:
                        yield [decoder.decode(text)]
                    except msgspec.MsgspecError as error:
                        raise Unusual from error
