"""What a condition comes to: its truth, the tests that decided it, and how several make one."""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from azscheck.engine.frame import Frame
from azscheck.engine.operators import Truth
from azscheck.engine.tally import Tally
from azscheck.policy.conditions import Test
from azscheck.results import Evidence
from azscheck.values import Unknown


class Proof(Struct, frozen=True):
    """The truth of a condition, the tests that decided it, and the count among them that a message speaks of."""

    truth: Truth
    evidence: tuple[Evidence, ...] = ()
    tally: Tally | None = None


class Tested(Struct, frozen=True):
    """A test as it was found: its truth, what was seen and what was wanted, and where it stood."""

    test: Test
    frame: Frame
    truth: Truth
    seen: Any
    wanted: Any


class Weighed(Struct, frozen=True):
    """The truth of a condition and the tests that decided it, of which only the outermost become evidence."""

    truth: Truth
    tests: tuple[Tested, ...]


def combine(truths: Iterable[Truth], *, decides: bool) -> Truth:
    """Kleene's `anyOf` where true decides, `allOf` where false does."""
    unknown: Unknown | None = None
    for truth in truths:
        if isinstance(truth, Unknown):
            unknown = truth if unknown is None else unknown
        elif truth is decides:
            return decides
    return (not decides) if unknown is None else unknown


def decide(weighed: list[Weighed], *, decides: bool) -> Weighed:
    deciding = (
        [w for w in weighed if w.truth is decides] or [w for w in weighed if isinstance(w.truth, Unknown)] or weighed
    )
    truth = deciding[0].truth if deciding else not decides
    return Weighed(truth, tuple(tested for w in deciding for tested in w.tests))
