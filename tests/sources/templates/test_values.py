"""What a property becomes: parameters, variables, functions, loops of values."""

import json
from pathlib import Path
from typing import Any

import pytest

from azscheck.errors import DocumentError, UsageError
from azscheck.sources.placement import Placement
from tests.sources.templates.builders import (
    GROUP,
    PROVIDERS,
    collected,
    network,
    only,
    parameter_file,
    template,
    value_of,
)

SUB = "/subscriptions/11111111-1111-1111-1111-111111111111"
LAMBDA = "map(range(0, 3), lambda('i', add(lambdaVariables('i'), 1)))"
PEOPLE = {"people": [{"n": "b", "g": "x"}, {"n": "a", "g": "y"}, {"n": "c", "g": "x"}]}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("plain", "plain"),
        ("[[literal]", "[literal]"),
        ("[not closed", "[not closed"),
        ("[concat('a', 'b')]", "ab"),
        ({"k": ["[add(1, 2)]"]}, {"k": [3]}),
        ({"[concat('a', 'b')]": 1}, {"ab": 1}),
        ({"gone": "[null()]", "kept": 1}, {"kept": 1}),
        ("[resourceId('A.B/c', 'n')]", f"{PROVIDERS}/A.B/c/n"),
        ("[resourceId('A.B/c/d', 'n', 'm')]", f"{PROVIDERS}/A.B/c/n/d/m"),
        ("[resourceId('other', 'A.B/c', 'n')]", f"{SUB}/resourceGroups/other/providers/A.B/c/n"),
        ("[resourceId('s2', 'other', 'A.B/c', 'n')]", "/subscriptions/s2/resourceGroups/other/providers/A.B/c/n"),
        ("[subscriptionResourceId('A.B/c', 'n')]", f"{SUB}/providers/A.B/c/n"),
        ("[subscriptionResourceId('s2', 'A.B/c', 'n')]", "/subscriptions/s2/providers/A.B/c/n"),
        ("[tenantResourceId('A.B/c', 'n')]", "/providers/A.B/c/n"),
        ("[extensionResourceId(resourceId('A.B/c', 'n'), 'D.E/f', 'm')]", f"{PROVIDERS}/A.B/c/n/providers/D.E/f/m"),
        ("[resourceGroup().name]", "shop"),
        ("[resourceGroup().id]", GROUP),
        ("[resourceGroup().location]", "north"),
        ("[subscription().subscriptionId]", "11111111-1111-1111-1111-111111111111"),
        ("[uniqueString('test')]", "rbgf3xv4ufgzg"),
        (f"[{LAMBDA}]", [1, 2, 3]),
        ("[map(range(0, 2), lambda('v', 'i', lambdaVariables('i')))]", [0, 1]),
        ("[filter(range(0, 5), lambda('i', greater(lambdaVariables('i'), 2)))]", [3, 4]),
        ("[reduce(range(1, 4), 0, lambda('a', 'b', add(lambdaVariables('a'), lambdaVariables('b'))))]", 10),
        (
            "[map(sort(variables('people'), lambda('a', 'b', less(lambdaVariables('a').n, lambdaVariables('b').n))), "
            "lambda('p', lambdaVariables('p').n))]",
            ["a", "b", "c"],
        ),
        (
            "[toObject(variables('people'), lambda('p', lambdaVariables('p').n), lambda('p', lambdaVariables('p').g))]",
            {"b": "x", "a": "y", "c": "x"},
        ),
        (
            "[length(groupBy(variables('people'), lambda('p', lambdaVariables('p').g)).x)]",
            2,
        ),
        ("[mapValues(createObject('a', 1), lambda('v', add(lambdaVariables('v'), 1)))]", {"a": 2}),
        (
            "[map(range(0, 2), lambda('i', map(range(0, 2), lambda('j', "
            "add(mul(10, lambdaVariables('i')), lambdaVariables('j'))))))]",
            [[0, 1], [10, 11]],
        ),
        ("[if(equals(1, 1), 'a', reference('x').y)]", "a"),
        ("[coalesce(tryGet(variables('people')[0], 'zzz'), 'other')]", "other"),
        ("[deployment().properties.template.contentVersion]", "1.0.0.0"),
        ("[contains(variables('PEOPLE')[1], 'N')]", True),
    ],
)
def test_a_value(tmp_path: Path, written: Any, value: Any) -> None:
    """A policy would judge another value than the one that is deployed."""
    assert value_of(tmp_path, written, {"variables": PEOPLE}) == value


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("[reference('x').y]", "known only after the deployment"),
        ("[listKeys('x', '2020-01-01').keys[0].value]", "listKeys('x', '2020-01-01') cannot be answered here"),
        ("[parameters('none')]", "the parameter none has no value"),
        ("[concat('a', parameters('none'))]", "the parameter none has no value"),
        ("[variables('uses')]", "the parameter none has no value"),
        ("[variables('missing')]", "the template has no variable 'missing'"),
        ("[parameters('nome')]", "no parameter 'nome'; did you mean 'none'?"),
        ("[variables('one')]", "refers to itself"),
        ("[utcNow()]", "known only at the deployment"),
        ("[newGuid()]", "known only at the deployment"),
        ("[environment().suffixes.storage]", "depends on the stamp"),
        ("[subscription().tenantId]", "not given"),
        ("[concat('a'", "plain"),
        ("[concat('a',)]", "cannot be read"),
        ("[fail('no')]", "the template says: no"),
        ("[variables('o').missing]", "what it reads is not there"),
        ("[copyIndex()]", "cannot be answered here"),
        ("[filter(variables('a'), lambda('i', lambdaVariables('i')))]", "the parameter none has no value"),
        ("[resourceId('A.B/c')]", "takes 1 names for A.B/c, not 0"),
        ("[resourceId('noslash', 'x')]", "takes a resource's type"),
        ("[parameters()]", "takes other arguments"),
        ("[lambdaVariables('x')]", "cannot be answered here"),
        ("[contoso.nothing('x')]", "cannot be answered here"),
    ],
)
def test_what_is_not_known(tmp_path: Path, written: str, reason: str) -> None:
    """What is known only on the stamp would count as absent, and pass."""
    parts = {
        "parameters": {"none": {"type": "string"}},
        "variables": {
            "uses": "[parameters('none')]",
            "one": "[variables('two')]",
            "two": "[variables('one')]",
            "o": {"a": 1},
            "a": ["[parameters('none')]"],
        },
    }
    found = value_of(tmp_path, written, parts)
    assert (reason in found and found.startswith("?")) if reason != "plain" else found == written


