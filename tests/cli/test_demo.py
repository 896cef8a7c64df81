"""`azscheck demo`: what a newcomer sees first."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from azscheck.inventory import Inventory
from tests.cli.conftest import Run
from tests.conftest import NOW

FILES = ("inventory.ndjson", "report.json", "report.html", "report.md", "report.xml", "report.sarif", "report.csv")


def test_ends_with_0_and_says_what_a_pipeline_would_do(run: Run) -> None:
    """A newcomer's `make demo` fails, or they take the demo's 0 for a verdict."""
    ran = run("demo", "--now", NOW)
    assert ran.code == 0, ran.err
    assert "in a pipeline it would exit 1" in ran.out
    assert "ASH-INF-004" in ran.out
    assert all(Path("azscheck-demo", name).stat().st_size for name in FILES)


@pytest.mark.parametrize("identity", ["adfs", "entra"])
def test_repeats_byte_for_byte(run: Run, identity: str) -> None:
    """Two runs differ although nothing changed, so no report can be compared with the last one."""
    ran = run("demo", "--identity", identity, "--seed", "7", "--now", NOW, "-o", "demo")
    assert ran.code == 0, ran.err
    outs = [ran.out]
    first = {name: Path("demo", name).read_bytes() for name in FILES}
    outs.append(run("demo", "--identity", identity, "--seed", "7", "--now", NOW, "-o", "demo").out)
    assert {name: Path("demo", name).read_bytes() for name in FILES} == first
    assert outs[0] == outs[1]


def test_the_secret_is_in_no_inventory_and_no_report(run: Run) -> None:
    """The service principal's secret leaves with the report."""
    ran = run("demo")
    secret = Path("azscheck-demo/secret").read_text()
    assert secret
    assert secret not in ran.out + ran.err
    assert all(secret.encode() not in Path("azscheck-demo", name).read_bytes() for name in FILES)


def test_the_inventory_has_every_machine_disk_and_backup(run: Run) -> None:
    """Something on the stamp is never judged, and nobody notices."""
    run("demo", "--now", NOW)
    lines = Path("azscheck-demo/inventory.ndjson").read_text("utf-8").splitlines()
    types = [json.loads(line).get("type") for line in lines]
    assert types.count("Microsoft.Compute/virtualMachines") == 32
    assert types.count("Microsoft.Backup.Admin/backupLocations/backups") == 16
    assert types.count("Microsoft.Compute/disks") > 32


def test_findings_are_those_the_stamp_was_given(run: Run) -> None:
    """A policy went blind, or cries wolf, on a stamp that answers like a real one."""
    run("demo", "--now", NOW)
    results = json.loads(Path("azscheck-demo/report.json").read_text("utf-8"))["results"]
    found = {(r["policy"], r["name"]) for r in results if r["state"] == "nonCompliant"}
    assert found == {
        ("ASH-INF-003", "north"),
        ("ASH-INF-004", "north"),
        ("ASH-INF-007", "north"),
        ("ASH-INF-008", "north"),
        ("ASH-INF-011", "north"),
        ("ASH-INF-019", "north"),
        ("ASH-INF-031", "north"),
        ("ASH-INF-033", "north"),
        *(("ASH-TEN-001", name) for name in ("core-batch-01", "dev-scratch-01", "mabs-01", "shop-cache-01")),
        *(("ASH-TEN-001", name) for name in ("shop-report-01", "uat-app-01")),
        ("ASH-TEN-002", "shop-pos-01"),
        *(("ASH-TEN-003", name) for name in ("core-file-01", "shop-app-02", "shop-img-01")),
        *(("ASH-TEN-004", name) for name in ("core-batch-01", "shop-report-01")),
        ("ASH-TEN-005", "archive-01"),
        ("ASH-TEN-006", "shop-cache-01-before-patch"),
        ("ASH-TEN-007", "shop-img-01"),
        *(("ASH-TEN-009", name) for name in ("shop-sql-01", "shop-sql-02")),
        ("ASH-TEN-010", "shop-img-01"),
        ("ASH-TEN-013", "shop-legacy-01"),
    }
    unknown = {r["policy"]: r["message"] for r in results if r["state"] in ("unknown", "error")}
    assert "lapsed" in unknown["ASH-INF-012"]
    assert "azscheck attest ASH-INF-030" in unknown["ASH-INF-030"]


def test_the_share_has_what_it_was_given(run: Run) -> None:
    """The demo shows none of what only the share tells: a backup that lacks a part, a switch without a file."""
    run("demo", "--now", NOW)
    inventory = Inventory.read("azscheck-demo/inventory.ndjson")
    backups = [b.body["properties"] for b in inventory.of_type("Azscheck/shareBackups")]
    subscriptions = "WAS;WasService;-;Microsoft.AzureStack.Subscriptions"
    lacking = {b["created"]: b["missingRepositories"] for b in backups if not b["whole"]}
    assert len(backups) == 15
    assert lacking["2026-05-31T22:00:00Z"] == [subscriptions]
    assert len(lacking) == 2
    folders = {f.name: f.body["properties"] for f in inventory.of_type("Azscheck/shareFolders")}
    assert folders["switches"]["missingDevices"] == ["TOR2"]
    assert folders["infrastructure"]["strangers"] == ["tor1-before-upgrade.cfg"]
    assert folders["registration"]["exists"] is False


def test_a_folder_that_is_not_the_demos_is_left_alone(run: Run) -> None:
    """The demo deletes what somebody keeps in a folder of the same name."""
    mine = Path("azscheck-demo/share/mine.txt")
    mine.parent.mkdir(parents=True)
    mine.touch()
    ran = run("demo")
    assert ran.code == 2
    assert "is there and not the demo's" in ran.err
    assert mine.exists()


def test_serve_can_be_scanned_as_it_says_and_stops(tmp_path: Path) -> None:
    """The stamp that `--serve` keeps running cannot be scanned with the configuration that it prints."""
    command = [sys.executable, "-m", "azscheck"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [*command, "demo", "--serve"], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    ) as serving:
        assert serving.stdout is not None
        printed = ""
        while "azscheck scan" not in printed:
            line = serving.stdout.readline()
            assert line, printed
            printed += line
        words = printed[printed.index("azscheck scan") :].split()
        scan = subprocess.run([*command, *words[1:]], cwd=tmp_path, capture_output=True, text=True, check=False)
        if os.name == "posix":
            serving.send_signal(signal.SIGINT)
            assert serving.wait(20) == 0
        else:
            # Windows cannot send one process a console's Ctrl-C.
            serving.terminate()
    assert scan.returncode == 1, scan.stderr
    assert "ASH-TEN-001" in scan.stdout
