"""Which resources a template deploys: loops, conditions, children, nested and linked deployments, symbolic names."""

import json
from pathlib import Path
from typing import Any

import pytest

from azscheck.errors import DocumentError
from azscheck.inventory import CoverageState, Inventory
from azscheck.sources.placement import Placement
from azscheck.sources.templates.covered import NOT_TOLD
from tests.sources.templates.builders import (
    GROUP,
    HERE,
    MACHINES,
    PROVIDERS,
    VNETS,
    collected,
    line,
    machine,
    names,
    nested,
    network,
    only,
    template,
)

EXTENSIONS = f"{MACHINES}/extensions"
SUB = "/subscriptions/11111111-1111-1111-1111-111111111111"
NONE = {"parameters": {"none": {"type": "string"}, "count": {"type": "int"}, "on": {"type": "bool"}}}


def ids(inventory: Inventory, kind: str = VNETS) -> list[str]:
    return [resource.id for resource in inventory.of_type(kind)]


def gaps(inventory: Inventory, kind: str = VNETS) -> list[tuple[str, str]]:
    return [(gap.scope, gap.reason) for gap in inventory.gaps(kind, "north")]


@pytest.mark.parametrize(
    ("copy", "name", "found"),
    [
        ({"name": "l", "count": 3}, "[concat('n', copyIndex())]", ["n0", "n1", "n2"]),
        ({"name": "l", "count": 2}, "[concat('n', copyIndex(1))]", ["n1", "n2"]),
        ({"name": "l", "count": 2}, "[concat('n', copyIndex('l'))]", ["n0", "n1"]),
        ({"name": "L", "count": 2}, "[concat('n', copyIndex('l', 5))]", ["n5", "n6"]),
        (
            {"name": "l", "count": 2, "mode": "serial", "batchSize": 1},
            "[format('n{0:D2}', copyIndex())]",
            ["n00", "n01"],
        ),
        ({"name": "l", "count": "[length(variables('v'))]"}, "[variables('v')[copyIndex()]]", ["a", "b"]),
        ({"name": "l", "count": 0}, "[concat('n', copyIndex())]", []),
    ],
)
def test_a_loop_of_resources(tmp_path: Path, copy: Any, name: str, found: list[str]) -> None:
    """Machines made by a loop would not be judged, or would be judged by another's name."""
    document = template(network(name, {"i": "[copyIndex()]"}, copy=copy), variables={"v": ["a", "b"]})
    inventory = collected(tmp_path, document)
    assert names(inventory) == found
    assert [r.body["properties"]["i"] for r in inventory.of_type(VNETS)] == list(range(len(found)))
    assert not gaps(inventory)


def test_a_loop_within_a_loop(tmp_path: Path) -> None:
    """The disks of each machine would be those of another."""
    disks = {"name": "dataDisks", "count": "[add(copyIndex('vms'), 1)]", "input": {"lun": "[copyIndex('dataDisks')]"}}
    document = template(
        machine("[concat('vm', copyIndex())]", storage={"copy": [disks]}, copy={"name": "vms", "count": 3})
    )
    found = collected(tmp_path, document).of_type(MACHINES)
    assert [[d["lun"] for d in vm.body["properties"]["storageProfile"]["dataDisks"]] for vm in found] == [
        [0],
        [0, 1],
        [0, 1, 2],
    ]


@pytest.mark.parametrize(
    ("condition", "there"),
    [
        (True, True),
        (False, False),
        ("[equals(1, 1)]", True),
        ("[equals(1, 2)]", False),
        ("true", True),
        ("[and(equals(1, 2), parameters('on'))]", False),
        ("[parameters('on')]", None),
        ("[reference('x').enabled]", None),
        ("[concat('a')]", None),
    ],
)
def test_a_condition(tmp_path: Path, condition: Any, there: bool | None) -> None:
    """What may or may not be deployed would count as there, or as not there; either makes a gate green."""
    inventory = collected(tmp_path, template(network(condition=condition), **NONE))
    assert names(inventory) == (["net"] if there else [])
    found = gaps(inventory)
    if there is None:
        [(scope, reason)] = found
        assert scope == GROUP
        assert line(reason).startswith(f"{tmp_path}/main.json:5: whether it is deployed is not known: {condition}"[:90])
        assert reason.endswith(".")
    else:
        assert not found