def test_only_the_part_that_is_not_known_is_unknown(tmp_path: Path) -> None:
    """One reference() would hide all that stands beside it from the policies."""
    parts = {"parameters": {"none": {"type": "string"}}, "variables": {"o": {"a": "[parameters('none')]", "b": [1]}}}
    written = {"x": "[variables('o')]", "y": [1, "[parameters('none')]", 3], "z": "[variables('o').b[0]]"}
    found = only(collected(tmp_path, template(network(properties=written), **parts)))
    assert found.body["properties"] == {"x": {"b": [1]}, "y": [1, None, 3], "z": 1}
    assert {"/properties/x/a", "/properties/y/1"} == {p for p in found.unknown if "provisioning" not in p}


def test_where_nothing_is_told_of_the_placement(tmp_path: Path) -> None:
    """A name made of the group's would be taken for known, and be another one after the deployment."""
    found = collected(
        tmp_path,
        template(network("[uniqueString(resourceGroup().id)]", location="[resourceGroup().location]")),
        placement=Placement(),
    )
    [resource] = found.resources
    assert resource.id.endswith("/virtualNetworks/{uniqueString(resourceGroup().id)}")
    assert {"/name", "/location"} <= set(resource.unknown)


@pytest.mark.parametrize(
    ("copy", "value"),
    [
        ({"name": "p", "count": 3, "input": "[copyIndex('p', 1)]"}, [1, 2, 3]),
        ({"name": "p", "count": "[length(variables('l'))]", "input": "[variables('l')[copyIndex('p')]]"}, ["a", "b"]),
        ({"name": "p", "count": 0, "input": 1}, []),
        ({"name": "p", "count": 2, "input": {"lun": "[copyIndex('p')]"}}, [{"lun": 0}, {"lun": 1}]),
        ({"name": "p", "count": "[parameters('none')]", "input": 1}, "?the parameter none has no value"),
        ({"name": "p", "count": 801, "input": 1}, "?a loop runs 0 to 800 times, not 801"),
        ({"name": "p", "count": "3", "input": 1}, "?a loop's count is a number"),
        ({"name": "p", "count": 2, "input": "[copyIndex('q')]"}, [None, None]),
        (
            {"name": "p", "count": 2, "input": {"copy": [{"name": "q", "count": 2, "input": "[copyIndex('p')]"}]}},
            [{"q": [0, 0]}, {"q": [1, 1]}],
        ),
    ],
)
@pytest.mark.parametrize("where", ["property", "variable", "object"])
def test_a_loop_of_values(tmp_path: Path, copy: dict[str, Any], value: Any, where: str) -> None:
    """A machine's data disks would be missed, or be others."""
    variables: dict[str, Any] = {"l": ["a", "b"]}
    properties: dict[str, Any] = {"copy": [copy]}
    if where == "variable":
        variables, properties = variables | {"copy": [copy]}, {"p": "[variables('p')]"}
    elif where == "object":
        variables, properties = variables | {"o": {"copy": [copy]}}, {"p": "[variables('o').p]"}
    parts = {"parameters": {"none": {"type": "int"}}, "variables": variables}
    found = only(collected(tmp_path, template(network(properties=properties), **parts)))
    if isinstance(value, str):
        assert value.removeprefix("?") in found.unknown["/properties/p"]
    else:
        assert found.body["properties"]["p"] == value


