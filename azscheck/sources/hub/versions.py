"""Which api-version a list is asked with.

The order: what azscheck prefers (the 2020-09-01-hybrid profile, and what recorded stamps served), as far as the stamp
says in its own `/providers` that it has it; then what the error of a refused version lists as supported. Resource
Manager may advertise a version that the provider behind it does not serve, so the newest is not taken when a preferred
one is there.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from azscheck.sources.hub.failures import Refusal

Offered = Mapping[str, tuple[str, ...]]
"""A subscription's `/providers`: `namespace/type` in lower case -> api-versions; a namespace alone -> ()."""

_VERSION = re.compile(r"\d{4}-\d\d-\d\d(?:-[a-z]+)?")
_SUPPORTED = re.compile(r"supported (?:api-)?versions are '([^']*)'", re.IGNORECASE)
# Some providers send a message alone, so that what a refusal is stands in its words as well as in its code.
_OF_VERSION = re.compile(r"api[- ]?version|noregisteredproviderfound", re.IGNORECASE)
_NO_TYPE = re.compile(
    r"invalidresource(?:type|namespace)|resource type '[^']*' could not be found|namespace '[^']*' is invalid",
    re.IGNORECASE,
)
_NO_PROVIDER = re.compile(r"noregisteredproviderfound|no registered resource provider found", re.IGNORECASE)


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


def is_of_version(refusal: Refusal) -> bool:
    """Whether a refusal is of the api-version that was asked with, or may be."""
    return refusal.status in (400, 404) and bool(_OF_VERSION.search(f"{refusal.code} {refusal.message}"))


def next_version(refusal: Refusal, preferred: Sequence[str], tried: Sequence[str]) -> str:
    """The version to try after a refusal of one: of those that it names, else of the preferred; empty without any."""
    if not is_of_version(refusal):
        return ""
    found = _SUPPORTED.search(refusal.message)
    named = _VERSION.findall(found[1] if found else refusal.message)
    supported = [v for v in named if v not in tried]
    if not supported and not (found and named):
        supported = [v for v in preferred if v not in tried]
    return next((v for v in preferred if v in supported), newest(supported))


def lacks(resource_type: str, offered: Offered | None, unregistered: Collection[str], refusal: Refusal) -> bool:
    """Whether a refusal means that the stamp has no such type: only where its own `/providers` confirms it.

    A refusal alone does not tell a type that is missing from a provider that is broken.
    """
    if offered is None:
        return False
    said = f"{refusal.code} {refusal.message}"
    if refusal.code == "MissingSubscriptionRegistration":
        return resource_type.partition("/")[0].lower() in unregistered
    if refusal.status not in (400, 404) or not (_NO_TYPE.search(said) or _NO_PROVIDER.search(said)):
        return False
    # What this one lists are the type's own versions: it is there, in some that azscheck could not use. The other lists
    # those of the whole namespace.
    if not _NO_TYPE.search(said) and _SUPPORTED.search(refusal.message):
        return False
    return not _is_listed(resource_type.lower(), offered, unregistered)


def _is_listed(key: str, offered: Offered, unregistered: Collection[str]) -> bool:
    namespace, _, name = key.partition("/")
    if key in offered:
        return namespace not in unregistered
    above = key.rpartition("/")[0]
    nested = any(kind.count("/") > 1 for kind in offered if kind.startswith(f"{namespace}/"))
    # A provider that lists no child types at all says nothing of them.
    return "/" in name and above in offered and not nested and namespace not in unregistered
