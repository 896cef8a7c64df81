"""Whether azscheck found what the hand-written Python found: a ratio of different work would be none.

`python -m benchmarks.agreement AZSCHECK HAND-WRITTEN COPIES`; no copies, or so many of each policy for azscheck.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import orjson

from benchmarks.many_policies import copied

Line = tuple[str, str, str]
"""A resource's id, the policies that it does not comply with, and those of which it cannot be told."""


def line_of(resource: str, failed: Iterable[str], unknown: Iterable[str]) -> Line:
    """What was found of one resource, in a form in which the order of policies does not matter."""
    return resource, " ".join(sorted(failed)), " ".join(sorted(unknown))


def difference(azscheck: Iterable[Line], other: Iterable[Line]) -> str:
    """The first difference as a sentence, whatever the order of resources; empty where there is none."""
    left, right = sorted(azscheck), sorted(other)
    for a, b in zip(left, right, strict=False):
        if a != b:
            return f"azscheck found {a}, the hand-written Python {b}"
    return "" if len(left) == len(right) else f"azscheck judged {len(left)} resources of {len(right)}"


def _lines(file: str, copies: int) -> Iterator[Line]:
    with Path(file).open("rb") as written:
        for line in written:
            record = orjson.loads(line)
            if "end" in record:
                return
            failed, unknown = record.get("nonCompliant", ()), record.get("unknown", ())
            if copies:
                failed, unknown = copied(failed, copies), copied(unknown, copies)
            yield line_of(record["id"], failed, unknown)


def main(azscheck: str, other: str, copies: str) -> None:
    """End with a sentence where they differ."""
    found = difference(_lines(azscheck, 0), _lines(other, int(copies)))
    if found:
        sys.exit(f"they do not agree: {found}")


if __name__ == "__main__":
    main(*sys.argv[1:])
