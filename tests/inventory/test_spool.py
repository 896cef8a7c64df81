"""Resources that are on the disk until they are written are written as if they had been in memory."""

import tracemalloc
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azscheck.errors import InventoryError
from azscheck.inventory import Coverage, CoverageState, Inventory, Resource, spool
from azscheck.inventory.spool import Spool
from tests.builders import NOW, THING, resource

NAMES = st.text(st.characters(), min_size=1, max_size=6)


@pytest.fixture(autouse=True)
def small_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many runs, read in many chunks."""
    monkeypatch.setattr(spool, "_RUN_BYTES", 700)
    monkeypatch.setattr(spool, "_CHUNK", 90)


def written(folder: Path, held: list[Resource], spooled: list[Resource]) -> bytes:
    lines = [Coverage("east", THING, "", CoverageState.COMPLETE, time=NOW)]
    with closing(Spool(folder)) as kept:
        for each in spooled:
            kept.add(each, ("0", each.origin.address))
        count = Inventory.of(NOW, held, lines).write(folder / "i.ndjson", kept)
    found = (folder / "i.ndjson").read_bytes()
    assert len(Inventory.read(folder / "i.ndjson").resources) == count
    return found


@given(st.lists(st.tuples(NAMES, NAMES), unique_by=lambda pair: pair[0].strip("/").lower(), max_size=30), st.data())
def test_the_file_does_not_depend_on_where_resources_were(
    tmp_path_factory: pytest.TempPathFactory, named: list[tuple[str, str]], data: st.DataObject
) -> None:
    """Lines in another order are another file, and a resource that is lost at a chunk's edge is never missed."""
    folder = tmp_path_factory.mktemp("spool")
    found = [resource(name, {"text": text}, id=f"/x/{name}") for name, text in named]
    shuffled = data.draw(st.permutations(found))
    cut = data.draw(st.integers(0, len(found)))
    assert written(folder, shuffled[:cut], shuffled[cut:]) == written(folder, found, [])


def test_of_several_of_one_key_the_first_in_rank_is_written(tmp_path: Path) -> None:
    """Which of two lists ended first decides what the inventory says."""
    kept = Spool(tmp_path)
    for rank in ("2", "1", "3"):
        kept.add(resource("A" if rank == "1" else "a", {"rank": rank}), (rank,))
    (line,) = [line for _, line in kept.lines()]
    assert b'"rank":"1"' in line
    (found,) = kept.of_type(THING.upper())
    assert found.body["properties"] == {"rank": "1"}
    kept.close()


def test_what_evidence_and_a_stamp_both_tell_is_refused(tmp_path: Path) -> None:
    """A machine of a saved inventory is judged in place of the one that was read."""
    with pytest.raises(InventoryError, match=r"two inventories hold .*/a of the stamp 'east'"):
        written(tmp_path, [resource("a")], [resource("a")])
    assert list(tmp_path.iterdir()) == [], "half a file lies about"


def test_what_was_put_by_comes_back_whole(tmp_path: Path) -> None:
    """A machine that could not be read once more is lost, or is another."""
    kept = Spool(tmp_path)
    given = [resource(str(number), {"text": "\ud800\u2028é" * number}) for number in range(9)]
    fetched = []
    for each in given:
        fetched.append(kept.put_by(each))
        kept.add(each)
    assert [fetch() for fetch in reversed(fetched)] == given[::-1]
    kept.close()


def test_it_holds_no_more_of_many_than_of_few(tmp_path: Path) -> None:
    """A collection of fifty stamps ends for want of memory."""

    def peak(count: int) -> int:
        kept = Spool(tmp_path)
        tracemalloc.start()
        for number in range(count):
            kept.add(resource(f"{number * 7919 % count:06}", {"text": "x" * 500}))
        lines = sum(1 for _ in kept.lines())
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        kept.close()
        assert lines == count
        return most

    with pytest.MonkeyPatch.context() as usual:
        usual.setattr(spool, "_RUN_BYTES", 100_000)
        few = peak(500)
        assert peak(5000) < 2 * few
