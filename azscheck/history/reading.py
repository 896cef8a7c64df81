"""Results from the text that the store gives back: at once, the evidence of each only when it is asked for."""

import json
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from azscheck.inventory import Origin
from azscheck.inventory.fields import origin_of
from azscheck.results import ComplianceState, Evidence, Result, Results
from azscheck.results.saved import evidence_of, from_json


class _Line(Struct):
    policy: str
    stamp: str
    type: str
    resource: str
    name: str
    state: str
    message: str
    evidence: msgspec.Raw
    origin: msgspec.Raw
    wouldBe: str | None = None  # noqa: N815


class _Lines(Struct):
    results: list[_Line]


def results_of(text: str) -> Results:
    """The results that a text of `azscheck.results.saved` holds, which is known to be whole."""
    try:
        lines = msgspec.json.decode(text, type=_Lines).results
    except msgspec.DecodeError:
        # Half a surrogate pair, which JSON can escape and msgspec cannot hold.
        return from_json(json.loads(text))
    start, end = text.index('\n"results": ['), text.index('\n"exemptions": ')
    rest = from_json(json.loads(f'{text[:start]}\n"results": [],{text[end:]}'))
    states = {state.value: state for state in ComplianceState}
    origins: dict[bytes, Origin | None] = {}
    return replace(rest, results=tuple(_result(line, states, origins) for line in lines))


def _result(line: _Line, states: dict[str, ComplianceState], origins: dict[bytes, Origin | None]) -> Result:
    raw = bytes(line.origin)
    if raw not in origins:
        fields: Any = json.loads(raw)
        origins[raw] = fields and origin_of(fields)
    return Result(
        policy=line.policy,
        stamp=line.stamp,
        resource=line.resource,
        type=line.type,
        name=line.name,
        state=states[line.state],
        message=line.message,
        proof=_Proof(line.evidence),
        origin=origins[raw],
        would_be=states[line.wouldBe] if line.wouldBe else None,
    )


class _Proof:
    """Evidence that is read when it is asked for."""

    __slots__ = ("_raw",)

    def __init__(self, raw: msgspec.Raw) -> None:
        self._raw = raw

    def __call__(self) -> tuple[Evidence, ...]:
        return tuple(evidence_of(piece) for piece in json.loads(bytes(self._raw)))
