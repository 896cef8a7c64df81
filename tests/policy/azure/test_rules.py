"""Rules mean what Azure says they mean: absent properties, arrays, tags, functions, whatever surrounds a resource."""

from typing import Any

import pytest
from msgspec.structs import replace

from azscheck.inventory import Origin
from tests.builders import GROUP, coverage, resource
from tests.policy.azure import ACCOUNT, VM, account, definition, group, of_type, states

A = f"{ACCOUNT}/"
RULES = "networkAcls.ipRules[*]"
TWO = {"networkAcls": {"ipRules": [{"value": "10.0.0.1", "action": "Allow"}, {"value": "10.0.0.2"}]}}
NONE: dict[str, Any] = {"networkAcls": {"ipRules": []}}


@pytest.mark.parametrize(
    ("condition", "properties", "flagged"),
    [
        ({"field": f"{A}accessTier", "equals": "hot"}, {"accessTier": "Hot"}, True),
        ({"field": f"{A}accessTier", "notEquals": "Hot"}, {}, True),
        ({"field": f"{A}accessTier", "EXISTS": "False"}, {"accessTier": None}, True),
        ({"field": f"{A}accessTier", "equals": "[field('location')]"}, {"accessTier": "x"}, False),
        # An alias of another type is a property that is not there.
        ({"field": f"{VM}/licenseType", "exists": "false"}, {"licenseType": "x"}, True),
        # [*] outside a count: true of every element, and so of none.
        ({"field": f"{A}{RULES}.value", "like": "10.*"}, TWO, True),
        ({"field": f"{A}{RULES}.action", "equals": "Allow"}, TWO, False),
        ({"not": {"field": f"{A}{RULES}.value", "notEquals": "10.0.0.2"}}, TWO, True),
        ({"field": f"{A}{RULES}.value", "equals": "x"}, NONE, True),
        ({"field": f"{A}{RULES}.value", "notEquals": "x"}, {}, True),
        ({"count": {"field": f"{A}{RULES}"}, "equals": 0}, {}, True),
        (
            {"count": {"field": f"{A}{RULES}", "where": {"field": f"{A}{RULES}.action", "equals": "allow"}}, "less": 2},
            TWO,
            True,
        ),
        (
            {
                "count": {"value": ["10.0.0.1", "x"], "name": "n", "where": {"value": "[current('n')]", "equals": "x"}},
                "equals": 1,
            },
            {},
            True,
        ),
        # field() gives a text for what is absent, an array for an array.
        ({"value": f"[field('{A}accessTier')]", "equals": ""}, {}, True),
        ({"value": f"[length(field('{A}networkAcls'))]", "equals": 0}, {}, True),
        ({"value": f"[length(field('{A}{RULES}.value'))]", "equals": 2}, TWO, True),
        ({"value": f"[first(field('{A}{RULES}.value'))]", "equals": "10.0.0.1"}, TWO, True),
        # An element that lacks the property adds nothing to it.
        ({"value": f"[length(field('{A}{RULES}.action'))]", "equals": 1}, TWO, True),
        (
            {
                "count": {
                    "field": f"{A}{RULES}",
                    "where": {"value": f"[length(field('{A}{RULES}.action'))]", "equals": 1},
                },
                "equals": 1,
            },
            TWO,
            True,
        ),
        # Some types have `properties` in their `properties`.
        ({"field": f"{A}idleTime", "exists": "false"}, {"properties": {"idleTime": "PT30M"}}, False),
        ({"field": f"{A}idleTime", "equals": "x"}, {"idleTime": "x", "properties": {"idleTime": "y"}}, True),
        ({"value": "[[x]", "equals": "[[x]"}, {}, True),
        ({"value": "[createObject('a', 1).b]", "notEquals": ""}, {}, False),
    ],
)
def test_conditions(condition: Any, properties: Any, flagged: bool) -> None:
    """A definition that Azure flags a resource by passes it here, or the other way about."""
    rule = {"allOf": [of_type(), condition]}
    expected = "nonCompliant" if flagged else "compliant"
    assert states(definition(rule), account("a", properties)) == {"a": expected}
    # From many resources on, generated code judges; it must say the same.
    many = [account(f"a{i}", properties) for i in range(20)]
    assert set(states(definition(rule), *many).values()) == {expected}


