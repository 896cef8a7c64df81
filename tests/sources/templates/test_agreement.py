"""Template and live agree: a machine gets the same verdict before its deployment and after it."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from azscheck import evaluate
from azscheck.demo import read_content
from azscheck.inventory import Inventory
from azscheck.policy import Policy
from azscheck.policy.load import load_library
from azscheck.policy.membership import choose
from azscheck.results import Results
from azscheck.sources.placement import Placement
from tests.conftest import NOW
from tests.sources.templates.builders import MACHINES, collected, template

SURE = ("compliant", "nonCompliant", "notApplicable")


@pytest.fixture(scope="module")
def policies() -> list[Policy]:
    """Those that the gate judges by."""
    library = load_library([Path("policies")])
    return list(choose(library.policies, library.sets, ["gate"]))


def template_of(plan: dict[str, Any], catalogue: dict[str, Any]) -> dict[str, Any]:
    """A template by which a machine of the demo stamp may have been deployed."""
    image = catalogue["images"][plan["image"]]
    reference = {key: str(image[key]) for key in ("publisher", "offer", "sku")}
    extensions = [catalogue["extensions"][name] for name in plan.get("extensions", [])]
    system = {"Windows": "windowsConfiguration", "Linux": "linuxConfiguration"}[image["os"]]
    return template(
        {
            "type": MACHINES,
            "apiVersion": "2020-06-01",
            "name": "[parameters('name')]",
            "location": "[resourceGroup().location]",
            "tags": "[parameters('tags')]",
            "properties": {
                "hardwareProfile": {"vmSize": plan.get("size", "Standard_DS2_v2")},
                "osProfile": {"adminPassword": "[parameters('password')]", system: {}},
                "storageProfile": {
                    "imageReference": reference | {"version": "latest"},
                    "osDisk": {
                        "name": "[concat(parameters('name'), '_OsDisk')]",
                        "createOption": "FromImage",
                        "diskSizeGB": image["osDisk"],
                    },
                    "copy": [
                        {
                            "name": "dataDisks",
                            "count": "[length(parameters('disks'))]",
                            "input": {
                                "lun": "[copyIndex('dataDisks')]",
                                "name": "[concat(parameters('name'), '_DataDisk_', copyIndex('dataDisks'))]",
                                "createOption": "Empty",
                                "diskSizeGB": "[parameters('disks')[copyIndex('dataDisks')]]",
                            },
                        }
                    ],
                },
            },
        },
        *(
            {
                "type": f"{MACHINES}/extensions",
                "name": f"[concat(parameters('name'), '/{known['name']}')]",
                "properties": {"publisher": known["publisher"], "type": known["type"]},
            }
            for known in extensions
        ),
        parameters={
            "name": {"type": "string", "defaultValue": plan["name"]},
            "tags": {"type": "object", "defaultValue": plan.get("tags", {})},
            "disks": {"type": "array", "defaultValue": plan.get("dataDisks", [])},
            "password": {"type": "securestring"},
        },
    )


def machines() -> Iterator[tuple[dict[str, Any], str]]:
    """The templates and the names of the demo stamp's machines."""
    tenant = read_content()["tenant"]
    for plan in tenant["virtualMachines"]:
        # The members of a scale set are made by it, not by a template.
        if "scaleSet" not in plan:
            yield template_of(plan, tenant["catalogue"]), plan["name"]


def verdicts(inventory: Inventory, policies: list[Policy], machine: str) -> dict[str, str]:
    """What each policy says of a machine."""
    results: Results = evaluate(inventory, policies, now=datetime.fromisoformat(NOW))
    return {result.policy: str(result.state) for result in results.results if result.name == machine}


@pytest.fixture(scope="module")
def live(inventory_file: Path) -> Inventory:
    """The demo stamp, of which some disk sizes are not told while a machine is off."""
    return Inventory.read(inventory_file)


def test_a_machine_has_one_verdict(live: Inventory, policies: list[Policy], tmp_path: Path) -> None:
    """A gate that is stricter or laxer than the scan after it is switched off, or trusted when it should not be."""
    agreed: Counter[tuple[str, str]] = Counter()
    for document, machine in machines():
        [there] = [resource for resource in live.of_type(MACHINES) if resource.name == machine]
        _, _, subscription, _, group, *_ = there.id.split("/")
        placement = Placement(subscription, group, "north")
        before = verdicts(collected(tmp_path, document, placement=placement), policies, machine)
        after = verdicts(live, policies, machine)
        both = [policy for policy in before if before[policy] in SURE and after[policy] in SURE]
        assert {policy: before[policy] for policy in both} == {policy: after[policy] for policy in both}, machine
        agreed.update((policy, before[policy]) for policy in both)
    # What a change destroys is no machine's verdict.
    assert {policy for policy, _ in agreed} == {policy.id for policy in policies if MACHINES in policy.applies_to}
    assert {state for _, state in agreed} == set(SURE)


def test_a_disk_has_one_shape(live: Inventory, tmp_path: Path) -> None:
    """What a policy reads of a machine's disks stands in the same places in both."""
    tenant = read_content()["tenant"]
    plan = next(plan for plan in tenant["virtualMachines"] if plan["name"] == "shop-sql-01")
    [there] = [resource for resource in live.of_type(MACHINES) if resource.name == "shop-sql-01"]
    _, _, subscription, _, group, *_ = there.id.split("/")
    found = collected(
        tmp_path, template_of(plan, tenant["catalogue"]), placement=Placement(subscription, group, "north")
    )
    disks = {disk.id.lower(): disk for disk in found.of_type("Microsoft.Compute/disks")}
    mine = [disk for disk in live.of_type("Microsoft.Compute/disks") if disk.name.startswith("shop-sql-01")]
    assert {disk.id.lower() for disk in mine} == set(disks)
    for disk in mine:
        made = disks[disk.id.lower()]
        assert made.body["managedBy"].lower() == str(disk.body["managedBy"]).lower()
        assert made.body["location"] == disk.body["location"]
        for key in ("diskSizeGB", "osType"):
            assert made.body["properties"].get(key) == disk.body["properties"].get(key)
