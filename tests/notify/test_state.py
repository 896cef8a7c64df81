"""What one run leaves for the next, whatever becomes of the process in between."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from azscheck.errors import InventoryError, UsageError
from azscheck.notify import telling
from azscheck.notify.delivery import Delivery
from azscheck.notify.notice import Notice
from azscheck.notify.state import MOST_PENDING, State, merged, read_state, stamps_in, write_state, write_whole
from azscheck.policy import Severity
from azscheck.results import ComplianceState, Results
from azscheck.sources.channels import Channel, Hook
from tests.notify.notices import notice
from tests.reports.sample import clean, everything

OPS = Channel("ops", "webhook", Hook(env="HOOK"))


def later(results: Results, index: int = 0, state: ComplianceState = ComplianceState.NON_COMPLIANT) -> Results:
    """The same a day later, with one result in another state."""
    changed = list(results.results)
    changed[index] = replace(changed[index], state=state, would_be=None)
    return replace(results, now=results.now + timedelta(days=1), results=tuple(changed))


class Receiver:
    """Takes the place of delivery."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.got: list[Notice] = []
        self.fails = False
        self.killed = False
        monkeypatch.setattr(telling, "deliver", self)

    def __call__(self, pending: dict[str, list[Notice]], channels: list[Channel]) -> list[Delivery]:
        found = []
        for channel in channels:
            notices = pending[channel.name]
            self.got += notices
            if self.killed:
                raise KeyboardInterrupt
            ids = [] if self.fails else [n.id for n in notices]
            found.append(Delivery(channel, ids, "down" if self.fails else "", [], 1, int(self.fails)))
        return found


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Receiver:
    return Receiver(monkeypatch)


def scan(file: Path, results: Results, *channels: Channel) -> State:
    """What a run does with its results, in a process of its own."""
    state = read_state(file)
    stamps = sorted(stamps_in(results))
    telling.tell(state, file, results, stamps, channels or (OPS,), whole=datetime(2026, 6, 1, tzinfo=UTC))
    return read_state(file)


def test_a_change_is_told_once(tmp_path: Path, receiver: Receiver) -> None:
    file = tmp_path / "s.json"
    for results in (clean(), later(clean()), later(clean()), later(clean())):
        scan(file, results)
    assert [n.changes for n in receiver.got] == [{"new": 1}]
    assert read_state(file).waiting == 0


def test_what_was_told_when_the_process_was_killed_is_told_again_as_the_same(
    tmp_path: Path, receiver: Receiver
) -> None:
    """A change is lost, or the receiver cannot tell that it has it."""
    file = tmp_path / "s.json"
    scan(file, clean())
    receiver.killed = True
    with pytest.raises(KeyboardInterrupt):
        scan(file, later(clean()))
    receiver.killed = False
    state = scan(file, later(later(clean()), 1))
    first, again, second = receiver.got
    assert first == again
    assert first.id != second.id
    assert [item.id for item in first.items] != [item.id for item in second.items]
    assert state.waiting == 0


def test_a_channel_that_is_down_for_weeks_hears_of_all_and_fills_no_disk(tmp_path: Path, receiver: Receiver) -> None:
    file = tmp_path / "s.json"
    receiver.fails = True
    states = (ComplianceState.NON_COMPLIANT, ComplianceState.COMPLIANT)
    results = clean()
    for number in range(MOST_PENDING + 10):
        scan(file, results)
        results = later(results, 0, states[number % 2])
    state = read_state(file)
    assert (state.waiting, state.dropped) == (MOST_PENDING, 9)
    assert state.failures == MOST_PENDING + 9
    receiver.fails, receiver.got = False, []
    scan(file, results)
    assert len({n.id for n in receiver.got}) == MOST_PENDING
    assert [n.time for n in receiver.got] == sorted(n.time for n in receiver.got)


def test_a_channel_hears_of_what_is_as_severe_as_it_wants(tmp_path: Path, receiver: Receiver) -> None:
    """Whoever is called at night is called for trifles."""
    file = tmp_path / "s.json"
    results = clean()
    low = next(i for i, r in enumerate(results.results) if results.policy_of(r).severity < Severity.CRITICAL)
    night = replace(OPS, name="night", severity=Severity.CRITICAL)
    scan(file, results, OPS, night)
    scan(file, later(results, low), OPS, night)
    assert len(receiver.got) == 1


