"""Results as lines, a resource each, for inventories too large to hold: written as they are judged.

A line is JSON: `stamp`, `type`, `id`, and for each state but compliant and notApplicable the ids of the policies that
are in it; `findings`, where they are asked for, have each failed policy's `message` and `evidence`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from azscheck.results.model import Evidence, Result
from azscheck.results.states import ComplianceState

TOLD = (ComplianceState.NON_COMPLIANT, ComplianceState.UNKNOWN, ComplianceState.ERROR, ComplianceState.EXEMPT)
"""The states that a line tells; the first is there even when no policy is in it."""

encode = msgspec.json.encode


def head(stamp: str, kind: str) -> bytes:
    """What the lines of one type of one stamp begin with; the id follows."""
    return encode({"stamp": stamp, "type": kind})[:-1] + b',"id":'


def tail(policies: Mapping[ComplianceState, Sequence[str]], findings: Sequence[bytes] = ()) -> bytes:
    """What follows the id."""
    told = {state.value: policies.get(state, ()) for state in TOLD if policies.get(state) or state is TOLD[0]}
    more = b',"findings":[' + b",".join(findings) + b"]" if findings else b""
    return b"," + encode(told)[1:-1] + more + b"}\n"


def finding(policy: str, message: str, evidence: Iterable[Evidence]) -> bytes:
    """A failed policy with what decided it, the values as JSON."""
    told = [_evidence(piece) for piece in evidence]
    return encode({"policy": policy, "message": message, "evidence": told})


def line(results: Sequence[Result], *, evidence: bool = False) -> bytes:
    """The line of one resource, from its results by all policies."""
    first = results[0]
    policies: dict[ComplianceState, list[str]] = {}
    for result in results:
        policies.setdefault(result.state, []).append(result.policy)
    findings = findings_of(results) if evidence else ()
    return head(first.stamp, first.type) + encode(_safe(first.resource)) + tail(policies, findings)


def findings_of(results: Iterable[Result]) -> list[bytes]:
    """The failed policies among results of one resource."""
    return [finding(r.policy, r.message, r.evidence) for r in results if r.state is ComplianceState.NON_COMPLIANT]


def _evidence(piece: Evidence) -> dict[str, Any]:
    told: dict[str, Any] = {"test": piece.test, "operator": piece.operator, "wanted": piece.wanted, "seen": piece.seen}
    if piece.note:
        told["note"] = piece.note
    if piece.resource:
        told["resource"] = piece.resource
    return told


def _safe(text: str) -> str:
    # Half a character pair cannot be written.
    return text.encode("utf-8", "replace").decode()
