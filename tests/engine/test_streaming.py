"""A saved inventory judged while it is read says what the same inventory says when it is read as a whole."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azscheck.engine import evaluate
from azscheck.engine.evaluation import bound
from azscheck.engine.streaming import Streamed
from azscheck.errors import InventoryError
from azscheck.inventory import Inventory
from azscheck.inventory.lines import NotInOrder, SavedLines
from azscheck.policy import Policy
from azscheck.reports import render

from ..builders import NOW
from .compiled.worlds import Dice, policy_of


def streamed(file: Path, policies: list[Policy], overrides: Any, *, evidence: bool) -> list[Any]:
    run = Streamed(SavedLines.of(file), policies, bound(policies, {}, overrides), NOW, evidence)
    return sorted((json.loads(line) for line in b"".join(run.lines()).splitlines()), key=repr)


def whole(file: Path, policies: list[Policy], overrides: Any, *, evidence: bool) -> list[Any]:
    results = evaluate(Inventory.read(file), policies, now=NOW, stamp_parameters=overrides)
    return sorted((json.loads(line) for line in render(results, "lines", evidence=evidence).splitlines()), key=repr)


@pytest.mark.parametrize("evidence", [False, True])
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(seed=st.integers(0, 2**64))
def test_same_lines(seed: int, evidence: bool, tmp_path: Path) -> None:
    """A large inventory gets other verdicts than a small one, or other reasons for them."""
    dice, file = Dice(seed), tmp_path / "i.ndjson"
    policies = [policy_of(dice.rule(2), f"TST-{i:03}") for i in range(4)]
    overrides = {"west": dice.parameters()}
    try:
        dice.orderly(6).write(file)
        found = streamed(file, policies, overrides, evidence=evidence)
    except (InventoryError, NotInOrder):
        # What cannot be written, or is not in order, is read as a whole or not at all.
        return
    assert found == whole(file, policies, overrides, evidence=evidence)
