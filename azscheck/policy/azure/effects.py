"""What a definition's effect means for judging: https://learn.microsoft.com/azure/governance/policy/concepts/effect-basics"""

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

from azscheck.documents import did_you_mean
from azscheck.expressions import is_expression
from azscheck.policy.azure.part import Part
from azscheck.policy.azure.refusal import UnsupportedPolicy
from azscheck.policy.azure.rule import PARAMETER
from azscheck.policy.model import DISABLED, Parameter


class Judged(Enum):
    """How a resource is judged under an effect."""

    BY_RULE = "rule"
    BY_RELATED = "related"
    BY_ATTESTATION = "attestation"


_JUDGED: Final = {
    **dict.fromkeys(("audit", "deny", "append", "modify", "mutate", "addtonetworkgroup"), Judged.BY_RULE),
    **dict.fromkeys(("auditifnotexists", "deployifnotexists"), Judged.BY_RELATED),
    "manual": Judged.BY_ATTESTATION,
}
_REFUSED: Final = {
    "auditaction": "it tells of an action, and says nothing of a resource's state",
    "denyaction": "it forbids an action, and says nothing of a resource's state",
    "enforceopaconstraint": "it is about what runs inside a Kubernetes cluster",
    "enforceregopolicy": "it is about what runs inside a Kubernetes cluster",
    "enforcesetting": "it enforces a setting, and says nothing of a resource's state",
}

_REMEDIES: Final = {
    "append": "Make the change that the definition's details append: azscheck changes nothing.",
    "modify": "Make the change that the definition's operations name: azscheck changes nothing.",
    "auditifnotexists": "Create or correct the related {type}, so that the definition's existence condition holds.",
    "deployifnotexists": "Deploy the {type} that the definition's template describes: azscheck deploys nothing.",
    "manual": "Do what the definition asks for, and have it attested.",
}
_REMEDY: Final = "Change the resource so that the condition of the definition's rule is no longer true of it."


def forms(effect: Part, parameters: Mapping[str, Parameter], *, related: bool) -> dict[str, Judged]:
    """The effects that the definition can have, and how it is judged under each; `disabled` is not among them.

    `related` tells that the details name a related type. Raises UnsupportedPolicy when none can be judged here.
    """
    possible = _possible(effect, parameters)
    if possible is None:
        return {e: judged for e, judged in _JUDGED.items() if related or judged is not Judged.BY_RELATED}
    for word in possible:
        if word not in (*_JUDGED, *_REFUSED, DISABLED):
            near = did_you_mean(word, (*_JUDGED, *_REFUSED, DISABLED))
            raise effect.mistake(f"{word!r} is not an effect of Azure Policy{near}")
    refused = [word for word in possible if word in _REFUSED]
    found = {word: _JUDGED[word] for word in possible if word in _JUDGED}
    if refused and not found:
        raise UnsupportedPolicy([(effect.place, f"the effect {refused[0]} is not judged: {_REFUSED[refused[0]]}.")])
    return found


def _possible(effect: Part, parameters: Mapping[str, Parameter]) -> tuple[str, ...] | None:
    """In lower case; None when it can be any."""
    if not isinstance(effect.value, str):
        raise effect.mistake("an effect is a word such as audit.")
    if not is_expression(effect.value):
        return (effect.value.strip().lower(),)
    found = PARAMETER.match(effect.value)
    name = found["name"].lower() if found else ""
    parameter = next((p for p in parameters.values() if p.name.lower() == name), None)
    if parameter is None or not parameter.allowed_values:
        return None
    return tuple(dict.fromkeys(str(value).lower() for value in parameter.allowed_values))


def remediation(default: Any, kind: str) -> str:
    """One sentence: what to do about a finding under an effect."""
    return _REMEDIES.get(str(default).lower(), _REMEDY).format(type=kind or "resource")
