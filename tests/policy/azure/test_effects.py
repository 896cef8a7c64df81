"""Effects: judged by the rule, by a related resource, by attestation, or not at all."""

from typing import Any

import pytest
from msgspec.structs import replace

from azscheck.inventory import Origin, Resource
from azscheck.policy import ATTESTATIONS
from azscheck.policy.azure.definition import AzureDefinition
from tests.builders import GROUP, coverage, failed, resource
from tests.policy.azure import (
    ACCOUNT,
    EFFECT,
    VAULT,
    VM,
    account,
    child,
    definition,
    document,
    effect_of,
    judge,
    of_type,
    states,
)

EXTENSION = f"{VM}/extensions"
SETTINGS = "Microsoft.Insights/diagnosticSettings"
HOT = {"allOf": [of_type(), {"field": f"{ACCOUNT}/accessTier", "equals": "Hot"}]}


@pytest.mark.parametrize("effect", ["audit", "Deny", "append", "MODIFY", "mutate", "addToNetworkGroup", EFFECT])
def test_judged_by_the_rule(effect: str) -> None:
    """An effect that would change or deny is not judged, so nobody learns what it would change or deny."""
    rule = definition(HOT, effect, parameters=effect_of("Deny", "Audit", "Deny", "Disabled"))
    assert states(rule, account("a", {"accessTier": "Hot"}), account("b", {})) == {
        "a": "nonCompliant",
        "b": "compliant",
    }


def test_disabled_is_not_judged() -> None:
    """What somebody has switched off fails the pipeline, or stands in the report as looked at."""
    rule = definition(HOT, EFFECT, parameters=effect_of("disabled", "Audit", "disabled", "Disabled"))
    hot = account("a", {"accessTier": "Hot"})
    results = judge(rule, hot)
    assert (results.results, results.policies, results.exit_code()) == ((), (), 3)
    assert states(rule, hot, parameters={"effect": "Audit"}) == {"a": "nonCompliant"}
    assert states(rule, hot, parameters={"effect": "Disabled"}) == {}
    assert states(definition(HOT, "disabled"), hot) == {}


def test_an_effect_without_a_value_is_not_known() -> None:
    """A definition whose effect must be given is judged under an effect that nobody chose."""
    rule = definition(HOT, EFFECT, parameters={"effect": {"type": "String", "allowedValues": ["Audit", "Disabled"]}})
    assert states(rule, account("a", {})) == {"a": "unknown"}
    assert set(states(rule, *(account(f"a{i}", {}) for i in range(20))).values()) == {"unknown"}
    assert states(rule, account("a", {}), parameters={"effect": "Audit"}) == {"a": "compliant"}


def test_one_definition_with_effects_of_two_kinds() -> None:
    """Under `audit` a definition still looks for the related resource, or under `auditIfNotExists` does not."""
    machine = resource("vm", {"x": "y"}, kind=VM)
    rule = definition(
        {"allOf": [of_type(VM), {"field": f"{VM}/x", "equals": "y"}]},
        EFFECT,
        {"type": EXTENSION},
        parameters=effect_of("AuditIfNotExists", "Audit", "AuditIfNotExists", "Disabled"),
    )
    parts = (machine, child(machine, EXTENSION, "e"))
    assert states(rule, *parts) == {"vm": "compliant"}
    assert states(rule, *parts, parameters={"effect": "Audit"}) == {"vm": "nonCompliant"}
    assert states(rule, *parts, parameters={"effect": "Disabled"}) == {}


def test_identity_is_modified_of_machines_alone() -> None:
    """Azure applies such a definition to nothing else, and here every resource has a finding."""
    details = {"operations": [{"operation": "addOrReplace", "field": "identity.type", "value": "SystemAssigned"}]}
    rule = definition({"field": "identity.type", "exists": "false"}, "modify", details)
    assert states(rule, account("a"), resource("vm", kind=VM)) == {"vm": "nonCompliant"}


ON = {"field": f"{EXTENSION}/enabled", "equals": "true"}


