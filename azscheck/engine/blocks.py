"""The lines of one type of one stamp in a saved inventory, judged as they are read."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from azscheck.engine.compiled.judge import AT_ONCE, Bits, function_of, states_of
from azscheck.engine.compiled.projection import NotProjectable, line_decoder
from azscheck.engine.compiled.reads import Layout
from azscheck.engine.compiled.source import Given, Rule, Writer
from azscheck.engine.telling import Tell, can_tell, teller
from azscheck.inventory.lines import NotInOrder
from azscheck.inventory.parts import arm_key
from azscheck.policy import Policy
from azscheck.results import ComplianceState, Result
from azscheck.results.lines import encode, head, line, tail

Bound = tuple[Policy, Mapping[str, Any]]
"""A policy with the values of its parameters."""
Tally = Counter[tuple[str, ComplianceState]]
"""How many results of a policy are in a state."""
Whole = Callable[[bytes, Sequence[Bound]], list[Result]]
"""Judges a resource's line by policies with all that there is."""


@dataclass
class Block:
    """Policies, the code for them where there is code, and what was found by them."""

    stamp: str
    type: str
    bounds: Sequence[Bound]
    given: Given
    spelled: Mapping[str, str]
    whole: Whole
    evidence: bool
    tally: Tally
    decoder: msgspec.json.Decoder[Any] | None = field(init=False, default=None)
    """None where only whole documents can be judged."""
    _functions: list[Callable[..., Bits]] = field(init=False, default_factory=list)
    _tellers: list[Tell] = field(init=False, default_factory=list)
    _tails: dict[tuple[Bits, ...], bytes] = field(init=False, default_factory=dict)
    _seen: Counter[tuple[Bits, ...]] = field(init=False, default_factory=Counter)
    _last: str = field(init=False, default="")

    def __post_init__(self) -> None:
        try:
            self.decoder = self._compiled()
        except NotProjectable:
            self.decoder = None

    def _compiled(self) -> msgspec.json.Decoder[Any]:
        if self.evidence and not all(can_tell(policy) for policy, _ in self.bounds):
            raise NotProjectable
        rules = [Rule(policy.when, policy.require, parameters) for policy, parameters in self.bounds]
        groups = [rules[start : start + AT_ONCE] for start in range(0, len(rules), AT_ONCE)]
        # Once to learn what is read, and once more to read it from structs of just that.
        first = Layout()
        for group in groups:
            writer = Writer(self.given, first)
            writer.function(group)
            if writer.opaque or writer.envelope - {"id"}:
                raise NotProjectable
        above = {path[:n] for path in first.seen for n in range(len(path))}
        layout = Layout(structs=True, whole=frozenset(first.values & above))
        for group in groups:
            writer = Writer(self.given, layout)
            self._functions.append(function_of(writer, group, telling=self.evidence))
            if self.evidence:
                told = zip(self.bounds[len(self._tellers) :], writer.told, strict=False)
                self._tellers += [teller(policy, values, self.given.now, tests) for (policy, values), tests in told]
        return line_decoder(layout, self.spelled, self.stamp, self.type)

    def of_lines(self, chunk: bytes) -> list[bytes]:
        """The output for lines of this block; raises msgspec's errors for a line that is another's, or unusual."""
        assert self.decoder is not None
        parts = self.decoder.decode_lines(chunk)
        start = head(self.stamp, self.type)
        judged = self._judge_telling if self.evidence else self._judge
        out: list[bytes] = []
        seen: list[tuple[Bits, ...]] = []
        lines: list[bytes] = []
        for i, part in enumerate(parts):
            self._keep_order(part.id)
            bits, ready = judged(part) if part.unknown is None else ((), b"")
            if ready:
                seen.append(bits)
                out += (start, encode(part.id), ready)
            else:
                lines = lines or chunk.split(b"\n")
                out.append(self.of_whole(lines[i]))
        self._seen.update(seen)
        return out

    def of_line(self, text: bytes, resource_id: str) -> bytes:
        """The output for one line, by all that is in it."""
        self._keep_order(resource_id)
        return self.of_whole(text)

    def of_whole(self, text: bytes) -> bytes:
        """The output for one line whose place is known to be right."""
        results = self.whole(text, self.bounds)
        self.tally.update((result.policy, result.state) for result in results)
        return line(results, evidence=self.evidence)

    def close(self) -> None:
        """Add what was found to the tally."""
        for bits, number in self._seen.items():
            for (policy, _), state in zip(self.bounds, self._states(bits), strict=True):
                assert state is not None
                self.tally[policy.id, state] += number
        self._seen.clear()

    def _keep_order(self, resource_id: str) -> None:
        key = arm_key(resource_id)
        if key <= self._last:
            # The same resource twice, or lines that azscheck did not write.
            raise NotInOrder
        self._last = key

    def _judge(self, part: Any) -> tuple[tuple[Bits, ...], bytes]:
        bits = tuple([function(part.resource, part) for function in self._functions])
        ready = self._tails.get(bits)
        return bits, self._tail(bits) if ready is None else ready

    def _judge_telling(self, part: Any) -> tuple[tuple[Bits, ...], bytes]:
        bits: list[Bits] = []
        findings: list[bytes] = []
        for n, function in enumerate(self._functions):
            told: list[tuple[int, Any]] = []
            bits.append(function(part.resource, part, told.append))
            findings += [self._tellers[n * AT_ONCE + i](values) for i, values in told]
        key = tuple(bits)
        ready = self._tails.get(key)
        ready = self._tail(key) if ready is None else ready
        if findings and ready:
            ready = b"".join((ready[:-2], b',"findings":[', b",".join(findings), b"]}\n"))
        return key, ready

    def _states(self, bits: tuple[Bits, ...]) -> list[ComplianceState | None]:
        left = len(self.bounds)
        return [s for n, three in enumerate(bits) for s in states_of(three, min(AT_ONCE, left - n * AT_ONCE))]

    def _tail(self, bits: tuple[Bits, ...]) -> bytes:
        """What follows the id in a line; empty where some policy has no answer."""
        states = self._states(bits)
        by_state: dict[ComplianceState, list[str]] = {}
        for (policy, _), state in zip(self.bounds, states, strict=True):
            if state is not None:
                by_state.setdefault(state, []).append(policy.id)
        self._tails[bits] = b"" if None in states else tail(by_state)
        return self._tails[bits]
