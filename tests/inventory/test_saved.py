"""The saved inventory: what was written is what is read, byte for byte the same whatever the order."""

import gzip
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from azscheck.errors import InventoryError
from azscheck.inventory import Coverage, CoverageState, Inventory, Origin, Resource

from ..builders import NOW, coverage, failed, resource

texts = st.text(max_size=8) | st.sampled_from(["\ud800", "\ud83d", "\u2028", "\x85", "\x00", "\ufeff", "İ", "a\nb", ""])
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), texts),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(texts, below, max_size=3),
    max_leaves=6,
)
times = st.none() | st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.replace(microsecond=0))
origins = st.builds(Origin, texts, texts, times, st.none() | st.integers(0, 9), st.none() | st.integers(0, 9))
pointers = st.dictionaries(st.sampled_from(["/a", "/a~1b/~0c", "/a/0", "/"]), texts, max_size=2)
resources = st.builds(Resource, texts, texts, texts, st.dictionaries(texts, values, max_size=3), origins, pointers)
lists = st.builds(
    Coverage, texts, texts, texts, st.sampled_from(CoverageState), texts, texts, st.integers(0, 10**6), times
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("saved")


@given(st.lists(resources, max_size=4), st.lists(lists, max_size=3), times.filter(bool))
@example([], [], NOW)
@example([resource(unknown={"/a~1b/~0c": "x"}, properties={"x": "\udc00\ud800"})], [], NOW)
def test_round_trip(folder: Path, parts: list[Resource], told: list[Coverage], created: datetime) -> None:
    """An inventory judged elsewhere is another than the one that was collected, or cannot be read there."""
    inventory = Inventory.of(created, parts, told)
    for name in ("i.ndjson", "i.ndjson.gz"):
        inventory.write(folder / name)
        assert Inventory.read(folder / name) == inventory
        assert not list(folder.glob("*.partial"))


PARTS: list[Any] = [
    *(resource(name, {"n": 1}, stamp=stamp) for name in ("a", "B", "b", "C") for stamp in ("west", "east")),
    *(resource("a", kind="test.azs/THINGS"), resource("a", kind="Test.Azs/things", id="/x"), resource("x", id="/X")),
]
LISTS = [coverage(), failed(), coverage(scope="/b"), coverage(scope="/B"), failed(reason="429"), coverage(stamp="west")]


@pytest.mark.parametrize("name", ["i.ndjson", "i.ndjson.gz"])
def test_order_is_no_matter(name: str, tmp_path: Path) -> None:
    """Two equal collections are different files, and a comparison of them shows changes that are none."""
    shuffle, written = random.Random(0), set()
    for i in range(6):
        parts, told = [*PARTS], [*LISTS]
        shuffle.shuffle(parts)
        shuffle.shuffle(told)
        folder = tmp_path / str(i)
        folder.mkdir()
        Inventory.of(NOW, parts, told).write(folder / name)
        written.add((folder / name).read_bytes())
    assert len(written) == 1


def test_form(tmp_path: Path) -> None:
    """The form that version 1 promises changes under the files that people have kept."""
    file = tmp_path / "i.ndjson"
    thing = replace(resource("ä", id="/x"), unknown={"/a~1b": "403"}, origin=Origin("hub", "/l", NOW, 3, 4))
    Inventory.of(NOW, [thing], [replace(failed(), count=2, api_version="1", time=NOW)]).write(file)
    assert file.read_text("utf-8").splitlines() == [
        '{"azscheck":"inventory","version":1,"created":"2026-06-01T12:00:00Z"}',
        '{"coverage":{"stamp":"east","type":"Test.Azs/others","scope":"","state":"failed","count":2,'
        '"reason":"403 AuthorizationFailed","apiVersion":"1","time":"2026-06-01T12:00:00Z"}}',
        '{"stamp":"east","type":"Test.Azs/things","id":"/x","origin":{"source":"hub","address":"/l",'
        '"time":"2026-06-01T12:00:00Z","line":3,"column":4},"unknown":{"/a~1b":"403"},"resource":{"name":"ä"}}',
        '{"end":{"coverage":1,"resources":1},"keys":["name"],"tags":[],"xxh3":"565a6ca7b64ff51c"}',
    ]
    whole = Inventory.read(file)
    file.write_text(
        file.read_text("utf-8").replace(',"keys":["name"],"tags":[],"xxh3":"565a6ca7b64ff51c"', ""), "utf-8"
    )
    assert Inventory.read(file) == whole


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object()])
def test_what_cannot_be_read_is_not_written(value: Any, tmp_path: Path) -> None:
    """A file is written that no azscheck can read, over one that can be."""
    file = tmp_path / "i.ndjson"
    Inventory.of(NOW, [resource()], []).write(file)
    before = file.read_bytes()
    with pytest.raises((InventoryError, TypeError)):
        Inventory.of(NOW, [resource(properties={"x": value})], []).write(file)
    assert file.read_bytes() == before


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """A wrong path ends in a traceback."""
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "none" / "i.ndjson", tmp_path / "file" / "i.ndjson"):
        with pytest.raises(InventoryError, match="cannot be written"):
            Inventory.of(NOW, [], []).write(path)
    with pytest.raises(InventoryError, match="cannot be read"):
        Inventory.read(tmp_path)


def test_packed_is_told_by_its_bytes(tmp_path: Path) -> None:
    """A packed file that lost its ending cannot be read."""
    Inventory.of(NOW, PARTS, LISTS).write(tmp_path / "i.ndjson")
    (tmp_path / "packed").write_bytes(gzip.compress((tmp_path / "i.ndjson").read_bytes()))
    assert Inventory.read(tmp_path / "packed") == Inventory.of(NOW, PARTS, LISTS)
