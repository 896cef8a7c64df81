"""The lines of one type of one stamp in a saved inventory, judged as they are read."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import lt
from typing import Any, Final

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
from azscheck.results.lines import findings_of, head, id_of, tail

Bound = tuple[Policy, Mapping[str, Any]]
"""A policy with the values of its parameters."""
Tally = Counter[tuple[str, ComplianceState]]
"""How many results of a policy are in a state."""
Whole = Callable[[bytes, Sequence[Bound]], list[Result]]
"""Judges a resource's line by policies with all that there is."""
Found = Bits | tuple[Bits, ...]
"""What the functions of a block give: one of them its bits, several a tuple of theirs."""
_NO_ANSWER: Final = (0, 0, -1)
"""Stands for a resource of which a part could not be read: only the interpreter can answer for it."""


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
    _tails: dict[Found, bytes] = field(init=False, default_factory=dict)
    _seen: Counter[Found] = field(init=False, default_factory=Counter)
    _told: list[bytes] = field(init=False, default_factory=list)
    """The findings of the resource that was judged last."""
    _last: str = field(init=False, default="")

    def __post_init__(self) -> None:
        self._head = head(self.stamp, self.type)
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
                self._tellers += [teller(policy, values, self.given.now, what) for (policy, values), what in told]
        return line_decoder(layout, self.spelled, self.stamp, self.type)

    def of_lines(self, chunk: bytes) -> tuple[bytes, int]:
        """The output for lines of this block, and how many they are.

        Raises msgspec's errors for a line that is another's, or unusual, NotInOrder for one out of place.
        """
        assert self.decoder is not None
        parts = self.decoder.decode_lines(chunk)
        self._keep_order([arm_key(part.id) for part in parts])
        judged = self._telling if self.evidence else self._functions[0] if len(self._functions) == 1 else self._all
        start, tails, seen = self._head, self._tails, []
        out: list[bytes] = []
        for i, part in enumerate(parts):
            bits = judged(part.resource, part) if part.unknown is None else _NO_ANSWER
            ready = tails.get(bits)
            if ready is None:
                ready = tails[bits] = self._tail(bits)
            if ready:
                seen.append(bits)
                out += (start, id_of(part.id), ready)
                if self._told:
                    out[-1] = self._with_findings(ready)
            else:
                out.append(self.of_whole(chunk.split(b"\n")[i], bits))
        self._seen.update(seen)
        return b"".join(out), len(parts)

    def of_line(self, text: bytes, resource_id: str) -> bytes:
        """The output for one line, by all that is in it."""
        self._keep_order([arm_key(resource_id)])
        return self.of_whole(text, _NO_ANSWER)

    def of_whole(self, text: bytes, found: Found) -> bytes:
        """The output for one line of which code did not say all; its place is known to be right."""
        states = self._states(found)
        open_ = [bound for bound, state in zip(self.bounds, states, strict=True) if state is None or self.evidence]
        results = self.whole(text, open_)
        by_policy = {result.policy: result.state for result in results}
        by_state: dict[ComplianceState, list[str]] = {}
        for (policy, _), state in zip(self.bounds, states, strict=True):
            by_state.setdefault(by_policy.get(policy.id, state or ComplianceState.ERROR), []).append(policy.id)
        self.tally.update((policy, state) for state, policies in by_state.items() for policy in policies)
        return self._head + id_of(results[0].resource) + tail(by_state, findings_of(results) if self.evidence else ())

    def close(self) -> None:
        """Add what was found to the tally."""
        for bits, number in self._seen.items():
            for (policy, _), state in zip(self.bounds, self._states(bits), strict=True):
                assert state is not None
                self.tally[policy.id, state] += number
        self._seen.clear()

    def _keep_order(self, keys: list[str]) -> None:
        ordered = [self._last, *keys]
        if not all(map(lt, ordered, keys)):
            # The same resource twice, or lines that azscheck did not write.
            raise NotInOrder
        self._last = ordered[-1]

    def _all(self, document: Any, part: Any) -> Found:
        return tuple([function(document, part) for function in self._functions])

    def _telling(self, document: Any, part: Any) -> Found:
        told: list[tuple[int, Any]] = []
        if len(self._functions) == 1:
            found = self._functions[0](document, part, told.append)
            self._told = [self._tellers[i](values) for i, values in told]
            return found
        bits: list[Bits] = []
        self._told = []
        for n, function in enumerate(self._functions):
            bits.append(function(document, part, told.append))
            self._told += [self._tellers[n * AT_ONCE + i](values) for i, values in told]
            told.clear()
        return tuple(bits)

    def _with_findings(self, ready: bytes) -> bytes:
        return b"".join((ready[:-2], b',"findings":[', b",".join(self._told), b"]}\n"))

    def _states(self, found: Found) -> list[ComplianceState | None]:
        left = len(self.bounds)
        if found is _NO_ANSWER:
            return [None] * left
        each: tuple[Any, ...] = found if len(self._functions) > 1 and isinstance(found, tuple) else (found,)
        return [s for n, bits in enumerate(each) for s in states_of(bits, min(AT_ONCE, left - n * AT_ONCE))]

    def _tail(self, bits: Found) -> bytes:
        """What follows the id in a line; empty where some policy has no answer."""
        states = self._states(bits)
        by_state: dict[ComplianceState, list[str]] = {}
        for (policy, _), state in zip(self.bounds, states, strict=True):
            if state is not None:
                by_state.setdefault(state, []).append(policy.id)
        return b"" if None in states else tail(by_state)
