"""The reference evaluator: walks a condition, gives its truth and the tests that decided it.

Truth is Kleene's: `allOf` with a false is false whatever else is unknown, `anyOf` with a true is true.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from msgspec.structs import replace

from azscheck.engine.covering import Covering, covering
from azscheck.engine.equality import normal_location, normal_type
from azscheck.engine.frame import Frame
from azscheck.engine.operators import Truth, compare
from azscheck.engine.places import steps_into, steps_of
from azscheck.engine.population import Population, World
from azscheck.engine.proof import Proof, Tested, Weighed, combine, decide
from azscheck.engine.reading import elements
from azscheck.engine.tally import Tally, compare_tally, newest_of, tally_of
from azscheck.engine.values import shown
from azscheck.engine.words import count_words, left_words
from azscheck.engine.work import Work
from azscheck.inventory import Resource
from azscheck.policy.conditions import (
    AllOf,
    AnyOf,
    ArrayCount,
    ComputedField,
    Condition,
    Field,
    Newest,
    Not,
    ResourceCount,
    Scope,
    Test,
    Value,
    ValueCount,
)
from azscheck.policy.paths import LOCATION, TYPE
from azscheck.results import Evidence
from azscheck.values import ABSENT, Unknown

_MOST_EVIDENCE = 100
"""Tests that a result shows; more is no reading, and a report of many resources could not hold it."""
_MOST_SHOWN = 3
"""How many counted resources a piece of evidence goes into."""
_FEW = 8
"""Counted resources that are looked through sooner than found by what they cover."""
_OF_ALL = (Scope.STAMP, Scope.FLEET)


class Interpreter:
    """Evaluates conditions against one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._work: dict[str, Work] = {}
        self._covers: dict[tuple[int, str], tuple[ResourceCount, Covering | None]] = {}
        """With the count, so that its number is not given to another."""

    def work(self, policy: str) -> Work:
        """What a policy may still do."""
        if policy not in self._work:
            self._work[policy] = Work(self.world.size)
        return self._work[policy]

    def truth(self, condition: Condition | None, frame: Frame) -> Truth:
        """The truth alone; no condition is true."""
        if condition is None:
            return True
        match condition:
            case AllOf():
                return combine((self.truth(c, frame) for c in condition.conditions), decides=False)
            case AnyOf():
                return combine((self.truth(c, frame) for c in condition.conditions), decides=True)
            case Not():
                truth = self.truth(condition.condition, frame)
                return truth if isinstance(truth, Unknown) else not truth
            case Test():
                return self.test(condition, frame)[0]

    def prove(self, condition: Condition, frame: Frame) -> Proof:
        """The truth with the tests that decided it."""
        weighed = self._weigh(condition, frame)
        evidence = islice((e for tested in weighed.tests for e in self.evidence_of(tested)), _MOST_EVIDENCE)
        tally = next((tested.seen for tested in weighed.tests if isinstance(tested.seen, Tally)), None)
        return Proof(weighed.truth, tuple(evidence), tally)

    def _weigh(self, condition: Condition, frame: Frame) -> Weighed:
        match condition:
            case AllOf():
                return decide([self._weigh(c, frame) for c in condition.conditions], decides=False)
            case AnyOf():
                return decide([self._weigh(c, frame) for c in condition.conditions], decides=True)
            case Not():
                weighed = self._weigh(condition.condition, frame)
                return weighed if isinstance(weighed.truth, Unknown) else replace(weighed, truth=not weighed.truth)
            case Test():
                truth, seen, wanted = self.test(condition, frame)
                return Weighed(truth, (Tested(condition, frame, truth, seen, wanted),))

    def test(self, test: Test, frame: Frame) -> tuple[Truth, Any, Any]:
        """The truth of a test, what was seen (a value or a Tally), what was wanted."""
        if frame.multiplied:
            frame.work.spend(1)
        wanted = self.wanted(test, frame)
        match test.left:
            case Field() | ComputedField():
                field = frame.field(test.left)
                if isinstance(field, Unknown):
                    return field, field, wanted
                if frame.goes_over(field):
                    if isinstance(test.left, ComputedField) and frame.blank is ABSENT:
                        # Azure's silent "all of them" is for Azure's definitions.
                        return Unknown(f"{field.path} goes over an array: count it", error=True), ABSENT, wanted
                    # Azure's implicit all-of: what holds of every element, and so of none.
                    values = frame.values(field)
                    truths = (compare(test.operator, value, wanted, frame.now) for value in values)
                    return combine(truths, decides=False), values, wanted
                seen = frame.read(field)
                if field.key == LOCATION:
                    seen, wanted = normal_location(seen), normal_location(wanted)
            case Value():
                seen = frame.resolve(test.left.value)
                seen = frame.blank if seen is ABSENT else seen
            case _:
                tally = self._count(test.left, frame)
                return compare_tally(test.operator, tally, wanted, frame.now), tally, wanted
        return compare(test.operator, seen, wanted, frame.now), seen, wanted

    @staticmethod
    def wanted(test: Test, frame: Frame) -> Any:
        """What a test compares with."""
        wanted = frame.resolve(test.right)
        if isinstance(test.left, Field) and test.left.key == TYPE:
            wanted = normal_type(wanted)
        # What an expression did not find is no value to be equal to; only a null that is written asks for null.
        return ABSENT if wanted is None and test.right is not None else wanted

    def _count(self, count: ArrayCount | ValueCount | ResourceCount, frame: Frame) -> Tally:
        match count:
            case ResourceCount():
                return self._count_resources(count, frame)
            case _:
                return self._count_elements(self.elements(count, frame), count.where)

    def elements(self, count: ArrayCount | ValueCount, frame: Frame) -> Sequence[Frame | Unknown]:
        """The frames of what is counted; an Unknown among them stands for elements of which there may be any number."""
        if isinstance(count, ArrayCount):
            frames = frame.each(count.field)
            frame.work.spend(len(frames) if frame.multiplied or frame.named else 0)
            return frames
        found = elements(frame.resolve(count.value))
        if isinstance(found, Unknown):
            return [found]
        frame.work.spend(len(found))
        return [frame.naming(count.name, e) for e in found]

    def _count_elements(self, frames: Sequence[Frame | Unknown], where: Condition | None) -> Tally:
        gap = next((f for f in frames if isinstance(f, Unknown)), None)
        known = [f for f in frames if isinstance(f, Frame)]
        truths = [(None, self.truth(where, f)) for f in known]
        counted = [f.named[0][1] for f, (_, truth) in zip(known, truths, strict=True) if truth is True]
        return replace(tally_of(truths, gap), elements=tuple(counted[:_MOST_SHOWN]) if where else ())

    def _count_resources(self, count: ResourceCount, frame: Frame) -> Tally:
        population = self.resources(count, frame)
        if count.newest is not None:
            population = replace(population, candidates=self._covering(count, population.candidates, frame))
        frame.work.spend(len(population.candidates))
        if count.newest is None:
            return tally_of([(r, self.truth(count.where, frame.of(r))) for r in population.candidates], population.gap)
        newest, certain = self.newest(count.newest, population.candidates, frame)
        gap = population.gap
        if gap is None and count.unknown_when_none and not newest:
            gap = Unknown(count.unknown_when_none)
        truths: list[tuple[Resource | None, Truth]] = [(r, self.truth(count.where, frame.of(r))) for r in newest]
        if newest and not certain:
            # There may be none at all to be the newest.
            truths.append((None, False))
        return tally_of(truths, gap, alternatives=True)

    def _covering(self, count: ResourceCount, candidates: list[Resource], frame: Frame) -> list[Resource]:
        """Of the candidates those that can be the newest of this count, for the resource of `frame`."""
        if count.newest is None or count.key is not None or count.scope not in _OF_ALL or frame.named:
            return candidates
        if len(candidates) < _FEW:
            return candidates
        key = id(count), frame.resource.stamp
        if key not in self._covers:
            self._covers[key] = count, covering(count.newest.where, candidates, frame, self)
        found = self._covers[key][1]
        return candidates if found is None else found.of(frame.resource.id)

    def resources(self, count: ResourceCount, frame: Frame) -> Population:
        """What a count of resources looks at."""
        population = self.world.population(count, frame)
        # Of the newest, those count that satisfy its own where.
        if count.newest is None and population.gap is None and count.unknown_when_none and not population.candidates:
            return replace(population, gap=Unknown(count.unknown_when_none))
        return population

    def newest(self, newest: Newest, candidates: Sequence[Resource], frame: Frame) -> tuple[list[Resource], bool]:
        """The resources that can be the newest, and whether it is certain that there is one."""
        choice, by = newest.where, newest.by
        chosen = [(r, self.truth(choice, frame.of(r)), frame.of(r).read(by)) for r in candidates]
        return newest_of(chosen), any(truth is True for _, truth, _ in chosen)

    def evidence_of(self, tested: Tested) -> Iterator[Evidence]:
        """What a test that decided shows: itself, and of a count of resources what is inside."""
        test, frame, truth, seen = tested.test, tested.frame, tested.truth, tested.seen
        known = None if isinstance(truth, Unknown) else truth
        wanted, _ = shown(tested.wanted)
        if isinstance(seen, Tally):
            # Without those that were counted it would be otherwise: the first of them is where it is decided.
            decided = seen.elements[:1] if compare(test.operator, 0, tested.wanted, frame.now) is not truth else ()
            resource, origin = _source(frame, test, *decided)
            if isinstance(test.left, ResourceCount):
                # Many lists were counted; the resources that decided follow, each with its own origin.
                origin = None
            yield Evidence(count_words(test), test.operator, wanted, seen.least, known, seen.words(), resource, origin)
            yield from self._into(test, seen, truth, frame)
            return
        value, note = shown(seen)
        if isinstance(truth, Unknown) and not isinstance(seen, Unknown):
            note = truth.reason
        yield Evidence(left_words(test), test.operator, wanted, value, known, note, *_source(frame, test))

    def _into(self, test: Test, tally: Tally, truth: Truth, frame: Frame) -> Iterator[Evidence]:
        """Inside a count that decided: the resources that were counted, or those that came nearest."""
        count = test.left
        if not isinstance(count, ResourceCount) or count.where is None:
            return
        # That there is none needs no example.
        looked_at = tally.counted[:_MOST_SHOWN] if tally.counted or truth is True else tally.others[:1000]
        found = [self.prove(count.where, frame.of(resource)).evidence for resource in looked_at]
        for evidence in found if tally.counted else sorted(found, key=len)[:_MOST_SHOWN]:
            yield from evidence


def _source(frame: Frame, test: Test, *counted: Any) -> tuple[str, Any]:
    """The resource that a test looks at, unless it is the judged one, and the place; of a count its first element's."""
    resource = frame.resource
    origin = resource.origin
    if resource.places:
        steps = [*steps_of(test.left, frame.evaluate)]
        if isinstance(test.left, ArrayCount):
            steps += (
                s for element in counted for s in steps_into(test.left.field, test.left.where, element, frame.document)
            )
        origin = resource.origin_at(steps)
    return resource.id if frame.subject else "", origin
