"""The provider's own subscription and the region, which all administrator's lists are taken under."""

from collections.abc import Sequence
from typing import Final

from azscheck.errors import CollectionError
from azscheck.inventory import Resource
from azscheck.sources.hub.listing import Lister, Subscription
from azscheck.sources.hub.table import GROUPS, TABLE

DEFAULT_PROVIDER: Final = "Default Provider Subscription"


def default_subscription(lister: Lister, subscriptions: Sequence[Resource]) -> Subscription:
    """The provider's own subscription: by its name, or the only one, or the one that has the system's group.

    Raises CollectionError with a sentence when it is none of them.
    """
    named = [s for s in subscriptions if str(s.body.get("displayName", "")).lower() == DEFAULT_PROVIDER.lower()]
    for candidate in named or (subscriptions if len(subscriptions) == 1 else ()):
        return lister.subscription(candidate.id, None)
    for candidate in subscriptions:
        if system_region(lister, candidate.id):
            return lister.subscription(candidate.id, None)
    raise CollectionError(
        f"The {DEFAULT_PROVIDER} is not among the {len(subscriptions)} subscriptions that {lister.plane.host} shows: "
        "give the service principal the Reader role on it."
    )


def system_region(lister: Lister, subscription: str) -> str:
    """The region in the name of a subscription's group `system.<region>`; empty where it has no such group."""
    group = next(row for row in TABLE if row.type == GROUPS)
    listed = lister.list(group, f"{subscription}/resourceGroups", Subscription(subscription))
    names = [resource.name.lower() for resource in listed.resources]
    return next((name.removeprefix("system.") for name in names if name.startswith("system.")), "")
