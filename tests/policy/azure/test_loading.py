"""Files of definitions and sets: what is read of them, what is left out, what is a mistake."""

import json
from pathlib import Path
from typing import Any

import pytest

from azscheck.engine import evaluate
from azscheck.errors import DocumentError
from azscheck.place import Place
from azscheck.policy import Policy, load_policies
from tests.builders import NOW, inventory, policy_text
from tests.policy.azure import ACCOUNT, EFFECT, VM, account, definition, effect_of, of_type

BUILT_IN = "/providers/Microsoft.Authorization/policyDefinitions/"


def write(file: Path, value: Any) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(value if isinstance(value, str) else json.dumps(value, indent=1), "utf-8")
    return file


def one(tmp_path: Path, value: Any, name: str = "d.json") -> Policy:
    (found,) = load_policies([write(tmp_path / name, value)])
    return found


def test_what_a_report_says_of_a_definition(tmp_path: Path) -> None:
    """A finding by a definition has no name, no reason, no place, or a page that is not its own."""
    metadata = {"category": "Backup", "version": "2.0.0-deprecated", "deprecated": True}
    value = definition(of_type(), name="0-1-2", description=" It is lost. ", metadata=metadata, policyType="BuiltIn")
    info = one(tmp_path, {**value, "id": f"{BUILT_IN}0-1-2"}).info
    assert (info.id, info.title, str(info.severity), info.category) == ("0-1-2", "A test", "medium", "tenant")
    assert (
        info.why == "It is lost. Azure has deprecated this definition. Azure Policy, Backup, version 2.0.0-deprecated."
    )
    assert info.references[0].url.endswith(
        "definitionId/%2Fproviders%2FMicrosoft.Authorization%2FpolicyDefinitions%2F0-1-2"
    )
    line = (tmp_path / "d.json").read_text("utf-8").splitlines()[info.place.line - 1]
    assert '"policyRule"' in line


@pytest.mark.parametrize(
    ("root", "id"),
    [
        ({"name": "n", "id": f"{BUILT_IN}i"}, "n"),
        ({"id": f"{BUILT_IN}i/"}, "i"),
        ({}, "file"),
    ],
)
def test_a_definition_s_id(tmp_path: Path, root: Any, id: str) -> None:
    """Two runs name the same finding differently."""
    properties = definition(of_type())["properties"]
    assert one(tmp_path, {**root, "properties": properties}, "file.json").id == id
    assert one(tmp_path, {**root, **properties}, "file.json").id == id


def test_the_looseness_of_azure_s_own_files(tmp_path: Path) -> None:
    """A file of Azure's repository is refused for its letter case, its comments, its mark or keys that say nothing."""
    text = """\ufeff{ // a comment with "quotes"
\t"Properties": {"PolicyRule": {"IF": {"ALLOF": [{"Field": "TYPE", "Equals": "%s"}, /* { */
\t\t{"count": {"FIELD": "%s/networkAcls.ipRules[*]"}, "greaterOREquals": 0}]}, "Then": {"Effect": "AUDIT"}},
\t"Mode": "ALL", "unheardOf": {"http://x": null}, "versions": ["1.0.0"]}}"""
    assert one(tmp_path, text % (ACCOUNT, ACCOUNT)).applies_to == (ACCOUNT,)
    yaml = f"policyRule:\n  if: {{field: type, equals: {ACCOUNT}}}\n  then: {{effect: audit}}\n"
    assert one(tmp_path, yaml, "d.yaml").applies_to == (ACCOUNT,)


TYPE = of_type()
LEFT_OUT = {
    "static": (definition(TYPE, policyType="Static"), "of the policyType Static is not judged"),
    "data": (definition(TYPE, mode="Microsoft.KeyVault.Data"), "the mode Microsoft.KeyVault.Data is not judged"),
    "kubernetes": (definition(TYPE, EFFECT, mode="Microsoft.Kubernetes.Data"), "the mode Microsoft.Kubernetes.Data"),
    "audit action": (definition(TYPE, "auditAction"), "the effect auditaction is not judged"),
    "deny action": (definition(TYPE, "DenyAction"), "the effect denyaction is not judged"),
    "deny action or not": (definition(TYPE, EFFECT, parameters=effect_of("DenyAction")), "the effect denyaction"),
    "field": (definition({"field": "properties.x", "exists": "true"}), "Azure has no field 'properties.x'"),
    "function": (
        definition({"value": "[resourceId('a', 'b')]", "equals": "x"}),
        "resourceid() is a function of Azure's templates",
    ),
    "computed type": (definition(TYPE, "auditIfNotExists", {"type": "[field('type')]"}), "is an expression"),
    "computed scope": (
        definition(TYPE, "auditIfNotExists", {"type": VM, "existenceScope": "[field('type')]"}),
        "the existenceScope is an expression",
    ),
}


