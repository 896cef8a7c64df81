"""A policy or an inventory that was made to harm ends in a clear sentence, soon, and never in 'compliant'."""

import gzip
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from azscheck.inventory import Inventory, saved
from azscheck.inventory.fields import json_text, resource_fields
from tests.builders import NOW as CREATED
from tests.builders import OTHER, THING, coverage, policy_text, resource
from tests.cli.conftest import Run
from tests.cli.test_mistakes import sentence
from tests.conftest import NOW

_SOON = 60


def _within(count: int, inner: str, times: int) -> str:
    for level in range(count):
        counted = f'{{"value": "[range(0, {times})]", "name": "n{level}", "where": {inner}}}'
        inner = f'{{"count": {counted}, "greater": 0}}'
    return inner


_FLEET = {"resources": OTHER, "scope": "fleet", "where": {"value": "[subject('name')]", "equals": "x"}}
_ARRAYS = {"field": "properties.c[*]", "where": {"field": "name", "equals": "x"}}
for _letter in "ba":
    _ARRAYS = {"field": f"properties.{_letter}[*]", "where": {"count": _ARRAYS, "greater": 0}}
_LONG = "[length(union({}))]".format(", ".join(["range(0, 9999)"] * 50))


@pytest.mark.parametrize(
    "require",
    [
        json.loads(_within(3, '{"field": "name", "equals": "x"}', 1000)),
        json.loads(_within(20, '{"field": "name", "equals": "x"}', 2)),
        {"count": _FLEET, "greater": 0},
        {"count": _ARRAYS, "greater": 0},
        {"allOf": [{"value": _LONG, "greater": i} for i in range(300)]},
    ],
    ids=["three counts", "twenty counts", "each for each", "three arrays", "functions"],
)
def test_work_that_multiplies(run: Run, require: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """One policy of a few lines keeps a scan busy for days."""
    monkeypatch.setattr("azscheck.engine.work._AT_FIRST", 20_000)
    numbers = list(range(300))
    things = [resource(f"t{i:04}", {"a": numbers, "b": numbers, "c": numbers}) for i in range(20)]
    others = [resource(f"o{i:05}", kind=OTHER) for i in range(3_000 if "resources" in json.dumps(require) else 1)]
    lists = [coverage(THING), coverage(OTHER)]
    Inventory.of(CREATED, [*things, *others], lists).write("i.ndjson")
    Path("p.json").write_text(policy_text(require))
    began = time.monotonic()
    ran = run("scan", "--inventory", "i.ndjson", "--policies", "p.json", "--now", NOW, "--format", "json=r.json")
    assert time.monotonic() - began < _SOON
    assert ran.code == 3
    results = json.loads(Path("r.json").read_text())["results"]
    assert any(r["state"] == "error" and "more steps than a policy may" in r["message"] for r in results)
    assert not any(r["state"] == "compliant" for r in results)
    assert run("explain", "TST-001", "t0000", "--inventory", "i.ndjson", "--policies", "p.json", "--now", NOW).code != 1


def test_what_a_result_says_is_bounded(run: Run) -> None:
    """A long tag fills the disk with reports, since the message of each finding repeats it."""
    tests = [{"field": f"properties.a{i}", "equals": "y"} for i in range(500)]
    Path("p.json").write_text(
        policy_text({"anyOf": tests}, message="{properties.a0}" * 500),
    )
    Inventory.of(CREATED, [resource("t", {"a0": "x" * 1_000_000})], [coverage(THING)]).write("i.ndjson")
    for name in ("json", "html", "sarif", "junit", "csv", "markdown", "lines", "table"):
        ran = run(
            *("scan", "--inventory", "i.ndjson", "--policies", "p.json", "--now", NOW),
            *("--evidence", "--format", f"{name}=r"),
        )
        assert ran.code == 1
        assert Path("r").stat().st_size < 100_000


@pytest.mark.parametrize(
    ("require", "words"),
    [
        ({"field": "a" * 100_000, "exists": True}, "longer than 4000 characters"),
        ({"field": "name", "match": "?" * 100_000}, "at most 10000 characters"),
        ({"field": "name", "matchesRegex": "(" * 100_000}, "is no regular expression"),
        ({"field": "name", "newerThan": f"P{'9' * 100_000}D"}, "is not a duration"),
        ({"value": f"[{'a' * 20_000}]", "equals": 1}, "was expected"),
        ({"anyOf": [{"fields": i} for i in range(1000)]}, "and 900 more"),
    ],
    ids=["path", "match", "regex", "duration", "name", "mistakes"],
)
def test_a_mistake_of_any_length_is_told_shortly(run: Run, require: object, words: str) -> None:
    """The log of a pipeline is full of what the file repeats."""
    Path("p.json").write_text(policy_text(require))
    ran = run("policy", "check", "p.json")
    assert ran.code == 2
    assert words in ran.err
    assert len(ran.err) < 20_000


@pytest.mark.skipif(os.name == "nt", reason="there are no such files")
def test_files_without_an_end(run: Run) -> None:
    """A link in a folder of policies takes all the memory, or waits for ever."""
    Path("links").mkdir()
    Path("links/p.yaml").symlink_to("/dev/zero")
    sentence(run("policy", "check", "links"), 2, "links/p.yaml", "is a device")
    sentence(run("scan", "--config", "/dev/zero"), 2, "/dev/zero", "is a device")
    sentence(run("report", "/dev/zero"), 3, "/dev/zero", "is a device")
    sentence(run("scan", "--inventory", "/dev/zero", "--now", NOW), 3, "/dev/zero", "not an azscheck inventory")
    Path("pipes").mkdir()
    os.mkfifo("pipes/p.yaml")
    sentence(run("policy", "check", "pipes"), 2, "pipes/p.yaml", "is a pipe")
    Path("round").symlink_to("round")
    sentence(run("scan", "--inventory", "round", "--format", "lines=o"), 3, "round", "cannot be read")


def _packed(content: Callable[[], bytes], times: int) -> None:
    with gzip.open("i.ndjson.gz", "wb", 9) as out:
        out.write(b'{"azscheck":"inventory","version":1,"created":"2026-06-01T12:00:00Z"}\n')
        for _ in range(times):
            out.write(content())


def test_a_line_without_an_end(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A packed file of a few kilobytes takes all the memory."""
    monkeypatch.setattr(saved, "LONGEST_LINE", 1 << 20)
    _packed(lambda: b"x" * (1 << 20), 3)
    sentence(run("scan", "--inventory", "i.ndjson.gz", "--now", NOW), 3, "line 2 is longer than 1 MiB")


def test_lines_without_an_end(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A packed file of the same line over and over takes all the memory."""
    monkeypatch.setattr(saved, "_MOST_UNPACKED", 1 << 20)
    line = json_text(resource_fields(resource("a", {"x": "y" * 1000}))).encode() + b"\n"
    _packed(lambda: line, 20_000)
    sentence(run("scan", "--inventory", "i.ndjson.gz", "--now", NOW), 3, "unpacks to more than 200 times its size")


def test_what_lines_must_not_replace(run: Run) -> None:
    """The inventory is lost since its name is that of a half-written file, or a link becomes a file."""
    Inventory.of(CREATED, [resource("a")], [coverage(THING)]).write("o.partial")
    before = Path("o.partial").read_bytes()
    Path("p.json").write_text(policy_text({"field": "name", "exists": True}))
    Path("there").write_text("")
    Path("link").symlink_to("there")
    for name in ("o", "link"):
        arguments = ("--inventory", "o.partial", "--policies", "p.json", "--now", NOW, "--format", f"lines={name}")
        assert run("scan", *arguments).code == 0
    assert Path("o.partial").read_bytes() == before
    assert Path("link").is_symlink()
    assert Path("there").read_bytes() == Path("o").read_bytes()


def test_too_little_memory(run: Run, inventory_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer with little memory ends in a fault of azscheck's."""

    def full(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("azscheck.cli.judging.evaluate", full)
    sentence(run("scan", "--inventory", inventory_file), 3, "needs more memory")


def test_a_parameter_of_any_depth(run: Run, inventory_file: Path) -> None:
    """A value on the command line ends in a fault of azscheck's."""
    ran = run("scan", "--inventory", inventory_file, "--parameter", "maximumAge=" + "[" * 100_000)
    assert ran.code == 2
    assert "is not a duration" in ran.err


@pytest.mark.parametrize("format", ["table", "markdown", "html"])
def test_a_stamp_with_a_name_of_any_length(run: Run, format: str) -> None:
    """A terminal's table is laid out for minutes."""
    thing = resource("a", stamp="s" * 200_000)
    Inventory.of(CREATED, [thing], [coverage(THING, stamp=thing.stamp)]).write("i.ndjson")
    Path("p.json").write_text(policy_text({"field": "name", "equals": "b"}))
    began = time.monotonic()
    assert run("scan", "--inventory", "i.ndjson", "--policies", "p.json", "--now", NOW, "--format", format).code == 1
    assert time.monotonic() - began < _SOON
