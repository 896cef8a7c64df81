"""Templates that a plan deploys."""

import json
from pathlib import Path
from typing import Any

import pytest

from azscheck.errors import DocumentError
from azscheck.inventory import Inventory
from tests.sources.terraform.plans import COMPUTE, GROUP, change, line_of, only, read

MACHINES = "Microsoft.Compute/virtualMachines"
ADDRESS = "azurerm_resource_group_template_deployment.shop"
TEMPLATE: dict[str, Any] = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "parameters": {"name": {"type": "string", "defaultValue": "vm"}, "tag": {"type": "string", "defaultValue": "x"}},
    "resources": [
        {
            "type": MACHINES,
            "apiVersion": "2020-06-01",
            "name": "[parameters('name')]",
            "location": "[resourceGroup().location]",
            "tags": {"backup:product": "[parameters('tag')]", "late": "[reference('x').y]"},
        }
    ],
}
VALUES = {"name": "d", "resource_group_name": "shop", "template_content": json.dumps(TEMPLATE)}


def deployed(folder: Path, values: dict[str, Any], **more: Any) -> Inventory:
    return read(folder, change(ADDRESS, {**VALUES, **values}, **more))


@pytest.mark.parametrize(
    "values",
    [
        {"parameters_content": json.dumps({"name": {"value": "web01"}, "tag": {"value": "Veeam"}})},
        {"parameters_content": json.dumps({"parameters": {"name": {"value": "web01"}, "tag": {"value": "Veeam"}}})},
        {"parameters": {"name": "web01", "tag": "Veeam"}},
    ],
)
def test_its_resources_are_the_plans_at_the_place_of_what_deploys_them(tmp_path: Path, values: dict[str, Any]) -> None:
    (tmp_path / "main.tf").write_text('\nresource "azurerm_resource_group_template_deployment" "shop" {\n}\n', "utf-8")
    inventory = deployed(tmp_path, values)
    machine = only(inventory, MACHINES)
    assert machine.id == f"{COMPUTE}/virtualMachines/web01"
    assert machine.body["tags"]["backup:product"] == "Veeam"
    assert machine.body["location"] == "north"
    assert line_of(machine.origin) == f"{tmp_path.as_posix()}/main.tf:2"
    assert inventory.gaps(MACHINES, "north") == []
    inventory.write(tmp_path / "out.ndjson")
    assert "azscheck-" not in (tmp_path / "out.ndjson").read_text("utf-8")


def test_its_group_may_be_the_plans(tmp_path: Path) -> None:
    group = change("azurerm_resource_group.g", {"name": "shop", "location": "west", "id": GROUP})
    machine = only(read(tmp_path, group, change(ADDRESS, VALUES)), MACHINES)
    assert machine.body["location"] == "west"


@pytest.mark.parametrize(
    ("values", "more"),
    [
        ({"parameters": {"name": "web01"}}, {"unknown": {"parameters": {"tag": True}}}),
        ({"parameters": {"name": "web01", "tag": "hunter2"}}, {"sensitive": {"parameters": {"tag": True}}}),
        ({}, {"unknown": {"parameters": True}}),
        ({}, {"unknown": {"parameters_content": True}}),
        ({"parameters_content": '{"tag": {"value": "hunter2"}}'}, {"sensitive": {"parameters_content": True}}),
    ],
)
def test_a_value_that_is_known_later_is_not_the_default(
    tmp_path: Path, values: dict[str, Any], more: dict[str, Any]
) -> None:
    inventory = deployed(tmp_path, values, **more)
    machine = only(inventory, MACHINES)
    assert "/tags/backup:product" in machine.unknown
    assert "backup:product" not in machine.body["tags"]
    inventory.write(tmp_path / "out.ndjson")
    assert "hunter2" not in (tmp_path / "out.ndjson").read_text("utf-8")


@pytest.mark.parametrize("more", [{"unknown": {"template_content": True}}, {"sensitive": {"template_content": True}}])
def test_a_template_that_is_not_shown_may_deploy_anything(tmp_path: Path, more: dict[str, Any]) -> None:
    inventory = deployed(tmp_path, {"template_content": None}, **more)
    assert f"{ADDRESS} deploys a template that the plan does not show." in inventory.gaps(MACHINES, "north")[0].reason


def test_with_a_deployment_goes_what_it_deployed(tmp_path: Path) -> None:
    inventory = read(tmp_path, change(ADDRESS, None, ("delete",), VALUES))
    assert f"with {ADDRESS} goes" in inventory.gaps("Azscheck/removals", "north")[0].reason
    assert not inventory.of_type(MACHINES)


@pytest.mark.parametrize("template", ["{", "[]", '"x"', '{"resources": 1}'])
def test_what_is_no_template_is_told_at_the_resource(tmp_path: Path, template: str) -> None:
    with pytest.raises(DocumentError) as error:
        deployed(tmp_path, {"template_content": template})
    assert str(error.value).startswith(f"{tmp_path.as_posix()}/plan.json:1:1: ")
    assert "azscheck-" not in str(error.value)


def test_a_condition_that_is_not_known_leaves_the_list_open(tmp_path: Path) -> None:
    resource = {**TEMPLATE["resources"][0], "condition": "[equals(reference('x').y, 'a')]"}
    inventory = deployed(tmp_path, {"template_content": json.dumps({**TEMPLATE, "resources": [resource]})})
    assert "the template of" in inventory.gaps(MACHINES, "north")[0].reason
