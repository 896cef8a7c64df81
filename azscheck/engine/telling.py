"""What decided a failure, from the values that generated code saw: the interpreter's proof without its reading."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from msgspec.structs import replace

from azscheck.engine.compiled.answers import NoAnswer, answer_of
from azscheck.engine.compiled.rules import Told
from azscheck.engine.frame import Frame
from azscheck.engine.interpret import Interpreter
from azscheck.engine.message import message_of
from azscheck.engine.operators import Truth, compare
from azscheck.engine.population import World
from azscheck.engine.proof import Proof, Tested
from azscheck.engine.tally import Tally, compare_tally
from azscheck.inventory import Inventory, Origin, Resource
from azscheck.policy import Policy
from azscheck.policy.conditions import Field, Test, Value
from azscheck.policy.parse import PLACEHOLDER
from azscheck.results import Evidence
from azscheck.results.lines import encode, finding
from azscheck.values import ABSENT

Tell = Callable[[Any], str]
"""From the values of a failed policy's properties (of one its value) to the finding as JSON."""

_REMEMBERED: Final = 8192
_LONGEST: Final = 100
_MARK: Final = "\ue000azscheck\ue000"
_NOWHERE: Final = Resource("", "", "", {}, Origin("", ""))


class _Retold(Interpreter):
    """Proves a condition of which the values are known already."""

    def __init__(self, values: Mapping[int, Any]) -> None:
        super().__init__(World(Inventory.of(datetime.min, (), ())))
        self._values = values
        self.decided: dict[int, Test] = {}
        """The test of each piece of evidence, by its identity."""

    def test(self, test: Test, frame: Frame) -> tuple[Truth, Any, Any]:
        seen, wanted = self._values[id(test)], self.wanted(test, frame)
        if isinstance(test.left, Field | Value):
            return compare(test.operator, seen, wanted, frame.now), seen, wanted
        tally = Tally(seen, seen)
        return compare_tally(test.operator, tally, wanted, frame.now), tally, wanted

    def evidence_of(self, tested: Tested) -> Iterator[Evidence]:
        for evidence in super().evidence_of(tested):
            self.decided[id(evidence)] = tested.test
            yield evidence


def can_tell(policy: Policy) -> bool:
    """Whether a policy's message needs nothing but the values of its tests."""
    return all(name in policy.parameters or name == "count" for name in PLACEHOLDER.findall(policy.message))


class _Teller:
    """Tells the failures of one policy."""

    def __init__(self, policy: Policy, parameters: Mapping[str, Any], now: datetime, told: Told) -> None:
        self._policy = policy
        self._told = told
        self._frame = Frame(_NOWHERE, {}, parameters, now, policy.blank)
        wanted = [(test.operator, Interpreter.wanted(test, self._frame)) for test in told.tests]
        self._answers = [answer_of(operator, value, now) for operator, value in wanted]
        self._templates: dict[tuple[bool, ...], list[str]] = {}
        self._counts: dict[int, str] = {}
        self._texts: dict[str, str] = {}
        self._absent = ""
        self._deciding: dict[tuple[bool, ...], list[int]] = {}
        self._known: dict[Any, str] = {}

    def one(self, value: Any) -> str:
        """Where one value decides."""
        if value is ABSENT:
            self._absent = self._absent or self._finding(*self._proof((value,)))
            return self._absent
        if type(value) is str and value in self._texts:
            return self._texts[value]
        if type(value) is int:
            if value not in self._counts:
                self._counts = self._counts if len(self._counts) < _REMEMBERED else {}
                self._counts[value] = self._finding(*self._proof((value,)))
            return self._counts[value]
        if type(value) is not str or len(value) > _LONGEST or not value.isprintable():
            return self.several((value,))
        # For texts of which each test says the same, the finding is the same but for the text.
        truths = self._truths((value,)) if len(self._answers) > 1 else ()
        if truths is None:
            return self._finding(*self._proof((value,)))
        parts = self._templates.get(truths)
        if parts is None:
            parts = self._templates[truths] = self._template(value)
        text = value if '"' not in value and "\\" not in value else encode(value)[1:-1]
        told = text.join(parts)
        if len(self._texts) < _REMEMBERED:
            self._texts[value] = told
        return told

    def several(self, values: tuple[Any, ...]) -> str:
        """Where several do: of those the ones are shown whose tests decided."""
        truths = self._truths(values)
        if truths is None:
            return self._finding(*self._proof(values))
        deciding = self._deciding.get(truths)
        if deciding is None:
            proof, interpreter = self._proof(values)
            tests = [interpreter.decided[id(piece)] for piece in proof.evidence]
            deciding = self._deciding[truths] = [
                at
                for test, at in zip(self._told.tests, self._told.places, strict=True)
                if any(t is test for t in tests)
            ]
        shown = [values[at] for at in deciding]
        # 1, 1.0 and true are the same key, and not the same evidence.
        key = (truths, *shown, *map(type, shown))
        try:
            known = self._known.get(key)
        except TypeError:
            return self._finding(*self._proof(values))
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[key] = self._finding(*self._proof(values))
        return known

    def _truths(self, values: Sequence[Any]) -> tuple[bool, ...] | None:
        """The truth of each test; None when one is not known, and so did not decide."""
        try:
            return tuple([answer(values[at]) for answer, at in zip(self._answers, self._told.places, strict=True)])
        except NoAnswer:
            return None

    def _proof(self, values: Sequence[Any]) -> tuple[Proof, _Retold]:
        by_test = {id(test): values[at] for test, at in zip(self._told.tests, self._told.places, strict=True)}
        interpreter = _Retold(by_test)
        return interpreter.prove(self._policy.require, self._frame), interpreter

    def _finding(self, proof: Proof, interpreter: Interpreter) -> str:
        message = message_of(self._policy, proof, self._frame, interpreter)
        return finding(self._policy.id, message, proof.evidence)

    def _template(self, text: str) -> list[str]:
        proof, interpreter = self._proof((text,))
        marked = tuple(replace(e, seen=_MARK) if e.seen == text else e for e in proof.evidence)
        return self._finding(replace(proof, evidence=marked), interpreter).split(_MARK)


def teller(policy: Policy, parameters: Mapping[str, Any], now: datetime, told: Told) -> Tell:
    """A function that tells the failures of a policy."""
    made = _Teller(policy, parameters, now, told)
    return made.one if told.one else made.several
