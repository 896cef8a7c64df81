"""The saved form of results: one JSON document, versioned, whole enough to make any report from."""

import json
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from azscheck.errors import InventoryError
from azscheck.inventory.fields import (
    coverage_fields,
    coverage_of,
    json_text,
    origin_fields,
    origin_of,
    resource_fields,
    resource_of,
)
from azscheck.place import Place
from azscheck.policy.model import Category, PolicyInfo, Reference, Severity
from azscheck.results.appendix import of_fields, to_fields
from azscheck.results.baseline import use_fields, use_of
from azscheck.results.exemptions import ExemptionState, ExemptionUse
from azscheck.results.gate import gate_fields, gate_of
from azscheck.results.model import Evidence, Result, Results
from azscheck.results.states import ComplianceState
from azscheck.times import format_time, parse_time

VERSION = 1


def to_json(results: Results) -> dict[str, Any]:
    """Results as JSON; `summary` repeats for scripts what the rest implies, and is not read back."""
    return {
        "azscheck": "results",
        "version": VERSION,
        "tool": results.version,
        "now": format_time(results.now),
        "collected": format_time(results.collected),
        "summary": {
            "incomplete": results.incomplete,
            **{
                category.value: {
                    "verdict": results.verdict(category).value,
                    "counts": {state.value: results.counts(category)[state] for state in ComplianceState},
                }
                for category in Category
            },
            "exemptions": results.exemption_counts,
        },
        "sets": list(results.sets),
        "stamps": [resource_fields(stamp) for stamp in results.stamps],
        "resourceCounts": results.resource_counts,
        "policies": [_policy_fields(policy) for policy in results.policies],
        "results": [result_fields(result) for result in results.results],
        "exemptions": [_exemption_fields(exemption) for exemption in results.exemptions],
        "coverage": [coverage_fields(coverage) for coverage in results.coverage],
        **_changes(results),
        **({"appendices": list(map(to_fields, results.appendices))} if results.appendices else {}),
        **({"gate": gate_fields(results.gate)} if results.gate else {}),
        **({"baseline": use_fields(results.baseline)} if results.baseline else {}),
    }


def _changes(results: Results) -> dict[str, Any]:
    if results.changes is None:
        return {}
    from azscheck.results.saved_changes import changes_fields

    return {"changes": changes_fields(results.changes)}


def dumps(results: Results) -> str:
    """Results as the text of a JSON file, always encodable: a member a line, in an array an element a line."""
    return "{" + ",".join(f"\n{json_text(name)}: {_lines(value)}" for name, value in to_json(results).items()) + "\n}\n"


def write(results: Results, path: Path) -> None:
    """Write the JSON to a file; raises InventoryError."""
    try:
        path.write_text(dumps(results), "utf-8", newline="\n")
    except OSError as error:
        raise InventoryError(f"{path}: cannot be written: {error.strerror or error}.") from error


def _lines(value: Any) -> str:
    if isinstance(value, list) and value:
        return "[" + ",".join(f"\n  {json_text(item)}" for item in value) + "\n]"
    return json_text(value)