@pytest.mark.parametrize(
    ("alias", "kind", "body"),
    [
        ("Microsoft.Compute/virtualMachines/sku.name", VM, {"properties": {"hardwareProfile": {"vmSize": "x"}}}),
        (
            "Microsoft.Compute/imagePublisher",
            VM,
            {"properties": {"storageProfile": {"imageReference": {"publisher": "x"}}}},
        ),
        ("Microsoft.Storage/storageAccounts/accountType", ACCOUNT, {"sku": {"name": "x"}}),
        ("Microsoft.Storage/storageAccounts/sku.name", ACCOUNT, {"sku": {"name": "x"}}),
        (
            "Microsoft.Storage/storageAccounts/enableBlobEncryption",
            ACCOUNT,
            {"properties": {"encryption": {"services": {"blob": {"enabled": "x"}}}}},
        ),
        (
            "Microsoft.Sql/transparentDataEncryption.status",
            "Microsoft.Sql/servers/databases/transparentDataEncryption",
            {"properties": {"status": "x"}},
        ),
    ],
)
def test_aliases_that_are_no_paths(alias: str, kind: str, body: Any) -> None:
    """An old alias reads a property that is not there, and the definition passes everything or flags everything."""
    found = states(
        definition({"field": alias, "equals": "x"}),
        resource("a", body.get("properties"), kind=kind, sku=body.get("sku")),
    )
    assert found == {"a": "nonCompliant"}


TAG = {"tagName": {"type": "String", "defaultValue": "owner"}}
INHERITED = {
    "allOf": [
        {
            "field": "[concat('tags[', parameters('TAGNAME'), ']')]",
            "notEquals": "[resourceGroup().tags[parameters('tagName')]]",
        },
        {"value": "[resourceGroup().tags[parameters('tagName')]]", "notEquals": ""},
    ]
}


@pytest.mark.parametrize(
    ("of_group", "of_resource", "expected"),
    [
        ({"owner": "ops"}, {"owner": "ops"}, "compliant"),
        ({"Owner": "ops"}, {"OWNER": "Ops"}, "compliant"),
        ({"owner": "ops"}, {}, "nonCompliant"),
        ({"owner": "ops"}, {"owner": "dev"}, "nonCompliant"),
        ({}, {"owner": "dev"}, "compliant"),
        (None, {}, "compliant"),
    ],
)
def test_a_tag_of_the_resource_group(of_group: Any, of_resource: Any, expected: str) -> None:
    """A tag that the group has is not asked of its resources, or one that it lacks is."""
    rule = definition(INHERITED, mode="Indexed", parameters=TAG)
    fields = {} if of_group is None else {"tags": of_group}
    assert states(rule, account("a", tags=of_resource), group(**fields)) == {"a": expected}


def test_a_resource_group_that_was_not_listed_is_not_known() -> None:
    """Where the groups could not be read, every resource seems to have the tags that its group demands."""
    assert states(definition(INHERITED, mode="Indexed", parameters=TAG), account("a")) == {"a": "unknown"}


def test_an_empty_tag_name_is_a_tag_that_is_not_there() -> None:
    """An optional tag that was not named makes every resource an error."""
    rule = definition(
        {"field": "[concat('tags[', parameters('t'), ']')]", "exists": "true"},
        parameters={"t": {"type": "String", "defaultValue": ""}},
    )
    assert states(rule, account("a", tags={"x": "y"})) == {"a": "compliant"}


@pytest.mark.parametrize("function", ["requestContext().action", "requestContext().identity", "policy().id"])
def test_what_only_a_request_has_is_not_known(function: str) -> None:
    """A rule about requests passes or flags resources that nobody asked to write."""
    rule = definition({"allOf": [of_type(), {"value": f"[{function}]", "less": "2019-01-01"}]})
    assert states(rule, account("a")) == {"a": "unknown"}


@pytest.mark.parametrize(
    ("origin", "older", "newer"),
    [
        (Origin("hub", "/subscriptions/s1/x?$expand=y&api-version=2017-10-01"), "nonCompliant", "compliant"),
        (Origin("hub", "/subscriptions/s1/x?api-version=2019-06-01"), "compliant", "nonCompliant"),
        (Origin("file", "f"), "compliant", "nonCompliant"),
        (Origin("file", "main.json", None, 7, 1), "unknown", "unknown"),
    ],
)
def test_the_version_of_the_api(origin: Origin, older: str, newer: str) -> None:
    """A default that came with a version is expected of what an older one has shown, or asked of no resource at all."""
    read = replace(account("a"), origin=origin)
    version = {"value": "[requestContext().apiVersion]"}
    assert states(definition({"allOf": [of_type(), {**version, "less": "2019-04-01"}]}), read) == {"a": older}
    assert states(definition({"allOf": [of_type(), {**version, "greater": "2019-04-01"}]}), read) == {"a": newer}
    rule = definition({"allOf": [of_type(), {**version, "greater": "2026-06-01"}]})
    assert origin.line or states(rule, read) == {"a": "compliant"}


def test_a_parameter_without_a_value_is_not_known() -> None:
    """A definition that must be told the allowed locations finds every resource compliant, or none."""
    rule = definition(
        {"field": "location", "notIn": "[parameters('allowed')]"},
        mode="Indexed",
        parameters={"allowed": {"type": "array"}},
    )
    assert states(rule, account("a", location="West US")) == {"a": "unknown"}
    assert states(rule, account("a", location="West US"), parameters={"allowed": ["westus"]}) == {"a": "compliant"}
    assert states(rule, account("a", location="West US"), parameters={"allowed": ["eastus"]}) == {"a": "nonCompliant"}