@pytest.mark.parametrize("count", ["[parameters('count')]", "[reference('x').n]", 801, -1, "three"])
def test_a_loop_whose_count_is_not_known(tmp_path: Path, count: Any) -> None:
    """ "At least two machines" would be judged by none."""
    loop = {"name": "l", "count": count}
    document = template(
        machine("[concat('n', copyIndex())]", copy=loop, resources=[{"type": "extensions", "name": "e"}])
    )
    inventory = collected(tmp_path, document | NONE)
    assert not inventory.resources
    for kind in (MACHINES, EXTENSIONS, "Microsoft.Compute/disks"):
        [(_, reason)] = gaps(inventory, kind)
        assert "main.json:5: how many there are is not known" in line(reason)
    assert not gaps(inventory)


def test_everything_is_covered(tmp_path: Path) -> None:
    """A count of what a template cannot hold would be none, and pass."""
    inventory = collected(tmp_path, template(network()))
    states = {line.type: (line.state, line.count) for line in inventory.coverage}
    assert states[VNETS] == (CoverageState.COMPLETE, 1)
    assert states[MACHINES] == (CoverageState.COMPLETE, 0)
    assert {line.scope for line in inventory.coverage} == {""}
    told = {kind for kind, (state, _) in states.items() if state is CoverageState.COMPLETE}
    assert not any("Admin" in kind or kind.startswith("Azscheck/") for kind in told)
    assert {"Azscheck/stamps", "Azscheck/protectedItems", "Microsoft.Backup.Admin/backupLocations"} <= set(states)
    assert {line.reason for line in inventory.coverage} == {"", NOT_TOLD}


@pytest.mark.parametrize(
    "child",
    [
        {"type": "extensions", "name": "agent"},
        {"type": "extensions", "name": "[concat('ag', 'ent')]"},
        {"type": EXTENSIONS, "name": "web/agent"},
        {"type": EXTENSIONS, "name": "agent"},
    ],
)
def test_a_child_within_its_parent(tmp_path: Path, child: Any) -> None:
    """A machine's backup extension would not be found."""
    found = collected(tmp_path, template(machine(resources=[child | {"properties": {"publisher": "Acme"}}])))
    extension = only(found, EXTENSIONS)
    assert extension.id == f"{PROVIDERS}/{MACHINES}/web/extensions/agent"
    assert (extension.body["name"], extension.body["properties"]["publisher"]) == ("agent", "Acme")


def test_children_of_what_has_no_name(tmp_path: Path) -> None:
    """Where the name is a parameter without a value, a machine would lose its extensions."""
    outside = {"type": EXTENSIONS, "name": "[concat(parameters('none'), '/outside')]"}
    inside = {"type": "extensions", "name": "inside"}
    variable = {"type": EXTENSIONS, "name": "[concat(variables('vm'), '/', 'variable')]"}
    document = template(machine("[variables('vm')]", resources=[inside]), outside, variable, **NONE)
    found = collected(tmp_path, document | {"variables": {"vm": "[parameters('none')]"}})
    vm = only(found, MACHINES)
    assert vm.id == f"{PROVIDERS}/{MACHINES}/{{none}}"
    assert "the parameter none has no value" in vm.unknown["/name"]
    assert ids(found, EXTENSIONS) == [f"{vm.id}/extensions/{name}" for name in ("inside", "outside", "variable")]
    assert names(found, EXTENSIONS) == ["inside", "outside", "variable"]


def test_the_names_of_a_loop_that_are_not_known_differ(tmp_path: Path) -> None:
    """Five machines would count as one."""
    loop = {"name": "l", "count": 2}
    for name in ("[concat(parameters('none'), copyIndex())]", "[parameters('none')[copyIndex()]]"):
        found = collected(tmp_path, template(network(name, copy=loop), **NONE))
        assert len(set(ids(found))) == 2
        assert all("/name" in resource.unknown for resource in found.resources)


