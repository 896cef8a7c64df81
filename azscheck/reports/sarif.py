"""The sarif format: SARIF 2.1.0 with errata 01, in the subset that GitHub and Azure DevOps code scanning accept.

Section numbers are the specification's. GitHub refuses a whole file for one result without a physical location, so a
live finding, which has no file, points at its policy's file and line and names the resource as a logical location.
"""

import json
from typing import Any

from azscheck.policy.model import PolicyInfo, Severity
from azscheck.reports.changed import kinds_by_id
from azscheck.reports.sarif_places import is_web, location, quoted, uri_of
from azscheck.reports.summary import incomplete, policy_rank, stamp_names
from azscheck.reports.wording import coverage_words, one_line, paragraphs, reason_words, visible
from azscheck.results import ComplianceState, Result, Results
from azscheck.results.changes import Change, Changes
from azscheck.times import format_time

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
INFORMATION = "https://learn.microsoft.com/azure-stack/operator/azure-stack-backup-infrastructure-backup"
"""The platform's own page on the subject."""

LEVELS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}

# GitHub's bands for `security-severity`: critical over 9.0, high from 7.0, medium from 4.0, low below.
SCORES = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}

KINDS = {
    ComplianceState.NON_COMPLIANT: "fail",
    ComplianceState.UNKNOWN: "open",
    ComplianceState.ERROR: "open",
}
"""Section 3.27.9: `open` is evaluated, with too little information to decide.

The other states are left out: GitHub heeds neither a kind `pass` nor a suppression, and would raise an alert for each.
"""


_ByFinding = dict[str, tuple[str, Change | None]]


def render(results: Results, **_: object) -> str:
    """Results as a SARIF log of one run."""
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(results)]}
    return json.dumps(log, indent=1, ensure_ascii=False) + "\n"


def _run(results: Results) -> dict[str, Any]:
    policies = sorted(results.policies, key=policy_rank)
    changes: _ByFinding | None = {**kinds_by_id(results.changes)} if results.changes else None
    index = {policy.id: number for number, policy in enumerate(policies)}
    # GitHub takes the id up to its last slash for the category: an upload replaces only the same stamps' one.
    stamps = "+".join(quoted(name) for name in stamp_names(results)) or "none"
    return {
        "tool": {
            "driver": {
                "name": "azscheck",
                "fullName": f"azscheck {results.version}: backup and disaster recovery of Azure Stack Hub",
                "version": results.version,
                "informationUri": INFORMATION,
                "rules": [_rule(policy) for policy in policies],
            }
        },
        "automationDetails": {"id": f"azscheck/{stamps}/{format_time(results.now)}"},
        "invocations": [_invocation(results, index)],
        "columnKind": "unicodeCodePoints",
        "results": [_result(results, r, index[r.policy], changes) for r in results.results if r.state in KINDS],
        **({"properties": {"comparedWith": _compared(results.changes)}} if results.changes else {}),
    }


def _rule(policy: PolicyInfo) -> dict[str, Any]:
    why, remediation = "\n\n".join(paragraphs(policy.why)), "\n\n".join(paragraphs(policy.remediation))
    links = [(one_line(f"{r.rule} {r.title}"), uri_of(r.url)) for r in policy.references if is_web(r.url)]
    title = one_line(policy.title)
    return {
        "id": visible(policy.id),
        # A name is an identifier in Pascal case, section 3.49.7.
        "name": "".join(w[0].upper() + w[1:] for w in "".join(c if c.isalnum() else " " for c in title).split())
        or "Policy",
        "shortDescription": {"text": title},
        "fullDescription": {"text": why or title},
        **({"helpUri": links[0][1]} if links else {}),
        "help": {
            "text": f"{why}\n\nRemediation: {remediation}",
            "markdown": "\n".join(
                [f"{why}\n\n**Remediation.** {remediation}\n", *(f"- [{text}]({uri})" for text, uri in links)]
            ),
        },
        "defaultConfiguration": {"level": LEVELS[policy.severity]},
        "properties": {
            # GitHub reads `security-severity` of rules tagged `security` only.
            "tags": sorted({"security", "azure-stack-hub", policy.category.value, *policy.rules}),
            "security-severity": SCORES[policy.severity],
            "problem.severity": {"error": "error", "warning": "warning"}.get(LEVELS[policy.severity], "recommendation"),
        },
    }


def _result(results: Results, result: Result, rule: int, changes: _ByFinding | None) -> dict[str, Any]:
    policy = results.policy_of(result)
    kind = KINDS[result.state]
    text = f"{visible(result.name or result.resource)}: {reason_words(result) or one_line(policy.title)}"
    return {
        "ruleId": visible(result.policy),
        "ruleIndex": rule,
        "kind": kind,
        # Section 3.27.10: of any kind but `fail` the level is `none`.
        "level": LEVELS[policy.severity] if kind == "fail" else "none",
        # Section 3.11.6: unescaped, `[text](target)` in a plain message is a link.
        "message": {"text": text.replace("[", "\\[").replace("]", "\\]") if "](" in text else text},
        "locations": [location(policy, result)],
        # All live findings of a policy share its line: without a hash of their own GitHub would take them for one.
        "partialFingerprints": {"azscheckFinding/v1": result.id, "primaryLocationLineHash": f"{result.id}:1"},
        "properties": {"state": result.state.value, "stamp": visible(result.stamp), "type": visible(result.type)},
        **({"baselineState": _baseline_state(changes.get(result.id, ("", None))[0])} if changes is not None else {}),
    }


def _baseline_state(kind: str) -> str:
    """Section 3.27.24: `new`, `unchanged`, or `updated` for what was a finding and is one no longer that is known."""
    match kind:
        case "new" | "lapsed" | "of_new_policies":
            return "new"
        case "became_unknown":
            return "updated"
    return "unchanged"


def _compared(changes: Changes) -> dict[str, Any]:
    """What the earlier run had and this one has not.

    Not as results of the state `absent`: GitHub reads no `baselineState`, and would raise an alert for each.
    """
    absent = [
        {"kind": kind, "finding": r.id, "ruleId": visible(r.policy), "resource": visible(r.resource)}
        for kind in ("fixed", "known_again", "exempted", "gone")
        for r in (change.result for change in getattr(changes, kind))
    ]
    return {"time": format_time(changes.before), "absent": absent}


def _invocation(results: Results, index: dict[str, int]) -> dict[str, Any]:
    notifications = [
        {
            "level": "error",
            "message": {"text": f"{coverage_words(c, with_stamp=True)} could not be read: {visible(c.reason)}"},
            **({"timeUtc": format_time(c.time)} if c.time else {}),
        }
        for c in results.failed_coverage
    ]
    for result in results.in_state(ComplianceState.ERROR):
        rule = {"id": visible(result.policy), "index": index[result.policy]}
        text = f"{visible(result.resource)} could not be evaluated: {reason_words(result)}"
        notifications.append({"level": "error", "message": {"text": text}, "associatedRule": rule})
    if not results.evaluated:
        notifications.append({"level": "error", "message": {"text": "Nothing was evaluated."}})
    return {
        "executionSuccessful": not incomplete(results),
        "endTimeUtc": format_time(results.now),
        "toolExecutionNotifications": notifications,
    }
