"""After a run: what is different is put down, then told; what comes to nothing is told again after the next run."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from azscheck.notify.delivery import Delivery, deliver
from azscheck.notify.notice import notice_for
from azscheck.notify.state import State, restricted, stamps_in, write_state
from azscheck.results import Results
from azscheck.results.changes import compare
from azscheck.sources.channels import Channel


def tell(
    state: State,
    file: Path,
    results: Results,
    stamps: Sequence[str],
    channels: Sequence[Channel],
    *,
    whole: datetime | None,
) -> list[Delivery]:
    """Tell channels what is different from the state's results, and leave these in the state; raises OSError.

    `stamps` are all that are known, whichever of them were looked at; `whole` is when the run ended, None for one that
    could not judge everything. The file is written before anything is sent, so that a change is told at least once
    whenever azscheck is killed, and once more after it, so that it is told no second time.
    """
    state.keep(channel.name for channel in channels)
    if channels and state.results is not None:
        _queue(state, state.results, results, channels)
    if channels:
        state.remember(results, stamps)
    else:
        state.results = None
    state.last_whole = whole or state.last_whole
    write_state(state, file)
    if not state.waiting:
        return []
    deliveries = deliver(state.pending, channels)
    for delivery in deliveries:
        state.told(delivery.channel.name, delivery.delivered)
        state.failures += delivery.failures
    write_state(state, file)
    return deliveries


def _queue(state: State, last: Results, results: Results, channels: Sequence[Channel]) -> None:
    """What is different in the stamps that were looked at both times: the first run of a stamp is no change."""
    both = stamps_in(last) & stamps_in(results)
    before = restricted(last, both)
    changes = compare(before, restricted(results, both))
    if not both or not changes.worth_telling:
        return
    for channel in channels:
        notice = notice_for(channel, changes, before, results)
        if notice is not None:
            state.queue(channel.name, notice)
