"""The store: runs are kept in it, one transaction each, and given back whole."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from azscheck.errors import HistoryError
from azscheck.history.address import Address
from azscheck.history.connection import engine_of, reading, told, writing
from azscheck.history.packing import Damaged, Split
from azscheck.history.runs import Run, digest_of, point_of, row_of, run_of, series_of, stamps_of
from azscheck.results import ComplianceState, Results
from azscheck.results.saved import dumps
from azscheck.results.trend import Point
from azscheck.times import format_time

if TYPE_CHECKING:
    from sqlalchemy import Engine


@dataclass(frozen=True)
class History:
    """An open store, which closes itself as a context manager. HistoryError, one sentence, for all that fails."""

    address: Address
    _engine: "Engine"

    @classmethod
    def open(cls, address: Address, *, create: bool = False) -> Self:
        """Open a store; `create`: make it where there is none."""
        from azscheck.history.upgrade import bring_up_to_date, is_current, make_file

        with told(address, "cannot be opened"):
            if address.file is not None and not address.file.exists():
                if not create:
                    advice = "`azscheck scan --history` makes one"
                    raise HistoryError(f"the history {address.words}: no run was kept there yet: {advice}.")
                address.make_folder()
                make_file(address.file)
            engine = engine_of(address)
            with reading(engine) as connection:
                current = is_current(connection, address)
            if not current:
                bring_up_to_date(engine, address)
        return cls(address, engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._engine.dispose()

    def keep(self, results: Results) -> Run:
        """Keep a run; one that is equal to another is a run of its own."""
        run = self._insert(results, uuid.uuid4().hex, once=False)
        assert run is not None
        return run

    def bring(self, results: Results, key: str = "") -> Run | None:
        """Keep a run from a file; None where it is there already: by the key of its export, or by its content."""
        return self._insert(results, key, once=True)

    def _insert(self, results: Results, key: str, *, once: bool) -> Run | None:
        from sqlalchemy import select

        from azscheck.history import content
        from azscheck.history.schema import runs

        text = dumps(replace(results, changes=None))
        digest, split = digest_of(text), Split.of(text)
        same = runs.c.key == key if key else runs.c.digest == digest
        row = row_of(results, key or digest[:32], digest)
        failing = [r.id for r in results.results if r.state is ComplianceState.NON_COMPLIANT]
        with told(self.address, "could not keep the run"), writing(self._engine) as connection:
            if once and connection.execute(select(runs.c.id).where(same).limit(1)).first() is not None:
                return None
            id = content.insert(connection, row, split, failing)
            return run_of(connection.execute(select(runs).where(runs.c.id == id)).one())

    def runs(self, stamp: str = "") -> list[Run]:
        """The runs, of all stamps or of those with one, from the first to the last."""
        from azscheck.history.schema import runs

        found = [
            run_of(row) for row in self._rows(*(c for c in runs.c if c.name not in ("counts", "failing", "content")))
        ]
        return [run for run in found if not stamp or stamp in run.stamps]

    def points(self) -> list[Point]:
        """What trends are made of, from the first run to the last."""
        from azscheck.history.schema import runs

        columns = (runs.c.id, runs.c.now, runs.c.stamps, runs.c.sets, runs.c.counts)
        return [point_of(row) for row in self._rows(*columns)]

    def _rows(self, *columns: Any) -> Sequence[Any]:
        from sqlalchemy import select

        from azscheck.history.schema import runs

        with told(self.address, "cannot be read"), reading(self._engine) as connection:
            return connection.execute(select(*columns).order_by(runs.c.now, runs.c.id)).all()

    def run(self, id: int) -> Run:
        """One run; HistoryError where there is none of the id."""
        found = next((run for run in self.runs() if run.id == id), None)
        if found is None:
            raise HistoryError(f"the history {self.address.words}: has no run:{id}; `azscheck history` lists its runs.")
        return found

    def last(self, results: Results, *, kept: bool = False) -> Run | None:
        """The newest run of the same stamps and sets that is not later; `kept`: but not these results themselves."""
        series = series_of(stamps_of(results), results.sets)
        digest = digest_of(dumps(replace(results, changes=None))) if kept else ""
        now = format_time(results.now)
        earlier = (r for r in self.runs() if r.series == series and format_time(r.now) <= now and r.digest != digest)
        return max(earlier, key=lambda run: (run.now, run.id), default=None)

    def before(self, run: Run) -> Run | None:
        """The run of the same stamps and sets before one."""
        earlier = (r for r in self.runs() if r.series == run.series and (r.now, r.id) < (run.now, run.id))
        return max(earlier, key=lambda run: (run.now, run.id), default=None)

    def results(self, run: Run) -> Results:
        """What a run found, whole."""
        from azscheck.history import content
        from azscheck.history.reading import results_of

        try:
            with told(self.address, "cannot be read"), reading(self._engine) as connection:
                return results_of(content.text_of(connection, run.id))
        except Damaged as error:
            advice = f"`azscheck history remove {run.name}` removes it"
            raise HistoryError(f"the history {self.address.words}: {run.name} is damaged: {advice}.") from error

    def failing_since(self, run: Run) -> Mapping[str, datetime]:
        """Of each finding of a run, by id, the first kept run since which it fails without a break."""
        from azscheck.history.failing import failing_since

        with told(self.address, "cannot be read"), reading(self._engine) as connection:
            return failing_since(connection, run.id)

    def prune(self, now: datetime, keep: int | None = None, older_than: timedelta | None = None) -> list[Run]:
        """Remove what is older, and of each series all but so many of the newest; the runs that were removed."""
        chosen: list[Run] = []
        series: dict[str, list[Run]] = {}
        for run in self.runs():
            series.setdefault(run.series, []).append(run)
        for runs in series.values():
            many = runs[: max(len(runs) - keep, 0)] if keep is not None else []
            old = [run for run in runs if older_than is not None and run.now < now - older_than]
            chosen += sorted({run.id: run for run in (*many, *old)}.values(), key=lambda run: run.id)
        self.remove(chosen)
        return chosen

    def remove(self, runs: Sequence[Run]) -> None:
        """Remove runs for good."""
        from azscheck.history import content

        if runs:
            with told(self.address, "could not be pruned"), writing(self._engine) as connection:
                content.remove(connection, [run.id for run in runs])
