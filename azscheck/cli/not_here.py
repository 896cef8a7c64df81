"""Which policies of the default set a gate does not ask, and why."""

from collections.abc import Iterable, Sequence

from azscheck.policy import Policy
from azscheck.policy.load import Library
from azscheck.policy.membership import DEFAULT_SET, choose
from azscheck.results import NotHere
from azscheck.sources.origins import From, origin_of

_TOLD_BY = {
    From.ADMIN: "what the administrators' plane tells",
    From.CONFIGURATION: "the stamp itself",
    From.SHARE: "what lies on the backup share",
    From.EVIDENCE: "what the backup product tells",
    From.ATTESTATION: "what somebody vouches for",
}
"""What no template or plan holds."""


def not_here(library: Library, judged: Iterable[Policy]) -> tuple[NotHere, ...]:
    """The policies of the shipped default set that are not judged, in the order of their ids."""
    if not library.shipped:
        return ()
    asked = {policy.id for policy in judged}
    default = choose(library.policies, library.sets, [DEFAULT_SET])
    others = sorted((policy for policy in default if policy.id not in asked), key=lambda policy: policy.id)
    return tuple(NotHere(policy.id, policy.info.title, _reason(policy)) for policy in others)


def _reason(policy: Policy) -> str:
    told = [words for origin, words in _TOLD_BY.items() if origin in _origins(policy)]
    if not told:
        return "is about what only a running stamp shows"
    return f"reads {_listed(told)}"


def _origins(policy: Policy) -> set[From]:
    return {origin_of(kind) for kind in policy.reads}


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
