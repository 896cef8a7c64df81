"""Items of Azure's services, as `az` and the REST interface give them.

Backup: https://learn.microsoft.com/rest/api/backup/backup-protected-items/list
Site Recovery: https://learn.microsoft.com/rest/api/site-recovery/replication-protected-items/list-by-replication-protection-containers
Stamp to stamp: https://learn.microsoft.com/azure-stack/operator/protect-virtual-machines
"""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any, Final

from azscheck.sources.exports.model import PROTECTED, REPLICATED, Item
from azscheck.times import format_time, parse_time

_PRODUCTS: Final = {
    "MAB": "Azure Backup",
    "DPM": "System Center DPM",
    "AZUREBACKUPSERVER": "Azure Backup Server",
}
"""Backup of what has an agent; the other management types protect resources of Azure itself, none of a stamp."""
_COVERS: Final = {
    "FILEFOLDER": ("files",),
    "CLIENT": ("files",),
    "SYSTEMSTATE": ("systemState",),
    "SQLDB": ("applicationData",),
    "SQLDATABASE": ("applicationData",),
    "EXCHANGE": ("applicationData",),
    "SHAREPOINT": ("applicationData",),
    "VM": ("files", "systemState"),
    "VMWAREVM": ("files", "systemState"),
}
_MACHINES: Final = ("VM", "VMWAREVM")

Service = Callable[[Mapping[str, Any], int | None, str], Item | None]
"""An element of the export, its line, and the target that the operator named; None: no machine of a stamp."""


def recovery_services(value: Mapping[str, Any], line: int | None, target: str) -> Item | None:
    """An item of a Recovery Services vault's backup; None for one that is of no machine with an agent."""
    properties = _properties(value)
    management = _text(properties, "backupManagementType").upper()
    product = _PRODUCTS.get(management)
    if product is None and _text(properties, "protectedItemType") == "MabFileFolderProtectedItem":
        product = _PRODUCTS["MAB"]
    if product is None:
        return None
    extended = _below(properties, "extendedInfo")
    workload = _text(properties, "workloadType")
    on_disk_only = extended.get("isPresentOnCloud") is False
    engine = _text(properties, "backupEngineName")
    health, why = _backup_health(properties, extended)
    recovered = (
        _time(extended, "onPremiseLatestRecoveryPoint")
        if on_disk_only
        else _time(properties, "lastRecoveryPoint")
        or (_time(properties, "lastBackupTime") if _last_status(properties, extended) == "completed" else "")
    )
    identity = _text(value, "id")
    found = {
        "product": product,
        "sourceResourceId": _text(properties, "sourceResourceId"),
        "sourceName": _backed_up_machine(properties, workload),
        "target": target or (engine if on_disk_only and engine else _vault(identity)),
        "targetKind": "server" if on_disk_only and engine and not target else "vault",
        "protectionType": workload,
        "covers": list(_COVERS.get(workload.upper(), ())),
        "lastRecoveryPoint": recovered,
        "health": health,
    }
    unknown = {"health": why} if why else {}
    if not recovered and product != _PRODUCTS["MAB"] and not extended:
        unknown["lastRecoveryPoint"] = "the list has no extendedInfo, in which DPM and Azure Backup Server say it"
    return Item(PROTECTED, identity, _present(found), line, unknown)


def site_recovery(value: Mapping[str, Any], line: int | None, target: str) -> Item | None:
    """A replicated item of a Recovery Services vault; None for a machine of Azure itself."""
    properties = _properties(value)
    details = _below(properties, "providerSpecificDetails")
    if _text(details, "instanceType") == "A2A":
        return None
    where = target or _text(properties, "recoveryFabricFriendlyName")
    found = {
        "product": "Azure Site Recovery",
        "sourceName": _text(properties, "friendlyName"),
        "target": where,
        "targetStamp": where,
        "protectionType": _text(details, "instanceType"),
        "lastRecoveryPoint": _time(details, "lastRecoveryPointReceived"),
        **_replication(properties),
    }
    return Item(REPLICATED, _text(value, "id"), _present(found), line, _no_health(found))


