"""The gitlab format: a Code Quality report, which GitLab shows in merge requests.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format. GitLab finds by fingerprints what a branch
adds and mends, so that a finding that is known stays in the report.
"""

import hashlib
import json
from typing import Any

from azscheck.place import Place
from azscheck.policy.model import Severity
from azscheck.reports.annotations import Annotation, annotations
from azscheck.reports.wording import visible
from azscheck.results import Results

SEVERITIES = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
}


def render(results: Results, **_: object) -> str:
    """Results as a JSON array; an empty one for GitLab means that there is nothing to show."""
    taken: dict[str, int] = {}
    issues = [_issue(results, annotation, taken) for annotation in annotations(results)]
    return json.dumps(issues, indent=1, ensure_ascii=False) + "\n"


def _issue(results: Results, annotation: Annotation, taken: dict[str, int]) -> dict[str, Any]:
    result = annotation.result
    place = annotation.place
    if place is None:
        # What is live has no file, and an issue has to have one: its policy's.
        place = results.policy_of(result).place if result else Place("azscheck.yaml")
    key = result.id if result else hashlib.sha256(annotation.message.encode("utf-8", "replace")).hexdigest()[:16]
    taken[key] = number = taken.get(key, 0) + 1
    return {
        "description": f"{annotation.title}. {annotation.message}" if result else f"azscheck: {annotation.message}",
        "check_name": visible(result.policy) if result else "incomplete",
        "fingerprint": key if number == 1 else f"{key}-{number}",
        "severity": _severity(annotation),
        "location": {"path": visible(place.path), "lines": {"begin": place.line}},
    }


def _severity(annotation: Annotation) -> str:
    if annotation.grave:
        return "blocker"
    return SEVERITIES[annotation.severity] if annotation.severity else "info"
