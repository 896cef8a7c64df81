"""Which api-version a list is asked with.

The order: what azscheck prefers (the 2020-09-01-hybrid profile, and what recorded stamps served), as far as the stamp
says in its own `/providers` that it has it; then what the error of a refused version lists as supported. Resource
Manager may advertise a version that the provider behind it does not serve, so the newest is not taken when a preferred
one is there.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from azscheck.sources.hub.failures import Refusal

Offered = Mapping[str, tuple[str, ...]]
"""A subscription's `/providers`: `namespace/type` in lower case -> api-versions; a namespace alone -> ()."""

_VERSION = re.compile(r"\d{4}-\d\d-\d\d(?:-[a-z]+)?")
_SUPPORTED = re.compile(r"supported (?:api-)?versions are '([^']*)'", re.IGNORECASE)
_VERSION_CODES = {"invalidapiversionparameter", "noregisteredproviderfound", "invalidresourcetype"}
_ABSENT_CODES = {"invalidresourcenamespace", "invalidresourcetype", "noregisteredproviderfound"}


def offered_of(documents: Sequence[Any]) -> tuple[Offered, frozenset[str]]:
    """What a `/providers` list offers, and the namespaces (lower case) that the subscription is not registered for."""
    offered: dict[str, tuple[str, ...]] = {}
    unregistered = set()
    for provider in documents:
        namespace = str(provider.get("namespace", "")).lower()
        offered[namespace] = ()
        if str(provider.get("registrationState", "")).lower() == "notregistered":
            unregistered.add(namespace)
        kinds = provider.get("resourceTypes")
        for kind in kinds if isinstance(kinds, list) else ():
            if not isinstance(kind, dict):
                continue
            named = kind.get("apiVersions")
            versions = tuple(v for v in named if isinstance(v, str)) if isinstance(named, list) else ()
            offered[f"{namespace}/{str(kind.get('resourceType', '')).lower()}"] = versions
    return offered, frozenset(unregistered)


def newest(versions: Sequence[str]) -> str:
    """The newest version, a preview only where there is nothing else; empty when there are none."""
    stable = [v for v in versions if len(v) == 10]
    return max(stable or versions, default="")


def first_version(preferred: Sequence[str], served: Sequence[str] | None) -> str:
    """The version to begin with; `served` is what the stamp says of the type, None when it says nothing."""
    if served:
        return next((v for v in preferred if v in served), newest(served))
    return preferred[0] if preferred else ""


def next_version(refusal: Refusal, preferred: Sequence[str], tried: Sequence[str]) -> str:
    """The version to try after a refusal that names the supported ones; empty when there is none."""
    if refusal.status not in (400, 404) or refusal.code.lower() not in _VERSION_CODES:
        return ""
    found = _SUPPORTED.search(refusal.message)
    supported = [v for v in _VERSION.findall(found[1] if found else "") if v not in tried]
    return next((v for v in preferred if v in supported), newest(supported))


def is_absent(refusal: Refusal) -> bool:
    """Whether a refusal says that the stamp has no such provider or type, once no other version is left to try."""
    if refusal.status not in (400, 404) or refusal.code.lower() not in _ABSENT_CODES:
        return False
    # With this code the list is the type's own: it is there, in versions that azscheck could not use.
    return refusal.code.lower() != "noregisteredproviderfound" or not _SUPPORTED.search(refusal.message)
