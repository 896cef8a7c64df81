"""Where the resources of one deployment go: a group, a subscription or the whole tenant."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Final, Self

from msgspec import Struct
from msgspec.structs import replace

from azscheck.sources.placement import Placement

_UNTOLD: Final = Placement()


class Target(Struct, frozen=True):
    """Where a deployment goes; what is not told has the placement's text in ids, and no value in expressions."""

    subscription_id: str
    resource_group: str
    """Empty for a deployment to a subscription."""
    location: str
    subscription_told: bool = True
    group_told: bool = True
    whole_tenant: bool = False

    @classmethod
    def of(cls, placement: Placement, schema: str) -> Self:
        """The target of a template, whose schema tells whether a group is deployed to."""
        level = schema.lower().rpartition("/")[2].partition("deploymenttemplate")[0]
        return cls(
            placement.subscription_id,
            "" if level else placement.resource_group,
            placement.location,
            placement.subscription_id != _UNTOLD.subscription_id,
            placement.resource_group != _UNTOLD.resource_group,
            level in ("managementgroup", "tenant"),
        )

    def elsewhere(self, subscription_id: str | None, resource_group: str | None, *, told: bool) -> "Target":
        """Another subscription or group, as a nested deployment names them; the location of another is not known."""
        if subscription_id is None and resource_group is None:
            return self
        same = subscription_id is None and (resource_group or "").lower() == self.resource_group.lower()
        # Another subscription without a group is deployed to itself.
        return replace(
            self,
            subscription_id=self.subscription_id if subscription_id is None else subscription_id,
            resource_group=resource_group or "",
            location=self.location if same else "",
            subscription_told=self.subscription_told if subscription_id is None else told,
            group_told=told,
            whole_tenant=False,
        )

    @property
    def subscription(self) -> str:
        """The subscription's id."""
        return f"/subscriptions/{self.subscription_id}"

    @property
    def id(self) -> str:
        """The id of what is deployed to; empty for the tenant."""
        if self.whole_tenant:
            return ""
        return f"{self.subscription}/resourceGroups/{self.resource_group}" if self.resource_group else self.subscription


def resource_id(scope: str, kind: str, names: Sequence[str]) -> str:
    """`SCOPE/providers/Microsoft.Compute/virtualMachines/vm/extensions/agent`; a name that lacks is `{?}`."""
    namespace, *types = kind.strip("/").split("/")
    if namespace.lower() == "microsoft.resources" and [t.lower() for t in types] == ["resourcegroups"]:
        return f"{scope}/resourceGroups/{names[0] if names else '{?}'}"
    pairs = zip_longest(types, names[: len(types)], fillvalue="{?}")
    return "/".join([scope, "providers", namespace, *(part for pair in pairs for part in pair)])
