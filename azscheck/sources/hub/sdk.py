"""The requests of azure-mgmt-compute and azure-mgmt-resource, for the 2020-09-01-hybrid profile.

The clients are built for the profile with the plane's pipeline, and each row's request comes from the builder that the
client's own operation uses, in that operation's module and so in the profile's version. The operations themselves are
not called: they turn each document into models, which drop the fields they do not know and cost eight times the time.
"""

import importlib
import re
from functools import lru_cache
from typing import Any, Final

from azure.core.credentials import AccessToken
from azure.core.rest import HttpRequest
from azure.mgmt.compute import ComputeManagementClient
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.resource.subscriptions import SubscriptionClient
from azure.profiles import KnownProfiles

from azscheck.errors import CollectionError
from azscheck.sources.hub.resource_manager import Plane
from azscheck.sources.hub.table import Row

_PROFILE: Final = KnownProfiles.v2020_09_01_hybrid
_GROUP: Final = re.compile(r"/resourceGroups/([^/]+)/", re.IGNORECASE)


class _PlaneSigns:
    """The clients demand a credential; the plane's pipeline signs, so this one is never asked."""

    def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        raise CollectionError(f"the SDK asked for a token of its own, for {scopes}")


class Clients:
    """The SDK's clients for one subscription of the tenant plane, or for none."""

    def __init__(self, plane: Plane, subscription: str = "") -> None:
        self.subscription = subscription
        options: dict[str, Any] = {
            "base_url": plane.url,
            "credential_scopes": [f"{plane.url}/.default"],
            "profile": _PROFILE,
            "pipeline": plane.pipeline,
            "policies": [],
        }
        credential: Any = _PlaneSigns()
        self._clients: dict[str, Any] = {"subscription": SubscriptionClient(credential, **options)}
        if subscription:
            self._clients["compute"] = ComputeManagementClient(credential, subscription, **options)
            self._clients["resource"] = ResourceManagementClient(credential, subscription, **options)
        self._groups: dict[str, Any] = {}

    def request(self, sdk: str, version: str, **arguments: str) -> tuple[HttpRequest, Any]:
        """The request of `client.group.operation`, and the pipeline client that it is to be sent through."""
        name, group, operation = sdk.split(".")
        client = self._clients[name]
        module = self._groups.get(f"{name}.{group}")
        if module is None:
            module = self._groups[f"{name}.{group}"] = type(getattr(client, group)).__module__
        if name != "subscription":
            arguments["subscription_id"] = self.subscription
        return _builder(module, group, operation)(api_version=version, **arguments), client._client

    def list_request(self, row: Row, version: str, parent: str) -> tuple[HttpRequest, Any]:
        """The request of a row's list, under the resource with the id `parent` where the row has one."""
        return self.request(row.sdk, version, **(_names(row, parent) if parent else {}))

    def get_request(self, row: Row, version: str, identity: str) -> tuple[HttpRequest, Any]:
        """The request that reads one resource of a row by its id, with `$expand`."""
        return self.request(row.sdk_get, version, expand=row.expand, **_names(row, identity))


def _names(row: Row, identity: str) -> dict[str, str]:
    group = _GROUP.search(identity)
    return {"resource_group_name": group[1] if group else "", row.sdk_name: identity.rpartition("/")[2]}


@lru_cache(maxsize=64)
def _builder(module: str, group: str, operation: str) -> Any:
    return getattr(importlib.import_module(module), f"build_{group}_{operation}_request")
