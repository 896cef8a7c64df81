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

from ..builders import GROUP, NOW, THING, coverage, policy, resource
from .compiled.worlds import Dice, policy_of
from .usual import Usual


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


def in_small_chunks(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Types and stamps change within a chunk, as they do in files that are too large for a test."""
    read = SavedLines.chunks
    monkeypatch.setattr(SavedLines, "chunks", lambda self: read(self, size))


@pytest.mark.parametrize("evidence", [False, True])
@pytest.mark.parametrize("edited", [False, True])
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(seed=st.integers(0, 2**64))
def test_same_lines_of_the_usual(seed: int, edited: bool, evidence: bool, tmp_path: Path) -> None:
    """A large inventory of the usual documents, of which only what is asked for is decoded, gets other verdicts."""
    dice, file = Usual(seed), tmp_path / "i.ndjson"
    policies = [dice.policy(i) for i in range(dice.one((1, 3, 10, 33)))]
    overrides = dice.overrides(policies)
    with pytest.MonkeyPatch.context() as patch:
        in_small_chunks(patch, dice.one((200, 700, 3000, 1 << 16)))
        try:
            dice.inventory().write(file)
            if edited:
                dice.damage(file)
            found = streamed(file, policies, overrides, evidence=evidence)
        except (InventoryError, NotInOrder):
            return
        assert found == whole(file, policies, overrides, evidence=evidence)


@pytest.mark.parametrize("old", [b'"properties":{', b'"state"'])
def test_an_edited_key_is_not_overlooked(old: bytes, tmp_path: Path) -> None:
    """A key that was edited, in another letter case than the file's list of keys has it, is taken for absent."""
    file = tmp_path / "i.ndjson"
    things = [resource(f"a{i:02}", {"state": "bad"}) for i in range(50)]
    Inventory.of(NOW, things, [coverage()]).write(file)
    policies = [policy({"field": "properties.state", "notEquals": "bad"})]
    assert len(streamed(file, policies, {}, evidence=False)) == 51
    # Of the first line alone: the list of keys stays.
    file.write_bytes(file.read_bytes().replace(old, old.upper(), 1))
    with pytest.raises(NotInOrder):
        streamed(file, policies, {}, evidence=False)


def test_lines_that_are_blank(tmp_path: Path) -> None:
    """A blank line that someone added ends the run with a fault, or is read over although the file is damaged."""
    file = tmp_path / "i.ndjson"
    Inventory.of(NOW, [resource(f"a{i:02}") for i in range(50)], [coverage()]).write(file)
    joined = {"resources": "Test.Azs/things", "where": {"field": "id", "equals": "[subject('id')]"}}
    policies = [policy({"count": joined, "equals": 1})]
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([*lines[:20], b" \n" * 100, *lines[20:]]))
    with pytest.MonkeyPatch.context() as patch:
        in_small_chunks(patch, 50)
        with pytest.raises(NotInOrder):
            streamed(file, policies, {}, evidence=False)


STATE, OWNER = "properties.state", "tags.owner"
SEVERAL: list[Any] = [
    {
        "allOf": [
            {"field": STATE, "exists": True},
            {"field": STATE, "notLike": "b*"},
            {"field": STATE, "notEquals": "c"},
        ]
    },
    {"anyOf": [{"field": STATE, "equals": "x"}, {"field": OWNER, "equals": "y"}]},
    {"allOf": [{"field": STATE, "notEquals": "b"}, {"field": OWNER, "notIn": ["b", 1]}]},
    {"field": STATE, "newerThan": "P1D"},
]
"""Rules of which now one test decides, now another, now several."""
VALUES: list[Any] = ["b", "bb", "c", 'b"', "b\\", "b\x7f", "b" * 150, "b" * 700, 1, 1.0, True, None, [], {"a": 1}, "x"]


@pytest.mark.parametrize("evidence", [False, True])
def test_same_findings_by_every_test_and_value(evidence: bool, tmp_path: Path) -> None:
    """A finding remembered for one value, or for the tests that decided it, is told of another."""
    file = tmp_path / "i.ndjson"
    pairs = [(state, owner) for state in VALUES for owner in VALUES] * 2
    things = [resource(f"a{i:04}", {"state": s}, tags={"owner": o}) for i, (s, o) in enumerate(pairs)]
    things += [resource("b1", {"n": 1}), resource("b2", {}, unknown={"/properties/state": "403"}, tags={"owner": "b"})]
    Inventory.of(NOW, things, [coverage()]).write(file)
    policies = [policy(rule, id=f"TST-{i:03}") for i, rule in enumerate(SEVERAL)]
    found = streamed(file, policies, {}, evidence=evidence)
    assert len(found) == len(things) + 1
    assert found == whole(file, policies, {}, evidence=evidence)


@pytest.mark.parametrize("evidence", [False, True])
@pytest.mark.parametrize("name", ["a\x7f", "a\x9b31m", "a\u202e", "aé", 'a"', "a\\", "a\n", "a b"])
def test_ids_are_written_as_in_any_report(name: str, evidence: bool, tmp_path: Path) -> None:
    """An id that a terminal acts on, or that ends the JSON, is written as it stands because its neighbours may be."""
    file = tmp_path / "i.ndjson"
    things = [resource("0", {}), resource("z", {}), resource("i", {}, id=f"{GROUP}/providers/{THING}/{name}")]
    Inventory.of(NOW, things, [coverage()]).write(file)
    policies = [policy({"field": STATE, "exists": True})]
    run = Streamed(SavedLines.of(file), policies, bound(policies, {}, {}), NOW, evidence)
    told = b"".join(run.lines()).decode()
    assert told == render(evaluate(Inventory.read(file), policies, now=NOW), "lines", evidence=evidence)
