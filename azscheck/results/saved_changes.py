"""The saved form of what is different between two runs."""

from typing import Any

from azscheck.results.changes import KINDS, Change, Changes, by_id
from azscheck.results.model import Results
from azscheck.results.saved import result_fields, result_of
from azscheck.results.states import ComplianceState
from azscheck.times import format_time, parse_time

NAMES = {kind: "".join(w.title() if n else w for n, w in enumerate(kind.split("_"))) for kind in KINDS}
"""The kinds of changes as JSON calls them: `becameUnknown`."""


def changes_fields(changes: Changes) -> dict[str, Any]:
    """Changes as JSON: for each kind its findings, `result` whole where it is not among the results."""
    return {
        "before": format_time(changes.before),
        **{name: [_fields(change) for change in getattr(changes, kind)] for kind, name in NAMES.items()},
        "policiesAdded": list(changes.policies_added),
        "policiesRemoved": list(changes.policies_removed),
    }


def _fields(change: Change) -> dict[str, Any]:
    result = change.result
    return {
        "id": result.id,
        "policy": result.policy,
        "stamp": result.stamp,
        "type": result.type,
        "resource": result.resource,
        "name": result.name,
        "was": change.was,
        "now": change.now,
        "since": change.since and format_time(change.since),
        "message": result.message,
        **({} if change.now is result.state else {"result": result_fields(result)}),
    }


def changes_of(fields: dict[str, Any], results: Results) -> Changes:
    """Changes from JSON, with the results that they are of."""
    known = by_id(results)

    def change(told: dict[str, Any]) -> Change:
        result = result_of(told["result"]) if "result" in told else known[told["id"]]
        # KeyError for a result whose policy is not there.
        results.policy_of(result)
        since = told["since"]
        return Change(result, _state(told["was"]), _state(told["now"]), since and parse_time(since))

    return Changes(
        before=parse_time(fields["before"]),
        policies_added=tuple(fields["policiesAdded"]),
        policies_removed=tuple(fields["policiesRemoved"]),
        **{kind: tuple(map(change, fields[name])) for kind, name in NAMES.items()},
    )


def _state(text: str | None) -> ComplianceState | None:
    return None if text is None else ComplianceState(text)