@pytest.mark.parametrize("name", LEFT_OUT)
def test_left_out(tmp_path: Path, name: str) -> None:
    """One definition that cannot be judged stops a folder of thousands, or vanishes without a word."""
    value, words = LEFT_OUT[name]
    write(tmp_path / "x.json", value)
    with pytest.raises(DocumentError, match=r"x\.json:") as caught:
        load_policies([tmp_path])
    assert words in str(caught.value)
    left_out: list[tuple[Place, str]] = []
    with pytest.raises(DocumentError, match=r"x\.json:"):
        load_policies([tmp_path], left_out=left_out)
    write(tmp_path / "good.json", definition(TYPE, name="good"))
    assert [p.id for p in load_policies([tmp_path], left_out=left_out)] == ["good"]
    ((place, sentence),) = left_out
    assert Path(place.path).name == "x.json"
    assert place.line > 1
    assert words in sentence


MISTAKES = {
    "no then": ({"policyRule": {"if": TYPE}}, "the definition has no then."),
    "no effect": ({"policyRule": {"if": TYPE, "then": {}}}, "the definition has no effect."),
    "effect": (definition(TYPE, "audt"), "'audt' is not an effect of Azure Policy; did you mean 'audit'?"),
    "effect is no text": (definition(TYPE, effect=5), "an effect is a word"),  # type: ignore[arg-type]
    "no related type": (definition(TYPE, "auditIfNotExists"), "the effect needs a type in its details"),
    "operator": (
        definition({"field": "type", "equal": "x"}),
        "'equal' is not an operator of Azure Policy; did you mean 'equals'?",
    ),
    "native operator": (
        definition({"field": "name", "newerThan": "P1D"}),
        "'newerThan' is not an operator of Azure Policy",
    ),
    "two operators": (
        definition({"field": "name", "equals": "x", "like": "x"}),
        "one operator; this has field, equals, like",
    ),
    "no object": (definition(["x"]), "a condition is an object"),
    "no array": (definition({"allOf": TYPE}), "allOf takes an array of conditions"),
    "beside": (definition({"not": TYPE, "field": "name"}), "not stands alone in its condition"),
    "in": (definition({"field": "name", "in": "x"}), "in takes an array, not 'x'"),
    "equals an array": (
        definition({"field": "name", "equals": "[parameters('a')]"}, parameters={"a": {"type": "Array"}}),
        "equals takes no array, which the parameter a is",
    ),
    "exists": (definition({"field": "name", "exists": "maybe"}), "exists takes true or false"),
    "parameter": (
        definition({"field": "name", "equals": "[parameters('nme')]"}, parameters={"name": {"type": "String"}}),
        "the definition has no parameter 'nme'; did you mean 'name'?",
    ),
    "parameter's type": (definition(TYPE, parameters={"a": {"type": "Text"}}), "the parameter a has the type Text"),
    "expression": (definition({"value": "[concat('a'", "equals": "x"}) | {"x": 1}, None),
    "broken expression": (definition({"value": "[concat('a',,)]", "equals": "x"}), "was expected at character"),
    "path": (definition({"field": "tags['x", "exists": "true"}), "is not a path"),
    "count": (definition({"count": {"field": f"{ACCOUNT}/x"}, "equals": 1}), "a count goes over an array"),
    "empty count": (definition({"count": {}, "equals": 1}), "a count needs a field or a value"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(tmp_path: Path, name: str) -> None:
    """A mistake in a definition loads, and the definition means something else than its author thinks."""
    value, words = MISTAKES[name]
    file = write(tmp_path / "x.json", value)
    if words is None:
        # Text that is no expression, since it does not end like one.
        assert load_policies([file])
        return
    left_out: list[tuple[Place, str]] = []
    with pytest.raises(DocumentError) as caught:
        load_policies([file], left_out=left_out)
    assert words in str(caught.value)
    assert "?." not in str(caught.value)
    assert all(place.path == file.as_posix() for place, _ in caught.value.mistakes)
    assert left_out == []


def test_a_definition_that_stands_twice(tmp_path: Path) -> None:
    """Azure's repository holds a definition once for each cloud, and the folder cannot be loaded."""
    write(tmp_path / "a.json", definition(TYPE))
    write(tmp_path / "b.json", definition(TYPE))
    assert [p.id for p in load_policies([tmp_path])] == ["d"]
    write(tmp_path / "c.json", definition(of_type(VM)))
    left_out: list[tuple[Place, str]] = []
    assert [p.applies_to for p in load_policies([tmp_path], left_out=left_out)] == [(ACCOUNT,)]
    assert "stands already in" in left_out[0][1]


def test_beside_policies_of_azscheck_s_own(tmp_path: Path) -> None:
    """A folder can hold one of the two forms only, or an id is taken twice."""
    write(tmp_path / "own.yaml", policy_text({"field": "name", "exists": True}))
    write(tmp_path / "azure.json", definition(TYPE))
    assert [p.id for p in load_policies([tmp_path])] == ["TST-001", "d"]
    write(tmp_path / "azure.json", definition(TYPE, name="TST-001"))
    with pytest.raises(DocumentError, match="is taken already"):
        load_policies([tmp_path])


HOT = {"allOf": [TYPE, {"field": f"{ACCOUNT}/accessTier", "equals": "[parameters('tier')]"}]}
TIERED = definition(HOT, EFFECT, name="tiered", parameters={**effect_of("Audit"), "tier": {"type": "String"}})


def member(name: str, reference: str = "r", groups: Any = (), **values: Any) -> dict[str, Any]:
    return {
        "policyDefinitionId": BUILT_IN + name,
        "policyDefinitionReferenceId": reference,
        "parameters": {key: {"value": value} for key, value in values.items()},
        "groupNames": list(groups),
    }


def policy_set(*members: Any, name: str = "s", **parameters: Any) -> dict[str, Any]:
    return {
        "properties": {"displayName": "Set", "policyDefinitions": list(members), "parameters": parameters},
        "name": name,
    }


def loaded(tmp_path: Path, *values: Any) -> dict[str, Policy]:
    for i, value in enumerate(values):
        write(tmp_path / f"{i}.json", value)
    return {policy.id: policy for policy in load_policies([tmp_path])}


def found(policies: dict[str, Policy], **parameters: Any) -> dict[str, str]:
    parts = inventory(account("a", {"accessTier": "Hot"}))
    results = evaluate(parts, policies.values(), now=NOW, parameters=parameters)
    return {r.policy: r.state.value for r in results.results}


def test_a_set_binds_parameters(tmp_path: Path) -> None:
    """A member is judged with the definition's defaults, where the set says otherwise."""
    tier = {"type": "String", "defaultValue": "Hot"}
    on = {"type": "String", "defaultValue": "Audit", "allowedValues": ["Audit", "Disabled"]}
    of_set = policy_set(
        member("TIERED", groups=["CP-9"], tier="[parameters('wanted')]", Effect="[parameters('on')]"),
        wanted=tier,
        on=on,
    )
    policies = loaded(tmp_path, TIERED, definition(TYPE), of_set)
    assert set(policies) == {"tiered", "d"}
    assert policies["tiered"].info.controls == {"Set": ("CP-9",)}
    assert found(policies) == {"tiered": "nonCompliant", "d": "nonCompliant"}
    assert found(policies, wanted="Cool")["tiered"] == "compliant"
    assert found(policies, on="Disabled") == {"d": "nonCompliant"}


def test_a_definition_in_several_places(tmp_path: Path) -> None:
    """Two members of one definition share an id, and one's findings stand for the other's."""
    twice = policy_set(member("tiered", "hot", tier="Hot"), member("tiered", "cool", tier="Cool"))
    assert found(loaded(tmp_path, TIERED, twice)) == {"s/hot": "nonCompliant", "s/cool": "compliant"}


def test_a_set_that_stands_twice(tmp_path: Path) -> None:
    """The copy of a set for another cloud doubles every member, or refuses the folder."""
    of_set = policy_set(member("tiered", tier="Hot"))
    assert found(loaded(tmp_path, TIERED, of_set, of_set)) == {"tiered": "nonCompliant"}
    with pytest.raises(DocumentError, match="the set s stands already in"):
        loaded(tmp_path, TIERED, of_set, policy_set(member("tiered", tier="Cool")))


def test_a_member_s_parameter_without_a_value(tmp_path: Path) -> None:
    """A set forgets a parameter, and the member passes."""
    assert found(loaded(tmp_path, TIERED, policy_set(member("tiered")))) == {"tiered": "unknown"}


def test_a_member_that_is_not_there(tmp_path: Path) -> None:
    """A set is judged as a whole where half of its definitions are missing."""
    write(tmp_path / "0.json", TIERED)
    write(tmp_path / "s.json", policy_set(member("tiered", tier="Hot"), member("gone"), member("data")))
    write(tmp_path / "data.json", definition(TYPE, name="data", mode="Microsoft.KeyVault.Data"))
    left_out: list[tuple[Place, str]] = []
    assert [p.id for p in load_policies([tmp_path], left_out=left_out)] == ["tiered"]
    assert sorted(sentence.partition(":")[0] for _, sentence in left_out) == [
        "the mode Microsoft.KeyVault.Data is not judged",
        "the set s",
    ]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"parameters": {}}, "the set's member has no policyDefinitionId."),
        ({"policyDefinitionId": "x", "parameters": {"a": {}}}, "the set gives the parameter a no value."),
        (member("x", a="[parameters('none')]"), "the set has no parameter 'none'"),
    ],
)
def test_mistakes_of_a_set(tmp_path: Path, wrong: Any, words: str) -> None:
    """A mistake in a set loads, and a member is judged otherwise than it says."""
    with pytest.raises(DocumentError) as caught:
        loaded(tmp_path, policy_set(wrong))
    assert words in str(caught.value)
