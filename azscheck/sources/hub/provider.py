"""The provider's own subscription and the region, which all administrator's lists are taken under."""

from collections.abc import Collection, Sequence
from typing import Final

from azscheck.errors import CollectionError
from azscheck.inventory import Resource
from azscheck.sources.hub.listing import Lister, Subscription
from azscheck.sources.hub.table import GROUPS, TABLE

DEFAULT_PROVIDER: Final = "Default Provider Subscription"
_PROVIDERS_OWN: Final = {DEFAULT_PROVIDER.lower(), "metering subscription", "consumption subscription"}


def _name_of(subscription: Resource) -> str:
    return str(subscription.body.get("displayName", "")).lower()


def are_the_providers_own(subscriptions: Sequence[Resource]) -> bool:
    """Whether all subscriptions bear names of the provider's own, which the administrators' endpoint alone lists."""
    return bool(subscriptions) and {_name_of(subscription) for subscription in subscriptions} <= _PROVIDERS_OWN


def not_for_tenants(host: str) -> str:
    """The sentence for an administrators' endpoint that was given as the tenants'."""
    return (
        f"{host} is the administrators' endpoint, for it lists nothing but the provider's own subscriptions: "
        "give the tenants' endpoint, whose name begins with management."
    )


def default_subscription(lister: Lister, subscriptions: Sequence[Resource]) -> Subscription:
    """The provider's own subscription: by its name, or the only one, or the one that has the system's group.

    Raises CollectionError with a sentence when it is none of them.
    """
    named = [subscription for subscription in subscriptions if _name_of(subscription) == DEFAULT_PROVIDER.lower()]
    for candidate in named or (subscriptions if len(subscriptions) == 1 else ()):
        found = lister.subscription(candidate.id, None)
        # The only one that the tenants' endpoint shows is some tenant's: it would seem to lack all there is.
        if named or found.offered is None or any(".admin" in provider for provider in found.offered):
            return found
    for candidate in subscriptions:
        if system_region(lister, candidate.id):
            return lister.subscription(candidate.id, None)
    raise CollectionError(
        f"The {DEFAULT_PROVIDER} is not among the {len(subscriptions)} subscriptions that {lister.plane.host} shows: "
        "check that it is the administrators' endpoint, and give the service principal the Reader role on that one."
    )


def system_region(lister: Lister, subscription: str, among: Collection[str] = ()) -> str:
    """The region in the name of a subscription's group `system.<region>`; empty where it has no such group.

    With `among`, one of these names, as it stands there.
    """
    group = next(row for row in TABLE if row.type == GROUPS)
    listed = lister.list(group, f"{subscription}/resourceGroups", Subscription(subscription))
    names = [resource.name.lower() for resource in listed.resources]
    regions = [name.removeprefix("system.") for name in names if name.startswith("system.")]
    return next((name for name in among if name.lower() in regions), "") if among else next(iter(regions), "")
