"""What is read of a stamp: one row a resource type, all of it data.

To collect another type, add a row. Its api-versions stand in order of preference, and the first of a tenant row is that
of the 2020-09-01-hybrid profile. A path's `{subscription}`, `{region}` and `{parent}` are ids or names that were read
before; the lists of a parent are taken once for each of its resources.
"""

from typing import Final, Literal

from msgspec import Struct

PlaneName = Literal["admin", "tenant"]

SUBSCRIPTIONS: Final = "Microsoft.Resources/subscriptions"
GROUPS: Final = "Microsoft.Resources/resourceGroups"
LOCATIONS: Final = "Microsoft.Subscriptions.Admin/locations"
MACHINES: Final = "Microsoft.Compute/virtualMachines"
BACKUPS: Final = "Microsoft.Backup.Admin/backupLocations/backups"
UPDATE_LOCATIONS: Final = "Microsoft.Update.Admin/updateLocations"
NODES: Final = "Microsoft.Fabric.Admin/fabricLocations/scaleUnitNodes"
ASSIGNMENTS: Final = "Microsoft.Authorization/roleAssignments"
MARKETPLACE: Final = "Microsoft.AzureBridge.Admin/activations"

_SUBSCRIPTION = "{subscription}/providers/"
_SYSTEM = "{subscription}/resourceGroups/system.{region}/providers/"
_COMPUTE = ("2020-06-01", "2019-12-01", "2019-07-01", "2017-12-01")
_DISKS = ("2019-07-01", "2018-09-30", "2018-06-01", "2017-03-30")
_NETWORK = ("2018-11-01", "2017-10-01", "2015-06-15")
_FABRIC = ("2016-05-01", "2018-10-01", "2019-05-01", "2020-10-01")
_UPDATE = ("2021-07-01", "2016-05-01")
_BACKUP = ("2018-09-01", "2021-09-01", "2016-05-01")
_ACTIVATION = "{subscription}/resourceGroups/azurestack-activation/providers/"
_SUBSYSTEMS = "Microsoft.Fabric.Admin/fabricLocations/scaleUnits/storageSubSystems"
_REPLICATION = ("2021-02-16-preview", "2024-09-01")


class Row(Struct, frozen=True):
    """One resource type and how to list it."""

    type: str
    plane: PlaneName
    path: str
    versions: tuple[str, ...]
    parent: str = ""
    """The type whose resources fill in `{parent}`."""
    sdk: str = ""
    """`client.group.operation` of the SDK whose request is sent; empty where there is no SDK for the provider."""
    sdk_get: str = ""
    """Likewise for reading one resource."""
    sdk_name: str = ""
    """The argument of an operation that takes the name of the resource read, or of the parent listed under."""
    expand: str = ""
    """The property that a list leaves out, for which each resource is read once more with `$expand`."""
    embedded: str = ""
    """The property of the parent's own document in which its GET may have brought these resources whole."""
    by_discovery: bool = False
    """Asked for only where the stamp's `/providers` has it: most stamps lack it, and its versions are not published."""
    with_group: bool = False
    """In a group that is made with the first of them: without the group there are known to be none."""

    @property
    def covered(self) -> tuple[str, ...]:
        """What has lines of Coverage: the list, and the second reads of what it lists, where there are any."""
        return (self.type, f"{self.type}/{self.expand}") if self.expand else (self.type,)


def _tenant(type: str, versions: tuple[str, ...], sdk: str = "", by_discovery: bool = False) -> Row:
    return Row(type, "tenant", _SUBSCRIPTION + type, versions, sdk=sdk, by_discovery=by_discovery)


def _child(plane: PlaneName, type: str, versions: tuple[str, ...]) -> Row:
    parent, _, name = type.rpartition("/")
    return Row(type, plane, "{parent}/" + name, versions, parent)


def _admin(type: str, versions: tuple[str, ...], under: str = _SUBSCRIPTION) -> Row:
    return Row(type, "admin", under + type.replace("/locations/", "/locations/{region}/"), versions)


