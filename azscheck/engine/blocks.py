"""The lines of one type of one stamp in a saved inventory, judged as they are read."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from operator import lt
from typing import Any, Final

import msgspec

from azscheck.engine.applicability import Bound
from azscheck.engine.compiled.judge import AT_ONCE, Bits, function_of, states_of
from azscheck.engine.compiled.projection import NotProjectable, Spellings, line_decoder
from azscheck.engine.compiled.reads import Layout
from azscheck.engine.compiled.rules import Given, Rule, Told
from azscheck.engine.compiled.source import Writer
from azscheck.engine.telling import Teller, can_tell
from azscheck.inventory.lines import NotInOrder
from azscheck.inventory.parts import order_of
from azscheck.results import ComplianceState, Result
from azscheck.results.lines import END, FINDINGS, findings_of, head, id_of, plain, tail, told_states

Tally = Counter[tuple[str, ComplianceState]]
"""How many results of a policy are in a state."""
Whole = Callable[[bytes, Sequence[Bound]], list[Result]]
"""Judges a resource's line by policies with all that there is."""
Found = Bits | tuple[Bits, ...]
"""What the functions of a block give: one of them its bits, several a tuple of theirs."""
Open = tuple[int, int, Sequence[str]]
"""A piece of output that only the interpreter can make, the line that it is for, and what code told of that."""
_NO_ANSWER: Final = (0, 0, -1)
"""Stands for a resource of which a part could not be read: only the interpreter can answer for it."""


