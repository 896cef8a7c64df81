"""A damaged file is refused with a sentence: never a traceback, never an inventory with less in it."""

import json
from pathlib import Path
from typing import Any

import pytest

from azscheck.errors import ExitCode, InventoryError
from azscheck.inventory import Inventory

from ..builders import NOW, coverage, failed, resource

WHOLE = Inventory.of(NOW, [resource("a", {"x": "é"}), resource("b", unknown={"/p": "403"})], [coverage(), failed()])


def written(folder: Path, name: str = "i.ndjson") -> tuple[Path, bytes]:
    WHOLE.write(folder / name)
    return folder / name, (folder / name).read_bytes()


def refused(file: Path) -> str:
    with pytest.raises(InventoryError) as caught:
        Inventory.read(file)
    assert str(caught.value).startswith(f"{file}: ")
    assert caught.value.exit_code is ExitCode.INCOMPLETE
    return str(caught.value)


@pytest.mark.parametrize("name", ["i.ndjson", "i.ndjson.gz"])
def test_cut_off_anywhere(name: str, tmp_path: Path) -> None:
    """A copy that broke off is judged as if it were the whole stamp."""
    file, whole = written(tmp_path, name)
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        if length == len(whole) - 1 and not name.endswith("gz"):
            # The last line break alone is missing: nothing is lost.
            assert Inventory.read(file) == WHOLE
        else:
            refused(file)


@pytest.mark.parametrize("name", ["i.ndjson", "i.ndjson.gz"])
def test_a_byte_changed_anywhere(name: str, tmp_path: Path) -> None:
    """A damaged file ends in a traceback, or is read with less in it."""
    file, whole = written(tmp_path, name)
    for at in range(len(whole)):
        for byte in (0x00, 0xFF, whole[at] ^ 1):
            file.write_bytes(whole[:at] + bytes([byte]) + whole[at + 1 :])
            try:
                found = Inventory.read(file)
            except InventoryError:
                continue
            assert (len(found.resources), len(found.coverage)) == (2, 2)


@pytest.mark.parametrize("line", range(6))
def test_a_line_lost_or_doubled(line: int, tmp_path: Path) -> None:
    """An inventory with a line less is read as whole: what the line said is taken for absent."""
    file, whole = written(tmp_path)
    lines = whole.splitlines(keepends=True)
    assert len(lines) == 6
    file.write_bytes(b"".join(lines[:line] + lines[line + 1 :]))
    refused(file)
    file.write_bytes(b"".join(lines[: line + 1] + lines[line:]))
    refused(file)
    file.write_bytes(b"".join([*lines[:line], b"\n", *lines[line:]]))
    refused(file)


@pytest.mark.parametrize(
    ("number", "change", "sentence"),
    [
        (0, {"version": 2}, "has version 2 of the inventory format"),
        (0, {"version": None}, "has version None"),
        (0, {"azscheck": "results"}, "not an azscheck inventory"),
        (0, {"created": None}, "line 1 is not a record"),
        (0, {"created": "today"}, "is not a record"),
        (0, {"created": "0001-01-01T00:00:00+05:00"}, "is not a record"),
        (1, {"coverage": None}, "line 2 is not a record"),
        (1, {"coverage": {"stamp": "east"}}, "line 2 is not a record"),
        (1, {"coverage": {**json.loads('{"stamp":5,"type":"a","scope":"","state":"complete","count":0}')}}, "line 2"),
        (2, {"coverage": {"stamp": "e", "type": "a", "scope": "", "state": "whole", "count": 0}}, "line 3"),
        (2, {"coverage": {"stamp": "e", "type": "a", "scope": None, "state": "complete", "count": 0}}, "line 3"),
        (2, {"coverage": {"stamp": "e", "type": "a", "scope": "", "state": "complete", "count": "x"}}, "line 3"),
        (3, {"resource": None}, "line 4 is not a record"),
        (3, {"resource": []}, "line 4"),
        (3, {"stamp": None}, "line 4"),
        (3, {"id": 5}, "line 4"),
        (3, {"origin": None}, "line 4"),
        (3, {"origin": {"source": 5}}, "line 4"),
        (3, {"unknown": []}, "line 4"),
        (3, {"unknown": {"/a": 5}}, "line 4"),
        (4, {"unknown": {"a": "403"}}, "line 5"),
        (4, {"unknown": {"": "403"}}, "line 5"),
        (5, {"end": None}, "was cut off"),
        (5, {"end": {"coverage": 2, "resources": 3}}, "was cut off"),
        (5, {"end": {"coverage": 2}}, "was cut off"),
    ],
)
def test_a_record_that_is_none(number: int, change: Any, sentence: str, tmp_path: Path) -> None:
    """A line with a part that is not what it should be ends in a traceback, now or while judging."""
    file, whole = written(tmp_path)
    lines = whole.splitlines()
    lines[number] = json.dumps({**json.loads(lines[number]), **change}).encode()
    file.write_bytes(b"\n".join(lines))
    assert sentence in refused(file)


@pytest.mark.parametrize(
    "value", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"[" * 5000, b"9" * 5000, b"", b"'a'", b"\xff", b'"\x01"']
)
def test_a_value_that_is_no_json(value: bytes, tmp_path: Path) -> None:
    """A value that JSON does not have comes into an inventory, and out of it into reports."""
    file, whole = written(tmp_path)
    file.write_bytes(whole.replace('"é"'.encode(), value))
    assert "line 4 is damaged" in refused(file)


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"{}", b"[]", b"null", b"\x1f\x8b", b"\x1f", b"PK\x03\x04", b"a,b\n1,2\n", b"[" * 100_000]
)
def test_another_file(content: bytes, tmp_path: Path) -> None:
    """Another file by mistake ends in a traceback, or in an empty inventory."""
    (tmp_path / "f").write_bytes(content)
    refused(tmp_path / "f")


def test_two_files_in_one(tmp_path: Path) -> None:
    """Two inventories that were put together are read as one of them."""
    file, whole = written(tmp_path)
    file.write_bytes(whole + whole)
    refused(file)


def test_line_ends_of_windows(tmp_path: Path) -> None:
    """A file that went through Windows cannot be read."""
    file, whole = written(tmp_path)
    file.write_bytes(whole.replace(b"\n", b"\r\n"))
    assert Inventory.read(file) == WHOLE