@pytest.mark.parametrize(
    ("resource", "expected", "kind"),
    [
        (
            {"type": "Microsoft.Authorization/locks", "name": "l", "scope": "[resourceId('A.B/c', 'n')]"},
            f"{PROVIDERS}/A.B/c/n/providers/Microsoft.Authorization/locks/l",
            "Microsoft.Authorization/locks",
        ),
        (
            {"type": "Microsoft.Authorization/locks", "name": "l", "scope": "A.B/c/n"},
            f"{PROVIDERS}/A.B/c/n/providers/Microsoft.Authorization/locks/l",
            "Microsoft.Authorization/locks",
        ),
        (
            {"type": "A.B/c/providers/locks", "name": "n/Microsoft.Authorization/l"},
            f"{PROVIDERS}/A.B/c/n/providers/Microsoft.Authorization/locks/l",
            "Microsoft.Authorization/locks",
        ),
        (
            {"type": "microsoft.compute/VirtualMachines", "name": "v"},
            f"{PROVIDERS}/microsoft.compute/VirtualMachines/v",
            MACHINES,
        ),
    ],
)
def test_an_id(tmp_path: Path, resource: Any, expected: str, kind: str) -> None:
    """What belongs to a resource would belong to another."""
    found = next(r for r in collected(tmp_path, template(resource)).resources if r.id == expected)
    assert found.type == kind


INNER = {"parameters": {"vnet": {"type": "string"}}, "variables": {"where": "inner"}}


@pytest.mark.parametrize(
    ("deployment", "expected"),
    [
        (nested("d", template(network("[variables('where')]"))), f"{PROVIDERS}/{VNETS}/outer"),
        (
            nested(
                "d",
                template(network("[variables('where')]"), **INNER),
                scope="inner",
                parameters={"vnet": {"value": "x"}},
            ),
            f"{PROVIDERS}/{VNETS}/inner",
        ),
        (
            nested(
                "d",
                template(network("[parameters('vnet')]"), **INNER),
                scope="inner",
                parameters={"vnet": {"value": "[concat(variables('where'), '-x')]"}},
            ),
            f"{PROVIDERS}/{VNETS}/outer-x",
        ),
        (
            nested(
                "d",
                template(network("[parameters('vnet')]"), **INNER),
                scope="Inner",
                parameters={"vnet": {"value": "[parameters('none')]"}},
            ),
            f"{PROVIDERS}/{VNETS}/{{none}}",
        ),
        (
            nested("d", template(network("[deployment().name]")), scope="inner"),
            f"{PROVIDERS}/{VNETS}/d",
        ),
        (
            nested("d", template(network())) | {"resourceGroup": "other"},
            f"{SUB}/resourceGroups/other/providers/{VNETS}/net",
        ),
        (
            nested("d", template(network())) | {"resourceGroup": "other", "subscriptionId": "s2"},
            f"/subscriptions/s2/resourceGroups/other/providers/{VNETS}/net",
        ),
        (
            nested("d", template(network("[resourceGroup().name]")), scope="inner") | {"resourceGroup": "other"},
            f"{SUB}/resourceGroups/other/providers/{VNETS}/other",
        ),
        (
            nested("d", template(network("[resourceGroup().name]"))) | {"resourceGroup": "other"},
            f"{SUB}/resourceGroups/other/providers/{VNETS}/shop",
        ),
        (
            nested("d", template(network())) | {"resourceGroup": "[parameters('none')]"},
            f"{SUB}/resourceGroups/{{none}}/providers/{VNETS}/net",
        ),
        (
            nested(
                "d",
                template(nested("e", template(network("[variables('where')]"))), **INNER),
                scope="inner",
                parameters={"vnet": {"value": "x"}},
            ),
            f"{PROVIDERS}/{VNETS}/inner",
        ),
    ],
)
def test_a_nested_deployment(tmp_path: Path, deployment: Any, expected: str) -> None:
    """What a nested template deploys would not be judged, or in another group."""
    inventory = collected(tmp_path, template(deployment, variables={"where": "outer"}, **NONE))
    assert ids(inventory) == [expected]
    assert not gaps(inventory)


