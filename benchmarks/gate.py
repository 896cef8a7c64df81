"""A gate over a deployment template, beside Checkov on the same file; `CHECKOV` names its program, where it is not on
the PATH."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import NOW, cache
from benchmarks.processes import python, run
from benchmarks.rounds import Row, ratio, say, seconds, take_turns

SIZES = (3, 300)
_PREFIX = "parameters('prefix')"


def template(resources: int) -> dict[str, Any]:
    """A template of machines, each with its network interface and storage account."""
    return {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {
            "prefix": {"type": "string", "defaultValue": "web"},
            "password": {"type": "secureString"},
        },
        "resources": [part for number in range(resources // 3) for part in _machine(number)],
    }


def _machine(number: int) -> Iterator[dict[str, Any]]:
    card = f"[resourceId('Microsoft.Network/networkInterfaces', concat({_PREFIX}, '{number}-nic'))]"
    common = {"apiVersion": "2019-06-01", "location": "[resourceGroup().location]"}
    yield {
        "type": "Microsoft.Compute/virtualMachines",
        "name": f"[concat({_PREFIX}, '{number}')]",
        **common,
        "tags": {"backup:product": "Azure Backup Server", "dr:required": "true"},
        "dependsOn": [card],
        "properties": {
            "hardwareProfile": {"vmSize": "Standard_D2_v2"},
            "osProfile": {"computerName": f"vm{number}", "adminPassword": "[parameters('password')]"},
            "storageProfile": {
                "osDisk": {"createOption": "FromImage", "osType": "Linux"},
                "dataDisks": [{"lun": 0, "createOption": "Empty", "diskSizeGB": 128}],
            },
            "networkProfile": {"networkInterfaces": [{"id": card}]},
        },
    }
    yield {
        "type": "Microsoft.Network/networkInterfaces",
        "name": f"[concat({_PREFIX}, '{number}-nic')]",
        **common,
        "properties": {"ipConfigurations": [{"name": "one", "properties": {"privateIPAllocationMethod": "Dynamic"}}]},
    }
    yield {
        "type": "Microsoft.Storage/storageAccounts",
        "name": f"[concat({_PREFIX}, 'disks{number}')]",
        **common,
        "sku": {"name": "Standard_LRS"},
        "kind": "Storage",
        "properties": {},
    }


def rows(rounds: int) -> Iterator[Row]:
    """Whole processes, in seconds, and what Checkov takes for the same file."""
    checkov = os.environ.get("CHECKOV") or shutil.which("checkov")
    if checkov is None:
        say("  there is no checkov on the PATH, and CHECKOV names none: azscheck is measured alone")
    contestants: dict[str, tuple[str, ...]] = {}
    for size in SIZES:
        file = _file(size)
        contestants[f"gate of {size}"] = _gate(file)
        if checkov:
            contestants[f"Checkov of {size}"] = _checkov(checkov, file)
        # The first run of each writes the byte code.
        run(_gate(file))
    done = seconds(take_turns(contestants, rounds))
    for size in SIZES:
        yield Row(f"gate of {size}", "", tuple(one[f"gate of {size}"] for one in done), "s")
        if checkov:
            yield ratio(f"gate of {size}", f"Checkov of {size}", done)


def _file(resources: int) -> Path:
    file = cache.CACHE / f"template-{resources}.json"
    file.write_text(json.dumps(template(resources), indent=2), "utf-8")
    return file


def _gate(file: Path) -> tuple[str, ...]:
    return python("-m", "azscheck", "gate", file, "--format", "github", "--fail-on", "none", "-q", "--now", NOW)


def _checkov(program: str, file: Path) -> tuple[str, ...]:
    return program, "--file", str(file), "--framework", "arm", "--soft-fail", "--quiet", "--compact"