def test_a_channel_that_is_gone_is_forgotten(tmp_path: Path, receiver: Receiver) -> None:
    """What it was not told waits for ever, and is counted by the monitoring for ever."""
    file = tmp_path / "s.json"
    scan(file, clean())
    receiver.fails = True
    assert scan(file, later(clean())).waiting == 1
    receiver.fails = False
    assert scan(file, later(clean()), replace(OPS, name="other")).pending == {"other": []}


def test_a_stamp_that_is_new_is_no_change(tmp_path: Path, receiver: Receiver) -> None:
    """A second stamp is configured, and the night's message has all of its findings."""
    file = tmp_path / "s.json"
    results = clean()
    second = replace(
        results,
        results=results.results
        + tuple(replace(r, stamp="second") for r in everything().results if r.policy in results.by_id),
        coverage=results.coverage + tuple(replace(c, stamp="second") for c in results.coverage),
    )
    scan(file, results)
    state = scan(file, second)
    assert receiver.got == []
    assert state.results is not None
    assert "second" in stamps_in(state.results)


def test_results_of_stamps_that_were_not_looked_at_stay_and_of_those_that_are_gone_do_not() -> None:
    results = clean()
    (name, *_) = sorted(stamps_in(results))
    other = replace(
        results,
        results=tuple(replace(r, stamp="other") for r in results.results),
        coverage=tuple(replace(c, stamp="other") for c in results.coverage),
        stamps=(),
    )
    assert stamps_in(merged(results, other, [name, "other"])) >= {name, "other"}
    assert stamps_in(merged(results, other, ["other"])) == {"other"}


def test_the_state_reads_as_it_was_written_and_holds_no_evidence(tmp_path: Path) -> None:
    """The properties of every resource lie about in the user's folder."""
    file = tmp_path / "s.json"
    results = everything()
    state = State(pending={"ops": [notice()]}, failures=7, dropped=2, last_whole=datetime(2026, 6, 1, tzinfo=UTC))
    state.remember(results, stamps_in(results))
    write_state(state, file)
    found = read_state(file)
    assert (found.pending, found.failures, found.dropped) == ({"ops": [notice()]}, 7, 2)
    assert found.last_whole == state.last_whole
    assert found.results is not None
    assert [(r.id, r.state) for r in found.results.results] == [(r.id, r.state) for r in results.results]
    assert not any(r.evidence for r in found.results.results)
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "damage",
    [
        lambda saved: [saved],
        lambda saved: {**saved, "version": 9},
        lambda saved: {**saved, "pending": {"ops": [{}]}},
        lambda saved: {**saved, "pending": [1]},
        lambda saved: {**saved, "results": {"version": 1}},
        lambda saved: {**saved, "lastWhole": "yesterday"},
        lambda saved: {key: value for key, value in saved.items() if key != "failures"},
    ],
)
def test_what_is_no_state_is_said(tmp_path: Path, damage: Any) -> None:
    """A traceback, or a state that is half of one."""
    file = tmp_path / "s.json"
    write_state(State(pending={"ops": [notice()]}), file)
    file.write_text(json.dumps(damage(json.loads(file.read_text()))))
    with pytest.raises(InventoryError, match=r"s\.json: is "):
        read_state(file)


def test_a_state_that_cannot_be_read_is_not_taken_for_none(tmp_path: Path) -> None:
    """A folder has other rights for a day, and all that was to be told is forgotten."""
    (tmp_path / "s.json").mkdir()
    with pytest.raises(UsageError, match="cannot be read"):
        read_state(tmp_path / "s.json")


def test_a_file_is_whole_or_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full in the middle of writing, and the state is gone."""
    file = tmp_path / "s.json"
    write_whole(file, b"old", 0o644)

    def full(descriptor: int) -> None:
        raise OSError(28, f"No space left for {descriptor}")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(file, b"new", 0o644)
    assert file.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["s.json"], "what was begun lies about"
    monkeypatch.undo()
    write_whole(file, b"new", 0o644)
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"new", 0o644)
