"""Evaluation alone, of machines that are in memory: `python -m benchmarks.evaluation INVENTORY ROUNDS TIMES`.

A contestant is a function that gets the inventory's records, makes ready what is not measured, and gives two
functions: the one that is measured, and the one that tells its outcome as lines.
"""

import gc
import json
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from azscheck.engine.compiled.judge import compile_judge
from azscheck.engine.compiled.rules import Rule
from azscheck.engine.evaluation import bound
from azscheck.engine.evaluation import judge as judge_one
from azscheck.engine.interpret import Interpreter
from azscheck.engine.population import World
from azscheck.inventory import Inventory, Resource
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
    """The code that azscheck generates for the policies; the interpreter where it gives no answer."""
    inventory, policies = Inventory.read(file), load_policies([FOLDER / "policies"])
    interpreter = Interpreter(World(inventory))
    bounds = bound(policies, {}, {})(STAMP)
    rules = [Rule(policy.when, policy.require, values, policy.blank) for policy, values in bounds]
    generated = compile_judge(rules, STAMP, interpreter, NOW)
    machines = inventory.of_type(MACHINES, STAMP)

    def states(resource: Resource) -> Sequence[ComplianceState | None]:
        found = generated.states(resource)
        if None not in found:
            return found
        return [s or judge_one(interpreter, resource, *of, NOW).state for s, of in zip(found, bounds, strict=True)]

    def tell(found: list[Sequence[ComplianceState | None]]) -> Iterable[Line]:
        told = (ComplianceState.NON_COMPLIANT, ComplianceState.UNKNOWN)
        for machine, its in zip(machines, found, strict=True):
            named = list(zip(policies, its, strict=True))
            yield line_of(machine.id, *([policy.id for policy, state in named if state is wanted] for wanted in told))

    return lambda: [states(machine) for machine in machines], tell


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
