"""Saved results made small: many runs share the forms of their lines, and differ in times and numbers.

A line of saved results is split into its form and the times and numbers in it. A frame has the forms of one run; a
packed run says, for each line, which form it has, brings the forms that its frame lacks, and has the values in columns.
"""

import lzma
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

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


@dataclass(frozen=True, slots=True)
class Split:
    """The lines of saved results, each as its form and its values."""

    forms: tuple[str, ...]
    values: tuple[list[str], ...]

    @classmethod
    def of(cls, text: str) -> "Split":
        """Split every line."""
        lines = text.split("\n")
        return cls(tuple(_VALUE.sub(_HOLE, line) for line in lines), tuple(map(_VALUE.findall, lines)))


class _Packed(msgspec.Struct, array_like=True):
    steps: list[int]
    """Which form each line has, as the difference to the one before it."""
    forms: str
    """What the frame lacks, a line each."""
    columns: str
    """The values: of the lines with one value, then with two, column by column."""


def pack_forms(forms: Sequence[str]) -> bytes:
    """A frame of these forms."""
    return compressed("\n".join(dict.fromkeys(forms)).encode())


def unpack_forms(packed: bytes) -> list[str]:
    """The forms of a frame; raises Damaged."""
    try:
        return decompressed(packed).decode().split("\n")
    except UnicodeDecodeError as error:
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
    return compressed(msgspec.msgpack.encode(_Packed(steps, "\n".join(own), columns))), len(own)


def unpack(packed: bytes, frame: Sequence[str]) -> str:
    """The text of a run; raises Damaged."""
    try:
        run = msgspec.msgpack.decode(decompressed(packed), type=_Packed)
        forms = [form.split(_HOLE) for form in (*frame, *run.forms.split("\n"))]
        chosen, number = [], 0
        for step in run.steps:
            number += step
            chosen.append(forms[number])
        return "\n".join(_filled(chosen, run.columns.split("\n")))
    except (msgspec.MsgspecError, ValueError, IndexError, StopIteration) as error:
        raise Damaged from error


def _filled(forms: Sequence[list[str]], values: Sequence[str]) -> list[str]:
    heights: dict[int, int] = {}
    for form in forms:
        heights[len(form)] = heights.get(len(form), 0) + 1
    rows, start = {}, 0
    for holes in sorted(heights):
        height = heights[holes]
        columns = [values[start + height * n : start + height * (n + 1)] for n in range(holes - 1)]
        # Of a form without holes there are no columns; it is itself.
        rows[holes] = iter(zip(*columns, strict=True)) if columns else iter([()] * height)
        start += height * (holes - 1)
    return [
        "".join([part for pair in zip(f, next(rows[len(f)]), strict=False) for part in pair]) + f[-1] for f in forms
    ]


def compressed(content: bytes) -> bytes:
    """Bytes made small."""
    return lzma.compress(content, lzma.FORMAT_XZ, lzma.CHECK_NONE, filters=_FILTERS)


def decompressed(content: bytes) -> bytes:
    """What was made small; raises Damaged."""
    try:
        decompressor = lzma.LZMADecompressor(lzma.FORMAT_XZ)
        found = decompressor.decompress(content, _LARGEST)
    except (lzma.LZMAError, EOFError) as error:
        raise Damaged from error
    if not decompressor.eof:
        raise Damaged
    return found
