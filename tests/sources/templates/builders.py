"""Templates for tests, and what is found in them."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from azscheck.inventory import Inventory, Resource
from azscheck.sources.placement import Placement
from azscheck.sources.templates import collect

# Hypothesis, too, runs as it does everywhere here.
from tests.builders import NOW

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
HERE = Placement("11111111-1111-1111-1111-111111111111", "shop", "north")
GROUP = f"/subscriptions/{HERE.subscription_id}/resourceGroups/shop"
PROVIDERS = f"{GROUP}/providers"
MACHINES = "Microsoft.Compute/virtualMachines"
VNETS = "Microsoft.Network/virtualNetworks"


def template(*resources: Any, **parts: Any) -> dict[str, Any]:
    """A template of these resources."""
    return {"$schema": SCHEMA, "contentVersion": "1.0.0.0", "resources": list(resources), **parts}


def network(name: Any = "net", properties: Any = None, **more: Any) -> dict[str, Any]:
    """A resource to which the platform adds nothing of note."""
    return {"type": VNETS, "apiVersion": "2018-11-01", "name": name, "properties": properties or {}, **more}


def machine(name: Any = "web", **more: Any) -> dict[str, Any]:
    """A machine with one disk."""
    storage = {"osDisk": {"createOption": "FromImage", "name": "os", "diskSizeGB": 127}}
    properties = {"storageProfile": {**storage, **more.pop("storage", {})}, **more.pop("properties", {})}
    return {"type": MACHINES, "apiVersion": "2020-06-01", "name": name, "properties": properties, **more}


def nested(name: str, inner: Any, *, scope: str = "outer", **properties: Any) -> dict[str, Any]:
    """A nested deployment."""
    options = {"expressionEvaluationOptions": {"scope": scope}} if scope != "outer" else {}
    whole = {"mode": "Incremental", "template": inner, **options, **properties}
    return {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2020-06-01",
        "name": name,
        "properties": {key: value for key, value in whole.items() if value is not None},
    }


def parameter_file(folder: Path, **values: Any) -> Path:
    """A file of parameters."""
    file = folder / "parameters.json"
    file.write_text(json.dumps({"parameters": {name: {"value": value} for name, value in values.items()}}))
    return file


def collected(
    folder: Path,
    document: Any,
    *,
    files: Sequence[Path] = (),
    placement: Placement = HERE,
    **values: Any,
) -> Inventory:
    """The inventory of a template, which is a document or a text."""
    file = folder / "main.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document, indent=2), encoding="utf-8")
    return collect(file, stamp="north", parameters=files, values=values, placement=placement, now=NOW)


def line(reason: str) -> str:
    """A reason whose place is told by its line alone, that tests may be read."""
    return re.sub(r"(main\.json:\d+):\d+", r"\1", reason)


def collect_text(text: str, placement: Placement, now: datetime) -> Inventory:
    """Likewise, in a folder of its own: hypothesis has no `tmp_path`."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "main.json"
        file.write_text(text, encoding="utf-8")
        return collect(file, stamp="north", placement=placement, now=now)


def only(inventory: Inventory, kind: str = VNETS) -> Resource:
    """The one resource of a type."""
    [found] = inventory.of_type(kind)
    return found


def names(inventory: Inventory, kind: str = VNETS) -> list[str]:
    """The names of the resources of a type, in order."""
    return [resource.name for resource in inventory.of_type(kind)]


def value_of(folder: Path, written: Any, parts: Mapping[str, Any] | None = None, **values: Any) -> Any:
    """What a property becomes: its value, or the reason why it is not known as `?reason`."""
    found = only(collected(folder, template(network(properties={"p": written}), **(parts or {})), **values))
    if "/properties/p" in found.unknown:
        return f"?{found.unknown['/properties/p']}"
    return found.body["properties"].get("p", "absent")
