"""What is measured, by name."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks import FOLDER, NOW, cache, gate
from benchmarks.collection import collection
from benchmarks.processes import python, run
from benchmarks.rounds import Row, figure, ratio, seconds, take_turns

POLICIES = FOLDER / "policies"
FLOOR, BY_HAND, BY_HAND_JSON = "orjson floor", "by hand", "by hand, json"


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured, and how often."""

    documents: int
    rounds: int


def scan(inventory: Path, *policies: Path, lines: Path, more: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The command of a scan that writes lines."""
    chosen = [word for folder in policies for word in ("--policies", folder)]
    result = ("--format", f"lines={lines}", "--now", NOW, "--fail-on", "none", "-q", *more)
    return python("-m", "azscheck", "scan", "--inventory", inventory, *chosen, *result)


def floor(inventory: Path) -> tuple[str, ...]:
    """The command of the floor."""
    return python("-m", "benchmarks.floor", inventory)


def by_hand(inventory: Path, library: str = "orjson") -> tuple[str, ...]:
    """The command of the hand-written Python."""
    return python("-m", "benchmarks.handwritten", library, inventory, cache.lines(f"by-hand-{library}"))


def agree(command: tuple[str, ...], lines: Path, inventory: Path, copies: int = 0) -> None:
    """Raise Failed unless azscheck finds what the hand-written Python finds. It warms up what is measured next."""
    run(command)
    run(by_hand(inventory))
    run(python("-m", "benchmarks.agreement", lines, cache.lines("by-hand-orjson"), str(copies)))


def whole_scan(size: Size) -> Iterator[Row]:
    """A whole process, the failed policies of each machine."""
    inventory, lines = cache.inventory(size.documents), cache.lines("scan")
    command = scan(inventory, POLICIES, lines=lines)
    agree(command, lines, inventory)
    contestants = {
        "scan": command,
        FLOOR: floor(inventory),
        BY_HAND: by_hand(inventory),
        BY_HAND_JSON: by_hand(inventory, "json"),
    }
    outputs = (lines, cache.lines("by-hand-orjson"), cache.lines("by-hand-json"))
    done = seconds(take_turns(contestants, size.rounds, outputs))
    yield from (ratio("scan", other, done) for other in (FLOOR, BY_HAND, BY_HAND_JSON))
    yield from (ratio(other, FLOOR, done) for other in (BY_HAND, BY_HAND_JSON))


def evidence(size: Size) -> Iterator[Row]:
    """A whole process, with the evidence of each failure."""
    inventory, lines = cache.inventory(size.documents), cache.lines("evidence")
    command = scan(inventory, POLICIES, lines=lines, more=("--evidence",))
    agree(command, lines, inventory)
    done = seconds(take_turns({"scan with evidence": command, FLOOR: floor(inventory)}, size.rounds, (lines,)))
    yield ratio("scan with evidence", FLOOR, done)


def evaluation(size: Size) -> Iterator[Row]:
    """Machines in memory, in one process."""
    times = cache.CACHE / "evaluation.json"
    run(python("-m", "benchmarks.evaluation", cache.inventory(min(size.documents, 10_000)), str(size.rounds), times))
    done = [{"evaluation": one["azscheck"], BY_HAND: one["handwritten"]} for one in json.loads(times.read_bytes())]
    yield ratio("evaluation", BY_HAND, done)


def join(size: Size) -> Iterator[Row]:
    """As many protected items as machines, and a policy that counts each machine's."""
    inventory, alone = cache.inventory(size.documents, size.documents), cache.inventory(size.documents)
    lines = cache.lines("join")
    command = scan(inventory, POLICIES, FOLDER / "policies-join", lines=lines)
    agree(command, lines, inventory)
    contestants = {
        "scan with join": command,
        "scan": scan(alone, POLICIES, lines=cache.lines("scan")),
        BY_HAND: by_hand(inventory),
    }
    outputs = (lines, cache.lines("scan"), cache.lines("by-hand-orjson"))
    done = seconds(take_turns(contestants, size.rounds, outputs))
    yield from (ratio("scan with join", other, done) for other in ("scan", BY_HAND))


def policies(size: Size) -> Iterator[Row]:
    """A thousand policies against ten: whole, and without what reading the policies costs."""
    many, few = cache.inventory(min(size.documents, 2000)), cache.inventory(20)
    contestants: dict[str, tuple[str, ...]] = {}
    for copies in (1, 100):
        lines = cache.lines(f"policies-{copies}")
        command = scan(many, cache.policies(copies), lines=lines)
        agree(command, lines, many, copies)
        contestants[f"{10 * copies} policies"] = command
        contestants[f"{10 * copies} on 20 machines"] = scan(few, cache.policies(copies), lines=lines)
    done = seconds(take_turns(contestants, size.rounds))
    yield figure("a rule of 1000", "a rule of 10", done, lambda t: t["1000 policies"] / t["10 policies"] / 100)
    judging = [{n: one[f"{n} policies"] - one[f"{n} on 20 machines"] for n in ("10", "1000")} for one in done]
    yield figure("a rule of 1000, judging", "a rule of 10, judging", judging, lambda t: t["1000"] / t["10"] / 100)


def memory(size: Size) -> Iterator[Row]:
    """What a scan holds at its peak, and what each further machine adds."""
    sizes = (size.documents // 5, size.documents)
    commands = {f"{n} machines": scan(cache.inventory(n), POLICIES, lines=cache.lines("memory")) for n in sizes}
    done = take_turns(commands, min(size.rounds, 3))
    peaks = [tuple(one[name].peak_bytes for name in commands) for one in done]
    for place, name in enumerate(commands):
        yield Row("peak memory", name, tuple(peak[place] / 2**20 for peak in peaks), "MiB")
    added = tuple((more - less) / (sizes[1] - sizes[0]) for less, more in peaks)
    yield Row("peak memory", "each more machine", added, "bytes")


def start(size: Size) -> Iterator[Row]:
    """What is paid before the first machine."""
    hundred = cache.inventory(100)
    contestants = {
        "--version": python("-m", "azscheck", "--version"),
        "python -c pass": python("-c", "pass"),
        "scan of 100": scan(hundred, POLICIES, lines=cache.lines("start")),
        "orjson floor of 100": floor(hundred),
    }
    done = seconds(take_turns(contestants, 3 * size.rounds))
    yield ratio("--version", "python -c pass", done)
    yield ratio("scan of 100", "orjson floor of 100", done)


def gated(size: Size) -> Iterator[Row]:
    """A template before it is deployed."""
    yield from gate.rows(size.rounds)


SUITE: Mapping[str, Callable[[Size], Iterator[Row]]] = {
    "scan": whole_scan,
    "evidence": evidence,
    "evaluation": evaluation,
    "join": join,
    "policies": policies,
    "memory": memory,
    "start": start,
    "collection": lambda size: collection(size.documents, size.rounds),
    "gate": gated,
}
