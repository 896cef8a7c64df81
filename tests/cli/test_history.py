"""Kept runs as the command line has them: scan --history, history, diff, trend, --since-last."""

import json
import os
import sqlite3
import xml.etree.ElementTree as ET
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from azscheck.inventory import Coverage, CoverageState, Inventory
from tests.cli.conftest import Ran, Run
from tests.cli.test_mistakes import sentence
from tests.conftest import NOW

STORE = "sqlite:///kept.db"
LATER = "2026-06-01T18:00:00Z"
ITEMS = "Azscheck/protectedItems"
KINDS = ("new", "lapsed", "ofNewPolicies", "becameUnknown", "knownAgain", "fixed", "exempted", "gone")


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The user's own store is nobody's real one."""
    for variable in ("XDG_STATE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(variable, str(tmp_path / "home"))


@pytest.fixture(scope="module")
def unprotected(inventory_file: Path) -> tuple[Path, str]:
    """The demo's inventory without the one item that protects a machine, and the machine's name."""
    whole = Inventory.read(inventory_file)
    machine = next(r for r in whole.resources if r.name == "shop-web-03" and r.type.endswith("/virtualMachines"))
    items = {r.id for r in whole.of_type(ITEMS) if r.name == machine.name}
    assert len(items) == 1
    left = [r for r in whole.resources if r.id not in items]
    file = inventory_file.with_name("unprotected.ndjson")
    Inventory.of(whole.created, left, whole.coverage).write(file)
    return file, machine.name


def scan(run: Run, inventory: Path, now: str = NOW, *options: str) -> Ran:
    return run("scan", "--inventory", inventory, "--now", now, "--history", STORE, *options)


def changed(told: dict[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """The kinds of change that there are, each with its policies and resources."""
    return {k: [(c["policy"], c["name"]) for c in told[k]] for k in KINDS if told[k]}


def test_one_machine_loses_its_protection(run: Run, inventory_file: Path, unprotected: tuple[Path, str]) -> None:
    """What changed is told as something else, twice, or not at all."""
    file, machine = unprotected
    scan(run, inventory_file)
    formats = [f"--format={form}=r.{form}" for form in ("json", "table", "markdown", "html", "junit", "sarif", "csv")]
    ran = scan(run, file, LATER, "--since-last", *formats)
    assert (ran.code, "kept as run:2" in ran.err) == (1, True)
    expected = {"new": [("ASH-TEN-001", machine)]}
    results = json.loads(Path("r.json").read_text("utf-8"))
    assert changed(results["changes"]) == expected
    failing = sum(r["state"] == "nonCompliant" for r in results["results"])
    assert len(results["changes"]["stillFailing"]) == failing - 1
    assert {c["since"] for c in results["changes"]["stillFailing"]} == {NOW}

    told = json.loads(run("diff", "--history", STORE, "--format", "json").out)
    assert (changed(told["changes"]), told["worthTelling"]) == (expected, True)
    assert run("diff", "--history", STORE, "--fail-on", "none").code == 0
    assert run("diff", "latest", "previous", "--history", STORE).code == 0
    assert run("diff", "--history", STORE).code == 1

    for form in ("table", "markdown", "html"):
        text = Path(f"r.{form}").read_text("utf-8")
        assert f"1 new finding, {failing - 1} still failing" in " ".join(text.split())
    rows = [line for line in Path("r.csv").read_text("utf-8").splitlines() if ",new findings," in line]
    assert [machine in row and "ASH-TEN-001" in row for row in rows] == [True]
    (run_,) = json.loads(Path("r.sarif").read_text("utf-8"))["runs"]
    assert [r["ruleId"] for r in run_["results"] if r["baselineState"] == "new"] == ["ASH-TEN-001"]
    assert run_["properties"]["comparedWith"]["absent"] == []
    suites = ET.parse("r.junit").getroot().findall("testsuite")
    assert [
        s.get("name", "")[:11] for s in suites if s.find("properties/property[@name='new findings']") is not None
    ] == ["ASH-TEN-001"]

    trend = json.loads(run("trend", "--by", "policy", "--history", STORE, "--format", "json").out)
    moved = {line["name"]: line["findings"] for line in trend["lines"] if len(set(line["findings"])) > 1}
    (numbers,) = moved.values()
    assert (list(moved), numbers[1] - numbers[0]) == (["ASH-TEN-001"], 1)


def test_a_list_that_could_not_be_read(run: Run, inventory_file: Path) -> None:
    """Whoever takes away azscheck's rights sees findings fixed, and the trend fall."""
    whole = Inventory.read(inventory_file)
    kind = "Microsoft.Compute/virtualMachines"
    lists = [c for c in whole.coverage if c.type != kind]
    lists.append(Coverage("north", kind, "", CoverageState.FAILED, "403 AuthorizationFailed"))
    Inventory.of(whole.created, [r for r in whole.resources if r.type != kind], lists).write("blind.ndjson")
    scan(run, inventory_file)
    scan(run, Path("blind.ndjson"), LATER)
    ran = run("diff", "--history", STORE, "--format", "json")
    told = json.loads(ran.out)["changes"]
    assert ran.code == 3
    assert (told["fixed"], told["gone"], told["knownAgain"]) == ([], [], [])
    assert {c["now"] for c in told["becameUnknown"]} == {"unknown"}
    assert any(c["was"] == "nonCompliant" and c["type"] == kind for c in told["becameUnknown"])