def test_a_loop_of_nested_deployments(tmp_path: Path) -> None:
    """A landing zone that deploys one module for each machine would have one machine."""
    inner = template(network("[concat('n', copyIndex())]"))
    outer = nested("[concat('d', copyIndex())]", inner) | {"copy": {"name": "l", "count": 3}}
    assert names(collected(tmp_path, template(outer))) == ["n0", "n1", "n2"]
    inner = template(network("[parameters('n')]"), parameters={"n": {"type": "string"}})
    outer = nested(
        "[concat('d', copyIndex())]", inner, scope="inner", parameters={"n": {"value": "[concat('x', copyIndex())]"}}
    )
    assert names(collected(tmp_path, template(outer | {"copy": {"name": "l", "count": 2}}))) == ["x0", "x1"]


def test_outputs_of_a_nested_deployment(tmp_path: Path) -> None:
    """A name that one module hands to another would be unknown."""
    inner = template(
        outputs={
            "n": {"type": "string", "value": "a"},
            "s": {"type": "securestring", "value": "P4ss"},
            "l": {"type": "array", "copy": {"count": 2, "input": "[copyIndex()]"}},
        }
    )
    for name in ("'d'", "resourceId('Microsoft.Resources/deployments', 'd')"):
        user = network(f"[reference({name}).outputs.n.value]", {"l": f"[reference({name}).outputs.l.value]"})
        found = only(collected(tmp_path, template(user, nested("d", inner))))
        assert (found.name, found.body["properties"]["l"]) == ("a", [0, 1])
    user = network("n", {"s": "[reference('d').outputs.s.value]"})
    found = only(collected(tmp_path, template(user, nested("d", inner))))
    assert "secure output s" in found.unknown["/properties/s"]


def test_outputs_that_need_each_other(tmp_path: Path) -> None:
    """Two modules that refer to each other would never end."""
    one = template(outputs={"o": {"type": "string", "value": "[reference('two').outputs.o.value]"}})
    two = template(outputs={"o": {"type": "string", "value": "[reference('one').outputs.o.value]"}})
    found = only(
        collected(
            tmp_path,
            template(network("n", {"p": "[reference('one').outputs.o.value]"}), nested("one", one), nested("two", two)),
        )
    )
    assert "refer to themselves" in found.unknown["/properties/p"]


