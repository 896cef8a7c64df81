"""What is kept is given back whole, on both kinds of database."""

import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from azscheck.errors import HistoryError
from azscheck.history import schema
from azscheck.history.address import address_of
from azscheck.history.connection import engine_of, reading, writing
from azscheck.history.failing import packed_bits
from azscheck.history.packing import Damaged, Split, pack, pack_forms, unpack, unpack_forms
from azscheck.history.runs import Run
from azscheck.history.store import History
from azscheck.results import Evidence, Results
from azscheck.results.changes import compare
from azscheck.results.saved import dumps

from ..builders import NOW, failed, judge, resource
from ..results.test_saved import evidence, sample
from .builders import RULE, run
from .postgresql import database


def ids(history: History) -> list[int]:
    return [run.id for run in history.runs()]


def test_whole(history: History) -> None:
    """A report made of a kept run differs from the one made at once."""
    odd = judge(RULE, resource("\ud800\u2028\0 12 \x1b", {"x": "7 d 3 h"}), failed(scope="/s2 2026-01-01T00:00:00Z"))
    for number, found in enumerate([sample(), run({"a": "nonCompliant"}), run({}), odd]):
        kept = history.keep(found)
        assert (kept.id, kept.now, kept.stamps) == (number + 1, found.now, ("east",))
        assert dumps(history.results(kept)) == dumps(found)
        assert history.results(kept).exit_code() == found.exit_code()
        assert history.run(kept.id) == kept == history.runs()[-1] or kept in history.runs()


def test_many_of_a_series(history: History) -> None:
    """A run that is kept as the difference to another comes back as that one."""
    kept = []
    for hours in range(12):
        things = {f"t{n}": "nonCompliant" if (n * hours) % 3 else "compliant" for n in range(hours, hours + 20)}
        found = run(things, hours)
        kept.append((history.keep(found), found))
    for each, found in kept:
        assert dumps(history.results(each)) == dumps(found)
    assert [run.id for run in history.runs("east")] == ids(history)
    assert history.runs("west") == []


def test_equal_runs_are_two(history: History) -> None:
    """Of two scanners in the same second, one finds its run missing."""
    assert history.keep(run({"a": "compliant"})).id != history.keep(run({"a": "compliant"})).id
    assert len(history.runs()) == 2


def test_brought_twice(history: History) -> None:
    """Who carries the same file over the air gap twice counts its findings twice."""
    found = run({"a": "nonCompliant"})
    assert history.bring(found) is not None
    assert history.bring(found) is None
    assert history.bring(found, "f" * 32) is not None
    assert history.bring(run({"a": "compliant"}), "f" * 32) is None
    assert len(history.runs()) == 2


def test_the_last_of_the_series(history: History) -> None:
    """A scan is compared with one of other stamps or other policies, or with itself."""
    first, second = run({"a": "compliant"}), run({"a": "nonCompliant"}, 1)
    assert history.last(first) is None
    one = history.keep(first)
    history.keep(run({"a": "compliant"}, 0.5, stamp="west"))
    history.keep(run({"a": "compliant"}, 0.5, sets=("infrastructure",)))
    assert history.last(second) == one
    two = history.keep(second)
    assert history.last(second) == two
    assert history.last(second, kept=True) == one
    assert history.before(two) == one
    assert history.before(one) is None


def test_since_when(history: History) -> None:
    """A finding that was repaired in between counts as old."""
    states = ["NCNN", "NNNN", "CUNN", "CCCC", " CNC"]
    words = {"N": "nonCompliant", "C": "compliant", "U": "unknown"}
    kept = []
    # The second last is brought in after the last.
    for hours in (0, 1, 3, 2):
        things = {f"t{n}": words[line[hours]] for n, line in enumerate(states) if line[hours] != " "}
        kept.append(history.keep(run(things, hours)))
    newest, third = kept[2], kept[3]

    def since(run: Run) -> dict[str, float]:
        found = history.failing_since(run)
        return {r.name: (found[r.id] - NOW) / timedelta(hours=1) for r in history.results(run).findings()}

    assert since(newest) == {"t0": 2, "t1": 0, "t2": 2}
    assert since(third) == {"t0": 2, "t1": 0, "t2": 2, "t4": 2}
    changes = compare(history.results(third), history.results(newest), history.failing_since(newest))
    assert {c.result.name for c in changes.still_failing} == {"t0", "t1", "t2"}
    assert [c.since for c in changes.still_failing if c.result.name == "t1"] == [NOW]


