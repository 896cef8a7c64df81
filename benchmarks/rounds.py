"""Contestants take turns, so that what slows the machine down slows all of them: only the ratios in a round count."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.processes import Run, run

Seconds = Mapping[str, float]
"""How long each contestant took in one round."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: a figure with its spread over the rounds."""

    measured: str
    against: str
    figures: tuple[float, ...]
    unit: str = ""

    @property
    def middle(self) -> float:
        """The median."""
        return median(self.figures)


def say(words: str) -> None:
    """Progress, which is no part of the result."""
    print(words, file=sys.stderr, flush=True)


def take_turns(
    contestants: Mapping[str, tuple[str, ...]], rounds: int, outputs: Sequence[Path] = ()
) -> list[dict[str, Run]]:
    """Run every contestant once a round, each round beginning with another.

    No output of an earlier run is there: what it costs to replace a file is the file system's affair.
    """
    names = list(contestants)
    done: list[dict[str, Run]] = []
    for number in range(rounds):
        first = number % len(names)
        taken: dict[str, Run] = {}
        for name in names[first:] + names[:first]:
            for output in outputs:
                output.unlink(missing_ok=True)
            taken[name] = run(contestants[name])
        done.append(taken)
        say(f"  round {number + 1} of {rounds}: " + ", ".join(f"{n} {done[-1][n].seconds:.2f} s" for n in names))
    return done


def seconds(done: Sequence[Mapping[str, Run]]) -> list[Seconds]:
    """The times alone."""
    return [{name: each.seconds for name, each in one.items()} for one in done]


def ratio(measured: str, against: str, done: Sequence[Seconds]) -> Row:
    """One contestant's time over another's, in each round."""
    return figure(measured, against, done, lambda one: one[measured] / one[against])


def figure(measured: str, against: str, done: Sequence[Seconds], of: Callable[[Seconds], float]) -> Row:
    """A figure from the times of each round."""
    return Row(measured, against, tuple(of(one) for one in done))
