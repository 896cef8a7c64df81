"""Which resource types a definition's `mode` leaves out.

`Indexed` is about types that support tags and location, whatever a resource has of them:
https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-basics#resource-manager-modes
https://learn.microsoft.com/azure/azure-resource-manager/management/tag-support
"""

from collections.abc import Iterable
from typing import Final

from azscheck.place import Place
from azscheck.policy.conditions import AllOf, AnyOf, Condition, Field, Not, Test

_CONTAINERS: Final = (
    *("microsoft.resources/subscriptions", "microsoft.resources/resourcegroups"),
    "microsoft.resources/subscriptions/resourcegroups",
)

_TRACKED_BELOW: Final = frozenset(
    {
        "microsoft.automation/automationaccounts/configurations",
        "microsoft.automation/automationaccounts/runbooks",
        "microsoft.cdn/profiles/endpoints",
        "microsoft.compute/galleries/applications",
        "microsoft.compute/galleries/applications/versions",
        "microsoft.compute/galleries/images",
        "microsoft.compute/galleries/images/versions",
        "microsoft.compute/hostgroups/hosts",
        "microsoft.compute/virtualmachines/extensions",
        "microsoft.compute/virtualmachines/runcommands",
        "microsoft.compute/virtualmachinescalesets/virtualmachines",
        "microsoft.containerregistry/registries/replications",
        "microsoft.containerregistry/registries/webhooks",
        "microsoft.hybridcompute/machines/extensions",
        "microsoft.netapp/netappaccounts/capacitypools",
        "microsoft.netapp/netappaccounts/capacitypools/volumes",
        "microsoft.network/networkwatchers/connectionmonitors",
        "microsoft.network/networkwatchers/flowlogs",
        "microsoft.network/privatednszones/virtualnetworklinks",
        "microsoft.sql/managedinstances/databases",
        "microsoft.sql/servers/databases",
        "microsoft.sql/servers/elasticpools",
        "microsoft.sql/servers/jobagents",
        "microsoft.synapse/workspaces/bigdatapools",
        "microsoft.synapse/workspaces/sqlpools",
        "microsoft.web/sites/slots",
    }
)
"""The child types that support tags and location."""

_UNTRACKED: Final = frozenset(
    {
        "microsoft.insights/diagnosticsettings",
        "microsoft.keyvault/vaults/keys",
        "microsoft.keyvault/vaults/secrets",
        "microsoft.keyvault/vaults/accesspolicies",
        "microsoft.network/loadbalancers/backendaddresspools",
        "microsoft.network/loadbalancers/inboundnatrules",
        "microsoft.network/networksecuritygroups/securityrules",
        "microsoft.network/routetables/routes",
        "microsoft.network/virtualnetworks/subnets",
        "microsoft.network/virtualnetworks/virtualnetworkpeerings",
        "microsoft.sql/servers/auditingsettings",
        "microsoft.sql/servers/firewallrules",
        "microsoft.storage/storageaccounts/blobservices",
        "microsoft.storage/storageaccounts/blobservices/containers",
        "microsoft.storage/storageaccounts/fileservices",
        "microsoft.storage/storageaccounts/fileservices/shares",
        "microsoft.storage/storageaccounts/queueservices",
        "microsoft.storage/storageaccounts/tableservices",
        "microsoft.web/sites/config",
    }
)
"""Types that support neither, or only one of them; besides these, whatever is below another type and not above."""

_UNTRACKED_PROVIDERS: Final = (
    *("microsoft.advisor", "microsoft.authorization", "microsoft.consumption", "microsoft.features"),
    *("microsoft.guestconfiguration", "microsoft.management", "microsoft.policyinsights", "microsoft.resources"),
    *("microsoft.subscription", "microsoft.support"),
)


def judged_types(types: Iterable[str], *, indexed: bool) -> tuple[str, ...]:
    """Of the types that a definition names those that its mode does not leave out."""
    return tuple(kind for kind in types if (_may_be_indexed(kind) if indexed else _is_resource(kind)))


def _is_resource(kind: str) -> bool:
    key = kind.lower()
    return key in _CONTAINERS or not key.startswith("microsoft.resources/")


def _may_be_indexed(kind: str) -> bool:
    key = kind.lower()
    return key not in _UNTRACKED and key.partition("/")[0] not in _UNTRACKED_PROVIDERS


def of_judged_types(place: Place, *, indexed: bool) -> Condition:
    """The condition on the type of a resource for a definition that names no types."""

    def a_type(operator: str, wanted: object) -> Condition:
        return Test(Field("type", ("type",)), operator, wanted, place)

    if not indexed:
        return AnyOf((a_type("in", list(_CONTAINERS)), Not(a_type("like", "Microsoft.Resources/*"))))
    others = tuple(Not(a_type("like", f"{provider}/*")) for provider in _UNTRACKED_PROVIDERS)
    top = AllOf((Not(a_type("like", "*/*/*")), a_type("notIn", sorted(_UNTRACKED)), *others))
    return AnyOf((a_type("in", sorted(_TRACKED_BELOW)), top))