def test_functions_of_the_template(tmp_path: Path) -> None:
    """Names made by the template's own functions would be unknown."""
    functions = [
        {
            "namespace": "contoso",
            "members": {
                "name": {
                    "parameters": [{"name": "prefix", "type": "string"}],
                    "output": {"type": "string", "value": "[concat(toLower(parameters('prefix')), '-1')]"},
                },
            },
        }
    ]
    assert value_of(tmp_path, "[contoso.name('WEB')]", {"functions": functions}) == "web-1"
    assert "takes 1 arguments, not 0" in value_of(tmp_path, "[Contoso.Name()]", {"functions": functions})


DECLARED = {
    "size": {"type": "int", "defaultValue": 5, "minValue": 1, "maxValue": 10},
    "name": {"type": "string", "defaultValue": "[concat('a', parameters('size'))]", "minLength": 2, "maxLength": 4},
    "tier": {"type": "string", "defaultValue": "gold", "allowedValues": ["gold", "silver"]},
    "on": {"type": "bool", "defaultValue": True},
    "tags": {"type": "object", "defaultValue": {}},
    "list": {"type": "array", "defaultValue": []},
    "maybe": {"type": "string", "nullable": True},
    "typed": {"$ref": "#/definitions/count", "defaultValue": 2},
}
TYPES = {"definitions": {"count": {"type": "int", "maxValue": 3}}}


@pytest.mark.parametrize(
    ("given", "asked", "value"),
    [
        ({}, "name", "a5"),
        ({"size": 7}, "name", "a7"),
        ({"SIZE": 7}, "Name", "a7"),
        ({"size": "7"}, "size", 7),
        ({"tier": "SILVER"}, "tier", "SILVER"),
        ({"on": "false"}, "on", False),
        ({"on": "True"}, "on", True),
        ({"tags": '{"a": "b"}'}, "tags", {"a": "b"}),
        ({"list": "[1]"}, "list", [1]),
        ({"name": "[x]"}, "name", "[x]"),
        ({}, "maybe", "absent"),
        ({}, "typed", 2),
    ],
)
def test_a_parameter(tmp_path: Path, given: dict[str, Any], asked: str, value: Any) -> None:
    """A template would be judged with other values than it is deployed with."""
    parts = {"parameters": DECLARED, **TYPES}
    assert value_of(tmp_path, f"[parameters('{asked}')]", parts, **given) == value


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"size": "many"}, "the parameter 'size' is an int, not a value of type string."),
        ({"size": 1.5}, "the parameter 'size' is an int, not a value of type number."),
        ({"size": 11}, "the parameter 'size' has a maxValue of 10, and 11 is beyond it."),
        ({"name": "a"}, "the parameter 'name' has a minLength of 2, and 'a' is beyond it."),
        ({"tier": "bronze"}, "the parameter 'tier' may not be 'bronze', but 'gold', 'silver'."),
        ({"list": {}}, "the parameter 'list' is an array, not a value of type object."),
        ({"typed": 4}, "the parameter 'typed' has a maxValue of 3, and 4 is beyond it."),
    ],
)
def test_a_parameter_that_does_not_fit(tmp_path: Path, given: dict[str, Any], sentence: str) -> None:
    """Azure refuses the deployment, and the gate would have judged something else."""
    document = template(parameters=DECLARED, **TYPES)
    with pytest.raises(DocumentError) as raised:
        collected(tmp_path, document, **given)
    assert sentence in str(raised.value)
    if "list" not in given:
        file = parameter_file(tmp_path, **given)
        with pytest.raises(DocumentError) as raised:
            collected(tmp_path, document, files=[file])
        assert str(raised.value) == f"{file}:1:{raised.value.mistakes[0][0].column}: {sentence}"


