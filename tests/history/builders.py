"""Runs for tests, each of some things in some states."""

from datetime import timedelta

from msgspec.structs import replace

from azscheck.results import ComplianceState, Results

from ..builders import NOW, judge, resource

RULE = {"field": "properties.x", "equals": 1}


def run(states: dict[str, str], hours: float = 0, *, stamp: str = "east", sets: tuple[str, ...] = ()) -> Results:
    """A run so many hours after the first: `{"a": "nonCompliant"}`."""
    found = judge(RULE, *[resource(name, {"x": 1}, stamp=stamp) for name in states])
    results = tuple(replace(r, state=ComplianceState(states[r.name])) for r in found.results)
    policies = tuple(replace(p, place=replace(p.place, column=1)) for p in found.policies)
    now = NOW + timedelta(hours=hours)
    return replace(found, now=now, results=results, policies=policies, sets=sets)
