"""Azure Policy definitions, made in tests."""

import json
from typing import Any

from azscheck.documents import Document, parse_document
from azscheck.engine import evaluate
from azscheck.inventory import Coverage, Resource
from azscheck.policy.azure.definition import AzureDefinition
from azscheck.results import Results
from tests.builders import GROUP, NOW, inventory, resource

VM = "Microsoft.Compute/virtualMachines"
VAULT = "Microsoft.RecoveryServices/vaults"
ACCOUNT = "Microsoft.Storage/storageAccounts"
SUBNET = "Microsoft.Network/virtualNetworks/subnets"
EFFECT = "[parameters('effect')]"


def of_type(kind: str = ACCOUNT) -> dict[str, Any]:
    """The condition that stands in nearly every rule."""
    return {"field": "type", "equals": kind}


def effect_of(default: str, *allowed: str) -> dict[str, Any]:
    """The parameter that gives a definition its effect."""
    return {
        "effect": {"type": "String", "defaultValue": default, "allowedValues": list(allowed or (default, "Disabled"))}
    }


def definition(
    rule: Any, effect: str = "audit", details: Any = None, *, name: str = "d", **fields: Any
) -> dict[str, Any]:
    """A definition as a file holds it; its mode is All where none is given."""
    then = {"effect": effect, **({} if details is None else {"details": details})}
    properties = {"displayName": "A test", "mode": "All", "policyRule": {"if": rule, "then": then}, **fields}
    return {"properties": properties, "name": name}


def document(value: Any, file: str = "d.json") -> Document:
    """A file with a value."""
    return parse_document(json.dumps(value, indent=1), file)


def judge(value: Any, *parts: Resource | Coverage, parameters: Any = None) -> Results:
    """The results of a definition on an inventory."""
    policy = AzureDefinition.of(document(value)).policy()
    return evaluate(inventory(*parts), [policy], now=NOW, parameters=parameters)


def states(value: Any, *parts: Resource | Coverage, parameters: Any = None) -> dict[str, str]:
    """The state of each judged resource, by its name."""
    return {r.name: r.state.value for r in judge(value, *parts, parameters=parameters).results}


def account(name: str = "a", properties: Any = None, **fields: Any) -> Resource:
    """A storage account."""
    return resource(name, properties, kind=ACCOUNT, **fields)


def child(parent: Resource, kind: str, name: str, properties: Any = None) -> Resource:
    """A resource below another, or one that extends it where its type is another provider's."""
    below = kind.startswith(f"{parent.type}/")
    way = kind.rpartition("/")[2] if below else f"providers/{kind}"
    return resource(name, properties, kind=kind, id=f"{parent.id}/{way}/{name}")


def group(name: str = "rg", **fields: Any) -> Resource:
    """A resource group, as Resource Manager lists it."""
    return resource(name, kind="Microsoft.Resources/resourceGroups", id=f"{GROUP.rpartition('/')[0]}/{name}", **fields)