@pytest.mark.parametrize(
    "link",
    [
        {"relativePath": "nested/net.json"},
        {"relativePath": "/nested/net.json"},
        {"uri": "[uri(deployment().properties.templateLink.uri, 'nested/net.json')]"},
        {"uri": "[concat(parameters('_artifactsLocation'), '/nested/net.json', parameters('token'))]"},
        {"uri": "[concat('https://x.example/', last(split(variables('beside'), '?')))]"},
        {"uri": "[variables('address')]"},
        {"uri": "[concat(variables('folder'), parameters('file'))]"},
        {"uri": "https://raw.githubusercontent.com/Azure/AzureStack-QuickStart-Templates/master/x/nested/net.json"},
        {"uri": "[concat('https://x.example/', 'net.json?', parameters('token'))]"},
    ],
)
def test_a_linked_template(tmp_path: Path, link: Any) -> None:
    """What a linked template deploys would not be judged although it lies there."""
    (tmp_path / "nested").mkdir()
    linked = template(network("[parameters('vnet')]"), parameters={"vnet": {"type": "string"}})
    for file in ("nested/net.json", "net.json"):
        (tmp_path / file).write_text(json.dumps(linked, indent=1))
    parameters = {
        "_artifactsLocation": {"type": "string", "defaultValue": "[deployment().properties.templateLink.uri]"},
        "token": {"type": "securestring", "defaultValue": ""},
        "file": {"type": "string", "defaultValue": "net.json"},
    }
    variables = {
        "beside": "x?nested/net.json",
        "folder": "[concat(parameters('_artifactsLocation'), '/nested/')]",
        "address": "[uri(parameters('_artifactsLocation'), concat('nested/net.json', parameters('token')))]",
    }
    outer = nested("d", None, templateLink=link, parameters={"vnet": {"value": "linked"}})
    inventory = collected(tmp_path, template(outer, parameters=parameters, variables=variables))
    found = only(inventory)
    assert found.name == "linked"
    assert found.origin.address.endswith("/net.json")
    assert found.origin.address.startswith(str(tmp_path))


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://x.example/other/vm.json", True),
        ("https://x.example/elsewhere/vm.json", False),
        ("[concat(parameters('none'), 'other.json')]", True),
        ("[concat(parameters('none'), parameters('none'), 'other.json')]", True),
        ("[concat('vm-', parameters('none'), 'other.json')]", False),
        ("[concat('vm-', parameters('none'), '/other.json')]", True),
        ("[concat('https://x.example/vm-', parameters('none'), '.json')]", False),
        ("https://x.example/other.txt", False),
        ("https://x.example/../../other.json", True),
    ],
)
def test_where_a_linked_template_is_looked_for(tmp_path: Path, address: str, found: bool) -> None:
    """Another file than the one that is deployed would be judged, or none although it lies there."""
    folder = tmp_path / "own"
    for file in ("other/vm.json", "own/other.json", "own/other.txt"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(json.dumps(template(network())))
    inventory = collected(folder, template(nested("d", None, templateLink={"uri": address}), **NONE))
    assert bool(inventory.resources) is found
    assert bool(gaps(inventory)) is not found


def test_a_linked_file_of_parameters(tmp_path: Path) -> None:
    """The values that a link brings would be unknown although the file lies there."""
    (tmp_path / "net.json").write_text(
        json.dumps(template(network("[parameters('v')]"), parameters={"v": {"type": "string"}}))
    )
    (tmp_path / "net.parameters.json").write_text(json.dumps({"parameters": {"v": {"value": "x"}}}))
    link: dict[str, Any] = {
        "templateLink": {"relativePath": "net.json"},
        "parametersLink": {"uri": "https://x.example/net.parameters.json"},
    }
    assert names(collected(tmp_path, template(nested("d", None, **link)))) == ["x"]
    link["parametersLink"] = {"uri": "https://x.example/none.json"}
    assert (
        "no file of https://x.example/none.json"
        in only(collected(tmp_path, template(nested("d", None, **link)))).unknown["/name"]
    )


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({"templateLink": {"relativePath": "gone.json"}}, "no file of gone.json lies beside or below"),
        ({"templateLink": {"uri": "https://x.example/gone.json"}}, "no file of https://x.example/gone.json"),
        ({"templateLink": {"uri": "[reference('x').uri]"}}, "no file of {reference('x').uri}"),
        ({"templateLink": {"relativePath": "../../../../../../etc/passwd"}}, "no file of ../../"),
        ({"templateLink": {"id": "/subscriptions/x"}}, "its template is kept elsewhere"),
        ({"templateLink": {"relativePath": "main.json"}}, "main.json links to itself"),
        ({}, "it has no template"),
    ],
)
def test_a_template_that_is_not_to_be_had(tmp_path: Path, properties: Any, reason: str) -> None:
    """The gate would be green because it did not see the half of what is deployed."""
    inventory = collected(tmp_path, template(network(), nested("d", None, **properties)))
    assert names(inventory) == ["net"]
    for kind in (VNETS, MACHINES, "Microsoft.Compute/disks"):
        [(scope, told)] = gaps(inventory, kind)
        assert scope == GROUP
        assert reason in told
        assert "main.json:11: what the nested deployment holds is not known" in line(told)


def test_a_linked_template_that_is_broken(tmp_path: Path) -> None:
    """A mistake in a module would be looked for in the template that links to it."""
    (tmp_path / "net.json").write_text('{"resources": [}')
    with pytest.raises(DocumentError, match=r"net\.json:1:16: is not JSON: a value was expected, not '}'\."):
        collected(tmp_path, template(nested("d", None, templateLink={"relativePath": "net.json"})))


def test_a_doubtful_nested_deployment(tmp_path: Path) -> None:
    """What may be deployed would be taken for deployed."""
    inner = template(network("n"), machine())
    inventory = collected(tmp_path, template(nested("d", inner) | {"condition": "[parameters('on')]"}, **NONE))
    assert not inventory.resources
    for kind in (VNETS, MACHINES, "Microsoft.Compute/disks"):
        assert "whether it is deployed is not known" in gaps(inventory, kind)[0][1]
    assert not gaps(inventory, EXTENSIONS)