def test_files_of_parameters(tmp_path: Path) -> None:
    """A later file would not count, or what the command line says would not."""
    one = tmp_path / "one.json"
    known = {"size": {"value": 1, "metadata": {}}, "tier": {"value": "gold"}}
    one.write_text(f'{{"$schema": "x", /* why */ "parameters": {json.dumps(known)}}}')
    two = tmp_path / "two.json"
    secret = {"reference": {"keyVault": {"id": "x"}}}
    later = {"Size": {"value": 2}, "another": {"value": 3}, "name": secret}
    two.write_text(json.dumps({"parameters": later}))
    properties = {key: f"[parameters('{key}')]" for key in ("size", "tier", "name")}
    document = template(network(properties=properties), parameters=DECLARED, **TYPES)
    found = only(collected(tmp_path, document, files=[one, two], tier="silver"))
    assert found.body["properties"] == {"size": 2, "tier": "silver"}
    assert found.unknown["/properties/name"] == "secure parameter name"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"parameters": {"size": 1}}', ":1:17: the parameter 'size' has neither 'value' nor 'reference'."),
        ("[]", ":1:1: is not a file of parameters: it has no object 'parameters'."),
        ("{", ":1:2: is not JSON: a key in double quotes or '}' was expected, not the end."),
    ],
)
def test_a_file_of_parameters_that_is_wrong(tmp_path: Path, text: str, sentence: str) -> None:
    """A value that never reaches the template would be taken for given."""
    file = tmp_path / "p.json"
    file.write_text(text)
    with pytest.raises(DocumentError) as raised:
        collected(tmp_path, template(parameters=DECLARED, **TYPES), files=[file])
    assert str(raised.value) == f"{file}{sentence}"


def test_what_is_missing(tmp_path: Path) -> None:
    """A mistyped name would end in a trace, or be taken for nothing."""
    with pytest.raises(UsageError, match=r"nowhere\.json: cannot be read: No such file"):
        collected(tmp_path, template(), files=[tmp_path / "nowhere.json"])
    with pytest.raises(UsageError, match=r"main\.json: the template has no parameter 'siz'; did you mean 'size'\?"):
        collected(tmp_path, template(parameters=DECLARED, **TYPES), siz=1)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        (
            {"p": {"type": "strin"}},
            "the parameter 'p' has the type 'strin', which there is not; did you mean 'string'?",
        ),
        ({"p": {}}, "the parameter 'p' has no type."),
        ({"p": "string"}, "the parameter 'p' must be an object with a type."),
        ({"p": {"$ref": "#/definitions/none"}}, "'#/definitions/none' leads to no definition."),
        ({"p": {"$ref": "#/definitions/loop"}}, "the type of the parameter leads back to itself."),
        ({"p": {"type": "int", "defaultValue": "x"}}, "the parameter 'p' is an int, not a value of type string."),
    ],
)
def test_a_declaration_that_is_wrong(tmp_path: Path, parameters: Any, sentence: str) -> None:
    """A template that Azure refuses would be judged as if it were deployed."""
    definitions = {"loop": {"$ref": "#/definitions/loop"}}
    with pytest.raises(DocumentError) as raised:
        collected(tmp_path, template(parameters=parameters, definitions=definitions))
    assert sentence in str(raised.value)
