"""Definitions made to break what reads them: each ends in a policy or in a sentence."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azscheck.errors import DocumentError
from azscheck.policy.azure.definition import AzureDefinition
from azscheck.policy.azure.kind import is_azure
from azscheck.policy.azure.loading import policies_of
from tests.builders import json_values
from tests.policy.azure import ACCOUNT, account, definition, document, judge, of_type, states

words = st.sampled_from(
    [
        "if",
        "then",
        "effect",
        "details",
        "allOf",
        "anyOf",
        "not",
        "field",
        "value",
        "count",
        "where",
        "equals",
        "in",
        "type",
        "name",
    ]
)
values = st.recursive(
    st.one_of(
        json_values,
        st.sampled_from([f"{ACCOUNT}/a[*].b", "type", "audit", "[field('tags')]", "[parameters('p')]", "[current()]"]),
    ),
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(words, below, max_size=3)),
    max_leaves=12,
)


@given(values, values, values)
def test_any_rule(condition: Any, then: Any, details: Any) -> None:
    """A definition of nonsense ends in a traceback, and with it a folder of good ones."""
    whole = definition(condition, "auditIfNotExists", details)
    for value in (
        whole,
        {"policyRule": {"if": condition, "then": then}},
        {"properties": {"policyDefinitions": [details, then]}},
    ):
        try:
            found = document(value)
        except DocumentError:
            continue
        if not is_azure(found):
            continue
        mistakes: list[Any] = []
        left_out: list[Any] = []
        policies = policies_of([found], mistakes, left_out)
        assert mistakes or left_out or policies or "policyDefinitions" in json.dumps(value)
    try:
        judge(whole, account("a", {"x": [1]}))
    except DocumentError:
        return


def test_deep_nesting_is_refused() -> None:
    """A condition within a condition within a condition takes the stack."""
    condition: Any = of_type()
    for _ in range(200):
        condition = {"not": condition}
    with pytest.raises(DocumentError, match="levels deep"):
        document(definition(condition))


def test_nesting_that_may_be_read_is_judged() -> None:
    """A definition that loads cannot be judged."""
    condition: Any = {"field": f"{ACCOUNT}/x", "equals": "y"}
    for _ in range(80):
        condition = {"not": condition}
    rule = definition({"allOf": [of_type(), condition]})
    assert states(rule, account("a", {"x": "y"})) == {"a": "nonCompliant"}
    assert set(states(rule, *(account(f"a{i}", {"x": "z"}) for i in range(20))).values()) == {"compliant"}


@pytest.mark.parametrize("text", ["[" + "field('type')" * 3000 + "]", "[" + "not(" * 500 + "true()" + ")" * 500 + "]"])
def test_long_expressions(text: str) -> None:
    """An expression without end holds the run up, or ends it without a sentence."""
    with pytest.raises(DocumentError):
        AzureDefinition.of(document(definition({"value": text, "equals": "x"}))).policy()
