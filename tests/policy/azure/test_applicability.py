"""To which resources a definition applies."""

from typing import Any

import pytest
from msgspec.structs import replace

from azscheck.policy import ANY
from azscheck.policy.azure.definition import AzureDefinition
from tests.builders import resource
from tests.policy.azure import ACCOUNT, SUBNET, VM, account, child, definition, document, group, of_type, states

VM_LIKE = {"field": "type", "like": "Microsoft.Compute/*"}
HOT = {"field": f"{ACCOUNT}/accessTier", "equals": "Hot"}
KIND = {"field": "kind", "equals": "BlobStorage"}
NAMED = {"field": "name", "like": "prod*"}


def applies_to(rule: Any, **fields: Any) -> tuple[str, ...]:
    return AzureDefinition.of(document(definition(rule, **fields))).policy().applies_to


@pytest.mark.parametrize(
    ("rule", "types"),
    [
        (of_type(VM), (VM,)),
        ({"allOf": [HOT, of_type(VM)]}, (VM,)),
        ({"field": "type", "in": [VM, ACCOUNT]}, (VM, ACCOUNT)),
        ({"anyOf": [of_type(VM), {"allOf": [of_type(ACCOUNT), HOT]}]}, (VM, ACCOUNT)),
        ({"allOf": [{"field": "type", "in": [VM, ACCOUNT]}, of_type(ACCOUNT.lower())]}, (ACCOUNT,)),
        ({"anyOf": [of_type(VM), HOT]}, (ANY,)),
        ({"not": of_type(VM)}, (ANY,)),
        ({"field": "type", "equals": "[parameters('type')]"}, (ANY,)),
        (VM_LIKE, (ANY,)),
        (HOT, (ANY,)),
        # Azure evaluates nothing else of this provider.
        (of_type("Microsoft.Resources/deployments"), ()),
    ],
)
def test_types(rule: Any, types: tuple[str, ...]) -> None:
    """A definition is judged on types that it says nothing of, or a type that it is about is never asked for."""
    assert applies_to(rule, parameters={"type": {"type": "String"}}) == types


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        # Conditions other than on type, name and kind do not narrow it, nor do their negations.
        (HOT, {"prod1": "nonCompliant", "b": "compliant"}),
        ({"not": HOT}, {"prod1": "compliant", "b": "nonCompliant"}),
        ({"allOf": [NAMED, HOT]}, {"prod1": "nonCompliant", "b": "notApplicable"}),
        ({"allOf": [of_type(), NAMED, HOT]}, {"prod1": "nonCompliant", "b": "notApplicable"}),
        ({"allOf": [of_type(), KIND, HOT]}, {"prod1": "nonCompliant", "b": "notApplicable"}),
        ({"anyOf": [NAMED, HOT]}, {"prod1": "nonCompliant", "b": "compliant"}),
        ({"not": {"allOf": [NAMED, HOT]}}, {"prod1": "compliant", "b": "nonCompliant"}),
        # Name or kind alone, or with the type alone, does not narrow it.
        (NAMED, {"prod1": "nonCompliant", "b": "compliant"}),
        (KIND, {"prod1": "nonCompliant", "b": "compliant"}),
        ({"allOf": [of_type(), NAMED]}, {"prod1": "nonCompliant", "b": "compliant"}),
        ({"allOf": [of_type(), KIND]}, {"prod1": "nonCompliant", "b": "compliant"}),
        (of_type(), {"prod1": "nonCompliant", "b": "nonCompliant"}),
        ({"anyOf": []}, {"prod1": "compliant", "b": "compliant"}),
    ],
)
def test_what_narrows(rule: Any, expected: dict[str, str]) -> None:
    """What a definition is not about counts as compliant, or what complies as not applicable."""
    blob = account("prod1", {"accessTier": "Hot"})
    blob = replace(blob, body={**blob.body, "kind": "BlobStorage"})
    assert states(definition(rule), blob, account("b", {})) == expected


SUBSCRIPTION = resource("s1", kind="Microsoft.Resources/subscriptions", id="/subscriptions/s1")


@pytest.mark.parametrize(
    ("mode", "judged"),
    [
        ("All", {"a", "net", "rg", "s1", "sub", "x"}),
        ("Indexed", {"a", "net", "x"}),
        ("indexed", {"a", "net", "x"}),
        ("", {"a", "net", "x"}),
    ],
)
def test_modes(mode: str, judged: set[str]) -> None:
    """Resource groups, subscriptions and subnets have no location of their own, and are told to move."""
    net = resource("net", kind="Microsoft.Network/virtualNetworks")
    machine = resource("vm", kind=VM)
    parts = (
        *(account("a"), net, child(net, SUBNET, "sub"), group("rg"), SUBSCRIPTION),
        child(machine, f"{VM}/extensions", "x"),
        resource("link", kind="Microsoft.Resources/links"),
        resource("stamp", kind="Azscheck/stamps"),
    )
    assert set(states(definition({"field": "tags.owner", "exists": "true"}, mode=mode), *parts)) == judged


def test_a_condition_on_location_leaves_subscriptions_out() -> None:
    """Every subscription is said to be in a location that is not allowed."""
    rule = definition({"field": "location", "notIn": ["westus"]})
    assert states(rule, SUBSCRIPTION, account("a", location="eastus")) == {"a": "nonCompliant"}


def test_an_untracked_type_that_is_named_is_not_indexed() -> None:
    """A definition that Azure never evaluates has findings here."""
    net = resource("net", kind="Microsoft.Network/virtualNetworks")
    assert states(definition(of_type(SUBNET), mode="Indexed"), child(net, SUBNET, "sub")) == {}
    assert states(definition(of_type(SUBNET)), child(net, SUBNET, "sub")) == {"sub": "nonCompliant"}
