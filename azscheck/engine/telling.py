"""What decided a failure, from the values that generated code saw: the interpreter's proof without its reading."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from msgspec.structs import replace

from azscheck.engine.compiled.answers import KEYS, NoAnswer, answer_of
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

_REMEMBERED: Final = 8192
_LONGEST: Final = 100
_KEPT: Final = 1000
_TOLD_APART: Final = KEYS | {bool}
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


def _is_short(value: Any) -> bool:
    return type(value) is not str or len(value) <= _KEPT


class _Findings(dict[Any, str]):
    """Findings by the one value that decided them."""

    def __init__(self, of: Callable[[Any], str]) -> None:
        super().__init__()
        self._of = of

    def __missing__(self, value: Any) -> str:
        found = self._of(value)
        if _is_short(value):
            if len(self) >= _REMEMBERED:
                self.clear()
            self[value] = found
        return found


class Teller:
    """Tells the failures of one policy as JSON, with the comma that parts a finding from the one before.

    Generated code asks `one` where a single value decides, `several` where more do, and `odd` for a value that is of
    none of the types in KEYS.
    """

    def __init__(self, policy: Policy, parameters: Mapping[str, Any], now: datetime, told: Told) -> None:
        self.one = _Findings(self._of_one)
        self._policy = policy
        self._told = told
        self._frame = Frame(_NOWHERE, {}, parameters, now, policy.blank)
        wanted = [(test.operator, Interpreter.wanted(test, self._frame)) for test in told.tests]
        self._answers = [answer_of(operator, value, now) for operator, value in wanted]
        self._templates: dict[tuple[bool, ...], list[str]] = {}
        self._deciding: dict[tuple[bool, ...], list[int]] = {}
        self._known: dict[tuple[Any, ...], str] = {}

    def odd(self, values: tuple[Any, ...]) -> str:
        """The finding of values of any kind."""
        return self._remembered((), values, values)

    def several(self, truths: tuple[bool, ...], values: tuple[Any, ...]) -> str:
        """The finding of values of which those are shown whose tests decided; it tells them by the tests' truths."""
        places = self._deciding.get(truths)
        if places is None:
            places = self._deciding[truths] = self._places(values)
        return self._remembered(truths, tuple([values[at] for at in places]), values)

    def _remembered(self, truths: tuple[bool, ...], shown: tuple[Any, ...], values: tuple[Any, ...]) -> str:
        # 1 and true are the same key, and not the same evidence.
        kinds = tuple(map(type, shown))
        if not _TOLD_APART.issuperset(kinds):
            return self._finding(*self._proof(values))
        found = self._known.get((truths, shown, kinds))
        if found is None:
            found = self._finding(*self._proof(values))
            if all(map(_is_short, shown)):
                if len(self._known) >= _REMEMBERED:
                    self._known.clear()
                self._known[truths, shown, kinds] = found
        return found

    def _places(self, values: tuple[Any, ...]) -> list[int]:
        proof, interpreter = self._proof(values)
        tests = [interpreter.decided[id(piece)] for piece in proof.evidence]
        told = zip(self._told.tests, self._told.places, strict=True)
        return [at for test, at in told if any(test is decided for decided in tests)]

    def _of_one(self, value: Any) -> str:
        if type(value) is not str or len(value) > _LONGEST or not value.isprintable():
            return self.odd((value,))
        try:
            # For texts of which each test says the same, the finding is the same but for the text.
            truths = tuple([answer(value) for answer in self._answers])
        except NoAnswer:
            return self.odd((value,))
        parts = self._templates.get(truths)
        if parts is None:
            parts = self._templates[truths] = self._template(value)
        return (value if '"' not in value and "\\" not in value else encode(value)[1:-1]).join(parts)

    def _proof(self, values: Sequence[Any]) -> tuple[Proof, _Retold]:
        by_test = {id(test): values[at] for test, at in zip(self._told.tests, self._told.places, strict=True)}
        interpreter = _Retold(by_test)
        return interpreter.prove(self._policy.require, self._frame), interpreter

    def _finding(self, proof: Proof, interpreter: Interpreter) -> str:
        message = message_of(self._policy, proof, self._frame, interpreter)
        return f",{finding(self._policy.id, message, proof.evidence)}"

    def _template(self, text: str) -> list[str]:
        proof, interpreter = self._proof((text,))
        marked = tuple(replace(e, seen=_MARK) if e.seen == text else e for e in proof.evidence)
        return self._finding(replace(proof, evidence=marked), interpreter).split(_MARK)
