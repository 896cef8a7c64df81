"""How reports put things into words, and how text that came from a stamp is kept from doing anything but being read."""

import json
import re
from typing import Any

from azscheck.inventory import Coverage, Origin
from azscheck.policy.model import Category, Severity
from azscheck.results import FILES, ComplianceState, Evidence, Result
from azscheck.times import format_time

CATEGORIES = {Category.INFRASTRUCTURE: "Infrastructure", Category.TENANT: "Tenants"}
"""The two sections that every report has (DOC-01)."""

SEVERITIES = tuple(sorted(Severity, reverse=True))

STATES = (
    ComplianceState.NON_COMPLIANT,
    ComplianceState.ERROR,
    ComplianceState.UNKNOWN,
    ComplianceState.EXEMPT,
    ComplianceState.NOT_APPLICABLE,
    ComplianceState.COMPLIANT,
)
"""The order in which counts are told: what needs a person first."""


def visible(text: str) -> str:
    """Text in which every character that acts instead of showing is spelt out, `<U+001B>`.

    Those are controls and terminal escapes, line breaks, bidirectional overrides, zero-width characters, lone
    surrogates (which UTF-8 cannot hold) and what XML 1.0 forbids (section 2.2). A backslash escape would not do: UNC
    paths are full of backslashes.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\u00a0" else f"<U+{ord(c):04X}>" for c in text)


def inert(line: str) -> str:
    """A line of which a pipeline that reads along makes no command: `##vso[` and `##[` anywhere, `::` at its start."""
    shown = line.replace("##vso[", "## vso[").replace("##[", "## [")
    bare = shown.lstrip()
    return shown[: len(shown) - len(bare)] + ": :" + bare[2:] if bare.startswith("::") else shown


def one_line(text: str) -> str:
    """A policy author's text, which YAML may have broken into lines, as one line."""
    return visible(" ".join(text.split()))


def paragraphs(text: str) -> list[str]:
    """A policy author's text as its paragraphs, each one line."""
    return [one_line(p) for p in re.split(r"\n\s*\n", text) if p.strip()]


def shortened(text: str, limit: int) -> str:
    """Text of at most `limit` characters that shows where it was cut; ids differ at both ends, so the middle goes."""
    if len(text) <= limit:
        return text
    head = (limit - 3) // 2
    return f"{text[:head]}...{text[len(text) - (limit - 3 - head) :]}"


def plural(number: int, one: str, many: str = "") -> str:
    """`1 resource`, `5,000 resources`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def value_words(value: Any) -> str:
    """A JSON value as a person checks it: JSON, with nothing hidden in it."""
    return visible(json.dumps(value, ensure_ascii=False, sort_keys=True))


def wanted_words(evidence: Evidence) -> str:
    """What was looked at and what was wanted: `properties.x equals "y"`."""
    return f"{visible(evidence.test)} {visible(evidence.operator)} {value_words(evidence.wanted)}".strip()


def seen_words(evidence: Evidence) -> str:
    """What was seen; an absent or unknown value has no JSON value, its note tells of it."""
    note = visible(evidence.note)
    if evidence.seen is None and (note or evidence.truth is None):
        return f"not known: {note or 'no reason given'}" if evidence.truth is None else note
    return value_words(evidence.seen) + (f" ({note})" if note else "")


def origin_words(origin: Origin | None) -> str:
    """Where a value came from and when it was read."""
    if origin is None:
        return "place not recorded"
    when = f", {format_time(origin.time)}" if origin.time else ""
    return f"{visible(origin.source)} {visible(str(origin))}{when}"


_SILENT = {
    ComplianceState.COMPLIANT: "it is as the policy requires",
    ComplianceState.NOT_APPLICABLE: "the policy does not apply to it",
}
"""Of results that need no message."""


def reason_words(result: Result) -> str:
    """Why a result is what it is: its message, or what its evidence notes."""
    notes = (result.message, *(e.note for e in result.evidence if e.truth is None))
    return next((visible(n) for n in notes if n.strip()), _SILENT.get(result.state, "no reason was recorded"))


def resource_words(result: Result, *, with_stamp: bool) -> str:
    """A resource's name, with its stamp where the report is of several."""
    name = visible(result.name or result.resource) or "(no name)"
    return f"{visible(result.stamp)}: {name}" if with_stamp and result.name != result.stamp else name


def coverage_words(coverage: Coverage, *, with_stamp: bool) -> str:
    """Which list it is: the type, and where it was taken; of files, which file."""
    if coverage.type == FILES:
        return visible(coverage.stamp)
    where = f" in {visible(coverage.scope)}" if coverage.scope else ""
    return (f"{visible(coverage.stamp)}: " if with_stamp else "") + visible(coverage.type) + where
