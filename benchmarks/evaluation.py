"""Evaluation alone, of machines that are in memory: `python -m benchmarks.evaluation INVENTORY ROUNDS TIMES`.

A contestant is a function that gets the inventory's records, makes ready what is not measured, and gives two
functions: the one that is measured, and the one that tells its outcome as lines.
"""

import gc
import json
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson

from azscheck.engine.evaluation import bound
from azscheck.engine.streaming import Streamed
from azscheck.inventory.lines import SavedLines
from azscheck.policy import load_policies
from azscheck.results import ComplianceState
from benchmarks import FOLDER
from benchmarks.agreement import Line, difference, line_of
from benchmarks.rules import Verdict, judge
from benchmarks.stamp import MACHINES, NOW, STAMP

Ready = tuple[Callable[[], Any], Callable[[Any], Iterable[Line]]]


def handwritten(file: Path) -> Ready:
    """The rules by hand, on what orjson gives."""
    with file.open("rb") as lines:
        machines = [record for record in map(orjson.loads, lines) if "resource" in record]
    bodies = [record["resource"] for record in machines]

    def tell(verdicts: list[Verdict]) -> Iterable[Line]:
        return (line_of(m["id"], *verdict) for m, verdict in zip(machines, verdicts, strict=True))

    return lambda: [judge(body, NOW) for body in bodies], tell


def azscheck(file: Path) -> Ready:
    """The code that azscheck generates for the policies, on documents as it decodes them."""
    policies = load_policies([FOLDER / "policies"])
    run = Streamed(SavedLines.of(file), policies, bound(policies, {}, {}), NOW)
    block = run.block(STAMP, MACHINES)
    assert block is not None
    assert block.decoder is not None
    lines = [line for chunk in run.saved.chunks() for line in chunk.splitlines()]
    parts = [block.decoder.decode(line) for line in lines]

    def tell(found: list[Any]) -> Iterable[Line]:
        told = (ComplianceState.NON_COMPLIANT, None)
        for part, bits in zip(parts, found, strict=True):
            named = list(zip(policies, block.states(bits), strict=True))
            # Where the code has no answer the interpreter says unknown: of these machines, that a clock is wrong.
            yield line_of(part.id, *([policy.id for policy, state in named if state is wanted] for wanted in told))

    return lambda: block.found(parts), tell


CONTESTANTS: Mapping[str, Callable[[Path], Ready]] = {"azscheck": azscheck, "handwritten": handwritten}


def main(file: str, rounds: str, times: str) -> None:
    """Measure in turns and write the seconds of each round; end with a sentence where the two do not agree."""
    ready = {name: contestant(Path(file)) for name, contestant in CONTESTANTS.items()}
    mine, other = (tell(measured()) for measured, tell in ready.values())
    found = difference(mine, other)
    if found:
        sys.exit(f"they do not agree: {found}")
    # What stays in memory is looked through by no contestant's garbage collection.
    gc.collect()
    gc.freeze()
    taken = [{name: _seconds(measured) for name, (measured, _) in ready.items()} for _ in range(int(rounds))]
    Path(times).write_text(json.dumps(taken), "utf-8")


def _seconds(measured: Callable[[], Any]) -> float:
    start = time.perf_counter()
    measured()
    return time.perf_counter() - start


if __name__ == "__main__":
    main(*sys.argv[1:])
