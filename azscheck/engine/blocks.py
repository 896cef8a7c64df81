"""The lines of one type of one stamp in a saved inventory, judged as they are read."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from operator import lt
from typing import Any, Final

import msgspec

from azscheck.engine.applicability import Bound
from azscheck.engine.compiled.judge import AT_ONCE, Bits, function_of, states_of
from azscheck.engine.compiled.projection import NotProjectable, Spellings, line_decoder
from azscheck.engine.compiled.reads import Layout
from azscheck.engine.compiled.rules import Given, Rule
from azscheck.engine.compiled.source import Writer
from azscheck.engine.telling import Tell, can_tell, teller
from azscheck.inventory.lines import NotInOrder
from azscheck.inventory.parts import order_of
from azscheck.results import ComplianceState, Result
from azscheck.results.lines import findings_of, head, id_of, tail

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
    spelled: Spellings
    whole: Whole
    evidence: bool
    tally: Tally
    decoder: msgspec.json.Decoder[Any] | None = field(init=False, default=None)
    """None where only whole documents can be judged."""
    _functions: list[Callable[..., Bits]] = field(init=False, default_factory=list)
    _tellers: list[Tell] = field(init=False, default_factory=list)
    _tails: "_Tails" = field(init=False)
    _seen: Counter[Found] = field(init=False, default_factory=Counter)
    _last: str = field(init=False, default="")

    def __post_init__(self) -> None:
        self._head = head(self.stamp, self.type)
        self._tails = _Tails(self.tail_of)
        try:
            self.decoder = self._compiled()
        except NotProjectable:
            self.decoder = None

    def _compiled(self) -> msgspec.json.Decoder[Any]:
        if self.evidence and not all(can_tell(policy) for policy, _ in self.bounds):
            raise NotProjectable
        rules = [Rule(policy.when, policy.require, values, policy.blank) for policy, values in self.bounds]
        groups = [rules[start : start + AT_ONCE] for start in range(0, len(rules), AT_ONCE)]
        # Once to learn what is read, and once more to read it from structs of just that.
        first = Layout()
        for group in groups:
            writer = Writer(self.given, first)
            writer.function(group)
            if writer.opaque or writer.envelope - {"id"}:
                raise NotProjectable
        above = {path[:n] for path in first.seen for n in range(len(path))}
        layout = Layout(structs=True, whole=frozenset(first.values & above), tags=self.spelled.tags is not None)
        for group in groups:
            writer = Writer(self.given, layout, first=len(self._tellers))
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
        ids = [part.id for part in parts]
        self._keep_order([order_of(name) for name in ids])
        found, told = self._telling(parts) if self.evidence else (self.found(parts), [])
        # An id on which a terminal may act, or that JSON escapes, is written with care.
        text = "".join(ids)
        plain = text.isprintable() and '"' not in text and "\\" not in text
        names, mark = (ids, '"') if plain else ([id_of(name) for name in ids], "")
        ready = [self._tails[bits] for bits in found]
        start = self._head + mark
        out = [
            f'{start}{name}{mark}{end[:-2]},"findings":[{",".join(findings)}]}}\n'
            if findings and end
            else f"{start}{name}{mark}{end}"
            for name, end, findings in zip(names, ready, told or repeat(()), strict=False)
        ]
        if "" in ready:
            lines = chunk.split(b"\n")
            for i in [i for i, end in enumerate(ready) if not end]:
                out[i] = self.of_whole(lines[i], found[i])
        self._seen.update(found)
        return "".join(out).encode(), len(parts)

    def found(self, parts: list[Any]) -> list[Found]:
        """What the code says of decoded lines."""
        judge = self._functions[0] if len(self._functions) == 1 else self._all
        return [judge(part.resource, part) if part.unknown is None else _NO_ANSWER for part in parts]

    def of_line(self, text: bytes, resource_id: str) -> str:
        """The output for one line, by all that is in it."""
        self._keep_order([order_of(resource_id)])
        return self.of_whole(text, _NO_ANSWER)

    def of_whole(self, text: bytes, found: Found) -> str:
        """The output for one line of which code did not say all; its place is known to be right."""
        states = self.states(found)
        open_ = [bound for bound, state in zip(self.bounds, states, strict=True) if state is None or self.evidence]
        results = self.whole(text, open_)
        by_policy = {result.policy: result.state for result in results}
        by_state: dict[ComplianceState, list[str]] = {}
        for (policy, _), state in zip(self.bounds, states, strict=True):
            by_state.setdefault(by_policy.get(policy.id, state or ComplianceState.ERROR), []).append(policy.id)
        self.tally.update((policy, state) for state, policies in by_state.items() for policy in policies)
        return self._head + id_of(results[0].resource) + tail(by_state, findings_of(results) if self.evidence else ())

    def close(self) -> None:
        """Add what was found to the tally; what was not answered for is there already."""
        for bits, number in self._seen.items():
            if self._tails[bits]:
                for (policy, _), state in zip(self.bounds, self.states(bits), strict=True):
                    self.tally[policy.id, state or ComplianceState.ERROR] += number
        self._seen.clear()

    def _keep_order(self, keys: list[str]) -> None:
        ordered = [self._last, *keys]
        if not all(map(lt, ordered, keys)):
            # The same resource twice, or lines that azscheck did not write.
            raise NotInOrder
        self._last = ordered[-1]

    def _all(self, document: Any, part: Any) -> Found:
        return tuple([function(document, part) for function in self._functions])

    def _telling(self, parts: list[Any]) -> tuple[list[Found], list[list[str]]]:
        found: list[Found] = []
        findings: list[list[str]] = []
        told: list[tuple[int, Any]] = []
        tell, tellers = told.append, self._tellers
        for part in parts:
            if part.unknown is not None:
                found.append(_NO_ANSWER)
                findings.append([])
                continue
            bits = [function(part.resource, part, tell) for function in self._functions]
            found.append(tuple(bits) if len(bits) > 1 else bits[0])
            findings.append([tellers[i](values) for i, values in told])
            told.clear()
        return found, findings

    def states(self, found: Found) -> list[ComplianceState | None]:
        """The state by each policy, in order; None where the interpreter must say."""
        left = len(self.bounds)
        if found is _NO_ANSWER:
            return [None] * left
        each: tuple[Any, ...] = found if len(self._functions) > 1 and isinstance(found, tuple) else (found,)
        return [s for n, bits in enumerate(each) for s in states_of(bits, min(AT_ONCE, left - n * AT_ONCE))]

    def tail_of(self, bits: Found) -> str:
        """What follows the id in a line; empty where some policy has no answer."""
        states = self.states(bits)
        by_state: dict[ComplianceState, list[str]] = {}
        for (policy, _), state in zip(self.bounds, states, strict=True):
            if state is not None:
                by_state.setdefault(state, []).append(policy.id)
        return "" if None in states else tail(by_state)


class _Tails(dict[Found, str]):
    """The ends of lines, made when they are first needed."""

    def __init__(self, make: Callable[[Found], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, bits: Found) -> str:
        made = self[bits] = self._make(bits)
        return made
