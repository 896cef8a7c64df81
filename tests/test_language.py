"""The reference page of the language: each example runs, each word is on it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import language
import pytest
import yaml

from azscheck.engine.cases import cases_of
from azscheck.engine.examples import EXAMPLES, Example
from azscheck.expressions import FUNCTIONS
from azscheck.packaged import schema_file
from azscheck.policy.conditions import Scope
from azscheck.policy.expression_check import _HERE
from azscheck.policy.parse import FROM_EVIDENCE, OPERATORS
from azscheck.results import ComplianceState
from azscheck.values import ABSENT

from .builders import judge, policy_text, resource, state

PAGE = (Path(__file__).parents[1] / "docs" / "language.md").read_text("utf-8")
SCHEMA = json.loads(schema_file("policy").read_text("utf-8"))
STATES = {"true": "compliant", "false": "nonCompliant", "unknown": "unknown", "error": "error"}
MACHINES = "Microsoft.Compute/virtualMachines"
# As many as are judged by generated code, which must agree with what judges few.
MANY = 16


def gives(operator: str, seen: Any, wanted: Any) -> str:
    body = {} if seen is ABSENT else {"seen": seen}
    require = {"field": "properties.seen", operator: wanted}
    judged = [judge(require, *(resource(f"r{i}", body) for i in range(n))).results for n in (1, MANY)]
    (found,) = {result.state.value for results in judged for result in results}
    return found


EXAMPLES_BY_OPERATOR = [(operator, example) for operator, examples in EXAMPLES.items() for example in examples]


@pytest.mark.parametrize(("operator", "example"), EXAMPLES_BY_OPERATOR)
def test_operators_example(operator: str, example: Example) -> None:
    """The page shows an example that gives something else."""
    assert gives(operator, example.seen, example.wanted) == STATES[example.gives]


@pytest.mark.parametrize("operator", OPERATORS)
def test_each_operator_has_examples_of_both_kinds(operator: str) -> None:
    """An operator is on the page without what it is true of, or what not."""
    assert {"true", "false"} <= {example.gives for example in EXAMPLES[operator]}
    assert len(EXAMPLES) == len(OPERATORS)


@pytest.mark.parametrize("operator", OPERATORS)
def test_what_is_not_there(operator: str) -> None:
    """The page's table of absent, null and unknown values is wrong of an operator."""
    wanted = EXAMPLES[operator][0].wanted
    negative = "compliant" if operator.startswith("not") else "nonCompliant"
    for seen in (ABSENT, None):
        assert gives(operator, seen, wanted) == negative
    unread = resource("a", {"seen": "x"}, unknown={"/properties/seen": "403"})
    assert state({"field": "properties.seen", operator: wanted}, unread) == "unknown"
    assert state({"value": "x", operator: "[field('properties.seen')]"}, unread) == "unknown"
    assert state({"value": "x", operator: "[field('properties.none')]"}, unread) == negative


def test_opposites() -> None:
    """An example of an operator shows what is no opposite of the operator without `not`."""
    opposites = [operator for operator in OPERATORS if operator.startswith("not")]
    for operator in opposites:
        positive = operator[3].lower() + operator[4:]
        for seen, wanted in ((e.seen, e.wanted) for e in EXAMPLES[operator]):
            assert {gives(operator, seen, wanted), gives(positive, seen, wanted)} == {"compliant", "nonCompliant"}
    assert len(opposites) == 8


def anchors(kind: str) -> set[str]:
    return set(re.findall(rf'<a id="{kind}-(\w+)"', PAGE))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("key", SCHEMA["properties"]),
        ("type", SCHEMA["properties"]["parameters"]["additionalProperties"]["properties"]["type"]["enum"]),
        ("condition", set(SCHEMA["$defs"]["condition"]["properties"]) - set(OPERATORS)),
        ("count", SCHEMA["$defs"]["count"]["properties"]),
        ("scope", Scope),
        ("operator", OPERATORS),
        ("function", [*(function.name for function in FUNCTIONS.values()), *language.CONTEXTUAL]),
        ("placeholder", FROM_EVIDENCE),
        ("state", ComplianceState),
    ],
)
def test_every_word_is_on_the_page(kind: str, words: Any) -> None:
    """A word of the language is not found by its name, or the page has one that there is not."""
    assert anchors(kind) == set(words)


def test_functions_of_what_is_at_hand() -> None:
    """A function that depends on where it stands is added, and the page knows nothing of it."""
    assert {name.lower() for name in language.CONTEXTUAL} == set(_HERE)


def test_scopes_and_operators_of_the_schema() -> None:
    """The schema has another list of words than the code."""
    condition, count = SCHEMA["$defs"]["condition"]["properties"], SCHEMA["$defs"]["count"]["properties"]
    assert count["scope"]["enum"] == list(Scope)
    assert set(OPERATORS) <= set(condition)


def policies() -> Iterator[tuple[dict[str, Any], list[tuple[str, str, Any]]]]:
    """Each policy of the page, with the state, the message and the inventory of each of its comments."""
    for block in re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE):
        comments = re.findall(r'^# (\w+)(?: "(.*)")?:(.*(?:\n#  .*)*)$', block, re.MULTILINE)
        assert len(comments) == len(re.findall("^# ?[^ ]", block, re.MULTILINE))
        yield (
            yaml.safe_load(block),
            [(s, message, yaml.safe_load(rest.replace("\n#", "\n"))) for s, message, rest in comments],
        )


def case_of(policy: dict[str, Any], expect: str, message: str, shown: Any) -> dict[str, Any]:
    whole = shown if isinstance(shown, dict) and "resources" in shown else {"resources": shown}
    resources = whole["resources"] if isinstance(whole["resources"], list) else [whole["resources"]]
    typed = [{"type": policy["appliesTo"], "name": f"r{i}", **found} for i, found in enumerate(resources)]
    named = {"name": "a case", "expect": expect, **({"message": message} if message else {})}
    return {**named, **whole, "resources": typed}


@pytest.mark.parametrize(("policy", "comments"), list(policies()))
def test_policies_on_the_page(policy: dict[str, Any], comments: list[tuple[str, str, Any]], tmp_path: Path) -> None:
    """Somebody copies a condition that is refused, or that gives another state than the page says."""
    rest = {key: value for key, value in policy.items() if key != "require"}
    text = policy_text(policy["require"], **{"appliesTo": MACHINES, **rest})
    (tmp_path / "p.yaml").write_text(text, "utf-8")
    cases = [case_of(json.loads(text), *comment) for comment in comments] or [{"name": "loads", "expect": {}}]
    whole = {"policy": json.loads(text)["id"], "now": "2026-06-01T12:00:00Z", "cases": cases}
    (tmp_path / "p.test.yaml").write_text(json.dumps(whole), "utf-8")
    loaded, found = cases_of(tmp_path / "p.yaml")
    assert [example.failure(loaded) for example in found if comments] == [""] * len(comments)