def test_symbolic_names(tmp_path: Path) -> None:
    """Templates that Bicep writes would be empty, and pass."""
    resources = {
        "vnet": network("n"),
        "old": network("old") | {"existing": True},
        "user": network(
            "[concat(resourceInfo('old').name, '-x')]",
            {"i": "[resourceInfo('vnet').id]", "r": "[reference('old').x]"},
        ),
        "mod": nested(
            "m", template(outputs={"o": {"type": "string", "value": "v"}}) | {"languageVersion": "2.0", "resources": {}}
        ),
        "last": network("last", {"o": "[reference('mod').outputs.o.value]"}),
    }
    inventory = collected(tmp_path, template() | {"languageVersion": "2.0", "resources": resources})
    assert names(inventory) == ["last", "n", "old-x"]
    found = {resource.name: resource for resource in inventory.resources}
    assert found["old-x"].body["properties"] == {"i": f"{PROVIDERS}/{VNETS}/n"}
    assert "known only after" in found["old-x"].unknown["/properties/r"]
    assert found["last"].body["properties"] == {"o": "v"}


def test_a_deployment_to_a_subscription(tmp_path: Path) -> None:
    """Groups, and what is deployed to them, would not be found."""
    schema = "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#"
    group = {"type": "Microsoft.Resources/resourceGroups", "name": "new", "location": "north", "tags": {"a": "b"}}
    inner = nested("d", template(network())) | {"resourceGroup": "new"}
    document = template(group, inner) | {"$schema": schema}
    inventory = collected(tmp_path, document, placement=HERE)
    found = only(inventory, "Microsoft.Resources/resourceGroups")
    assert (found.id, found.body["tags"]) == (f"{SUB}/resourceGroups/new", {"a": "b"})
    assert ids(inventory) == [f"{SUB}/resourceGroups/new/providers/{VNETS}/net"]
    assert inventory.gaps("Microsoft.Resources/resourceGroups", "north") == []
    assert inventory.gaps("Microsoft.Resources/subscriptions", "north")


def test_what_is_deployed_twice(tmp_path: Path) -> None:
    """A network that a nested template changes once more would count twice."""
    again = nested("d", template(network("net", {"v": 2})))
    found = only(collected(tmp_path, template(network("NET", {"v": 1}), again)))
    assert found.body["properties"] == {"v": 2}


@pytest.mark.parametrize("placement", [Placement(), HERE])
def test_a_template_without_resources(tmp_path: Path, placement: Placement) -> None:
    """An empty template would be an error, or a pass."""
    assert collected(tmp_path, template(), placement=placement).resources == ()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", ":1:1: is empty: a JSON object was expected."),
        ("[]", ":1:1: is not a deployment template: a JSON object was expected."),
        ("{}", ":1:1: is not a deployment template: it has no 'resources'."),
        ('{"resources": 1}', ":1:1: is not a deployment template: it has no 'resources'."),
        (
            '{\n "$schema": "https://x/deploymentParameters.json#", "resources": []}',
            ":2:2: is not a deployment template: its $schema is 'https://x/deploymentParameters.json#'.",
        ),
        (
            '{"languageVersion": "3.0", "resources": []}',
            ":1:2: is of the language version '3.0', which is not known: 1 and 2 are.",
        ),
    ],
)
def test_what_is_no_template(tmp_path: Path, text: str, sentence: str) -> None:
    """A file that is not understood would pass."""
    with pytest.raises(DocumentError) as raised:
        collected(tmp_path, text)
    assert str(raised.value) == f"{tmp_path}/main.json{sentence}"


@pytest.mark.parametrize(
    "resource", [{"name": "x"}, {"type": 1, "name": "x"}, {"type": "[parameters('none')]", "name": "x"}, "x", 1]
)
def test_a_resource_that_is_none(tmp_path: Path, resource: Any) -> None:
    """What cannot be told what it is could be anything that a policy counts."""
    inventory = collected(tmp_path, template(resource, **NONE))
    assert gaps(inventory)
    assert gaps(inventory, MACHINES)
