"""What decided a failure, from the values that generated code saw: the interpreter's proof without its reading."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from azscheck.engine.frame import Frame
from azscheck.engine.interpret import Interpreter
from azscheck.engine.message import message_of
from azscheck.engine.operators import Truth, compare
from azscheck.engine.population import World
from azscheck.engine.tally import Tally, compare_tally
from azscheck.inventory import Inventory, Origin, Resource
from azscheck.policy import Policy
from azscheck.policy.conditions import Field, Test, Value
from azscheck.policy.parse import PLACEHOLDER
from azscheck.results.lines import encode, finding
from azscheck.times import format_time

Values = tuple[Any, ...]
Tell = Callable[[Values], bytes]

_REMEMBERED = 8192
_NOWHERE = Resource("", "", "", {}, Origin("", ""))


class _Retold(Interpreter):
    """Proves a condition of which the values are known already."""

    def __init__(self, values: Mapping[int, Any]) -> None:
        super().__init__(World(Inventory.of(datetime.min, (), ())))
        self._values = values

    def _test(self, test: Test, frame: Frame) -> tuple[Truth, Any, Any]:
        seen, wanted = self._values[id(test)], self.wanted(test, frame)
        if isinstance(test.left, Field | Value):
            return compare(test.operator, seen, wanted, frame.now), seen, wanted
        tally = Tally(seen, seen)
        return compare_tally(test.operator, tally, wanted, frame.now), tally, wanted


def can_tell(policy: Policy) -> bool:
    """Whether a policy's message needs nothing but the values of its tests."""
    return all(name in policy.parameters or name == "count" for name in PLACEHOLDER.findall(policy.message))


def teller(policy: Policy, parameters: Mapping[str, Any], now: datetime, tests: tuple[Test, ...]) -> Tell:
    """A function from the values of a failed policy's tests to the finding as JSON."""
    frame = Frame(_NOWHERE, {}, parameters, now)
    remembered: dict[Values, bytes] = {}

    def prove(values: Values) -> bytes:
        interpreter = _Retold({id(test): value for test, value in zip(tests, values, strict=True)})
        proof = interpreter.prove(policy.require, frame)
        if proof.truth is not False:
            return b""
        return finding(policy.id, message_of(policy, proof, frame, interpreter), proof.evidence)

    direct = _of_one_text(prove, now) if len(tests) == 1 and isinstance(tests[0].left, Field) else None

    def tell(values: Values) -> bytes:
        if direct is not None and type(values[0]) is str and len(values[0]) < 100 and values[0].isprintable():
            return direct(values[0])
        # 1, 1.0 and true are the same key, and not the same evidence.
        key = (*values, *map(type, values))
        try:
            known = remembered.get(key)
        except TypeError:
            return prove(values)
        if known is None:
            if len(remembered) >= _REMEMBERED:
                remembered.clear()
            known = remembered[key] = prove(values)
        return known

    return tell


def _of_one_text(prove: Tell, now: datetime) -> Callable[[str], bytes] | None:
    """Where one text decides, the finding around it: proven once, for a text that fails and stands nowhere else."""
    for mark in ("azscheck looks for this", "0001-02-03T04:05:06Z", format_time(now)):
        parts = prove((mark,)).split(mark.encode())
        if 2 <= len(parts) <= 3:
            return partial(_around, parts)
    return None


def _around(parts: list[bytes], text: str) -> bytes:
    return encode(text)[1:-1].join(parts)