@pytest.mark.parametrize(
    "name", ["Microsoft.Resources/subscriptions/resourceGroups", "microsoft.resources/resourcegroups"]
)
def test_both_names_of_a_resource_group_s_type(name: str) -> None:
    """Azure Policy calls a resource group's type otherwise than Resource Manager does, and groups are never judged."""
    rule = definition({"allOf": [of_type(name), {"field": "tags.owner", "exists": "false"}]})
    assert states(rule, group("rg"), group("rg2", tags={"owner": "x"})) == {"rg": "nonCompliant", "rg2": "compliant"}
    many = [group(f"rg{i}") for i in range(20)]
    assert set(states(rule, *many).values()) == {"nonCompliant"}


def test_a_type_that_was_not_collected_is_not_known() -> None:
    """A definition about a type that the collector does not list reads as having found nothing."""
    assert states(definition(of_type("Microsoft.Sql/servers"))) == {"servers": "unknown"}
    assert states(definition(of_type("Microsoft.Sql/servers")), coverage("Microsoft.Sql/servers")) == {}


def test_a_finding_says_what_the_rule_found() -> None:
    """The one line of a finding says what is wanted, where it says what is so and must not be."""
    from tests.policy.azure import judge

    rule = definition({"allOf": [of_type(), {"field": f"{A}accessTier", "equals": "Hot"}]})
    (result,) = judge(rule, account("a", {"accessTier": "hot"})).results
    assert result.message == f"{A}accessTier is hot (rule: equals Hot)"
    assert result.resource == f"{GROUP}/providers/{ACCOUNT}/a"


WEB, DEFAULT = "Microsoft.Web/sites/config/web", f"{ACCOUNT}/blobServices/default"
RUNTIME = "Microsoft.DataFactory/factories/integrationRuntimes/r"
GROUPED = "Microsoft.Network/firewallPolicies/ruleCollectionGroups/g"
RULE = "ruleCollections[*].FirewallPolicyFilterRuleCollection.rules[*].name"


@pytest.mark.parametrize(
    ("named", "alias", "test", "properties", "flagged"),
    [
        # The name of the resource, which its path does not have.
        (WEB, "web.linuxFxVersion", {"contains": "JAVA"}, {"linuxFxVersion": "JAVA|8"}, True),
        (WEB, "Web.cors.origins[*]", {"notEquals": "*"}, {"cors": {"origins": ["*"]}}, False),
        (WEB, "logs.enabled", {"equals": True}, {"enabled": True}, False),
        (DEFAULT, "default.isVersioningEnabled", {"notEquals": True}, {"isVersioningEnabled": True}, False),
        (DEFAULT, "default", {"exists": True}, {"x": 1}, False),
        ("Microsoft.Web/sites/config/slots", "slots.names[*]", {"equals": "x"}, {"names": ["y"]}, False),
        # What is named so is that.
        (WEB, "web.a", {"equals": 1}, {"a": 2, "web": {"a": 1}}, True),
        # The name of a kind of object.
        (RUNTIME, "Managed.typeProperties.x", {"equals": 1}, {"typeProperties": {"x": 1}}, True),
        (RUNTIME, "Managed", {"exists": True}, {"typeProperties": {"x": 1}}, False),
        (RUNTIME, "Managed.name", {"exists": True}, {"typeProperties": {"x": 1}}, False),
        (GROUPED, RULE, {"equals": "r"}, {"ruleCollections": [{"rules": [{"name": "r"}]}]}, True),
        (GROUPED, RULE, {"equals": "r"}, {"ruleCollections": [{"rules": [{"name": "s"}]}]}, False),
    ],
)
def test_names_that_the_path_of_an_alias_lacks(
    named: str, alias: str, test: Any, properties: Any, flagged: bool
) -> None:
    """A rule on the one configuration of a web app never finds what it looks for, and every app passes."""
    kind, _, name = named.rpartition("/")
    rule = definition({"allOf": [of_type(kind), {"field": f"{kind}/{alias}", **test}]})
    assert states(rule, resource(name, properties, kind=kind)) == {name: "nonCompliant" if flagged else "compliant"}


def test_elements_below_the_name_of_a_kind_are_counted() -> None:
    """A firewall policy with open rules passes because none of its rules is seen."""
    kind = GROUPED.rpartition("/")[0]
    count = {"count": {"field": f"{kind}/{RULE.removesuffix('.name')}"}, "greater": 1}
    body = {"ruleCollections": [{"rules": [{"name": "r"}]}, {"rules": [{"name": "s"}]}, {}]}
    assert states(definition({"allOf": [of_type(kind), count]}), resource("g", body, kind=kind)) == {
        "g": "nonCompliant"
    }