def test_inventories_and_results_are_compared_too(
    run: Run, inventory_file: Path, unprotected: tuple[Path, str]
) -> None:
    """Who has no store cannot say what is different."""
    file, machine = unprotected
    run("scan", "--inventory", inventory_file, "--now", NOW, "--format", "json=before.json")
    for before in (inventory_file, Path("before.json")):
        ran = run("diff", before, file, "--now", NOW, "--format", "json", "--format", "html=d.html")
        told = json.loads(ran.out)
        assert changed(told["changes"]) == {"new": [("ASH-TEN-001", machine)]}
        assert machine in Path("d.html").read_text("utf-8")
    assert "ASH-TEN-001" in run("diff", before, file, "--now", NOW, "--format", "markdown").out
    assert run("diff", file, file, "--set", "infrastructure", "--now", NOW).code == 0
    added = json.loads(run("diff", "before.json", file, "--set", "infrastructure", "--format", "json").out)["changes"]
    assert all(policy.startswith("ASH-TEN") for policy in added["policiesRemoved"])
    assert added["fixed"] == []


def test_the_list_of_runs(run: Run, inventory_file: Path) -> None:
    """Nobody finds the run that they want to see again."""
    sentence(run("history", "--history", STORE), 3, "kept.db", "no run was kept")
    scan(run, inventory_file)
    scan(run, inventory_file, LATER, "--set", "infrastructure")
    lines = run("history", "--history", STORE).out.splitlines()
    assert [line.split()[:3] for line in lines[1:]] == [["run:1", NOW, "north"], ["run:2", LATER, "north"]]
    assert run("history", "list", "--history", STORE).out.splitlines() == lines
    told = json.loads(run("history", "--history", STORE, "--last", "1", "--format", "json").out)["runs"]
    assert [(r["run"], r["sets"], r["verdicts"]["infrastructure"]) for r in told] == [
        (2, ["infrastructure"], "nonCompliant")
    ]
    assert run("history", "--history", STORE, "--stamp", "west").out == "no run is kept\n"
    sentence(run("history", "--history", STORE, "prune", "--keep", "1"), 2, "history prune --history")


