"""The rules of `policies/` by hand, as a process: `python -m benchmarks.handwritten orjson|json INVENTORY LINES`.

With protected items in the inventory it judges by the rule of `policies-join/` too.
"""

import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from benchmarks.rules import Record, judge, protected


def lines(file: str, loads: Callable[[bytes], Any]) -> Iterator[Record]:
    """What is written of each machine, in the order of the file, in which protected items come first."""
    items: dict[str, list[Record]] = {}
    with open(file, "rb") as records:
        now = datetime.fromisoformat(loads(records.readline())["created"])
        for line in records:
            record = loads(line)
            kind = record.get("type")
            if kind == "Microsoft.Compute/virtualMachines":
                failed, unknown = judge(record["resource"], now)
                if items and not protected(items.get(record["id"].lower(), []), now):
                    failed.append("BEN-012")
                yield {"id": record["id"], "nonCompliant": failed, "unknown": unknown}
            elif kind == "Azscheck/protectedItems":
                properties = record["resource"]["properties"]
                items.setdefault(properties["sourceResourceId"].lower(), []).append(properties)


def main(library: str, file: str, out: str) -> None:
    """Judge all with one of the two JSON libraries."""
    loads, dumps = _library(library)
    with open(out, "wb") as written:
        for line in lines(file, loads):
            written.write(dumps(line))


def _library(name: str) -> tuple[Callable[[bytes], Any], Callable[[Any], bytes]]:
    # Neither is imported where the other is measured.
    if name == "orjson":
        import orjson

        return orjson.loads, lambda line: orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
    import json

    encode = json.JSONEncoder(separators=(",", ":")).encode
    return json.loads, lambda line: encode(line).encode() + b"\n"


if __name__ == "__main__":
    main(*sys.argv[1:])
