"""The commands of kept runs on both kinds of database."""

import json
from pathlib import Path

import pytest

from azscheck.cli import main
from tests.conftest import NOW


def test_from_scan_to_trend(
    url: str, inventory_file: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command works with one kind of database only."""
    monkeypatch.chdir(tmp_path)

    def ran(*arguments: str) -> str:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--history", url])
        printed = capsys.readouterr()
        assert ended.value.code in (0, 1), printed.err
        return printed.out

    for now in (NOW, "2026-06-01T18:00:00Z"):
        scan = ("scan", "--inventory", str(inventory_file), "--now", now, "--since-last", "--format", "json")
        told = json.loads(ran(*scan))
    assert told["changes"]["before"] == NOW
    assert [r["run"] for r in json.loads(ran("history", "list", "--format", "json"))["runs"]] == [1, 2]
    assert not json.loads(ran("diff", "--format", "json"))["worthTelling"]
    assert len(json.loads(ran("trend", "--format", "json"))["runs"]) == 2
    ran("history", "export", "run:1", "one.json")
    ran("history", "remove", "run:1")
    ran("history", "import", "one.json")
    assert ran("report", "run:3", "--format", "json") == ran("history", "show", "previous", "--format", "json")
    ran("history", "prune", "--keep", "1")
    (left,) = json.loads(ran("history", "list", "--format", "json"))["runs"]
    assert left["now"] == "2026-06-01T18:00:00Z"


def test_what_postgresql_says(server: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A database that is not there ends in a traceback."""
    with pytest.raises(SystemExit) as ended:
        main(["history", "list", "--history", f"postgresql://azscheck@/nowhere?host={server}"])
    assert ended.value.code == 3
    said = capsys.readouterr().err
    assert 'database "nowhere" does not exist' in said
    assert said.count("\n") == 1