def test_a_report_of_a_kept_run(run: Run, inventory_file: Path) -> None:
    """The report that is made later says something else."""
    first = scan(run, inventory_file, NOW, "--format", "html=r.html")
    for name in ("run:1", "latest"):
        ran = run("history", "show", name, "--history", STORE, "--format", "html=again.html")
        assert ran.code == first.code
        assert Path("again.html").read_bytes() == Path("r.html").read_bytes()
        assert run("report", name, "--history", STORE, "--format", "html=again.html").code == first.code
    sentence(run("report", "previous", "--history", STORE), 3, "no earlier run of the same stamps and sets")
    sentence(run("report", "run:9", "--history", STORE), 3, "has no run:9")
    sentence(run("report", "run:x", "--history", STORE), 2, "'run:x'")
    sentence(run("report", "latest"), 2, "--history")


def test_a_report_since_the_last_run(run: Run, inventory_file: Path, unprotected: tuple[Path, str]) -> None:
    """A run is compared with itself, and nothing is ever different."""
    scan(run, inventory_file)
    scan(run, unprotected[0], LATER, "--format", "json=r.json")
    for name in ("r.json", "latest"):
        ran = run("report", name, "--since-last", "--history", STORE, "--format", "json")
        assert list(changed(json.loads(ran.out)["changes"])) == ["new"]
    assert "no earlier run" in run("report", "run:1", "--since-last", "--history", STORE, "--format", "json").err


def test_over_an_air_gap(run: Run, inventory_file: Path) -> None:
    """A run that is carried over twice is there twice, or is another one there."""
    scan(run, inventory_file, NOW, "--format", "json=plain.json")
    assert run("history", "export", "latest", "north.json", "--history", STORE).code == 0
    there = "sqlite:///there.db"
    for _ in range(2):
        ran = run("history", "import", "north.json", "north.json", "--history", there)
        assert ran.code == 0
    assert "north.json: is kept already" in ran.err
    # The same run as the scan itself wrote it.
    assert "is kept already" in run("history", "import", "plain.json", "--history", there).err
    shown = [run("report", "latest", "--history", store, "--format", "json").out for store in (STORE, there)]
    assert shown[0] == shown[1]
    assert len(run("history", "--history", there).out.splitlines()) == 2
    assert run("report", "north.json", "--format", "json").out == shown[0]
    Path("bad.json").write_text("{}")
    sentence(run("history", "import", "north.json", "bad.json", "--history", "sqlite:///new.db"), 3, "bad.json")
    assert not Path("new.db").exists()


def test_pruned(run: Run, inventory_file: Path) -> None:
    """Old runs stay for ever, or the wrong ones go."""
    for hour in range(4):
        scan(run, inventory_file, f"2026-06-01T{12 + hour}:00:00Z")
    assert "removed 1 of 4" in run("history", "prune", "--keep", "3", "--history", STORE).err
    old = ("history", "prune", "--older-than", "PT2H", "--now", "2026-06-01T15:30:00Z", "--history", STORE)
    assert "removed 1 of 3" in run(*old).err
    assert run("history", "remove", "run:4", "--history", STORE).code == 0
    assert [line.split()[0] for line in run("history", "--history", STORE).out.splitlines()] == ["run", "run:3"]
    sentence(run("history", "prune", "--history", STORE), 2, "--keep")
    sentence(run("history", "prune", "--older-than", "soon", "--history", STORE), 2, "--older-than", "soon")
    sentence(run("history", "prune", "--older-than=-P1D", "--history", STORE), 2, "negative")
    sentence(run("history", "remove", "latest", "--history", STORE), 2, "run:17")


def test_what_the_configuration_says(run: Run, inventory_file: Path, tmp_path: Path) -> None:
    """`history` in azscheck.yaml is not heeded, or its file is looked for elsewhere."""
    stamp = "stamps: [{name: north, tenant: 'https://x', credential: {clientId: a, secretEnv: B}}]\n"
    Path("below").mkdir()
    Path("below/c.yaml").write_text(stamp + "history: {url: 'sqlite:///own.db', keep: 2}\n")
    for hour in range(4):
        now = f"2026-06-01T{12 + hour}:00:00Z"
        ran = run("scan", "--inventory", inventory_file, "--now", now, "--config", "below/c.yaml", "--quiet")
        assert (ran.code, ran.err) == (1, "")
    assert len(run("history", "--config", "below/c.yaml").out.splitlines()) == 3
    assert Path("below/own.db").exists()
    Path("azscheck.yaml").write_text(stamp + "history: true\n")
    run("scan", "--inventory", inventory_file, "--config", "azscheck.yaml")
    assert len(run("history").out.splitlines()) == 2
    assert len(list((tmp_path / "home").rglob("azscheck.db"))) == 1
    Path("azscheck.yaml").write_text(stamp + "history: false\n")
    sentence(run("history"), 2, "--history")


