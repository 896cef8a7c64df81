"""What a journal keeps, and what it does when the disk or the file is not as it should be."""

import io
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from azscheck.errors import UsageError
from azscheck.inventory import Coverage, CoverageState, Origin, Resource
from azscheck.sources.hub import Journal

from .conftest import NOW

DISKS = "Microsoft.Compute/disks"
PATH = f"/subscriptions/s/providers/{DISKS}"


def resource(name: str, **unknown: str) -> Resource:
    identity = f"/subscriptions/s/resourceGroups/g/providers/{DISKS}/{name}"
    body = {"id": identity, "name": name, "properties": {"text": "Zürich \u2028 \x7f"}}
    return Resource("east", DISKS, identity, body, Origin("hub", PATH, NOW), unknown)


COVERAGE = Coverage("east", DISKS, "/subscriptions/s", CoverageState.COMPLETE, "", "2019-07-01", 2, NOW)
RESOURCES = (resource("b"), resource("a"))


def test_what_is_kept_comes_back_as_it_was(tmp_path: Path) -> None:
    """A resource that was kept differs from the one that would be read, and so the inventory."""
    path = tmp_path / "journal"
    first = Journal.begin(path, NOW)
    first.of("east", "https://a", "c").keep_list(DISKS, PATH, COVERAGE, RESOURCES)
    first.of("east", "https://a", "c").keep_read(DISKS, RESOURCES[0])
    first.close()
    again = Journal.take_up(path, NOW + timedelta(hours=1))
    assert (again.taken_up, again.begun) == (2, NOW)
    kept = again.of("east", "HTTPS://A", "C")
    assert kept.listed(DISKS, PATH) == (COVERAGE, RESOURCES), "in the order in which they were listed"
    assert kept.read(DISKS, RESOURCES[0].id) == RESOURCES[0]
    assert kept.read(DISKS, RESOURCES[1].id) is None
    for other in (
        again.of("west", "https://a", "c"),
        again.of("east", "https://b", "c"),
        again.of("east", "https://a", "d"),
    ):
        assert other.listed(DISKS, PATH) is None
    again.remove()
    assert not path.exists()


@pytest.mark.parametrize(
    "end", [b'{"list":["east"', b"\0\0\0\0\n", b'{"list":["east"],"coverage":{}}\n', b"[]\n", b"3\n"]
)
def test_what_follows_the_last_good_line_is_dropped_and_the_journal_goes_on(tmp_path: Path, end: bytes) -> None:
    """After a power failure the end of a file can hold anything."""
    path = tmp_path / "journal"
    first = Journal.begin(path, NOW)
    first.of("east", "a", "c").keep_read(DISKS, RESOURCES[0])
    first.close()
    whole = path.read_bytes()
    path.write_bytes(whole + end)
    again = Journal.take_up(path, NOW)
    assert path.read_bytes() == whole
    again.of("east", "a", "c").keep_read(DISKS, RESOURCES[1])
    again.close()
    last = Journal.take_up(path, NOW)
    assert last.of("east", "a", "c").read(DISKS, RESOURCES[1].id) == RESOURCES[1]
    last.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full disk here")
def test_a_full_disk_ends_the_journal_and_not_the_collection(tmp_path: Path) -> None:
    journal = Journal.begin(tmp_path / "journal", NOW)
    journal._file.close()
    journal._file = cast(BinaryIO, io.FileIO("/dev/full", "r+"))
    kept = journal.of("east", "a", "c")
    kept.keep_read(DISKS, RESOURCES[0])
    kept.keep_read(DISKS, RESOURCES[1])
    assert kept.read(DISKS, RESOURCES[0].id) is None
    journal.close()


@pytest.mark.parametrize(
    "text", ["{}\n", "mine", '{"azscheck":"inventory","version":1}\n', '{"azscheck":"journal","version":2}\n']
)
def test_a_file_of_another_kind_is_refused_and_left(tmp_path: Path, text: str) -> None:
    path = tmp_path / "journal"
    path.write_text(text)
    with pytest.raises(UsageError, match="is not the journal of a collection"):
        Journal.take_up(path, NOW)
    assert path.read_text() == text
