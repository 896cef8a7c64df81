"""A scan with a backup share."""

import json
from pathlib import Path

import pytest

from azscheck.demo import DemoStamp
from azscheck.inventory import Inventory
from tests.cli.conftest import Run, configuration
from tests.conftest import NOW
from tests.sources.share.samba import PASSWORD, samba


def test_the_share_is_read_with_the_stamp(run: Run, stamp: DemoStamp, monkeypatch: pytest.MonkeyPatch) -> None:
    """The share is configured and not read, or its password is written somewhere."""
    monkeypatch.setenv("SHARE_PASSWORD", PASSWORD)
    with samba("required") as server:
        (server.share / "Switches").mkdir()
        (server.share / "Switches/tor1.cfg").write_bytes(bytes(10))
        account = {"path": server.path, "port": server.port, "user": server.user, "passwordEnv": "SHARE_PASSWORD"}
        configuration(stamp, Path(), backupShare={**account, "location": "datacenter B"})
        ran = run("collect", "-o", "north.ndjson", "--now", NOW)
    assert ran.code == 0, ran.err
    inventory = Inventory.read("north.ndjson")
    assert len(inventory.of_type("Azscheck/shareFolders")) == 5
    (north,) = inventory.of_type("Azscheck/stamps")
    assert north.body["properties"]["backupShare"] == {"location": "datacenter B"}
    assert PASSWORD not in Path("north.ndjson").read_text("utf-8") + ran.out + ran.err


def test_a_share_that_is_away_does_not_keep_the_rest(run: Run, stamp: DemoStamp) -> None:
    """One file server that is down costs the verdict on everything else."""
    Path("secret.share").write_text(PASSWORD)
    away = {"path": r"\\127.0.0.1\backups", "port": 1, "user": "u", "passwordFile": "secret.share"}
    configuration(stamp, Path(), backupShare=away)
    ran = run("scan", "--now", NOW, "--format", "json=r.json", "--fail-on-unknown")
    assert ran.code == 3
    results = json.loads(Path("r.json").read_text("utf-8"))["results"]
    assert {r["state"] for r in results if r["policy"] == "ASH-INF-003"} == {"unknown"}
    assert {r["state"] for r in results if r["policy"] == "ASH-INF-004"} == {"nonCompliant"}
    assert "does not listen on port 1" in run("collect", "--now", NOW).err


def test_evidence_of_the_share_is_not_read_a_second_time(run: Run, stamp: DemoStamp, shareless_file: Path) -> None:
    """What another tool says of the share makes the run fail, because azscheck reads it, too."""
    lines = [
        {"azscheck": "inventory", "version": 1, "created": NOW},
        {"coverage": {"stamp": "north", "type": "Azscheck/shareFolders", "scope": "", "state": "complete", "count": 0}},
        {"end": {"coverage": 1, "resources": 0}},
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    Path("share.ndjson").write_text(text)
    file = configuration(stamp, Path(), backupShare={"path": "nowhere"})
    file.write_text(json.dumps({**json.loads(file.read_text()), "evidence": ["share.ndjson"]}))
    ran = run("collect", "-o", "north.ndjson", "--now", NOW)
    assert ran.code == 0, ran.err
    assert Inventory.read("north.ndjson").gaps("Azscheck/shareFolders", "north") == []
    run("scan", "--inventory", shareless_file, "--config", file, "--now", NOW, "--format", "json=r.json")
    results = json.loads(Path("r.json").read_text("utf-8"))["results"]
    assert {r["state"] for r in results if r["policy"] == "ASH-INF-003"} == {"nonCompliant"}
