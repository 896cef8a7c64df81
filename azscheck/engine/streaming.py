"""Judging a saved inventory as it is read, a line of results for each resource: for what is too large to hold."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cached_property, partial
from typing import Any

import msgspec
import xxhash

from azscheck.engine.applicability import Bound, types_of
from azscheck.engine.attested import without_lapsed
from azscheck.engine.blocks import Block, Tally
from azscheck.engine.compiled.joins import Count, Joins
from azscheck.engine.compiled.judge import truths_by
from azscheck.engine.compiled.projection import NotProjectable, Spellings
from azscheck.engine.compiled.rules import Given, Opaque, Rule
from azscheck.engine.containers import GROUPS, SUBSCRIPTIONS
from azscheck.engine.counted_lines import CountedLines, Unusual
from azscheck.engine.evaluation import check_now, infos_of, judge, of_gap
from azscheck.engine.interpret import Interpreter
from azscheck.engine.population import World
from azscheck.inventory import Inventory, Resource, type_key
from azscheck.inventory.fields import resource_of
from azscheck.inventory.lines import NotInOrder, SavedLines, beginning, told
from azscheck.policy import ANY, ATTESTATIONS, STAMPS, Policy
from azscheck.policy.conditions import Field, ResourceCount
from azscheck.results import ComplianceState, Outcome, Result
from azscheck.results.lines import closing, line

_MARKED = frozenset(map(type_key, (ATTESTATIONS, STAMPS)))
"""Types of which more is unknown than their lines say."""


class Streamed(msgspec.Struct, dict=True):
    """A saved inventory that is judged while its lines are taken; `outcome` is whole when all have been."""

    saved: SavedLines
    policies: Sequence[Policy]
    bounds_of: Callable[[str], Sequence[Bound]]
    """The policies with the values that their parameters have on a stamp."""
    now: datetime
    evidence: bool = False
    """Whether lines have the findings' evidence."""

    def __post_init__(self) -> None:
        check_now(self.now, self.saved.created)
        if any(kind == ATTESTATIONS for policy in self.policies for kind in policy.applies_to):
            raise NotInOrder
        self._blocks: dict[tuple[str, str], Block | None] = {}
        self._tally: Tally = Counter()
        self._spelled = Spellings.of(self.saved)
        self._joins: dict[tuple[str, int], tuple[Count, Field | None]] = {}
        self._lists = Inventory.of(self.saved.created, (), self.saved.coverage)

    @property
    def outcome(self) -> Outcome:
        """What it comes to."""
        stamps = {stamp for stamp, _ in self._blocks} | {coverage.stamp for coverage in self.saved.coverage}
        return Outcome(infos_of(map(self.bounds_of, sorted(stamps) or [""])), self._tally, self.saved.coverage)

    def lines(self) -> Iterator[bytes]:
        """The lines, some at a time; raises NotInOrder where the inventory is to be read as a whole."""
        taken, checksum = 0, xxhash.xxh3_64()
        key, block = ("", ""), None
        for chunk in self.saved.chunks():
            checksum.update(chunk)
            quick = self._quickly(block, key, chunk)
            if quick is not None:
                yield quick[0]
                taken += quick[1]
                continue
            for text in chunk.splitlines():
                taken += 1
                envelope = told(text)
                if (envelope.stamp, envelope.type) != key:
                    key = envelope.stamp, envelope.type
                    block = self.block(*key)
                if block is not None:
                    found = self._quickly(block, key, text)
                    yield block.of_line(text, envelope.id).encode() if found is None else found[0]
        if taken != self.saved.resources or checksum.hexdigest() != self.saved.checksum:
            # Lines that were edited may have keys that are not in the list, and so were not read.
            raise NotInOrder
        for known in self._blocks.values():
            if known is not None:
                known.close()
        yield from self._gaps()
        yield closing(self.outcome, self.now, self.saved.created).encode()

    def _quickly(self, block: Block | None, key: tuple[str, str], chunk: bytes) -> tuple[bytes, int] | None:
        """The output for lines of one block, and how many; None where they are not all of it, or are unusual."""
        if block is not None and block.decoder is not None:
            try:
                return block.of_lines(chunk)
            except msgspec.MsgspecError:
                return None
        if block is None and key in self._blocks:
            lines = chunk.count(b"\n")
            return (b"", lines) if chunk.count(beginning(*key)) == lines else None
        return None

    def block(self, stamp: str, kind: str) -> Block | None:
        """The policies on a type of a stamp whose lines begin; None where there are none."""
        key = stamp, kind
        if any(known == stamp and type_key(other) == type_key(kind) for known, other in self._blocks):
            # A type that comes again, or in two spellings: what stands twice may not stand side by side.
            raise NotInOrder
        bounds = [b for b in self.bounds_of(stamp) if _is_judged(b[0], kind, self.now)]
        self._blocks[key] = None
        if bounds:
            given = Given(self.now, None, partial(self._join, stamp))
            self._blocks[key] = Block(
                stamp, kind, bounds, given, self._spelled, self._whole, self.evidence, self._tally
            )
        return self._blocks[key]

    def _join(self, stamp: str, count: ResourceCount, rule: Rule) -> tuple[Count, Field | None]:
        key = stamp, id(count)
        if key not in self._joins:
            given = Given(self.now, None, _no_join)
            try:
                if self._lists.gaps(count.type, stamp) or type_key(count.type) in _MARKED:
                    raise Unusual
                found = CountedLines(self.saved, stamp, self._spelled, given).of(count, rule)
            except (Opaque, Unusual, NotProjectable):
                truths = truths_by(self._interpreter, stamp, self.now)
                found = Joins(self._interpreter.world, stamp, truths).of(count, rule)
            self._joins[key] = found
        return self._joins[key]

    def _whole(self, text: bytes, bounds: Sequence[Bound]) -> list[Result]:
        resource = _resource(text)
        return [
            judge(self._interpreter if self._looks_around(policy) else self._alone, resource, policy, values, self.now)
            for policy, values in bounds
        ]

    @staticmethod
    def _looks_around(policy: Policy) -> bool:
        # Azure's rules may read the resource group that a resource is in.
        return bool(policy.counts) or policy.effect is not None

    @cached_property
    def _alone(self) -> Interpreter:
        """The interpreter for policies that look at nothing but the judged resource."""
        return Interpreter(World(self._lists))

    @cached_property
    def _interpreter(self) -> Interpreter:
        """The interpreter, in a world of what policies count."""
        counted = {type_key(kind) for policy in self.policies for kind in policy.counts}
        if any(policy.effect is not None for policy in self.policies):
            counted |= {type_key(GROUPS), type_key(SUBSCRIPTIONS)}
        resources = list(self._resources(counted)) if counted else []
        inventory = Inventory.of(self.saved.created, resources, self.saved.coverage)
        return Interpreter(World(without_lapsed(inventory, self.now)))

    def _resources(self, kinds: set[str]) -> Iterator[Resource]:
        skipped = b""
        for chunk in self.saved.chunks():
            if skipped and chunk.count(skipped) == chunk.count(b"\n"):
                continue
            for text in chunk.splitlines():
                envelope = told(text)
                if type_key(envelope.type) in kinds:
                    yield _resource(text)
                else:
                    skipped = beginning(envelope.stamp, envelope.type)

    def _gaps(self) -> Iterator[bytes]:
        known = self._lists
        for stamp in sorted({stamp for stamp, _ in self._blocks} | set(known.stamps)):
            found: dict[tuple[str, str], list[Result]] = {}
            for policy, _ in self.bounds_of(stamp):
                for kind in () if ANY in policy.applies_to else policy.applies_to:
                    for gap in known.gaps(kind, stamp):
                        found.setdefault((type_key(kind), gap.scope), []).append(of_gap(policy, gap))
            for results in found.values():
                self._tally.update((result.policy, ComplianceState.UNKNOWN) for result in results)
                yield line(results).encode()


def _is_judged(policy: Policy, kind: str, now: datetime) -> bool:
    return any(type_key(known) == type_key(kind) for known in types_of(policy, [kind], now))


def _no_join(*_: Any) -> Any:
    raise Opaque


def _resource(text: bytes) -> Resource:
    try:
        return resource_of(_json(text))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise NotInOrder from error


def _json(text: bytes) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.MsgspecError:
        # Half a character pair, a number of no end: odd, and read all the same.
        return json.loads(text)
