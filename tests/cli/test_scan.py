"""`azscheck scan` and `collect`, over the demo stamp and over files."""

import json
from pathlib import Path

import pytest

from azscheck.demo import DemoStamp, Fault
from azscheck.reports import FORMATS
from tests.cli.conftest import Run, configuration
from tests.conftest import NOW


def test_collect_then_scan_is_scan(run: Run, stamp: DemoStamp) -> None:
    """Judging behind an air gap gives another verdict than judging at the stamp."""
    configuration(stamp, Path())
    live = run("scan", "--now", NOW, "--format", "json=live.json")
    assert live.code == 1, live.err
    collected = run("collect", "-o", "north.ndjson.gz", "--now", NOW)
    assert collected.code == 0, collected.err
    saved = run("scan", "--inventory", "north.ndjson.gz", "--now", NOW, "--format", "json=saved.json")
    assert saved.code == 1
    assert Path("live.json").read_bytes() == Path("saved.json").read_bytes()
    assert stamp.writes == []


def test_reports_can_be_made_again_from_saved_results(run: Run, inventory_file: Path) -> None:
    """A report that is asked for later differs from the one of the day."""
    run("scan", "--inventory", inventory_file, "--now", NOW, "--format", "json=r.json", "--format", "html=a.html")
    again = run("report", "r.json", "--format", "html=b.html")
    assert again.code == 1
    assert Path("a.html").read_bytes() == Path("b.html").read_bytes()


@pytest.mark.parametrize("form", [*FORMATS, "html=r.html"])
@pytest.mark.parametrize(
    ("options", "code"),
    [
        ((), 1),
        (("--fail-on", "critical"), 1),
        (("--fail-on", "none"), 0),
        (("--fail-on-unknown",), 3),
        (("--fail-on", "none", "--fail-on-unknown"), 3),
    ],
)
def test_the_exit_code_does_not_depend_on_the_format(
    run: Run, shareless_file: Path, form: str, options: tuple[str, ...], code: int
) -> None:
    """A pipeline turns green because somebody asked for another report."""
    assert run("scan", "--inventory", shareless_file, "--now", NOW, "--format", form, *options).code == code


def test_fail_on_is_a_threshold(run: Run, inventory_file: Path) -> None:
    """A finding below the threshold fails the pipeline, or one at it does not."""
    policies = Path("only-high")
    policies.mkdir()
    source = Path(__file__).parents[2] / "policies" / "tenant" / "protected-machine.yaml"
    (policies / "a.yaml").write_text(source.read_text("utf-8"), "utf-8")
    arguments = ("scan", "--inventory", inventory_file, "--now", NOW, "--policies", policies, "--fail-on")
    assert [run(*arguments, level).code for level in ("critical", "high", "medium", "low")] == [0, 1, 1, 1]


def test_a_denied_list_is_incomplete_and_loses_nothing(run: Run, stamp: DemoStamp) -> None:
    """One refused list turns into "no problems", or throws away all that was collected."""
    configuration(stamp, Path())
    stamp.faults.append(Fault("/backups?", "deny", plane="admin"))
    ran = run("scan", "--now", NOW, "--format", "json=r.json", "--save-inventory", "i.ndjson")
    assert ran.code == 3
    assert "incomplete" in ran.err
    assert "Microsoft.Backup.Admin/backupLocations/backups" in ran.err
    results = json.loads(Path("r.json").read_text("utf-8"))["results"]
    states = {r["policy"]: r["state"] for r in results if r["policy"].startswith("ASH-INF")}
    assert states["ASH-INF-006"] == states["ASH-INF-007"] == states["ASH-INF-004"] == "unknown"
    assert states["ASH-INF-001"] == "compliant"
    assert Path("i.ndjson").read_text("utf-8").count('"Microsoft.Compute/virtualMachines"') > 32


def test_parameters_from_the_command_line_and_the_configuration(run: Run, inventory_file: Path) -> None:
    """An objective that an operator set is not the one that is judged by."""

    def state(*options: str) -> str:
        run("scan", "--inventory", inventory_file, "--now", NOW, "--format", "json=r.json", *options)
        results = json.loads(Path("r.json").read_text("utf-8"))["results"]
        return next(str(r["state"]) for r in results if r["policy"] == "ASH-INF-006")

    assert state() == "compliant"
    assert state("--parameter", "ASH-INF-006.maximumAge=PT4H") == "nonCompliant"
    Path("c.yaml").write_text(
        "parameters: {ASH-INF-006.maximumAge: 4h}\n"
        "stamps: [{name: north, tenant: 'https://x', credential: {clientId: a, secretEnv: B}}]\n"
    )
    assert state("--config", "c.yaml") == "nonCompliant"
    assert state("--config", "c.yaml", "--parameter", "ASH-INF-006.maximumAge=24h") == "compliant"


def test_text_of_the_stamp_cannot_drive_a_terminal(run: Run, inventory_file: Path) -> None:
    """A machine's name moves the cursor of whoever reads the report, or colours are forced into a file."""
    lines = inventory_file.read_text("utf-8").splitlines(keepends=True)
    hostile = [line.replace('"shop-cache-01"', '"\\u001b[2Jshop\\u202e"') for line in lines]
    Path("i.ndjson").write_text("".join(hostile), "utf-8")
    for form in ("table", "markdown", "csv"):
        out = run("scan", "--inventory", "i.ndjson", "--now", NOW, "--format", form).out
        assert "shop" in out
        assert "\x1b" not in out
        assert "\u202e" not in out


