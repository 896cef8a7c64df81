"""Secrets, hostile templates, and the place of each property."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azscheck.errors import AzscheckError, DocumentError
from azscheck.inventory import Inventory
from tests.builders import NOW
from tests.sources.templates.builders import (
    HERE,
    MACHINES,
    collect_text,
    collected,
    machine,
    nested,
    network,
    only,
    parameter_file,
    template,
)

SECRET = "S3cr3t!"


def everything(inventory: Inventory, folder: Path) -> str:
    """All that an inventory says, as it is saved, and the places."""
    file = folder / "saved.ndjson"
    inventory.write(file)
    return file.read_text(encoding="utf-8") + repr(inventory.resources) + repr(inventory.coverage)


def secrets() -> dict[str, Any]:
    """Templates into which the secret comes by each way there is."""
    string = {"parameters": {"s": {"type": "secureString"}}}
    uses = {
        "a": "[parameters('s')]",
        "b": "[concat('x', parameters('s'))]",
        "c": ["[parameters('s')]"],
        "[parameters('s')]": 1,
    }
    inner = template(
        network("[parameters('p')]", {"x": "[parameters('p')]"}), parameters={"p": {"type": "securestring"}}
    )
    typed = {
        "definitions": {
            "login": {"type": "object", "properties": {"word": {"type": "securestring"}, "user": {"type": "string"}}}
        },
        "parameters": {"s": {"$ref": "#/definitions/login", "defaultValue": {"word": SECRET, "user": "u"}}},
    }
    default = {"parameters": {"s": {"type": "securestring", "defaultValue": SECRET}}}
    return {
        "default": template(network("n", uses), **default),
        "name": template(network("[parameters('s')]"), network("[concat(parameters('s'), 'x')]"), **default),
        "variable": template(network("n", {"a": "[variables('v')]"}), variables={"v": "[parameters('s')]"}, **default),
        "condition": template(network("n", condition="[equals(parameters('s'), 'x')]"), **default),
        "loop": template(network("n", copy={"name": "l", "count": "[length(parameters('s'))]"}), **default),
        "password": template(machine(properties={"osProfile": {"adminPassword": SECRET, "customData": SECRET}})),
        "extension": template(
            {"type": f"{MACHINES}/extensions", "name": "a/b", "properties": {"protectedSettings": {"k": SECRET}}}
        ),
        "vault": template(
            {"type": "Microsoft.KeyVault/vaults/secrets", "name": "a/b", "properties": {"value": SECRET}}
        ),
        "nested": template(nested("d", inner, scope="inner", parameters={"p": {"value": SECRET}})),
        "vault reference": template(
            nested("d", inner, scope="inner", parameters={"p": {"reference": {"keyVault": {"id": SECRET}}}})
        ),
        "typed": template(
            network("n", {"a": "[parameters('s')]", "b": "[parameters('s').word]", "c": "[string(parameters('s'))]"}),
            **typed,
        ),
        "self": template(
            network("n", {"a": "[deployment().properties.template]", "b": "[string(deployment())]"}), **default
        ),
        "object": template(
            network("n", {"a": "[parameters('s').x]"}),
            parameters={"s": {"type": "secureObject", "defaultValue": {"x": SECRET}}},
        ),
        "given": template(network("n", {"a": "[parameters('s')]"}), **string),
        "too short": template(
            network("n", {"a": "[parameters('s')]"}),
            parameters={"s": {"type": "securestring", "minLength": 99, "allowedValues": ["x"]}},
        ),
        "output": template(
            network("n", {"a": "[reference('d').outputs.o.value]"}),
            nested("d", template(outputs={"o": {"type": "securestring", "value": SECRET}})),
        ),
    }


@pytest.mark.parametrize("way", secrets())
def test_a_secret_is_never_shown(way: str, tmp_path: Path) -> None:
    """A password would stand in a report."""
    document = secrets()[way]
    own = document.get("parameters", {}).get("s", {})
    files = [parameter_file(tmp_path, s=SECRET)] if way in ("given", "too short") else []
    assert SECRET in json.dumps(document) or files
    inventory = collected(tmp_path, document, files=files)
    shown = everything(inventory, tmp_path)
    assert SECRET not in shown
    if own and way not in ("loop", "condition", "name", "self", "typed"):
        assert "secure parameter s" in shown
    if way == "typed":
        assert only(inventory).body["properties"] == {"a": {"user": "u"}}


def test_a_secret_of_a_wrong_type_is_not_shown(tmp_path: Path) -> None:
    """The sentence that refuses a password would show it."""
    typed = {"definitions": {"login": {"type": "object", "properties": {"word": {"type": "securestring"}}}}}
    parameters = {"s": {"$ref": "#/definitions/login", "allowedValues": [{"word": "x"}]}}
    file = parameter_file(tmp_path, s={"word": SECRET})
    with pytest.raises(DocumentError) as raised:
        collected(tmp_path, template(parameters=parameters, **typed), files=[file])
    assert SECRET not in str(raised.value)


def doubling() -> dict[str, Any]:
    return {
        "v0": "0123456789",
        **{f"v{i}": f"[concat(variables('v{i - 1}'), variables('v{i - 1}'))]" for i in range(1, 60)},
    }


def bombs() -> dict[str, Any]:
    """Small templates that ask for endless work."""
    loop = [
        {
            "name": "a",
            "count": 800,
            "input": {
                "copy": [{"name": "b", "count": 800, "input": {"copy": [{"name": "c", "count": 800, "input": 1}]}}]
            },
        }
    ]
    many: Any = template(network("[concat('n', copyIndex())]", copy={"name": "l", "count": 800}))
    for depth in range(3):
        many = template(
            nested(f"[concat('d{depth}', copyIndex())]", many) | {"copy": {"name": f"l{depth}", "count": 800}}
        )
    spread = {"a0": list(range(500)), **{f"a{i}": [f"[variables('a{i - 1}')]"] * 500 for i in range(1, 4)}}
    twice = {
        "t0": [1],
        **{f"t{i}": {"a": f"[variables('t{i - 1}')]", "b": f"[variables('t{i - 1}')]"} for i in range(1, 40)},
    }
    half = {
        "c0": [1],
        **{f"c{i}": f"[createArray(variables('c{i - 1}'), variables('c{i - 1}'))]" for i in range(1, 17)},
    }
    member = {"name": "f", "parameters": [], "output": {"type": "bool", "value": "[or(a.f(), a.f(), a.f())]"}}
    return {
        "objects of objects": template(network("n", {"p": "[length(variables('t39'))]"}), variables=twice),
        "large values": template(
            network("n", {f"p{i}": "[length(variables('c16'))]" for i in range(900)}), variables=half
        ),
        "functions of themselves": template(
            network("n", {"p": "[a.f()]"}), functions=[{"namespace": "a", "members": {"f": member}}]
        ),
        "loops of values": template(network("n", {"copy": loop})),
        "loops of deployments": many,
        "loops of variables": template(network("n", {"p": "[variables('a')]"}), variables={"copy": loop}),
        "arrays of arrays": template(network("n", {"p": "[variables('a3')]"}), variables=spread),
        "lambdas": template(
            network(
                "n", {"p": "[length(map(range(0, 10000), lambda('i', length(map(range(0, 10000), lambda('j', 1))))))]"}
            )
        ),
    }


@pytest.mark.parametrize("bomb", bombs())
def test_a_template_that_asks_for_endless_work(bomb: str, tmp_path: Path) -> None:
    """One pull request would stop the pipeline for all."""
    with pytest.raises(
        DocumentError, match=r"main\.json:1:1: makes more than 1,000,000 values: let its loops make less"
    ):
        collected(tmp_path, bombs()[bomb])


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"variables": doubling()}, "v59"),
        ({"variables": {f"v{i}": f"[variables('v{i + 1}')]" for i in range(900)} | {"v900": "x"}}, "v0"),
        ({"variables": {"v": "[concat(variables('v'), 'x')]"}}, "v"),
        (
            {
                "parameters": {"v": {"type": "string", "defaultValue": "[variables('v')]"}},
                "variables": {"v": "[parameters('v')]"},
            },
            "v",
        ),
    ],
)
def test_variables_without_end(tmp_path: Path, parts: Any, reason: str) -> None:
    """A cycle would be a trace, or a name of a gigabyte."""
    found = only(
        collected(tmp_path, template(network(f"[variables('{reason}')]", {"p": f"[variables('{reason}')]"}), **parts))
    )
    assert "/properties/p" in found.unknown
    assert len(found.id) < 3000


def test_a_value_that_grows_deep(tmp_path: Path) -> None:
    """A value of thousands of levels, made step by step, would be a trace."""
    variables = {"v0": "x", **{f"v{i}": {"a": f"[variables('v{i - 1}')]"} for i in range(1, 1000)}}
    steps = {f"p{i:04}": f"[length(variables('v{i}'))]" for i in range(20, 1000, 20)}
    found = only(
        collected(tmp_path, template(network("n", {**steps, "z": "[variables('v999')]"}), variables=variables))
    )
    assert any(reason == "is nested more than 100 levels deep" for reason in found.unknown.values())


def test_deployments_in_deployments(tmp_path: Path) -> None:
    """A template of a thousand levels would be a trace."""
    for depth in range(25):
        below = nested("d", None, templateLink={"relativePath": f"l{depth + 1}.json"})
        (tmp_path / f"l{depth}.json").write_text(json.dumps(template(below)))
    inventory = collected(tmp_path, template(nested("d", None, templateLink={"relativePath": "l0.json"})))
    assert not inventory.resources
    assert "lies within more than 20 others" in inventory.gaps(MACHINES, "north")[0].reason


def test_the_place_of_a_property(tmp_path: Path) -> None:
    """A finding would point at the wrong line, or at the top of the file."""
    text = """{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "resources": [
    { "type": "Microsoft.Resources/deployments", "name": "d", "properties": { "template": { "resources": [
      {
        "type": "Microsoft.Compute/virtualMachines",
        "name": "[concat('vm', copyIndex())]", "copy": {"name": "vms", "count": 2},
        "tags": {
          "backup:product": "Veeam",
          "a/b~c": "x"
        },
        "properties": {"storageProfile": {"copy": [
          {"name": "dataDisks", "count": 2, "input": {
             "createOption": "Empty",
             "diskSizeGB": 2000
          }}]}}
      }
    ]}}}
  ]
}"""
    inventory = collected(tmp_path, text)
    for vm in inventory.of_type(MACHINES):
        assert (vm.origin.line, vm.origin.column) == (5, 7)
        assert vm.origin.address == (tmp_path / "main.json").as_posix()
        seen = {pointer: (origin.line, origin.column) for pointer, origin in vm.places.items()}
        assert seen["/name"] == (7, 9)
        assert seen["/tags"] == (8, 9)
        assert seen["/tags/backup:product"] == (9, 11)
        assert seen["/tags/a~1b~0c"] == (10, 11)
        assert seen["/properties"] == (12, 9)
        disks = "/properties/storageProfile/dataDisks"
        assert seen[disks] == (13, 11)
        assert seen[f"{disks}/0/diskSizeGB"] == seen[f"{disks}/1/diskSizeGB"] == (15, 14)
        assert vm.origin_at(["properties", "storageProfile", "DataDisks"]).line == 13
    [disk, *_] = inventory.of_type("Microsoft.Compute/disks")
    assert disk.origin_at(["properties", "diskSizeGB"]).line == 15


def test_places_are_bounded(tmp_path: Path) -> None:
    """A large template would take a gigabyte for lines that nobody reads."""
    wide = {f"k{i}": i for i in range(20_000)}
    found = only(collected(tmp_path, template(network("n", wide))))
    assert len(found.places) <= 5_000
    assert found.body["properties"] == wide


WORDS = """[ ] ( ) ' , . { } 0 [0] .x ('p') a/b parameters variables copyIndex() concat resourceId reference lambda map
if uri range(0,9) deployment() resourceGroup()"""
PIECES = st.sampled_from(WORDS.split())
EXPRESSIONS = st.lists(PIECES, max_size=12).map(lambda pieces: f"[{''.join(pieces)}]")
ANYTHING: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers(-5, 900) | EXPRESSIONS | st.just({}) | st.just([]) | st.just([1])
)
NODES = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(
            [MACHINES, f"{MACHINES}/extensions", "extensions", "Microsoft.Resources/deployments", "A.B/c"]
        )
        | ANYTHING,
        "name": st.sampled_from(["a", "a/b", "[parameters('p')]"]) | ANYTHING,
        "condition": ANYTHING,
        "scope": ANYTHING,
        "copy": st.fixed_dictionaries({}, optional={"name": ANYTHING, "count": st.integers(-1, 3) | ANYTHING})
        | ANYTHING,
        "tags": ANYTHING,
        "resourceGroup": ANYTHING,
        "properties": ANYTHING
        | st.fixed_dictionaries(
            {},
            optional={
                "storageProfile": ANYTHING
                | st.fixed_dictionaries(
                    {},
                    optional={
                        "osDisk": ANYTHING | st.just({"managedDisk": {"id": "[parameters('p')]"}}),
                        "dataDisks": ANYTHING,
                        "copy": ANYTHING,
                    },
                ),
                "osProfile": ANYTHING,
                "template": st.just({"resources": [{"type": "A.B/c", "name": "[copyIndex()]"}]}) | ANYTHING,
                "templateLink": ANYTHING
                | st.fixed_dictionaries({}, optional={"uri": ANYTHING, "relativePath": ANYTHING}),
                "parameters": ANYTHING,
            },
        ),
    },
)
WITH_CHILDREN = st.builds(
    lambda node, below: {**node, "resources": below}, NODES, st.lists(NODES | ANYTHING, max_size=2) | ANYTHING
)


DECLARATIONS = st.fixed_dictionaries(
    {"type": st.sampled_from(["string", "object", "securestring"])}, optional={"defaultValue": ANYTHING}
)
LOOP = st.just([{"name": "v", "count": 2, "input": 1}])


@given(
    st.lists(NODES | WITH_CHILDREN | ANYTHING, max_size=3) | st.dictionaries(st.sampled_from("abc"), NODES) | ANYTHING,
    st.dictionaries(st.sampled_from(["p", "q"]), ANYTHING | DECLARATIONS) | ANYTHING,
    st.dictionaries(st.sampled_from(["v", "copy"]), ANYTHING | LOOP) | ANYTHING,
)
def test_any_template(resources: Any, parameters: Any, variables: Any) -> None:
    """A template that is wrong in a way that nobody thought of would end in a trace."""
    document = {"resources": resources, "parameters": parameters, "variables": variables, "outputs": parameters}
    try:
        inventory = collect_text(json.dumps(document), HERE, NOW)
    except AzscheckError:
        return
    json.dumps([resource.body for resource in inventory.resources])
    assert len([resource.document for resource in inventory.resources]) == len(inventory.resources)
