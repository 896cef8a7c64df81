"""`azscheck evidence import`, and exports in a configuration, as a user has them."""

import json
from pathlib import Path
from typing import Any

import pytest

from azscheck.inventory import Inventory
from tests.cli.conftest import Run
from tests.conftest import NOW
from tests.sources.exports.files import backup

STAMP = "stamps: [{name: north, tenant: 'https://x', credential: {clientId: a, secretEnv: B}}]\n"


def export(name: str = "items.json", **said: Any) -> Path:
    file = Path(name)
    file.write_text(json.dumps([backup(**said)]))
    return file


def test_an_import_is_evidence(run: Run) -> None:
    """What was imported cannot be judged with, or it is not said that it is not all there is."""
    export()
    ran = run(
        "evidence", "import", "recovery-services", "items.json", "-o", "e.ndjson", "--stamp", "north", "--now", NOW
    )
    assert (ran.code, ran.out) == (0, "")
    assert "wrote e.ndjson: 1 item\n" in ran.err
    assert "--all says that there are no more" in ran.err
    told = Inventory.read("e.ndjson")
    assert [(c.type, c.scope, c.count) for c in told.coverage] == [("Azscheck/protectedItems", "items.json", 1)]
    ran = run(
        "evidence", "import", "recovery-services", "items.json", "-o", "e.ndjson", "--stamp", "north", "--all", "-q"
    )
    assert ran.err == ""
    assert [c.scope for c in Inventory.read("e.ndjson").coverage] == [""]


def test_an_import_changes_a_verdict(run: Run, inventory_file: Path) -> None:
    """A machine stays unprotected although the configuration names the export that says otherwise."""
    said = {"computerName": "web-x", "lastRecoveryPoint": "2026-06-01T02:00:00Z"}
    export(**said)
    lines = inventory_file.read_text("utf-8").splitlines()
    kept = [line for line in lines if "Azscheck/protectedItems" not in line and not line.startswith('{"end"')]
    resources = sum('"resource":' in line[:4000] and not line.startswith('{"coverage"') for line in kept[1:])
    coverage = sum(line.startswith('{"coverage"') for line in kept)
    end = json.dumps({"end": {"coverage": coverage, "resources": resources}})
    Path("i.ndjson").write_text("\n".join([*kept, end]) + "\n", "utf-8")
    told = Inventory.read("i.ndjson")
    named = next(r.name for r in told.of_type("Microsoft.Compute/virtualMachines") if r.name == "dev-scratch-01")
    export(**{**said, "computerName": f"{named}.corp.example"})
    Path("c.yaml").write_text(STAMP + "evidence: [{kind: recovery-services, file: items.json, all: true}]\n")

    def states(*options: str) -> str:
        run("scan", "--inventory", "i.ndjson", "--now", NOW, "--format", "json=r.json", *options)
        results = json.loads(Path("r.json").read_text("utf-8"))["results"]
        (found,) = [r for r in results if r["policy"] == "ASH-TEN-001" and r["name"] == named]
        return str(found["state"])

    before = states()
    assert states("--config", "c.yaml") == "compliant"
    assert before != "compliant"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("recovery-services", "missing.json", "--stamp", "n"), "missing.json:1:1: cannot be read: No such file"),
        (("recovery-services", "bad.json", "--stamp", "n"), "bad.json:2:1: is not JSON and seems to be cut off"),
        (("recovery-services", "items.json"), "items.json: of which stamp is it?"),
        (("csv", "items.json", "--stamp", "n"), "a CSV needs a mapping"),
        (("recovery-services", "items.json", "--stamp", "n", "--as-of", "now"), "is not a time such as"),
        (("recovery-services", "items.json", "--stamp", "n", "--as-of", "2126-01-01"), "lies in the future"),
        (("data-replication", "items.json", "--stamp", "n"), "--target"),
        (("recovery-services", "items.json", "--config", "c.yaml", "--stamp", "x"), "said to be of the stamp 'x'"),
        (("test-azurestack", "same.txt", "same.txt", "--stamp", "n"), "two of the files are the same"),
        (("nothing", "items.json"), "'nothing' is not one of"),
    ],
)
def test_mistakes_are_one_sentence(run: Run, arguments: tuple[str, ...], sentence: str) -> None:
    """A slip gives a traceback, half an import, or another exit code."""
    export()
    Path("bad.json").write_text('[{"id":\n')
    Path("same.txt").write_text("x  PASS\n")
    Path("c.yaml").write_text(STAMP)
    ran = run("evidence", "import", *arguments, "-o", "e.ndjson")
    assert ran.code == 2
    assert sentence in ran.err
    assert not Path("e.ndjson").exists()


def test_the_stamp_of_the_configuration(run: Run) -> None:
    """The stamp has to be said again where there is one."""
    export()
    Path("azscheck.yaml").write_text(STAMP)
    assert run("evidence", "import", "recovery-services", "items.json", "-o", "e.ndjson").code == 0
    assert Inventory.read("e.ndjson").stamps == ("north",)
    ran = run("evidence", "import", "recovery-services", "items.json", "-o", "items.json")
    assert ran.code == 2
    assert "is read by this command" in ran.err


def test_a_damaged_export_stops_a_scan_before_it_asks_a_stamp(run: Run) -> None:
    """An hour of reading is lost to an export that was cut off."""
    Path("bad.json").write_text('[{"id":\n')
    Path("azscheck.yaml").write_text(STAMP + "evidence: [{kind: recovery-services, file: bad.json}]\n")
    ran = run("collect")
    assert ran.code == 2
    assert "bad.json:2:1: is not JSON and seems to be cut off" in ran.err


def test_the_same_item_in_two_exports(run: Run, inventory_file: Path) -> None:
    """A machine counts as protected twice because an export was named twice."""
    export()
    entry = "{kind: recovery-services, file: items.json}"
    Path("azscheck.yaml").write_text(STAMP + f"evidence: [{entry}, {entry}]\n")
    ran = run("scan", "--inventory", inventory_file, "--config", "azscheck.yaml", "--now", NOW)
    assert ran.code == 2
    assert "items.json: another entry of the evidence holds the same" in ran.err
