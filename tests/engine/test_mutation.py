"""Mutation of policies: each part of a policy has a mutant, and none is made that no inventory could tell."""

from pathlib import Path
from typing import Any

import pytest

from azscheck.engine.cases import cases_of
from azscheck.engine.mutation import Mutant, mutants
from azscheck.packaged import policies_folder
from azscheck.policy.load import policy_files
from azscheck.policy.parse import OPERATORS

from ..builders import OTHER, policy


def words(require: Any, **fields: Any) -> list[str]:
    return [mutant.words for mutant in mutants(policy(require, **fields))]


A: dict[str, Any] = {"field": "properties.a", "equals": 1}
B: dict[str, Any] = {"field": "properties.b", "equals": 2}


@pytest.mark.parametrize(
    ("require", "fields", "expected"),
    [
        (A, {}, ["properties.a equals 1 is notEquals"]),
        ({"field": "properties.a", "less": 1}, {}, ["properties.a less 1 is lessOrEquals"]),
        ({"field": "properties.a", "exists": True}, {}, ["properties.a exists true is exists: false"]),
        ({"field": "properties.a", "matchesRegex": "x"}, {}, ["properties.a matchesRegex 'x' is negated"]),
        (
            {"not": A},
            {},
            ["not is left out", "properties.a equals 1 is notEquals"],
        ),
        (
            {"allOf": [A, B]},
            {},
            [
                "allOf is anyOf",
                "allOf lacks properties.a equals 1",
                "allOf lacks properties.b equals 2",
                "properties.a equals 1 is notEquals",
                "properties.b equals 2 is notEquals",
            ],
        ),
        # A group of one, and one of equals, is the same either way.
        ({"anyOf": [A]}, {}, ["properties.a equals 1 is notEquals"]),
        ({"anyOf": [A, A]}, {}, ["properties.a equals 1 is notEquals"] * 2),
        (
            {"field": "kind", "in": ["a", "b", "A"]},
            {},
            ['kind in ["a", "b", "A"] is notIn', 'kind in ["a", "b", "A"] lacks \'b\''],
        ),
        (
            {"count": {"resources": OTHER, "newest": {"by": "name", "where": A}, "where": B}, "equals": 1},
            {},
            [
                f"count of the newest of {OTHER} equals 1 is notEquals",
                f"scope stamp of count of the newest of {OTHER} equals 1 is children",
                f"newest of count of the newest of {OTHER} equals 1 is left out",
                "properties.a equals 1 is notEquals",
                "properties.b equals 2 is notEquals",
            ],
        ),
        (
            A,
            {"when": B},
            ["when is left out", "properties.b equals 2 is notEquals", "properties.a equals 1 is notEquals"],
        ),
        (
            A,
            {"message": "{name} is {count}"},
            ["properties.a equals 1 is notEquals", "the message lacks {name}", "the message lacks {count}"],
        ),
        (
            {"field": "properties.at", "newerThan": "[parameters('age')]"},
            {"parameters": {"age": {"type": "duration", "default": "P1D"}}},
            ["properties.at newerThan \"[parameters('age')]\" is olderThan", "parameter age is PT172800S, not P1D"],
        ),
        (
            {"field": "properties.n", "less": "[parameters('least')]"},
            {"parameters": {"least": {"type": "integer", "default": 0}}},
            ["properties.n less \"[parameters('least')]\" is lessOrEquals", "parameter least is 1, not 0"],
        ),
        # What is only shown is not judged by.
        (
            A,
            {"parameters": {"n": {"type": "integer", "default": 1}}, "message": "{n}"},
            ["properties.a equals 1 is notEquals", "the message lacks {n}"],
        ),
    ],
)
def test_mutants(require: Any, fields: Any, expected: list[str]) -> None:
    """A part of a policy is never put to the test; or the author is asked for a case that cannot be written."""
    assert words(require, **fields) == expected


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_operator_has_a_mutant(operator: str) -> None:
    """A new operator can be taken for its negation, and no case has to notice."""
    rights: dict[str, Any] = {"in": ["x"], "notIn": ["x"], "exists": True, "newerThan": "1d", "olderThan": "1d"}
    rights |= {"sizeAtLeast": "1 GB", "withinCidr": "10.0.0.0/8", "notWithinCidr": "10.0.0.0/8"}
    (mutant,) = mutants(policy({"field": "name", operator: rights.get(operator, "1")}))
    assert mutant.policy.require != policy({"field": "name", operator: rights.get(operator, "1")}).require


@pytest.mark.parametrize("file", [file for file, _ in policy_files()], ids=lambda file: file.stem)
def test_the_cases_hold_the_shipped_policies(file: Path) -> None:
    """A shipped policy says something that no case holds it to: it can be changed, and everything passes."""
    loaded, cases = cases_of(file, file.relative_to(policies_folder().parent).as_posix())
    unnoticed: list[Mutant] = [mutant for mutant in mutants(loaded) if not mutant.noticed(cases)]
    assert [f"{mutant.place}: {mutant.words}" for mutant in unnoticed] == []