@pytest.mark.parametrize(
    ("history", "words"),
    [
        ("{url: 'postgresql://a:hunter2@b/c'}", ["password", "PGPASSWORD"]),
        ("{passwordEnv: NOWHERE, url: 'postgresql://b/c'}", ["NOWHERE", "not set"]),
        ("{passwordFile: gone, url: 'postgresql://b/c'}", ["gone", "cannot be read"]),
        ("{passwordFile: gone, passwordEnv: B}", ["c.yaml:2:", "not both"]),
        ("{olderThan: soon}", ["c.yaml:2:", "soon"]),
        ("{olderThan: -P1D}", ["c.yaml:2:", "negative"]),
        ("{kepp: 3}", ["c.yaml:2:", "kepp"]),
        ("3", ["c.yaml:2:"]),
    ],
)
def test_mistakes_in_the_configuration(run: Run, inventory_file: Path, history: str, words: list[str]) -> None:
    """A slip is told after an hour, or as a traceback."""
    stamp = "stamps: [{name: north, tenant: 'https://x', credential: {clientId: a, secretEnv: B}}]\n"
    Path("c.yaml").write_text(f"{stamp}history: {history}\n")
    ran = run("scan", "--inventory", inventory_file, "--config", "c.yaml")
    sentence(ran, 2, *words)
    assert "hunter2" not in ran.err


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://a:hunter2@b/c",
        "postgresql://a:hunter2@x@b/c",
        "postgres://b/c?password=hunter2",
        "mysql://a:hunter2@b/c",
        "kept.db",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///kept.db?mode=ro",
        "postgresql://host",
        "",
        "sqlite:/x.db",
        "postgresql://b:port/c",
    ],
)
def test_addresses_that_are_none(run: Run, inventory_file: Path, url: str) -> None:
    """A password stands in the list of processes, or in a log; or runs are kept nowhere."""
    ran = run("scan", "--inventory", inventory_file, "--history", url)
    sentence(ran, 2, "istory")
    assert "hunter2" not in ran.err


def _other_program(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE bookmarks (id)")


def _damaged(file: Path) -> None:
    file.write_bytes(b"SQLite format 3\0" + b"x" * 5000)


def _no_database(file: Path) -> None:
    file.write_text("hello")


def _folder(file: Path) -> None:
    file.mkdir()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_other_program, "another program's"),
        (_damaged, ""),
        (_no_database, "no SQLite database"),
        (_folder, ""),
    ],
)
def test_a_store_that_cannot_be_used_changes_no_verdict(
    run: Run, inventory_file: Path, make: Any, words: str, tmp_path: Path
) -> None:
    """A full disk makes a finding a pass, or a report of an hour's work is lost."""
    file = tmp_path / "kept.db"
    make(file)
    before = file.read_bytes() if file.is_file() else b""
    ran = scan(run, inventory_file, NOW, "--since-last", "--format", "json=r.json", "--quiet")
    assert ran.code == 1
    assert "kept.db" in ran.err
    assert words in ran.err
    assert "this run was not kept; the verdict is what it is" in ran.err
    assert "changes" not in json.loads(Path("r.json").read_text("utf-8"))
    assert (file.read_bytes() if file.is_file() else b"") == before
    for command in (["history"], ["diff"], ["trend"], ["report", "latest"]):
        sentence(run(*command, "--history", STORE), 3, "kept.db", words)


