"""Results as lines, a resource each, for inventories too large to hold: written as they are judged.

A line is JSON: `stamp`, `type`, `id`, and for each state but compliant and notApplicable the ids of the policies that
are in it; `findings`, where they are asked for, have each failed policy's `message` and `evidence`. The last line has
`end`, which tells a whole file from one that was cut off: the two moments, the counts, and in `incomplete` why the run
is, where it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from azscheck.inventory.fields import json_text
from azscheck.results.gate import FILES
from azscheck.results.model import Evidence, Result
from azscheck.results.outcome import Outcome
from azscheck.results.states import ComplianceState
from azscheck.times import format_time

TOLD = (ComplianceState.NON_COMPLIANT, ComplianceState.UNKNOWN, ComplianceState.ERROR, ComplianceState.EXEMPT)
"""The states that a line tells; the first is there even when no policy is in it."""
FINDINGS, END = ',"findings":[', "}\n"


def encode(value: Any) -> str:
    """Any JSON as text."""
    return msgspec.json.encode(value).decode()


def head(stamp: str, kind: str) -> str:
    """What the lines of one type of one stamp begin with; the id follows."""
    return _safe({"stamp": stamp, "type": kind})[:-1] + ',"id":'


def tail(policies: Mapping[ComplianceState, Sequence[str]], findings: Sequence[str] = ()) -> str:
    """What follows the id."""
    more = f"{FINDINGS}{','.join(findings)}]" if findings else ""
    return f"{told_states(policies)}{more}{END}"


def told_states(policies: Mapping[ComplianceState, Sequence[str]]) -> str:
    """What follows the id, up to the findings."""
    named = {state.value: policies.get(state, ()) for state in TOLD if policies.get(state) or state is TOLD[0]}
    return f",{encode(named)[1:-1]}"


def finding(policy: str, message: str, evidence: Iterable[Evidence]) -> str:
    """A failed policy with the tests of the judged resource that decided it, the values as JSON."""
    told = [_evidence(piece) for piece in evidence if not piece.resource]
    return _safe({"policy": policy, "message": message, "evidence": told})


def plain(names: str) -> bool:
    """Whether JSON and any terminal take names as they stand."""
    return names.isascii() and "\x7f" not in names and len(msgspec.json.encode(names)) == len(names) + 2


def id_of(resource: str) -> str:
    """A resource's id as JSON on which no terminal acts."""
    return encode(resource) if resource.isprintable() else _safe(resource)


def line(results: Sequence[Result], *, evidence: bool = False) -> str:
    """The line of one resource, from its results by all policies."""
    first = results[0]
    policies: dict[ComplianceState, list[str]] = {}
    for result in results:
        policies.setdefault(result.state, []).append(result.policy)
    findings = findings_of(results) if evidence else ()
    return head(first.stamp, first.type) + id_of(first.resource) + tail(policies, findings)


def findings_of(results: Iterable[Result]) -> list[str]:
    """The failed policies among results of one resource."""
    return [finding(r.policy, r.message, r.evidence) for r in results if r.state is ComplianceState.NON_COMPLIANT]


def _evidence(piece: Evidence) -> dict[str, Any]:
    told: dict[str, Any] = {"test": piece.test, "operator": piece.operator, "wanted": piece.wanted, "seen": piece.seen}
    # What was counted is for the reports that have room for it.
    if piece.note and not piece.test.startswith("count"):
        told["note"] = piece.note
    return told


def closing(outcome: Outcome, now: datetime, collected: datetime) -> str:
    """The last line."""
    told: dict[str, Any] = {"now": format_time(now), "collected": format_time(collected)}
    told |= {state.value: outcome.counts()[state] for state in ComplianceState}
    if outcome.incomplete:
        # Of a file the words begin with its name.
        whys = [c.words if c.type == FILES else f"{c.stamp}: {c.words}" for c in outcome.failed_coverage]
        told["incomplete"] = whys or [_why(outcome)]
    return _safe({"end": told}) + "\n"


def _why(outcome: Outcome) -> str:
    return "a policy could not be evaluated" if outcome.evaluated else "nothing was evaluated"


def _safe(value: Any) -> str:
    return json_text(value, separators=(",", ":"))
