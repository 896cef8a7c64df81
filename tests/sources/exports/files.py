"""Files as other tools write them, and what an import makes of them."""

import json
from pathlib import Path
from typing import Any

from azscheck.inventory import Resource
from azscheck.sources.exports import Export, read_export

from ...builders import NOW

VAULT = "/subscriptions/v/resourceGroups/g/providers/Microsoft.RecoveryServices/vaults/rsv-1"


def write(folder: Path, content: Any, name: str = "export.json") -> Path:
    file = folder / name
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        file.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return file


def read(kind: str, *files: Path, **said: Any) -> list[Resource]:
    """The resources of files, in their order."""
    return list(read_export(Export(kind, files, **said), "north", NOW).inventory.resources)


def backup(**properties: Any) -> dict[str, Any]:
    """A backup item of a vault."""
    said = {
        "backupManagementType": "MAB",
        "workloadType": "FileFolder",
        "computerName": "WEB01.contoso.example",
        "protectionState": "Protected",
        "lastBackupStatus": "Completed",
        "lastRecoveryPoint": "2026-06-01T02:00:00.1234567Z",
        **properties,
    }
    whole = {key: value for key, value in said.items() if value is not None}
    return {"id": f"{VAULT}/backupFabrics/Azure/protectionContainers/c/protectedItems/i", "properties": whole}