def test_nothing_evaluated_is_not_success(run: Run, inventory_file: Path) -> None:
    """Policies that match nothing at all leave a pipeline green."""
    source = Path(__file__).parents[2] / "policies" / "tenant" / "protected-machine.yaml"
    text = source.read_text("utf-8").replace("tags[", "tagz[").replace("Microsoft.Compute/", "Microsoft.Nowhere/")
    Path("p.yaml").write_text(text.replace("properties.virtualMachineScaleSet.id", "properties.x"), "utf-8")
    header, *lines = inventory_file.read_text("utf-8").splitlines(keepends=True)
    none = {"stamp": "north", "type": "Microsoft.Nowhere/virtualMachines", "scope": "", "state": "complete", "count": 0}
    coverage = json.dumps({"coverage": none}) + "\n"
    end = json.loads(lines[-1])
    end["end"]["coverage"] += 1
    Path("i.ndjson").write_text("".join([header, coverage, *lines[:-1], json.dumps(end)]), "utf-8")
    ran = run("scan", "--inventory", "i.ndjson", "--policies", "p.yaml", "--now", NOW)
    assert ran.code == 3
    assert "nothing was evaluated" in ran.err.lower()


def test_a_slip_in_a_parameter_costs_no_collection(run: Run, stamp: DemoStamp) -> None:
    """An hour of collection ends in a usage error, with nothing kept."""
    configuration(stamp, Path())
    assert run("scan", "--parameter", "nope=1").code == 2
    assert stamp.requests == []


def test_evidence_of_the_configuration_goes_with_a_saved_inventory(run: Run, stamp: DemoStamp) -> None:
    """Judged behind an air gap, every machine is unknown, although the configuration names the product's export."""
    file = configuration(stamp, Path())
    assert run("collect", "-o", "i.ndjson", "--now", NOW).code == 0

    def states() -> set[str]:
        run("scan", "--inventory", "i.ndjson", "--config", file, "--now", NOW, "--format", "json=r.json")
        results = json.loads(Path("r.json").read_text("utf-8"))["results"]
        return {str(r["state"]) for r in results if r["policy"] == "ASH-TEN-001"}

    assert "unknown" in states()
    whole = json.loads(file.read_text())
    file.write_text(json.dumps({**whole, "evidence": [], "attestations": []}))
    assert states() == {"compliant", "nonCompliant", "notApplicable"}
    run("collect", "-o", "i.ndjson", "--now", NOW)
    assert states() == {"compliant", "nonCompliant", "notApplicable"}, "collected with it, it is not added twice"


def test_definitions_that_are_left_out_or_disabled_are_named(run: Run, inventory_file: Path) -> None:
    """A definition that was not judged is not missed by anyone."""
    folder = Path("definitions")
    folder.mkdir()
    rule = {"if": {"field": "type", "equals": "Microsoft.Compute/virtualMachines"}, "then": {"effect": "audit"}}
    off = {"if": rule["if"], "then": {"effect": "disabled"}}
    for name, value in {
        "judged": {"policyRule": rule, "mode": "All"},
        "off": {"policyRule": off, "mode": "All"},
        **{f"data{i}": {"policyRule": rule, "mode": "Microsoft.KeyVault.Data"} for i in range(5)},
    }.items():
        (folder / f"{name}.json").write_text(json.dumps(value), "utf-8")
    ran = run("scan", "--inventory", inventory_file, "--now", NOW, "--policies", folder, "--format", "json=r.json")
    assert ran.code == 1
    assert "5 definitions were left out:" in ran.err
    assert ran.err.count("the mode Microsoft.KeyVault.Data is not judged") == 3
    assert "1 not judged, because the effect is disabled: off" in ran.err
    report = json.loads(Path("r.json").read_text("utf-8"))
    assert {result["policy"] for result in report["results"]} == {"judged"}
    checked = run("policy", "check", folder)
    assert checked.code == 0
    assert checked.err.count("the mode Microsoft.KeyVault.Data is not judged") == 5


def test_only_what_the_policies_read_is_collected_but_for_all(run: Run, stamp: DemoStamp) -> None:
    """A reader without rights on quotas could not judge backups."""
    configuration(stamp, Path())
    for options, wanted in (((), False), (("--all",), True)):
        stamp.requests.clear()
        assert run("collect", "-o", "a.ndjson", "--now", NOW, *options).code == 0
        assert any("downloadedProducts" in r.path for r in stamp.requests) is wanted
        text = Path("a.ndjson").read_text("utf-8")
        assert ('"type":"Microsoft.AzureBridge.Admin/activations"' in text.partition('"origin"')[2]) is wanted


def test_the_plan_calls_nothing_and_writes_nothing(run: Run, stamp: DemoStamp) -> None:
    """Who looks before the first run has run already."""
    configuration(stamp, Path())
    ran = run("collect", "--plan", "--set", "infrastructure")
    assert ran.code == 0
    assert "Microsoft.Backup.Admin/backupLocations/{name}/backups  api-version 2018-09-01" in ran.out
    assert "Reader on the Default Provider Subscription" in ran.out
    assert stamp.requests == []
    assert not Path("inventory.ndjson").exists()


def test_the_plan_shows_what_a_vault_is_asked(run: Run, stamp: DemoStamp) -> None:
    """Who is to give rights on a vault does not learn which."""
    file = configuration(stamp, Path())
    credential = {"clientId": "c", "secretEnv": "S"}
    vault = {
        "kind": "site-recovery",
        "subscriptionId": "s",
        "resourceGroup": "g",
        "vault": "v",
        "credential": credential,
    }
    file.write_text(json.dumps({**json.loads(file.read_text()), "evidence": [vault]}))
    ran = run("collect", "--plan")
    assert ran.code == 0
    of = "/subscriptions/s/resourceGroups/g/providers/Microsoft.RecoveryServices/vaults/v"
    assert f"GET  {of}/replicationProtectedItems  api-version" in ran.out
    assert f"Reader on {of}" in ran.out
