"""One meaning: what generated code answers is what the interpreter says."""

from collections import Counter
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azscheck.engine import evaluate, evaluation
from azscheck.engine.compiled.judge import compile_judge
from azscheck.engine.compiled.rules import Rule
from azscheck.engine.frame import Frame
from azscheck.engine.interpret import Interpreter
from azscheck.engine.population import World
from azscheck.inventory import Inventory, Resource
from azscheck.policy import conditions
from azscheck.policy.parse import OPERATORS
from azscheck.results import ComplianceState, Results

from ...builders import NOW, THING
from .worlds import STAMPS, Dice, Place, parsed, policy_of


def interpreted(rule: Rule, resource: Resource, interpreter: Interpreter) -> ComplianceState | None:
    """The state by the interpreter; None for unknown and error."""
    frame = Frame(resource, resource.document, rule.parameters, NOW)
    if rule.when is not None:
        applies = interpreter.truth(rule.when, frame)
        if applies is not True:
            return ComplianceState.NOT_APPLICABLE if applies is False else None
    truth = interpreter.prove(rule.require, frame).truth
    known = {True: ComplianceState.COMPLIANT, False: ComplianceState.NON_COMPLIANT}
    return known[truth] if isinstance(truth, bool) else None


def hold_equal(found: Inventory, asked: list[Rule], tally: Counter[Any]) -> None:
    """Ask both about each thing of each stamp, and count what was answered."""
    interpreter = Interpreter(World(found))
    for stamp in STAMPS:
        judge = compile_judge(asked, stamp, interpreter, NOW)
        for resource in found.of_type(THING, stamp):
            for rule, state in zip(asked, judge.states(resource), strict=True):
                expected = interpreted(rule, resource, interpreter)
                assert state in (None, expected), (rule, resource)
                tally["answered", state is not None, expected is not None] += 1
                if isinstance(rule.require, conditions.Test) and rule.when is None:
                    tally[rule.require.operator, state] += 1
                    tally[type(rule.require.left), state] += 1


seeds = st.integers(0, 2**64)
"""Of dice: many times quicker than to draw each choice, and the rule and the resource that differ are told."""


@settings(max_examples=5)
@given(seeds)
def test_any_policies(seed: int) -> None:
    """A large stamp gets other results than a small one."""
    dice, tally = Dice(seed), Counter[Any]()
    for _ in range(400):
        hold_equal(dice.inventory(), dice.some(lambda: dice.rule(3), 1, 5), tally)
    assert tally["answered", True, True] > tally["answered", False, True]


@pytest.mark.parametrize("operator", OPERATORS)
@settings(max_examples=2)
@given(seeds)
def test_each_operator(operator: str, seed: int) -> None:
    """A test is quick to a wrong answer; or it is never answered at all, and all this is for nothing."""
    dice, tally = Dice(seed), Counter[Any]()
    for _ in range(80):
        asked = dice.some(lambda: Rule(None, parsed(dice.test(Place(), 1, [operator])), dice.parameters()), 5, 10)
        hold_equal(dice.inventory(), asked, tally)
    for state in (ComplianceState.COMPLIANT, ComplianceState.NON_COMPLIANT):
        assert tally[operator, state], f"{operator} is never {state}"
    assert tally["answered", True, True] > tally["answered", False, True]


@settings(max_examples=3)
@given(seeds)
def test_counts(seed: int) -> None:
    """Of other resources or of elements more, or fewer, are counted than there are."""
    dice, tally = Dice(seed), Counter[Any]()

    def asked() -> Rule:
        of_others = dice.count_of_resources(dice.one((0, 1, 2)))
        count = of_others if dice.once_in(2) else dice.count_of_elements(Place(), dice.one((1, 2, 3)))
        comparison = {dice.one(("equals", "less", "greater", "notEquals")): dice.one((0, 1, 1, 2))}
        return Rule(None, parsed({"count": count, **comparison}), dice.parameters())

    for _ in range(300):
        hold_equal(dice.inventory(), dice.some(asked, 3, 8), tally)
    for kind in (conditions.ArrayCount, conditions.ValueCount, conditions.ResourceCount):
        assert tally[kind, ComplianceState.COMPLIANT] > 30
        assert tally[kind, ComplianceState.NON_COMPLIANT] > 30


@given(seeds)
def test_evaluate(seed: int) -> None:
    """Messages, evidence or states change when a type has as many resources as are worth generating code for."""
    dice = Dice(seed)
    policies = [policy_of(dice.rule(2), f"TST-{i:03}") for i in range(3)]
    found, stamp_parameters = dice.inventory(8), {"west": dice.parameters()}

    def judged(from_which_on: int) -> Results:
        with mock.patch.object(evaluation, "_WORTH_COMPILING", from_which_on):
            return evaluate(found, policies, now=NOW, stamp_parameters=stamp_parameters)

    by_code, by_interpreter = judged(1).results, judged(10**9).results
    assert [(r.id, r.state, r.message) for r in by_code] == [(r.id, r.state, r.message) for r in by_interpreter]
    assert [repr(r.evidence) for r in by_code] == [repr(r.evidence) for r in by_interpreter]
