"""Saved results made small: many runs share the forms of their lines, and differ in times and numbers.

A line of saved results is split into its form and the times and numbers in it. A frame has the forms of one run; a
packed run says, for each line, which form it has, brings the forms that its frame lacks, and has the values in columns.
"""

import lzma
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any, Final

import msgspec
from msgspec import Struct

_VALUE: Final = re.compile(
    r"[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?=Z)|(?<![\w.:/\\-])\d{1,15}(?:\.\d+)?(?![\w.:/\\-])", re.ASCII
)
_HOLE: Final = "\0"
"""Stands in a form for a value: JSON never has it unescaped."""
_LARGEST: Final = 1 << 30
"""More is no run of azscheck's."""
_FILTERS: Final = [{"id": lzma.FILTER_LZMA2, "preset": 3}]


class Damaged(Exception):
    """What was packed cannot be unpacked."""


class Split(Struct, frozen=True):
    """The lines of saved results, each as its form and its values."""

    forms: tuple[str, ...]
    values: tuple[list[str], ...]

    @classmethod
    def of(cls, text: str) -> "Split":
        """Split every line."""
        lines = text.split("\n")
        return cls(tuple(_VALUE.sub(_HOLE, line) for line in lines), tuple(map(_VALUE.findall, lines)))


class _Packed(Struct, array_like=True):
    steps: list[int]
    """Which form each line has, as the difference to the one before it."""
    forms: str
    """What the frame lacks, a line each."""
    columns: str
    """The values: of the lines with one value, then with two, column by column."""


def pack_forms(forms: Sequence[str]) -> bytes:
    """A frame of these forms: there are few, and each is read for many runs, so it is to be read quickly."""
    return zlib.compress("\n".join(dict.fromkeys(forms)).encode(), 9)


@lru_cache(maxsize=1)
def unpack_forms(packed: bytes) -> tuple[str, ...]:
    """The forms of a frame, which is often that of the run before; raises Damaged."""
    try:
        return tuple(_whole(zlib.decompressobj(), packed).decode().split("\n"))
    except (zlib.error, UnicodeDecodeError) as error:
        raise Damaged from error


def pack(split: Split, frame: Sequence[str]) -> tuple[bytes, int]:
    """A run with the frame's forms, and how many of its own it brings."""
    known = {form: number for number, form in enumerate(frame)}
    own = dict.fromkeys(form for form in split.forms if form not in known)
    known |= {form: len(frame) + number for number, form in enumerate(own)}
    steps, last = [], 0
    for form in split.forms:
        steps.append(known[form] - last)
        last = known[form]
    rows: dict[int, list[list[str]]] = {}
    for values in split.values:
        rows.setdefault(len(values), []).append(values)
    columns = "\n".join("\n".join(column) for number in sorted(rows) for column in zip(*rows[number], strict=True))
    return _compressed(msgspec.msgpack.encode(_Packed(steps, "\n".join(own), columns))), len(own)


def unpack(packed: bytes, frame: Sequence[str]) -> str:
    """The text of a run; raises Damaged."""
    try:
        run = msgspec.msgpack.decode(_decompressed(packed), type=_Packed)
        forms = [*frame, *run.forms.split("\n")]
        chosen = [forms[number] for number in accumulate(run.steps)]
        return "\n".join(_filled(chosen, run.columns.split("\n")))
    except (msgspec.MsgspecError, ValueError, IndexError, StopIteration) as error:
        raise Damaged from error


def _filled(forms: Sequence[str], values: Sequence[str]) -> list[str]:
    parts = [form.split(_HOLE) for form in forms]
    heights = Counter(map(len, parts))
    rows: dict[int, Iterator[tuple[str, ...]]] = {}
    start = 0
    for number in sorted(heights):
        height = heights[number]
        columns = [values[start + height * n : start + height * (n + 1)] for n in range(number - 1)]
        rows[number] = zip(*columns, strict=True)
        start += height * (number - 1)
    lines = []
    for form, pieces in zip(forms, parts, strict=True):
        if len(pieces) == 1:
            lines.append(form)
            continue
        line = [""] * (2 * len(pieces) - 1)
        line[::2] = pieces
        line[1::2] = next(rows[len(pieces)])
        lines.append("".join(line))
    return lines


def _compressed(content: bytes) -> bytes:
    return lzma.compress(content, lzma.FORMAT_XZ, lzma.CHECK_NONE, filters=_FILTERS)


def _decompressed(content: bytes) -> bytes:
    try:
        return _whole(lzma.LZMADecompressor(lzma.FORMAT_XZ), content)
    except (lzma.LZMAError, EOFError) as error:
        raise Damaged from error


def _whole(decompressor: Any, content: bytes) -> bytes:
    found: bytes = decompressor.decompress(content, _LARGEST)
    if not decompressor.eof:
        raise Damaged
    return found