def read(path: Path) -> Results:
    """Read saved results; raises InventoryError with the file and what to do."""
    try:
        if path.is_char_device():
            raise InventoryError(f"{path}: is a device, not a file: name a file.")
        text = path.read_text("utf-8")
        if text.startswith('{"azscheck":"inventory"'):
            raise InventoryError(f"{path}: is an inventory, not results: judge it with `azscheck scan --inventory`.")
        saved = json.loads(text)
    except OSError as error:
        raise InventoryError(f"{path}: cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise InventoryError(f"{path}: is damaged or cut off: make the results again.") from error
    if not isinstance(saved, dict) or saved.get("azscheck") != "results":
        raise InventoryError(f"{path}: not azscheck results: `azscheck scan --format json=FILE` writes them.")
    if saved.get("version") != VERSION:
        raise InventoryError(f"{path}: has version {saved.get('version')!r} of the results format, not {VERSION}.")
    try:
        return from_json(saved)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InventoryError(f"{path}: lacks a part that results have: make the results again.") from error


def from_json(saved: dict[str, Any]) -> Results:
    """Results from JSON."""
    results = Results(
        now=parse_time(saved["now"]),
        collected=parse_time(saved["collected"]),
        version=saved["tool"],
        policies=tuple(_policy_of(p) for p in saved["policies"]),
        results=tuple(result_of(r) for r in saved["results"]),
        coverage=tuple(coverage_of(c) for c in saved["coverage"]),
        stamps=tuple(resource_of(s) for s in saved["stamps"]),
        resource_counts=saved["resourceCounts"],
        # Results that were saved before there were sets and exemptions have neither.
        sets=tuple(saved.get("sets", ())),
        exemptions=tuple(_exemption_of(e) for e in saved.get("exemptions", ())),
        appendices=tuple(map(of_fields, saved.get("appendices", ()))),
        gate=gate_of(saved["gate"]) if "gate" in saved else None,
        baseline=use_of(saved["baseline"]) if "baseline" in saved else None,
    )
    for result in results.results:
        # KeyError for a result whose policy is not there.
        results.policy_of(result)
    if "changes" not in saved:
        return results
    from azscheck.results.saved_changes import changes_of

    return replace(results, changes=changes_of(saved["changes"], results))


def _policy_fields(policy: PolicyInfo) -> dict[str, Any]:
    return {
        "id": policy.id,
        "title": policy.title,
        "severity": str(policy.severity),
        "category": policy.category.value,
        "why": policy.why,
        "remediation": policy.remediation,
        "references": [{"rule": r.rule, "title": r.title, "url": r.url} for r in policy.references],
        "controls": {name: list(ids) for name, ids in policy.controls.items()},
        "file": policy.place.path,
        "line": policy.place.line,
    }


def _policy_of(fields: dict[str, Any]) -> PolicyInfo:
    return PolicyInfo(
        id=fields["id"],
        title=fields["title"],
        severity=Severity[fields["severity"].upper()],
        category=Category(fields["category"]),
        why=fields["why"],
        remediation=fields["remediation"],
        references=tuple(Reference(r["title"], r["url"], r["rule"]) for r in fields["references"]),
        controls={name: tuple(ids) for name, ids in fields["controls"].items()},
        place=Place(fields["file"], fields["line"]),
    )


def result_fields(result: Result) -> dict[str, Any]:
    """A result as JSON."""
    return {
        "id": result.id,
        "policy": result.policy,
        "stamp": result.stamp,
        "type": result.type,
        "resource": result.resource,
        "name": result.name,
        "state": result.state.value,
        "message": result.message,
        **({"wouldBe": result.would_be.value} if result.would_be else {}),
        **({"baselined": True} if result.baselined else {}),
        "evidence": [_evidence_fields(evidence) for evidence in result.evidence],
        "origin": result.origin and origin_fields(result.origin),
    }


def result_of(fields: dict[str, Any]) -> Result:
    """A result from JSON."""
    return Result(
        policy=fields["policy"],
        stamp=fields["stamp"],
        resource=fields["resource"],
        type=fields["type"],
        name=fields["name"],
        state=ComplianceState(fields["state"]),
        message=fields["message"],
        proof=tuple(evidence_of(e) for e in fields["evidence"]),
        origin=fields["origin"] and origin_of(fields["origin"]),
        would_be=ComplianceState(fields["wouldBe"]) if "wouldBe" in fields else None,
        baselined=fields.get("baselined", False),
    )


def _evidence_fields(evidence: Evidence) -> dict[str, Any]:
    return {
        "test": evidence.test,
        "operator": evidence.operator,
        "wanted": evidence.wanted,
        "seen": evidence.seen,
        "truth": evidence.truth,
        "note": evidence.note,
        "resource": evidence.resource,
        "origin": evidence.origin and origin_fields(evidence.origin),
    }


def evidence_of(fields: dict[str, Any]) -> Evidence:
    """Evidence from JSON."""
    origin = fields["origin"]
    return Evidence(**{**fields, "origin": origin and origin_of(origin)})


def _exemption_fields(exemption: ExemptionUse) -> dict[str, Any]:
    return {
        "policy": exemption.policy,
        "scope": exemption.scope,
        "category": exemption.category,
        "justification": exemption.justification,
        "owner": exemption.owner,
        "approvedBy": exemption.approved_by,
        "expiresOn": exemption.expires_on and format_time(exemption.expires_on),
        "file": exemption.place.path,
        "line": exemption.place.line,
        "state": exemption.state.value,
        "applied": exemption.applied,
        "matched": exemption.matched,
        "note": exemption.note,
    }


def _exemption_of(fields: dict[str, Any]) -> ExemptionUse:
    until = fields["expiresOn"]
    return ExemptionUse(
        policy=fields["policy"],
        scope=fields["scope"],
        category=fields["category"],
        justification=fields["justification"],
        owner=fields["owner"],
        approved_by=fields["approvedBy"],
        expires_on=until and parse_time(until),
        place=Place(fields["file"], fields["line"]),
        state=ExemptionState(fields["state"]),
        applied=fields["applied"],
        matched=fields["matched"],
        note=fields["note"],
    )