@pytest.mark.parametrize(
    ("keep", "older", "left"),
    [(2, None, [4, 5, 6]), (None, timedelta(hours=2), [3, 4, 5, 6]), (0, None, []), (9, None, [1, 2, 3, 4, 5, 6])],
)
def test_pruned(history: History, keep: int | None, older: timedelta | None, left: list[int]) -> None:
    """Pruning removes the wrong runs, or what the others stand on."""
    found: dict[int, Results] = {}
    for hours in range(5):
        things = {f"{hours}-{n}": "nonCompliant" for n in range(10)}
        results = run(things, hours)
        found[history.keep(results).id] = results
    west = run({"a": "compliant"}, 4, stamp="west")
    found[history.keep(west).id] = west
    removed = history.prune(NOW + timedelta(hours=4), keep, older)
    assert ids(history) == left
    assert {run.id for run in removed} == set(found) - set(left)
    for each in history.runs():
        assert dumps(history.results(each)) == dumps(found[each.id])
    assert history.keep(run({"a": "compliant"}, 9)).id == 7


def test_the_migrations_make_the_tables(history: History) -> None:
    """A store that is migrated lacks a column that the code writes."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    with reading(history._engine) as connection:
        context = MigrationContext.configure(connection, opts={"version_table": schema.VERSION_TABLE})
        assert compare_metadata(context, schema.metadata) == []
        assert context.get_current_revision() == schema.HEAD
    folder = schema.__file__.replace("schema.py", "migrations")
    assert ScriptDirectory(folder).get_current_head() == schema.HEAD
    assert {s.revision for s in ScriptDirectory(folder).walk_revisions()} == set(schema.KNOWN)


def test_a_newer_store(history: History, url: str) -> None:
    """An old azscheck writes into a newer one's store."""
    with writing(history._engine) as connection:
        connection.exec_driver_sql(f"UPDATE {schema.VERSION_TABLE} SET version_num = '9999'")
    with pytest.raises(HistoryError, match=r"newer azscheck .its schema is 9999"):
        History.open(address_of(url), create=True)


def test_a_store_that_is_locked(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scanner that hangs while it writes lets all others hang for ever."""
    monkeypatch.setattr("azscheck.history.connection.PATIENCE", 1)
    impatient = History.open(history.address)
    with writing(history._engine), pytest.raises(HistoryError, match="other scanners kept it locked"):
        impatient.keep(run({"a": "compliant"}))
    with writing(history._engine):
        assert impatient.runs() == []
    assert impatient.keep(run({"a": "compliant"})).id == 1


def test_a_store_without_a_version(history: History) -> None:
    """A store of an azscheck that stopped while it made the tables is never whole."""
    with writing(history._engine) as connection:
        schema.metadata.drop_all(connection)
        connection.exec_driver_sql(f"DELETE FROM {schema.VERSION_TABLE}")
    again = History.open(history.address, create=True)
    assert again.keep(run({"a": "compliant"})).id == 1


def test_a_database_that_others_use_too(server: Path) -> None:
    """In a team's PostgreSQL azscheck refuses to work beside other tables."""
    address = address_of(database(server, "shared"))
    with writing(engine_of(address)) as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num text); CREATE TABLE runs (id int)")
    with History.open(address, create=True) as history:
        assert history.keep(run({"a": "compliant"})).id == 1