@pytest.mark.parametrize(
    ("details", "properties", "expected"),
    [
        ({"type": EXTENSION}, {}, "compliant"),
        ({"type": EXTENSION.lower()}, {}, "compliant"),
        ({"type": EXTENSION, "existenceCondition": ON}, {"enabled": True}, "compliant"),
        ({"type": EXTENSION, "existenceCondition": ON}, {"enabled": False}, "nonCompliant"),
        ({"type": EXTENSION, "name": "E"}, {}, "compliant"),
        ({"type": EXTENSION, "name": "vm/e"}, {}, "compliant"),
        ({"type": EXTENSION, "name": "[concat(field('name'), '/?')]"}, {}, "compliant"),
        ({"type": EXTENSION, "name": "[concat(field('name'), '/e')]"}, {}, "compliant"),
        ({"type": EXTENSION, "name": "other"}, {}, "nonCompliant"),
        ({"type": EXTENSION, "name": "[field('name')]"}, {}, "nonCompliant"),
        ({"type": EXTENSION, "kind": "x"}, {}, "nonCompliant"),
        # field() is the judged machine's, the field condition the extension's.
        ({"type": EXTENSION, "existenceCondition": {"value": "[field('name')]", "equals": "vm"}}, {}, "compliant"),
        (
            {"type": EXTENSION, "existenceCondition": {"field": f"{EXTENSION}/of", "equals": "[field('name')]"}},
            {"of": "VM"},
            "compliant",
        ),
        (
            {"type": EXTENSION, "existenceCondition": {"field": "name", "equals": "[concat(field('name'), 'field(')]"}},
            {},
            "nonCompliant",
        ),
    ],
)
@pytest.mark.parametrize("effect", ["auditIfNotExists", "DeployIfNotExists"])
def test_a_child_that_must_exist(effect: str, details: Any, properties: Any, expected: str) -> None:
    """A machine without the extension passes by another machine's, or by one that does not do what it must."""
    machine, other = resource("vm", kind=VM), resource("other", kind=VM)
    rule = definition(of_type(VM), effect, details)
    found = states(rule, machine, other, child(machine, EXTENSION, "e", properties))
    assert found == {"vm": expected, "other": "nonCompliant"}


def test_when_a_related_resource_is_asked_for() -> None:
    """What the rule is not about counts as compliant."""
    rule = definition(
        {"allOf": [of_type(VM), {"field": "tags.tier", "equals": "1"}]}, "auditIfNotExists", {"type": EXTENSION}
    )
    parts = (resource("a", kind=VM, tags={"tier": "1"}), resource("b", kind=VM, tags={"tier": "2"}))
    assert states(rule, *parts, coverage(EXTENSION)) == {"a": "nonCompliant", "b": "notApplicable"}


def test_what_was_not_collected_is_not_known_to_be_missing() -> None:
    """The collector may not list extensions, and every machine is said to have none."""
    rule = definition(of_type(VM), "auditIfNotExists", {"type": EXTENSION})
    assert states(rule, resource("vm", kind=VM)) == {"vm": "unknown"}
    assert states(rule, resource("vm", kind=VM), failed(EXTENSION)) == {"vm": "unknown"}


def test_settings_hang_on_the_resource_itself() -> None:
    """One account's diagnostic settings stand for every account's of the resource group."""
    first, second = account("a"), account("b")
    rule = definition(of_type(), "auditIfNotExists", {"type": SETTINGS})
    assert states(rule, first, second, child(first, SETTINGS, "s")) == {"a": "compliant", "b": "nonCompliant"}


def vault(group: str = GROUP, **fields: Any) -> Resource:
    return resource("v", kind=VAULT, id=f"{group}/providers/{VAULT}/v", **fields)


ELSEWHERE, ABROAD = "/subscriptions/s1/resourceGroups/backup", "/subscriptions/s2/resourceGroups/rg"


@pytest.mark.parametrize(
    ("details", "where", "expected"),
    [
        ({}, GROUP, "compliant"),
        ({}, ELSEWHERE, "nonCompliant"),
        ({"existenceScope": "ResourceGroup"}, ELSEWHERE, "nonCompliant"),
        ({"existenceScope": "subscription"}, ELSEWHERE, "compliant"),
        ({"existenceScope": "Subscription"}, ABROAD, "nonCompliant"),
        ({"resourceGroupName": "BACKUP"}, ELSEWHERE, "compliant"),
        ({"resourceGroupName": "[parameters('group')]"}, ELSEWHERE, "compliant"),
        ({"resourceGroupName": "backup"}, GROUP, "nonCompliant"),
        ({"resourceGroupName": "rg"}, ABROAD, "nonCompliant"),
        ({"existenceCondition": {"field": "location", "equals": "[field('location')]"}}, GROUP, "compliant"),
    ],
)
def test_where_a_related_resource_is_looked_for(details: Any, where: str, expected: str) -> None:
    """A vault of another resource group or subscription stands for the one that is missing."""
    parameters = {"group": {"type": "String", "defaultValue": "backup"}}
    rule = definition(of_type(VM), "auditIfNotExists", {"type": VAULT, **details}, parameters=parameters)
    machine = resource("vm", kind=VM, location="East US")
    assert states(rule, machine, vault(where, location="eastus")) == {"vm": expected}


