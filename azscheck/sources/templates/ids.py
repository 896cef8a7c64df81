"""resourceId() and its kin.

https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-resource#resourceid
"""

from typing import Any

from azscheck.sources.templates.target import Target, resource_id


def text(value: Any) -> str:
    """The value, which must be a text."""
    if not isinstance(value, str):
        raise ValueError("takes a text")
    return value


def id_of(scope: str, parts: tuple[Any, ...]) -> str:
    """The id of a type and its names under a scope."""
    kind, *names = [text(part) for part in parts] or [""]
    if "/" not in kind:
        raise ValueError("takes a resource's type, such as 'Microsoft.Compute/disks'")
    if len(names) != kind.strip("/").count("/"):
        raise ValueError(f"takes {kind.strip('/').count('/')} names for {kind}, not {len(names)}")
    return resource_id(scope, kind, names)


def _split(parts: tuple[Any, ...]) -> tuple[list[str], tuple[Any, ...]]:
    texts = [text(part) for part in parts]
    at = next((index for index, part in enumerate(texts) if "/" in part), 0)
    return texts[:at], parts[at:]


def own_id(target: Target, parts: tuple[Any, ...]) -> str:
    """resourceId(): where it is deployed to, or in the group and the subscription that stand before the type."""
    before, rest = _split(parts)
    if len(before) > 2:
        raise ValueError("takes at most a subscription and a group before the type")
    if not target.resource_group and len(before) < 2:
        # A deployment to a subscription: what is before the type is another subscription.
        return id_of(f"/subscriptions/{before[0]}" if before else target.id, rest)
    group = before[-1] if before else target.resource_group
    subscription = before[0] if len(before) == 2 else target.subscription_id
    return id_of(f"/subscriptions/{subscription}/resourceGroups/{group}", rest)


def subscription_id(target: Target, parts: tuple[Any, ...]) -> str:
    """subscriptionResourceId(): of the subscription deployed to, or of the one that stands before the type."""
    before, rest = _split(parts)
    return id_of(f"/subscriptions/{before[0]}" if before else target.subscription, rest)
