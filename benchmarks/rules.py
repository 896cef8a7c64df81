"""The rules of `policies/` as somebody would write them in Python, by hand, for these documents alone.

It reads the one letter case that these documents have, where a policy accepts any.
"""

import re
from datetime import datetime, timedelta
from typing import Any

Record = dict[str, Any]
Verdict = tuple[list[str], list[str]]
"""The policies that are not complied with, and those of which it cannot be told."""

_ENVIRONMENTS = frozenset(("production", "staging", "test", "development"))
_SYSTEMS = frozenset(("Windows", "Linux"))
_BACKUP = frozenset(("Microsoft.Azure.RecoveryServices", "Veeam.Backup", "Commvault.Protection"))
_COST_CENTER = re.compile("^CC-[0-9]{4}$")
_DAY = timedelta(hours=24)
_SKEW = timedelta(hours=-1)


def judge(machine: Record, now: datetime) -> Verdict:
    """The eleven rules on one machine."""
    failed: list[str] = []
    tags = machine.get("tags") or {}
    if tags.get("backup:product") is None:
        failed.append("BEN-001")
    if tags.get("environment") not in _ENVIRONMENTS:
        failed.append("BEN-002")
    if not _COST_CENTER.search(tags.get("costCenter") or ""):
        failed.append("BEN-003")
    _judge_extensions(machine.get("resources") or (), failed)
    _judge_properties(machine["properties"], failed)
    target = tags.get("backup:target")
    if target is None or target.endswith(".north.fabrikam.example"):
        failed.append("BEN-010")
    last = tags.get("backup:last")
    age = None if last is None else now - datetime.fromisoformat(last)
    if age is None or age > _DAY:
        failed.append("BEN-011")
    elif age < _SKEW:
        return failed, ["BEN-011"]
    return failed, []


def _judge_extensions(extensions: Any, failed: list[str]) -> None:
    present = broken = False
    for extension in extensions:
        properties = extension["properties"]
        if properties["publisher"] in _BACKUP:
            present = True
            broken = broken or properties["provisioningState"] != "Succeeded"
    if not present:
        failed.append("BEN-004")
    if broken:
        failed.append("BEN-005")


def _judge_properties(properties: Record, failed: list[str]) -> None:
    agent = properties["instanceView"].get("vmAgent") or {}
    for status in agent.get("statuses") or ():
        if status["code"] == "ProvisioningState/succeeded":
            break
    else:
        failed.append("BEN-006")
    if properties.get("provisioningState") != "Succeeded":
        failed.append("BEN-007")
    storage = properties["storageProfile"]
    system = storage["osDisk"]
    if system.get("osType") not in _SYSTEMS:
        failed.append("BEN-008")
    if "managedDisk" not in system or any("managedDisk" not in disk for disk in storage["dataDisks"]):
        failed.append("BEN-009")


def protected(items: list[Record], now: datetime) -> bool:
    """The rule of `policies-join/` on the properties of one machine's protected items."""
    return any(
        item["health"] == "healthy" and now - datetime.fromisoformat(item["lastRecoveryPoint"]) <= _DAY
        for item in items
    )
