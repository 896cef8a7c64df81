"""What one run leaves for the next: its results, what is still to be told, and what monitoring counts."""

import json
import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, field
from msgspec.structs import replace

from azscheck.errors import InventoryError, UsageError
from azscheck.inventory.fields import json_text
from azscheck.notify.notice import Notice, notice_of
from azscheck.results import Results
from azscheck.results.saved import VERSION as RESULTS_VERSION
from azscheck.results.saved import from_json, to_json
from azscheck.times import format_time, parse_time

_VERSION: Final = 1
MOST_PENDING: Final = 50
"""Of one channel; the oldest go first."""


class State(Struct):
    """Kept from run to run."""

    results: Results | None = None
    """Of each stamp those of its last run, without evidence."""
    pending: dict[str, list[Notice]] = field(default_factory=dict)
    """By channel what it has not been told yet, the oldest first."""
    failures: int = 0
    """How many attempts to tell something have come to nothing, ever."""
    dropped: int = 0
    """How many notices were given up because too many waited."""
    last_whole: datetime | None = None
    """When the last run ended that could judge all it was to judge."""

    def remember(self, results: Results, stamps: Iterable[str]) -> None:
        """Take these as the last results; of other `stamps`, which were not looked at, those of before stay."""
        self.results = merged(self.results, results, stamps)

    def queue(self, channel: str, notice: Notice) -> None:
        """Have a channel told."""
        waiting = [*self.pending.get(channel, []), notice]
        self.dropped += max(0, len(waiting) - MOST_PENDING)
        self.pending[channel] = waiting[-MOST_PENDING:]

    def keep(self, channels: Iterable[str]) -> None:
        """Forget what was to be told to channels that are gone."""
        self.pending = {name: self.pending.get(name, []) for name in channels}

    def told(self, channel: str, ids: Iterable[str]) -> None:
        """Forget what a channel has been told."""
        gone = set(ids)
        self.pending[channel] = [notice for notice in self.pending.get(channel, []) if notice.id not in gone]

    @property
    def waiting(self) -> int:
        """How many notices have not been delivered."""
        return sum(map(len, self.pending.values()))


def merged(before: Results | None, after: Results, stamps: Iterable[str]) -> Results:
    """The later results, without evidence, and those of before for `stamps` that were not looked at."""
    after = replace(after, results=tuple(replace(r, proof=()) for r in after.results), changes=None)
    if before is None:
        return after
    looked_at = stamps_in(after)
    kept = restricted(before, set(stamps) - looked_at)
    if not stamps_in(kept):
        return after
    policies = {**{p.id: p for p in kept.policies}, **after.by_id}
    return replace(
        after,
        policies=tuple(policies[id] for id in sorted(policies)),
        results=kept.results + after.results,
        coverage=kept.coverage + after.coverage,
        stamps=kept.stamps + after.stamps,
    )


def restricted(results: Results, stamps: Iterable[str]) -> Results:
    """Only what is of some stamps."""
    of = set(stamps)
    return replace(
        results,
        results=tuple(r for r in results.results if r.stamp in of),
        coverage=tuple(c for c in results.coverage if c.stamp in of),
        stamps=tuple(s for s in results.stamps if s.stamp in of),
    )


def stamps_in(results: Results) -> set[str]:
    """The stamps that results are of."""
    return {c.stamp for c in results.coverage} | {s.stamp for s in results.stamps} | {r.stamp for r in results.results}


def read_state(file: Path) -> State:
    """The state; an empty one where there is none yet.

    Raises UsageError for a file that cannot be read, InventoryError for one that is damaged or no state.
    """
    try:
        saved = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return State()
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise InventoryError(f"{file}: is damaged.") from error
    if not isinstance(saved, dict) or (saved.get("azscheck"), saved.get("version")) != ("state", _VERSION):
        raise InventoryError(f"{file}: is not what a scan of this version left.")
    try:
        return _state_of(saved)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InventoryError(f"{file}: is damaged.") from error


def write_state(state: State, file: Path) -> None:
    """Write it whole or not at all, for its owner alone; raises OSError."""
    results = None if state.results is None else to_json(state.results)
    fields: dict[str, Any] = {
        "azscheck": "state",
        "version": _VERSION,
        "failures": state.failures,
        "dropped": state.dropped,
        "lastWhole": state.last_whole and format_time(state.last_whole),
        "pending": {name: [notice.fields() for notice in notices] for name, notices in state.pending.items()},
        "results": results,
    }
    write_whole(file, (json_text(fields) + "\n").encode("utf-8", "replace"), 0o600)


def write_whole(file: Path, content: bytes, mode: int) -> None:
    """Write a file so that whoever reads it finds the old content or the new; raises OSError."""
    descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".new", dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        os.chmod(name, mode)
        os.replace(name, file)
    finally:
        # There is none under this name where all went well.
        with suppress(OSError):
            os.unlink(name)


def _state_of(saved: dict[str, Any]) -> State:
    results = saved["results"]
    if results is not None and results["version"] != RESULTS_VERSION:
        raise ValueError
    last = saved["lastWhole"]
    return State(
        results=None if results is None else from_json(results),
        pending={str(name): [notice_of(n) for n in notices] for name, notices in saved["pending"].items()},
        failures=int(saved["failures"]),
        dropped=int(saved["dropped"]),
        last_whole=last and parse_time(last),
    )
