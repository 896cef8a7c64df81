"""Azure Policy's aliases: `Microsoft.Compute/virtualMachines/storageProfile.osDisk.osType`.

An alias names a resource type and a property; what stands after the last slash is read from the resource's
`properties`, with the `properties` of elements and of nested resources left out. Where it begins with the name of a
resource that there is one of (`blobServices/default.isVersioningEnabled`), or has the name of a kind of object
(`integrationRuntimes/Managed.typeProperties`), the path lacks that name. Those that are made otherwise are data below. https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-alias
"""

import re
from collections.abc import Mapping
from typing import Final

_ALIAS: Final = r"(?P<type>[A-Za-z0-9]+(?:\.[A-Za-z0-9]+)*(?:/[A-Za-z0-9$%]+)*)/(?P<path>[^/]+)$"

_IMAGE = ("storageProfile.imageReference", "virtualMachineProfile.storageProfile.imageReference")


def _image(key: str) -> tuple[str, ...]:
    return tuple(f"{path}.{key}" for path in _IMAGE)


_MADE_OTHERWISE: Final[Mapping[str, tuple[str, ...]]] = {
    **{f"microsoft.compute/image{key}": _image(key) for key in ("publisher", "offer", "sku", "version", "id")},
    **{
        f"microsoft.compute/{kind}/image{key}": _image(key)
        for kind in ("virtualmachines", "virtualmachinescalesets", "virtualmachinescalesets/virtualmachines")
        for key in ("publisher", "offer", "sku", "version", "id")
    },
    "microsoft.authorization/roledefinitions/permissions.actions[*]": ("permissions[*].actions[*]",),
    "microsoft.authorization/roledefinitions/permissions.notactions[*]": ("permissions[*].notActions[*]",),
    "microsoft.compute/virtualmachines/networkinterfaces[*].id": ("networkProfile.networkInterfaces[*].id",),
    "microsoft.compute/virtualmachines/sku.name": ("hardwareProfile.vmSize",),
    "microsoft.compute/virtualmachinescalesets/osdisk.imageurl": (
        "virtualMachineProfile.storageProfile.osDisk.image.uri",
    ),
    "microsoft.guestconfiguration/guestconfigurationassignments/contenthash": ("guestConfiguration.contentHash",),
    "microsoft.hybridcompute/imageoffer": ("osName",),
    "microsoft.hybridcompute/imagesku": ("osVersion",),
    "microsoft.insights/diagnosticsettings/logs.category": ("logs[*].category",),
    "microsoft.insights/diagnosticsettings/logs.enabled": ("logs[*].enabled",),
    "microsoft.insights/diagnosticsettings/metrics.enabled": ("metrics[*].enabled",),
    "microsoft.sql/auditingsettings.state": ("state",),
    "microsoft.sql/securityalertpolicies.state": ("state",),
    "microsoft.sql/servers/databases/edition": ("sku.tier", "edition"),
    "microsoft.sql/servers/databases/requestedserviceobjectivename": ("sku.name", "requestedServiceObjectiveName"),
    "microsoft.sql/servers/databases/requestedserviceobjectivename.v2": ("requestedServiceObjectiveName",),
    "microsoft.sql/servers/databases/storageaccounttype": ("requestedBackupStorageRedundancy", "storageAccountType"),
    "microsoft.sql/transparentdataencryption.status": ("status",),
    "microsoft.storage/storageaccounts/accounttype": ("sku.name", "accountType"),
    "microsoft.storage/storageaccounts/enableblobencryption": ("encryption.services.blob.enabled",),
    "microsoft.storage/storageaccounts/enablefileencryption": ("encryption.services.file.enabled",),
    "microsoft.compute/licensetype": ("licenseType", "virtualMachineProfile.licenseType"),
    "microsoft.compute/virtualmachines/osdisk.uri": ("storageProfile.osDisk.vhd.uri",),
    "microsoft.compute/virtualmachinescalesets/osdisk.vhdcontainers": (
        "virtualMachineProfile.storageProfile.osDisk.vhdContainers",
    ),
    "microsoft.compute/virtualmachinescalesets/osdisk.vhdcontainers[*]": (
        "virtualMachineProfile.storageProfile.osDisk.vhdContainers[*]",
    ),
}
"""Aliases in lower case, and the paths from `properties` at which they are looked for, in turn."""


def parts_of_alias(text: str) -> tuple[str, tuple[str, ...]] | None:
    """The type (or namespace) in lower case and the paths from `properties`; None for what is no alias."""
    if "/" not in text:
        return None
    # A slash within brackets is one of a tag's name.
    bare = re.sub(r"\[[^\]]*\]", lambda found: found[0].replace("/", "|"), text)
    found = re.match(_ALIAS, bare)
    if found is None or "." not in found["type"]:
        return None
    paths = _MADE_OTHERWISE.get(text.lower())
    return found["type"].lower(), paths or (text[found.start("path") :],)
