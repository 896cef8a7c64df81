"""The store: runs are kept in it, one transaction each, and given back whole."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Self

from msgspec import Struct
from msgspec.structs import replace

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
    from sqlalchemy import ColumnElement, Engine


class History(Struct, frozen=True):
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
        return [run for run in self._runs() if not stamp or stamp in run.stamps]

    def run(self, id: int) -> Run:
        """One run; HistoryError where there is none of the id."""
        from azscheck.history.schema import runs

        found = self._newest(runs.c.id == id)
        if found is None:
            raise HistoryError(f"the history {self.address.words}: has no run:{id}; `azscheck history` lists its runs.")
        return found

    def newest(self) -> Run | None:
        """The newest of all runs."""
        return self._newest()

    def last(self, results: Results, *, kept: bool = False) -> Run | None:
        """The newest run of the same stamps and sets that is not later; `kept`: but not these results themselves."""
        from azscheck.history.schema import runs

        series = series_of(stamps_of(results), results.sets)
        digest = digest_of(dumps(replace(results, changes=None))) if kept else ""
        now = format_time(results.now)
        return self._newest(runs.c.series == series, runs.c.now <= now, runs.c.digest != digest)

    def before(self, run: Run) -> Run | None:
        """The run of the same stamps and sets before one."""
        from azscheck.history.schema import runs

        now = format_time(run.now)
        earlier = (runs.c.now < now) | ((runs.c.now == now) & (runs.c.id < run.id))
        return self._newest(runs.c.series == run.series, earlier)

    def points(self) -> list[Point]:
        """What trends are made of, from the first run to the last."""
        from sqlalchemy import select

        from azscheck.history.schema import runs

        query = select(runs.c.id, runs.c.now, runs.c.stamps, runs.c.sets, runs.c.counts)
        with told(self.address, "cannot be read"), reading(self._engine) as connection:
            return [point_of(row) for row in connection.execute(query.order_by(runs.c.now, runs.c.id))]

    def _newest(self, *where: "ColumnElement[bool]") -> Run | None:
        return next(iter(self._runs(*where, newest=True)), None)

    def _runs(self, *where: "ColumnElement[bool]", newest: bool = False) -> list[Run]:
        from sqlalchemy import select

        from azscheck.history.schema import runs

        large = ("counts", "failing", "content")
        query = select(*(column for column in runs.c if column.name not in large)).where(*where)
        order = query.order_by(runs.c.now.desc(), runs.c.id.desc()).limit(1)
        with told(self.address, "cannot be read"), reading(self._engine) as connection:
            return [
                run_of(row) for row in connection.execute(order if newest else query.order_by(runs.c.now, runs.c.id))
            ]

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