class Block(msgspec.Struct, dict=True):
    """Policies, the code for them where there is code, and what was found by them."""

    stamp: str
    type: str
    bounds: Sequence[Bound]
    given: Given
    spelled: Spellings
    whole: Whole
    evidence: bool
    tally: Tally

    def __post_init__(self) -> None:
        self._head = head(self.stamp, self.type) + '"'
        self._functions: list[Callable[..., Bits]] = []
        self._ends = _Ends(self.end_of)
        self._seen: Counter[Found] = Counter()
        self._last = ""
        self.decoder: msgspec.json.Decoder[Any] | None = None
        """None where only whole documents can be judged."""
        with suppress(NotProjectable):
            self.decoder = self._compiled()

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
        for start, group in zip(range(0, len(rules), AT_ONCE), groups, strict=True):
            tellers = partial(self._tellers, start) if self.evidence else None
            self._functions.append(function_of(Writer(self.given, layout), group, tellers=tellers))
        return line_decoder(layout, self.spelled, self.stamp, self.type)

    def _tellers(self, start: int, told: Sequence[Told]) -> list[Teller]:
        bounds = self.bounds[start : start + len(told)]
        return [Teller(*bound, self.given.now, what) for bound, what in zip(bounds, told, strict=True)]

    def of_lines(self, chunk: bytes) -> tuple[bytes, int]:
        """The output for lines of this block, and how many they are.

        Raises msgspec's errors for a line that is another's, or unusual, NotInOrder for one out of place.
        """
        assert self.decoder is not None
        parts = self.decoder.decode_lines(chunk)
        ids = [part.id for part in parts]
        self._keep_order(ids)
        # An id on which a terminal may act, or that JSON escapes, is written with care.
        names = ids if plain("".join(ids)) else [id_of(name)[1:-1] for name in ids]
        found, out, open_ = self._told(parts, names) if self.evidence else self._judged(parts, names)
        if open_:
            lines = chunk.split(b"\n")
            for place, i, told in open_:
                out[place] = self.of_whole(lines[i], found[i], told)
        self._seen.update(found)
        return "".join(out).encode(), len(parts)

    def _judged(self, parts: list[Any], names: list[str]) -> tuple[list[Found], list[str], list[Open]]:
        """What was found, the output in pieces, and what is still open."""
        found = self.found(parts)
        ends = [self._ends[bits] for bits in found]
        out = [self._head, "", "", END] * len(parts)
        out[1::4] = names
        out[2::4] = ends
        open_: list[Open] = [(4 * i, i, ()) for i, end in enumerate(ends) if not end] if "" in ends else []
        for place, *_ in open_:
            out[place : place + 4] = [""] * 4
        return found, out, open_

    def _told(self, parts: list[Any], names: list[str]) -> tuple[list[Found], list[str], list[Open]]:
        found: list[Found] = []
        out: list[str] = []
        open_: list[Open] = []
        judge = self._functions[0] if len(self._functions) == 1 else self._all
        tell, head, ends = out.append, self._head, self._ends
        for part, name in zip(parts, names, strict=True):
            place = len(out)
            tell("")
            bits = judge(part.resource, part, tell) if part.unknown is None else _NO_ANSWER
            end = ends[bits]
            if not end:
                open_.append((place, len(found), out[place + 1 :]))
                del out[place + 1 :]
            elif len(out) == place + 1:
                out[place] = f"{head}{name}{end}{END}"
            else:
                out[place] = f"{head}{name}{end}{FINDINGS}"
                # The comma that begins each finding is not for the first.
                out[place + 1] = out[place + 1][1:]
                tell(f"]{END}")
            found.append(bits)
        return found, out, open_

    def found(self, parts: list[Any]) -> list[Found]:
        """What the code says of decoded lines."""
        judge = self._functions[0] if len(self._functions) == 1 else self._all
        return [judge(part.resource, part) if part.unknown is None else _NO_ANSWER for part in parts]

    def of_line(self, text: bytes, resource_id: str) -> str:
        """The output for one line, by all that is in it."""
        self._keep_order([resource_id])
        return self.of_whole(text, _NO_ANSWER)

    def of_whole(self, text: bytes, found: Found, told: Sequence[str] = ()) -> str:
        """The output for one line of which code did not say all, and what it told; its place is known to be right."""
        states = self.states(found)
        open_ = [bound for bound, state in zip(self.bounds, states, strict=True) if state is None]
        results = {result.policy: result for result in self.whole(text, open_)}
        by_state: dict[ComplianceState, list[str]] = {}
        findings: list[str] = []
        left = iter(told)
        for (policy, _), state in zip(self.bounds, states, strict=True):
            if state is ComplianceState.NON_COMPLIANT and self.evidence:
                findings.append(next(left)[1:])
            elif state is None:
                state = results[policy.id].state
                findings += findings_of([results[policy.id]]) if self.evidence else ()
            by_state.setdefault(state, []).append(policy.id)
        self.tally.update((policy, state) for state, policies in by_state.items() for policy in policies)
        return self._head[:-1] + id_of(next(iter(results.values())).resource) + tail(by_state, findings)

    def close(self) -> None:
        """Add what was found to the tally; what was not answered for is there already."""
        for bits, number in self._seen.items():
            if self._ends[bits]:
                for (policy, _), state in zip(self.bounds, self.states(bits), strict=True):
                    self.tally[policy.id, state or ComplianceState.ERROR] += number
        self._seen.clear()

    def _keep_order(self, ids: list[str]) -> None:
        keys = [order_of(name) for name in ids]
        ordered = [self._last, *keys]
        if not all(map(lt, ordered, keys)):
            # The same resource twice, or lines that azscheck did not write.
            raise NotInOrder
        self._last = ordered[-1]

    def _all(self, *given: Any) -> Found:
        return tuple([function(*given) for function in self._functions])

    def states(self, found: Found) -> list[ComplianceState | None]:
        """The state by each policy, in order; None where the interpreter must say."""
        left = len(self.bounds)
        if found is _NO_ANSWER:
            return [None] * left
        each: tuple[Any, ...] = found if len(self._functions) > 1 and isinstance(found, tuple) else (found,)
        return [s for n, bits in enumerate(each) for s in states_of(bits, min(AT_ONCE, left - n * AT_ONCE))]

    def end_of(self, bits: Found) -> str:
        """What follows the id in a line, up to the findings; empty where some policy has no answer."""
        states = self.states(bits)
        by_state: dict[ComplianceState, list[str]] = {}
        for (policy, _), state in zip(self.bounds, states, strict=True):
            if state is not None:
                by_state.setdefault(state, []).append(policy.id)
        return "" if None in states else f'"{told_states(by_state)}'


class _Ends(dict[Found, str]):
    """What follows the ids, made when it is first needed."""

    def __init__(self, make: Callable[[Found], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, bits: Found) -> str:
        made = self[bits] = self._make(bits)
        return made
