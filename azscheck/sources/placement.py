"""Where a deployment goes, for what a file leaves to it: ids, and `resourceGroup().location`."""

from msgspec import Struct


class Placement(Struct, frozen=True):
    """Where a deployment goes."""

    subscription_id: str = "00000000-0000-0000-0000-000000000000"
    resource_group: str = "resourceGroup"
    location: str = ""
    """Empty when it is not known."""
