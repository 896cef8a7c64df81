"""Makes `docs/policies.md`, the index of the shipped policies, and `docs/policies/<id>.md`, a page for each."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from azscheck.engine.cases import Case, cases_of
from azscheck.packaged import policies_folder
from azscheck.policy import Policy, Severity, load_policies
from azscheck.policy.load import load_library
from azscheck.policy.membership import sets_of
from azscheck.policy.rules import read_rules
from azscheck.sources.origins import origin_of
from azscheck.values import Unknown

_STANDARDS: Final = {"nist-800-53r5": "NIST SP 800-53 Rev. 5", "iso-27001-2022": "ISO/IEC 27001:2022"}
_CONDITION: Final = re.compile(r"^appliesTo:.*?(?=^message:|\Z)", re.DOTALL | re.MULTILINE)


def index() -> str:
    """The index: all policies, and the same by rule, severity and control."""
    policies = load_policies()
    table = _table(
        ("id", "category", "severity", "rule", "what is so when it is complied with"),
        (
            [link(p, "policies/"), p.info.category, str(p.info.severity), " ".join(p.info.rules), p.info.title]
            for p in policies
        ),
    )
    parts = [
        "# The shipped policies",
        "How one is written: [writing policies](writing-policies.md). Which of them an inventory can answer: "
        "[azscheck policy coverage](commands/policy.md).",
        table,
        "## By rule",
        _table(("rule", "what the documentation asks", "policies"), _by_rule(policies)),
        "## By category and severity",
        _table(("category", "severity", "policies"), _by_severity(policies)),
        "## By control",
        _table(("standard", "control", "policies"), _by_control(policies)),
    ]
    return "\n\n".join(parts) + "\n"


def link(policy: Policy, folder: str = "") -> str:
    """A link to a policy's page."""
    return f"[{policy.id}]({folder}{policy.id}.md)"


def _links(policies: Iterable[Policy]) -> str:
    return ", ".join(link(policy, "policies/") for policy in policies)


def _by_rule(policies: Sequence[Policy]) -> Iterator[list[str]]:
    for rule in read_rules():
        found = _links(p for p in policies if rule.id in p.info.rules)
        yield [rule.id, rule.title, found or rule.answered or "none yet"]


def _by_severity(policies: Sequence[Policy]) -> Iterator[list[str]]:
    for category in dict.fromkeys(p.info.category for p in policies):
        for severity in sorted(Severity, reverse=True):
            found = _links(p for p in policies if (p.info.category, p.info.severity) == (category, severity))
            if found:
                yield [category, str(severity), found]


def _by_control(policies: Sequence[Policy]) -> Iterator[list[str]]:
    controls = {(name, id) for p in policies for name, ids in p.info.controls.items() for id in ids}
    for name, id in sorted(controls, key=lambda control: (control[0], _in_order(control[1]))):
        yield [_standard(name), id, _links(p for p in policies if id in p.info.controls.get(name, ()))]


def _in_order(control: str) -> list[tuple[int, str]]:
    """CP-2 before CP-10."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.findall(r"\d+|\D+", control)]


def _standard(name: str) -> str:
    return _STANDARDS.get(name, name)


def pages() -> Iterator[tuple[str, str]]:
    """The name of each policy's page, and its text."""
    sets = load_library().sets
    for policy in load_policies():
        shown = policy.info.place.path
        file = policies_folder() / Path(shown).relative_to("policies")
        _, cases = cases_of(file, shown)
        yield f"{policy.id}.md", _page(policy, file, cases, sets_of(policy, sets))


def _page(policy: Policy, file: Path, cases: Sequence[Case], sets: Sequence[str]) -> str:
    info = policy.info
    source = f"../../{info.place.path}"
    parts = [
        f"# {policy.id}: {info.title}",
        f"Severity {info.severity}, {info.category}; of the [policy sets](../policy-sets.md) {', '.join(sets)}. "
        "[All policies](../policies.md).",
        info.why,
        "## What to do",
        info.remediation,
        "## How it is judged",
        _table(("resources", "", "come from"), _read(policy)),
        f"The condition, as [{Path(source).name}]({source}) has it{_used(file)}:",
        f"```yaml\n{_condition(file)}\n```",
        *_parameters(policy),
        "## Examples",
        *_examples(cases, file.with_suffix(".test.yaml"), source.removesuffix(".yaml") + ".test.yaml"),
        "## References",
        "\n".join(f"- {r.rule + ': ' if r.rule else ''}[{r.title}]({r.url})" for r in info.references),
        *_controls(info.controls),
    ]
    return "\n\n".join(parts) + "\n"


def _read(policy: Policy) -> Iterator[list[str]]:
    judged = set(policy.applies_to)
    for kind in sorted(policy.reads, key=lambda kind: (kind not in judged, kind)):
        yield [f"`{kind}`", "judged" if kind in judged else "looked at", origin_of(kind).value]


def _condition(file: Path) -> str:
    found = _CONDITION.search(file.read_text("utf-8"))
    return found[0].rstrip() if found else ""


def _used(file: Path) -> str:
    names = sorted(set(re.findall(r"\buse: ([a-z0-9-]+)", _condition(file))))
    named = ", ".join(f"`{name}`" for name in names)
    return f", with the [named conditions](../writing-policies.md#named-conditions) {named}" if names else ""


def _parameters(policy: Policy) -> list[str]:
    if not policy.parameters:
        return []
    rows = [
        [f"`{p.name}`", p.type, "none" if isinstance(p.default, Unknown) else f"`{_shown(p.default)}`", p.description]
        for p in policy.parameters.values()
    ]
    return ["## Parameters", _table(("name", "type", "default", "meaning"), rows)]


def _shown(default: object) -> str:
    return ", ".join(map(str, default)) or "[]" if isinstance(default, list) else str(default)


def _examples(cases: Sequence[Case], file: Path, source: str) -> Iterator[str]:
    """Of its cases the first that passes and the first that fails, as they are written."""
    lines = file.read_text("utf-8").splitlines()
    starts = [case.place.line for case in cases] + [len(lines) + 1]
    ends = dict(pairwise(starts))
    for state in ("compliant", "nonCompliant"):
        case = next((c for c in cases if c.expect == state), None) or next(c for c in cases if state in _states(c))
        text = "\n".join(lines[case.place.line - 1 : ends[case.place.line] - 1]).rstrip()
        yield f"`{state}`, one of [its cases]({source}):"
        yield f"```yaml\n{text}\n```"


def _states(case: Case) -> Iterable[str]:
    return [case.expect] if isinstance(case.expect, str) else case.expect.values()


def _controls(controls: Mapping[str, Sequence[str]]) -> list[str]:
    if not controls:
        return []
    rows = [[_standard(name), ", ".join(ids)] for name, ids in controls.items()]
    return ["## Controls", _table(("standard", "controls"), rows)]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