def test_the_resource_itself_as_the_related_one() -> None:
    """A definition that deploys a setting to the resource itself looks at its neighbours."""
    on = {"field": f"{ACCOUNT}/on", "equals": "true"}
    rule = definition(
        of_type(), "deployIfNotExists", {"type": ACCOUNT, "name": "[field('name')]", "existenceCondition": on}
    )
    assert states(rule, account("a", {"on": True}), account("b", {})) == {"a": "compliant", "b": "nonCompliant"}


def attestation(
    state: str, scope: str, policy: str = "d", when: str = "2026-05-01T00:00:00Z", until: str = "2027-01-01T00:00:00Z"
) -> Resource:
    properties = {"policy": policy, "scope": scope, "complianceState": state, "assessedOn": when, "expiresOn": until}
    return resource(f"{state}-{when[:10]}", properties, kind=ATTESTATIONS)


@pytest.mark.parametrize(
    ("parts", "default", "expected"),
    [
        ((), None, "unknown"),
        ((), "Unknown", "unknown"),
        ((), "Compliant", "compliant"),
        ((), "Non-compliant", "nonCompliant"),
        ((), "NonCompliant", "nonCompliant"),
        ((attestation("Compliant", "HERE"),), None, "compliant"),
        ((attestation("Compliant", "HERE"),), "NonCompliant", "compliant"),
        ((attestation("NonCompliant", "HERE"),), None, "nonCompliant"),
        ((attestation("NonCompliant", "HERE"),), "Compliant", "nonCompliant"),
        ((attestation("Compliant", "/azscheck/stamps/east"),), None, "compliant"),
        ((attestation("Compliant", "elsewhere"),), None, "unknown"),
        ((attestation("Compliant", "HERE", policy="other"),), None, "unknown"),
        # The later of two stands; one that has lapsed says nothing.
        (
            (attestation("Compliant", "HERE"), attestation("NonCompliant", "HERE", when="2026-05-02T00:00:00Z")),
            None,
            "nonCompliant",
        ),
        ((attestation("Compliant", "HERE", until="2026-05-20T00:00:00Z"),), None, "unknown"),
        ((attestation("Compliant", "HERE", until="2026-05-20T00:00:00Z"),), "Compliant", "unknown"),
    ],
)
def test_manual(parts: tuple[Resource, ...], default: str | None, expected: str) -> None:
    """Nobody has attested a rule, or somebody has attested otherwise, and it counts as kept."""
    judged = account("a")
    there = [
        resource(
            p.name,
            {**p.body["properties"], "scope": p.body["properties"]["scope"].replace("HERE", judged.id)},
            kind=ATTESTATIONS,
        )
        for p in parts
    ]
    rule = definition(of_type(), "Manual", None if default is None else {"defaultState": default})
    assert states(rule, judged, *there, coverage(ATTESTATIONS)) == {"a": expected}


def test_attestations_that_were_not_collected() -> None:
    """A run without attestations says that what is to be attested is not so."""
    assert states(definition(of_type(), "manual", {"defaultState": "NonCompliant"}), account("a")) == {"a": "unknown"}


@pytest.mark.parametrize(
    ("effect", "words"),
    [
        ("audit", "Change the resource"),
        ("append", "Make the change"),
        ("[parameters('effect')]", "Create or correct the related Microsoft.Compute/virtualMachines/extensions"),
        ("deployIfNotExists", "Deploy the Microsoft.Compute/virtualMachines/extensions"),
        ("manual", "attested"),
    ],
)
def test_what_to_do(effect: str, words: str) -> None:
    """A finding tells somebody to do what has nothing to do with it."""
    value = definition(of_type(VM), effect, {"type": EXTENSION}, parameters=effect_of("AuditIfNotExists"))
    info = AzureDefinition.of(document(value)).policy().info
    assert words in info.remediation
    assert info.remediation.endswith(".")


@pytest.mark.parametrize("scope", ["resourceGroup", "subscription"])
@pytest.mark.parametrize("many", [2, 40])
def test_the_version_of_the_api_is_that_of_the_judged_resource(many: int, scope: str) -> None:
    """A condition on what is related is answered by the related resource's request, and a machine passes."""

    def read(found: Resource, version: str) -> Resource:
        return replace(found, origin=Origin("hub", f"{found.id}?api-version={version}"))

    machines = [read(resource(f"vm{i}", {}, kind=VM), "2020-01-01") for i in range(many)]
    related = [read(child(machine, EXTENSION, "e"), "2016-01-01") for machine in machines]
    for version, expected in (("2020-01-01", "compliant"), ("2016-01-01", "nonCompliant")):
        details = {
            "type": EXTENSION,
            "existenceScope": scope,
            "existenceCondition": {"value": "[requestContext().apiVersion]", "equals": version},
        }
        rule = definition(of_type(VM), "auditIfNotExists", details)
        assert set(states(rule, *machines, *related).values()) == {expected}
