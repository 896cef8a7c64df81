"""What a person and a machine are told while a stamp is read, and at its end."""

import json
from pathlib import Path
from typing import Any

import pytest

from azscheck.demo import DemoStamp, Fault
from tests.cli.conftest import Run, configuration
from tests.conftest import NOW

COLLECT = ("collect", "-o", "i.ndjson", "--now", NOW)


def events(text: str) -> list[dict[str, Any]]:
    """Every line is a JSON object."""
    return [json.loads(line) for line in text.splitlines()]


def test_verbose_tells_each_request_and_no_secret(run: Run, stamp: DemoStamp) -> None:
    """Nobody can say why a collection takes so long, or the log gives away the service principal."""
    configuration(stamp, Path())
    stamp.faults.append(Fault("fabricLocations/north/fileShares", "throttle", times=1, retry_after=0))
    stamp.faults.append(Fault("fabricLocations/north/ipPools", "drop", times=1))
    told = events(run(*COLLECT, "-v", "--log-format", "json").err)
    requests = [event for event in told if event["event"] == "request"]
    assert len(requests) == len(stamp.requests)
    assert {request["status"] for request in requests} == {200, 429, "no answer (ServiceResponseError)"}
    assert {request["method"] for request in requests} == {"GET", "POST"}
    assert all(request["seconds"] >= 0 for request in requests)
    text = json.dumps(told)
    assert "skiptoken=..." in text
    assert "api-version=2020-06-01" in text
    for secret in (stamp.client_secret, "Bearer", "MDAw"):
        assert secret not in text
    plain = run(*COLLECT, "-v").err
    assert "GET " in plain
    assert "api-version=2018-09-01 200 " in plain
    assert stamp.client_secret not in plain


def test_requests_are_told_only_when_asked_for(run: Run, stamp: DemoStamp) -> None:
    configuration(stamp, Path())
    run(*COLLECT, "-v")
    assert "GET " not in run(*COLLECT).err


def test_at_the_end_a_table_says_what_was_asked_for_and_what_came_of_it(run: Run, stamp: DemoStamp) -> None:
    """A list that was refused shows in the file only, which nobody reads."""
    configuration(stamp, Path())
    stamp.faults.append(Fault("/backups?", "deny", plane="admin"))
    lines = run(*COLLECT).err.splitlines()
    (machines,) = [line for line in lines if line.split()[:1] == ["Microsoft.Compute/virtualMachines"]]
    assert machines.split()[1:] == ["32", "2", "complete"]
    (backups,) = [line for line in lines if line.split()[:1] == ["Microsoft.Backup.Admin/backupLocations/backups"]]
    assert "1 failed: Listing" in backups
    assert "access was denied" in backups
    assert any("types: skipped: was not asked for" in line for line in lines)
    assert run(*COLLECT, "-q").err.count("\n") == 1, "quiet tells only what failed"


def test_a_machine_reads_the_same_as_a_person(run: Run, stamp: DemoStamp) -> None:
    """A pipeline has to parse sentences."""
    configuration(stamp, Path())
    stamp.faults.append(Fault("/backups?", "deny", plane="admin"))
    for command in (COLLECT, ("scan", "--now", NOW, "--format", "json=r.json")):
        told = events(run(*command, "--log-format", "json").err)
        rows = {event["type"]: event for event in told if event["event"] == "coverage"}
        machines = rows["Microsoft.Compute/virtualMachines"]
        assert (machines["stamp"], machines["resources"], machines["complete"]) == ("north", 32, 2)
        assert rows["Microsoft.Backup.Admin/backupLocations/backups"]["failed"] == 1
        assert rows["Microsoft.Storage/storageAccounts"]["skipped"] == 1
        assert all(event["time"].endswith("Z") for event in told)
    assert told[-1]["event"] == "end"
    assert told[-1]["exitCode"] == 3


DISABLED = {"if": {"field": "type", "equals": "Test.Azs/x"}, "then": {"effect": "disabled"}}
EMPTY = '{"azscheck":"inventory","version":1,"created":"2026-01-31T12:00:00Z"}\n{"end":{"coverage":0,"resources":0}}\n'


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        ("collect --no-such-option", 2, {"error"}),
        ("scan --fail-on everything", 2, {"error"}),
        ("collect --config none.yaml", 2, {"error"}),
        ("collect --config wrong.yaml", 2, {"error"}),
        ("collect -o no-folder/i.ndjson", 2, {"error"}),
        ("scan --inventory wrong.yaml", 3, {"error"}),
        (
            "scan --inventory i.ndjson --policies odd --format lines=l --format table",
            3,
            {"leftOut", "disabled", "wrote", "end"},
        ),
    ],
)
@pytest.mark.parametrize("option", ["--log-format json", "--log-format=json"])
def test_every_line_is_for_a_machine(run: Run, command: str, code: int, told: set[str], option: str) -> None:
    """A pipeline that reads objects stops at the first sentence, and that is where something is wrong."""
    Path("wrong.yaml").write_text("stamps: [{name: a b}, {nam: c}]\n")
    Path("i.ndjson").write_text(EMPTY)
    Path("odd").mkdir()
    for name, mode in (("disabled", "All"), ("left-out", "Microsoft.KeyVault.Data")):
        Path(f"odd/{name}.json").write_text(json.dumps({"mode": mode, "policyRule": DISABLED}))
    ran = run(*command.split(), *option.split())
    found = events(ran.err)
    assert ran.code == code, ran.err
    assert {event["event"] for event in found} == told
    assert all(event["text"] for event in found)
    assert found[-1]["exitCode"] == code


def test_the_plan_is_there_for_a_script(run: Run, stamp: DemoStamp) -> None:
    """Whoever asks for rights by script has to take sentences apart."""
    configuration(stamp, Path())
    ran = run("collect", "--plan", "--format", "json")
    ((found,), calls) = json.loads(ran.out)["stamps"], len(run("collect", "--plan").out.split(")\n")) - 1
    assert (ran.code, ran.err, found["name"], len(found["calls"])) == (0, "", "north", calls)
    assert found["rights"] == [
        {"plane": "tenant", "role": "Reader", "scope": "every tenant subscription that is to be judged"},
        {"plane": "admin", "role": "Reader", "scope": "the Default Provider Subscription"},
    ]
    assert {
        "plane": "tenant",
        "method": "GET",
        "address": stamp.tenant_url,
        "path": "/subscriptions/{subscription}/providers/Microsoft.Compute/disks",
        "apiVersion": "2019-07-01",
        "per": "each subscription",
    } in found["calls"]
    assert stamp.requests == []