def test_a_disk_that_is_full(run: Run, inventory_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full, and nobody is told, or half a run is there."""
    scan(run, inventory_file)

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("azscheck.history.content.packed_bits", full)
        ran = scan(run, inventory_file, LATER)
    assert ran.code == 1
    assert "the disk is full" in ran.err
    assert len(run("history", "--history", STORE).out.splitlines()) == 2


def test_a_folder_that_may_not_be_written(run: Run, inventory_file: Path, tmp_path: Path) -> None:
    """A read-only folder ends in a traceback, or is taken for an empty store."""
    ran = run("scan", "--inventory", inventory_file, "--now", NOW, "--history", "sqlite:///gone/kept.db")
    assert (ran.code, "no folder gone" in ran.err) == (1, True)
    if os.geteuid() != 0:
        tmp_path.chmod(0o500)
        ran = run("scan", "--inventory", inventory_file, "--now", NOW, "--history", STORE, "--format", "lines")
        tmp_path.chmod(0o700)
        assert ran.code == 1
        assert "may not be written" in ran.err


def test_a_server_that_is_not_there(run: Run, inventory_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that is down changes the verdict, or its password stands in the log."""
    monkeypatch.setenv("PGPASSWORD", "hunter2")
    ran = run("scan", "--inventory", inventory_file, "--now", NOW, "--history", "postgresql://a@127.0.0.1:9/x")
    assert ran.code == 1
    assert "postgresql://a@127.0.0.1:9/x" in ran.err
    assert "this run was not kept; the verdict is what it is" in ran.err
    assert "hunter2" not in ran.err


def test_trends(run: Run, inventory_file: Path, unprotected: tuple[Path, str]) -> None:
    """The curve shows other runs than those that were asked for, or cannot be seen on a plain terminal."""
    for hour in range(3):
        scan(run, inventory_file, f"2026-06-01T{12 + hour}:00:00Z")
    scan(run, unprotected[0], LATER)
    ran = run("trend", "--history", STORE)
    assert "4 runs from 2026-06-01T12:00:00Z" in ran.out
    scan(run, inventory_file, LATER, "--set", "infrastructure")
    ran = run("trend", "--history", STORE, "--format", "json")
    assert "4 kept runs by other policy sets" in ran.err
    assert [len(line["findings"]) for line in json.loads(ran.out)["lines"]] == [1]
    chosen = ("--set", "backup-and-dr", "--history", STORE)
    told = json.loads(run("trend", *chosen, "--last", "2", "--by", "stamp", "--format", "json").out)
    assert [r["run"] for r in told["runs"]] == [3, 4]
    (line,) = told["lines"]
    assert (line["name"], line["findings"][1] - line["findings"][0]) == ("north", 1)
    one = run("trend", *chosen, "--policy", "ash-ten-001", "--since", LATER, "--by", "policy", "--format", "html").out
    assert one.count("<svg") == 1
    assert "ASH-TEN-001" in one
    sentence(run("trend", *chosen, "--since", "monday"), 2, "--since", "monday")
    assert "No run" in run("trend", *chosen, "--stamp", "west").out


def test_mistakes(run: Run, inventory_file: Path) -> None:
    """A slip is a traceback, or does what nobody asked for."""
    sentence(run("scan", "--inventory", inventory_file, "--since-last"), 2, "--since-last", "--history")
    sentence(run("report", "r.json", "--history", STORE), 2, "--since-last")
    sentence(run("diff", "a.json", "b.json"), 3, "a.json")
    sentence(run("diff", ".", "."), 2, "is a folder")
    sentence(run("diff"), 2, "--history")
    sentence(run("diff", "a", "b", "--format", "sarif"), 2, "sarif", "table, json, markdown, html")
    sentence(run("history", "export", "r.json", "x", "--history", STORE), 2, "'r.json'")
    sentence(run("history", "import", "gone.json", "--history", STORE), 3, "gone.json")