TABLE: Final[tuple[Row, ...]] = (
    Row(SUBSCRIPTIONS, "tenant", "/subscriptions", ("2016-06-01",), sdk="subscription.subscriptions.list"),
    Row(
        GROUPS,
        "tenant",
        "{subscription}/resourceGroups",
        ("2019-10-01", "2018-05-01"),
        sdk="resource.resource_groups.list",
    ),
    Row(
        MACHINES,
        "tenant",
        _SUBSCRIPTION + MACHINES,
        _COMPUTE,
        sdk="compute.virtual_machines.list_all",
        sdk_get="compute.virtual_machines.get",
        sdk_name="vm_name",
        expand="instanceView",
    ),
    Row(
        f"{MACHINES}/extensions",
        "tenant",
        "{parent}/extensions",
        _COMPUTE,
        MACHINES,
        sdk="compute.virtual_machine_extensions.list",
        sdk_name="vm_name",
        # Resource Manager puts the extensions, whole, into the machine's own GET, which is made anyway for the instance
        # view: a call a machine is saved. A document that has no `resources` proves nothing, so then the list is taken.
        embedded="resources",
    ),
    _tenant("Microsoft.Compute/virtualMachineScaleSets", _COMPUTE, "compute.virtual_machine_scale_sets.list_all"),
    Row(
        "Microsoft.Compute/virtualMachineScaleSets/virtualMachines",
        "tenant",
        "{parent}/virtualMachines",
        _COMPUTE,
        "Microsoft.Compute/virtualMachineScaleSets",
        sdk="compute.virtual_machine_scale_set_vms.list",
        sdk_name="virtual_machine_scale_set_name",
    ),
    _tenant("Microsoft.Compute/availabilitySets", _COMPUTE, "compute.availability_sets.list_by_subscription"),
    _tenant("Microsoft.Compute/disks", _DISKS, "compute.disks.list"),
    _tenant("Microsoft.Compute/snapshots", _DISKS, "compute.snapshots.list"),
    _tenant("Microsoft.Storage/storageAccounts", ("2019-06-01", "2017-10-01", "2016-01-01")),
    _tenant("Microsoft.Network/publicIPAddresses", _NETWORK),
    _tenant("Microsoft.Network/networkInterfaces", _NETWORK),
    _tenant("Microsoft.Network/virtualNetworks", _NETWORK),
    _tenant("Microsoft.KeyVault/vaults", ("2019-09-01", "2016-10-01")),
    _tenant("Microsoft.DataReplication/replicationVaults", _REPLICATION, by_discovery=True),
    _child("tenant", "Microsoft.DataReplication/replicationVaults/protectedItems", _REPLICATION),
    _tenant("Microsoft.RecoveryServices/vaults", ("2016-06-01",), by_discovery=True),
    _tenant(ASSIGNMENTS, ("2015-07-01",)),
    Row(SUBSCRIPTIONS, "admin", "/subscriptions", ("2016-06-01", "2015-11-01")),
    _admin(LOCATIONS, ("2015-11-01",)),
    _admin("Microsoft.Subscriptions.Admin/plans", ("2015-11-01",)),
    _admin("Microsoft.Subscriptions.Admin/offers", ("2015-11-01",)),
    _admin("Microsoft.Subscriptions.Admin/subscriptions", ("2015-11-01",)),
    _admin("Microsoft.Subscriptions.Admin/directoryTenants", ("2015-11-01",), _SYSTEM),
    _admin("Microsoft.Subscriptions.Admin/locations/quotas", ("2015-11-01",)),
    _admin("Microsoft.Compute.Admin/locations/quotas", ("2021-01-01", "2018-02-09", "2015-12-01-preview")),
    _admin("Microsoft.Network.Admin/locations/quotas", ("2015-06-15",)),
    _admin("Microsoft.Storage.Admin/locations/quotas", ("2019-08-08-preview", "2019-08-08", "2015-12-01-preview")),
    _admin("Microsoft.KeyVault.Admin/locations/quotas", ("2017-02-01-preview",)),
    _admin(ASSIGNMENTS, ("2015-07-01",)),
    _admin("Microsoft.Backup.Admin/backupLocations", _BACKUP, _SYSTEM),
    _child("admin", BACKUPS, _BACKUP),
    _admin("Microsoft.InfrastructureInsights.Admin/regionHealths", ("2016-05-01",), _SYSTEM),
    _child("admin", "Microsoft.InfrastructureInsights.Admin/regionHealths/alerts", ("2016-05-01",)),
    _child("admin", "Microsoft.InfrastructureInsights.Admin/regionHealths/serviceHealths", ("2016-05-01",)),
    _admin("Microsoft.Fabric.Admin/fabricLocations", _FABRIC, _SYSTEM),
    _child("admin", "Microsoft.Fabric.Admin/fabricLocations/fileShares", _FABRIC),
    _child("admin", "Microsoft.Fabric.Admin/fabricLocations/ipPools", _FABRIC),
    _child("admin", "Microsoft.Fabric.Admin/fabricLocations/scaleUnits", _FABRIC),
    _child("admin", NODES, _FABRIC),
    _child("admin", _SUBSYSTEMS, ("2018-10-01", "2019-05-01")),
    _child("admin", f"{_SUBSYSTEMS}/volumes", ("2019-05-01", "2018-10-01")),
    _child("admin", "Microsoft.Fabric.Admin/fabricLocations/infraRoles", _FABRIC),
    _child("admin", "Microsoft.Fabric.Admin/fabricLocations/infraRoleInstances", _FABRIC),
    _admin(UPDATE_LOCATIONS, _UPDATE, _SYSTEM),
    _child("admin", "Microsoft.Update.Admin/updateLocations/updates", _UPDATE),
    _child("admin", "Microsoft.Update.Admin/updateLocations/updates/updateRuns", _UPDATE),
    # The registration with Azure makes the group, so a stamp that was never registered has none.
    Row(MARKETPLACE, "admin", _ACTIVATION + MARKETPLACE, ("2016-01-01",), with_group=True),
    _child("admin", f"{MARKETPLACE}/downloadedProducts", ("2016-01-01",)),
)


def scope_of(path: str) -> str:
    """The id a list is taken under: `/subscriptions/S` of `/subscriptions/S/providers/N/T`; empty at the top."""
    scope = path.rpartition("/")[0]
    above, _, last = scope.rpartition("/")
    return above.rpartition("/")[0] if above.endswith("/providers") and last else scope