def data_replication(value: Mapping[str, Any], line: int | None, target: str) -> Item | None:
    """A replicated item of a vault on a second stamp; None for one that names no machine of a stamp."""
    properties = _properties(value)
    custom = _below(properties, "customProperties")
    source = _any_case(properties, "sourceAzStackVirtualMachineId") or _any_case(
        custom, "sourceAzStackVirtualMachineId"
    )
    if not source:
        return None
    found = {
        "product": "Azure Site Recovery",
        "sourceResourceId": source,
        "sourceName": source.rstrip("/").rpartition("/")[2],
        "target": target,
        "targetStamp": target,
        "protectionType": _text(custom, "instanceType"),
        **_replication(properties),
    }
    return Item(REPLICATED, _text(value, "id"), _present(found), line, _no_health(found))


SERVICES: Final[Mapping[str, tuple[Service, tuple[str, ...]]]] = {
    "recovery-services": (recovery_services, ("backupManagementType", "protectedItemType")),
    "site-recovery": (site_recovery, ("providerSpecificDetails", "replicationHealth", "protectionState")),
    "data-replication": (data_replication, ("customProperties", "replicationHealth", "sourceAzStackVirtualMachineId")),
}
"""By kind: what makes an item of an element, and properties of which such an element has one."""


def is_one(value: Mapping[str, Any], marks: tuple[str, ...]) -> bool:
    """Whether an element looks like an item of the service."""
    properties = _properties(value)
    return any(mark in properties for mark in marks)


def _replication(properties: Mapping[str, Any]) -> dict[str, Any]:
    errors = properties.get("healthErrors")
    return {
        "replicationHealth": _text(properties, "replicationHealth"),
        "state": _text(properties, "protectionState"),
        "lastTestFailover": _time(properties, "lastSuccessfulTestFailoverTime"),
        "errors": [
            text
            for error in (errors if isinstance(errors, list) else ())
            if isinstance(error, dict)
            and (text := _text(error, "summaryMessage") or _text(error, "summary") or _text(error, "errorMessage"))
        ],
    }


def _no_health(found: Mapping[str, Any]) -> dict[str, str]:
    return {} if found["replicationHealth"] else {"replicationHealth": "the export does not say it"}


def _backup_health(properties: Mapping[str, Any], extended: Mapping[str, Any]) -> tuple[str, str]:
    """`healthy` or what is wrong, and why that is not known."""
    state, status = _text(properties, "protectionState"), _last_status(properties, extended)
    if properties.get("isScheduledForDeferredDelete") is True:
        return "scheduled for deletion", ""
    if state and state.lower() != "protected":
        return state, ""
    if status and status != "completed":
        return f"the last backup: {status}", ""
    if status or state:
        return "healthy", ""
    return "", "the export says neither protectionState nor lastBackupStatus"


def _last_status(properties: Mapping[str, Any], extended: Mapping[str, Any]) -> str:
    return (_text(properties, "lastBackupStatus") or _text(extended, "lastBackupStatus")).lower()


def _backed_up_machine(properties: Mapping[str, Any], workload: str) -> str:
    """The machine's name: of an agent's item its computer, else what the item's container is called after."""
    container = _text(properties, "containerName")
    if name := _text(properties, "computerName"):
        return name
    if container.lower().startswith("windows;"):
        return container.rpartition(";")[2]
    return _text(properties, "friendlyName") if workload.upper() in _MACHINES else ""


def _vault(identity: str) -> str:
    steps = identity.split("/")
    names = [below for above, below in pairwise(steps) if above.lower() == "vaults"]
    return names[0] if names else ""


def _properties(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """The item's properties; some versions of `az` put them beside the id."""
    below = value.get("properties")
    return below if isinstance(below, dict) else value


def _below(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    below = value.get(key)
    return below if isinstance(below, dict) else {}


def _text(value: Mapping[str, Any], key: str) -> str:
    text = value.get(key)
    return text.strip() if isinstance(text, str) else ""


def _any_case(value: Mapping[str, Any], key: str) -> str:
    return next((_text(value, name) for name in value if name.lower() == key.lower()), "")


def _time(value: Mapping[str, Any], key: str) -> str:
    """A time in azscheck's form; empty for none, which the services also write as the year 1 or 1601."""
    try:
        moment = parse_time(_text(value, key))
    except ValueError:
        return ""
    return format_time(moment) if moment.year > 1970 else ""


def _present(found: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if value not in ("", [])}
