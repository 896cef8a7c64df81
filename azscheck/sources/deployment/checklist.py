"""What only a running stamp can answer: to be verified after the deployment, and ticked off by a scan."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from azscheck.policy import Policy
from azscheck.results import Appendix, ComplianceState, Results
from azscheck.sources.origins import From, origin_of

_NOTE: Final = (
    "A plan cannot answer these. Scan the stamp when it is there, with this plan beside it: "
    "azscheck scan --readiness plan.yaml ticks them off."
)
_TICKED: Final = "What the plan could not answer, by what this scan found."
_DONE: Final = "[x]"
_OPEN: Final = "[ ]"
_ORDER: Final = (
    ComplianceState.NON_COMPLIANT,
    ComplianceState.ERROR,
    ComplianceState.UNKNOWN,
    ComplianceState.EXEMPT,
    ComplianceState.COMPLIANT,
)


def remaining(policies: Iterable[Policy], answered: Iterable[Policy]) -> list[Policy]:
    """The policies that a plan does not answer, the gravest first."""
    known = {policy.id for policy in answered}
    left = [policy for policy in policies if policy.id not in known]
    return sorted(left, key=lambda p: (p.info.category, -p.info.severity, p.id))


def checklist(policies: Sequence[Policy]) -> Appendix:
    """Each policy with where its answer will come from."""
    rows = tuple((_OPEN, p.id, str(p.info.severity), p.info.title, ", ".join(_places(p))) for p in policies)
    columns = ("", "Policy", "Severity", "What is to be so", "Seen in")
    return Appendix("To be verified after the deployment", _NOTE, columns, rows)


def ticked(policies: Sequence[Policy], results: Results) -> Appendix:
    """Each policy with what a scan found of it; done is what holds everywhere, or applies nowhere."""
    found: dict[str, Counter[ComplianceState]] = {policy.id: Counter() for policy in policies}
    for result in results.results:
        if result.policy in found:
            found[result.policy][result.state] += 1
    rows = tuple((_mark(found[p.id]), p.id, str(p.info.severity), p.info.title, _words(found[p.id])) for p in policies)
    columns = ("", "Policy", "Severity", "What is to be so", "What was found")
    return Appendix("Verified after the deployment", _TICKED, columns, rows)


def _places(policy: Policy) -> list[str]:
    places = list(dict.fromkeys(str(origin_of(kind)) for kind in sorted(policy.reads)))
    # The configuration tells of each stamp that it is there; where more is needed, that is what answers.
    return [place for place in places if place != From.CONFIGURATION] or places


def _mark(states: Counter[ComplianceState]) -> str:
    done = {ComplianceState.COMPLIANT, ComplianceState.EXEMPT, ComplianceState.NOT_APPLICABLE}
    return _DONE if states and set(states) <= done else _OPEN


def _words(states: Counter[ComplianceState]) -> str:
    told = ", ".join(f"{states[state]:,} {state.words}" for state in _ORDER if states[state])
    return told or ("not applicable" if states else "was not judged by this scan")