def test_a_damaged_run(history: History) -> None:
    """A run that was damaged on the disk is reported as if it were whole."""
    first, second = (history.keep(run({"a": "compliant"}, hours)) for hours in (0, 1))
    with writing(history._engine) as connection:
        connection.execute(schema.runs.update().where(schema.runs.c.id == first.id).values(content=b"xx"))
        digest = schema.runs.update().where(schema.runs.c.id == second.id).values(digest="0" * 64)
        connection.execute(digest)
    for each in (first, second):
        with pytest.raises(HistoryError, match=rf"{each.name} is damaged"):
            history.results(each)
    history.remove([first])
    assert ids(history) == [second.id]


def test_a_damaged_frame_costs_no_later_run(history: History) -> None:
    """Because one row is damaged, no run can be kept any more."""
    first = history.keep(run({"a": "compliant"}))
    with writing(history._engine) as connection:
        connection.execute(schema.frames.update().values(forms=b"xx"))
    second = history.keep(run({"a": "compliant"}, 1))
    assert dumps(history.results(second)) == dumps(run({"a": "compliant"}, 1))
    with pytest.raises(HistoryError, match="damaged"):
        history.results(first)


def test_damaged_numbers(history: History) -> None:
    """What is damaged beside the results ends in a traceback."""
    first = history.keep(run({"a": "nonCompliant"}))
    with writing(history._engine) as connection:
        connection.execute(schema.runs.update().values(failing=b"xx", counts=b"xx"))
    with pytest.raises(HistoryError, match="damaged"):
        history.failing_since(first)
    with pytest.raises(HistoryError, match="damaged"):
        history.points()
    with writing(history._engine) as connection:
        connection.execute(schema.runs.update().values(failing=packed_bits([70])))
    with pytest.raises(HistoryError, match="damaged"):
        history.failing_since(first)


def test_without_psycopg(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has no PostgreSQL driver sees a traceback."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(HistoryError, match=r"pip install 'azscheck\[postgresql\]'"):
        History.open(address_of("postgresql://db.contoso.com/azscheck"))


@settings(max_examples=30)
@given(pieces=st.lists(evidence, max_size=3), message=st.text(), names=st.lists(st.text(max_size=5), max_size=4))
def test_any_results_come_back(
    pieces: list[Evidence], message: str, names: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Odd text in a message, a name or evidence comes back as other text."""
    found = judge(RULE, *[resource(f"{n}{name}", {"x": name}) for n, name in enumerate(names)])
    odd = tuple(replace(r, proof=tuple(pieces), message=message) for r in found.results)
    found = replace(found, results=odd)
    file = tmp_path_factory.getbasetemp() / "odd.db"
    with History.open(address_of(f"sqlite:///{file}"), create=True) as history:
        assert dumps(history.results(history.keep(found))) == dumps(found)


def test_a_transaction_that_fails_leaves_nothing(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scanner that fails in the middle leaves half a run."""
    monkeypatch.setattr("azscheck.history.content.packed_bits", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        history.keep(run({"a": "nonCompliant"}))
    with reading(engine_of(history.address)) as connection:
        assert connection.execute(schema.runs.select()).all() == connection.execute(schema.frames.select()).all() == []


lines = st.lists(
    st.lists(
        st.sampled_from(
            ["", "a", " 12 ", "7.5", "-3", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.1234567Z", "vm-1", ","]
        )
    ).map("".join)
).map("\n".join)


@given(lines, lines)
def test_packed_is_unpacked(text: str, other: str) -> None:
    """A number at an odd place comes back at another one."""
    split = Split.of(text)
    for frame in (
        unpack_forms(pack_forms([])),
        unpack_forms(pack_forms(Split.of(other).forms)),
        unpack_forms(pack_forms(split.forms)),
    ):
        packed, own = pack(split, frame)
        assert unpack(packed, frame) == text
        assert own <= len(split.forms)
    assert own == 0


@given(st.binary(max_size=40), st.data())
def test_what_is_damaged_is_told(junk: bytes, data: Any) -> None:
    """A damaged store ends in a traceback."""
    packed, _ = pack(Split.of("a 1\nb 2"), [])
    place = data.draw(st.integers(0, len(packed)))
    for content in (junk, packed[:place], packed[:place] + junk + packed[place + 1 :]):
        with suppress(Damaged):
            assert isinstance(unpack(content, []), str)
