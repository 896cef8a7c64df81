"""`azscheck readiness`, and a scan beside a plan."""

import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from azscheck.demo import DemoStamp
from azscheck.inventory import Coverage, CoverageState, Inventory
from azscheck.policy.load import load_library
from azscheck.policy.membership import choose
from azscheck.sources.deployment.questions import questions
from azscheck.sources.deployment.writing import head, written
from azscheck.times import parse_time
from tests.cli.conftest import Run, configuration
from tests.conftest import NOW
from tests.sources.deployment.plans import WHOLE, write_plan
from tests.sources.share.samba import PASSWORD, Samba, samba

NOW_SECONDS = parse_time(NOW).timestamp()
FORMATS = ("table", "json", "html", "markdown")


def judged(run: Run, *arguments: str | Path, code: int = 0) -> dict[str, Any]:
    ran = run("readiness", *arguments, "--now", NOW, "--format", "json=r.json")
    assert ran.code == code, ran.out + ran.err
    found: dict[str, Any] = json.loads(Path("r.json").read_text("utf-8"))
    return found


def findings(results: dict[str, Any]) -> set[str]:
    return {r["policy"] for r in results["results"] if r["state"] == "nonCompliant"}


def appendix(results: dict[str, Any], title: str) -> dict[str, Any]:
    (found,) = [a for a in results["appendices"] if a["title"] == title]
    return dict(found)


def test_a_whole_plan_passes_and_tells_what_remains(run: Run) -> None:
    """A plan without a fault stops a pipeline, or what only the stamp can answer is forgotten."""
    results = judged(run, write_plan(Path()))
    assert findings(results) == set()
    listed = [row[1] for row in appendix(results, "To be verified after the deployment")["rows"]]
    library = load_library()
    every, answered = (
        {policy.id for policy in choose(library.policies, library.sets, [name])}
        for name in ("backup-and-dr", "readiness")
    )
    assert sorted(listed) == sorted(every - answered)
    assert all(row[0] == "[ ]" and row[4] for row in appendix(results, "To be verified after the deployment")["rows"])


@pytest.mark.parametrize("form", FORMATS)
def test_every_report_has_the_room_and_the_checklist(run: Run, form: str) -> None:
    """Whoever reads one form of the report does not know what remains to be done."""
    run("readiness", write_plan(Path()), "--now", NOW, "--format", f"{form}=out")
    text = Path("out").read_text("utf-8")
    for words in ("280 GB", "500 GB", "ASH-INF-006", "recovery-ready"):
        assert words in text
    assert "to be verified after the deployment" in text.lower()
    run("readiness", "plan.yaml", "--now", NOW, "--format", "json=r.json")
    again = run("report", "r.json", "--format", f"{form}=again")
    assert again.code == 0, again.err
    assert Path("again").read_text("utf-8") == text


@pytest.mark.parametrize(
    ("change", "needs"),
    [
        ({}, ["20 GB", "280 GB", "500 GB"]),
        ({"identityProvider": "Entra ID", "connected": True}, ["1 GB", "14 GB", "500 GB"]),
        ({"schedule": {"everyHours": 4, "retentionDays": 14}}, ["20 GB", "1,680 GB", "500 GB"]),
        ({"schedule": {"everyHours": 5, "retentionDays": 2}}, ["20 GB", "200 GB", "500 GB"]),
        ({"schedule": {}}, ["20 GB", "280 GB", "500 GB"]),
    ],
)
def test_the_room_is_reckoned(run: Run, change: dict[str, Any], needs: list[str]) -> None:
    """A share is bought that is too small by what the report says."""
    results = judged(run, write_plan(Path(), lambda plan: plan.update(change)), "--fail-on", "none")
    assert [row[1] for row in appendix(results, "Room on the share")["rows"]] == needs
    short = needs[1] == "1,680 GB"
    assert ("ASH-INF-024" in findings(results)) is short


def test_where_nothing_says_how_people_sign_in_both_are_reckoned(run: Run) -> None:
    """The smaller need is shown for a stamp that may need the greater."""
    results = judged(run, write_plan(Path(), lambda plan: plan.pop("identityProvider")), code=1)
    sizes = [row[1] for row in appendix(results, "Room on the share")["rows"]]
    assert sizes == ["1 GB", "14 GB", "20 GB", "280 GB", "500 GB"]


def test_other_sizes_are_reckoned_with(run: Run) -> None:
    """Judged is by other sizes than shown."""
    sizes = json.dumps([{"identityProvider": "AD FS", "minimumNodes": 4, "gigabytes": 40}])
    results = judged(run, write_plan(Path()), "--parameter", f"ASH-INF-024.sizes={sizes}", code=1)
    assert [row[1] for row in appendix(results, "Room on the share")["rows"]] == ["40 GB", "560 GB", "500 GB"]
    assert findings(results) == {"ASH-INF-024"}


def test_a_plan_is_kept_as_an_inventory(run: Run) -> None:
    """What a plan says cannot be judged elsewhere by other policies."""
    judged(run, write_plan(Path()), "--save-inventory", "plan.ndjson")
    inventory = Inventory.read("plan.ndjson")
    assert len(inventory.of_type("Azscheck/plans")) == 1
    # Judged as an inventory, by the same policies, it gives the same.
    ran = run("scan", "--inventory", "plan.ndjson", "--set", "readiness", "--now", NOW)
    assert ran.code == 0, ran.out


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("plan: [", "is not YAML"),
        ("", "is empty: `azscheck readiness --new plan.yaml` writes one"),
        ("- north", "the file must be an object"),
        ("region: east", "the file lacks 'plan'"),
        ("plan: north\nnodes: many", "plan.yaml:2:1: 'nodes' must be an integer"),
        ("plan: north\nregoin: east", "plan.yaml:2:1: 'regoin' is not a known key here; did you mean 'region'?"),
        ("plan: north\nencryptionCertificate: {file: no.cer}", "no.cer: cannot be read: No such file or directory"),
        ("plan: north\nevidence: [{kind: readiness-checker, file: no.json}]", "no.json:1:1: cannot be read"),
        ("plan: north\nplan: south", "'plan' stands here twice"),
    ],
)
def test_a_broken_plan(run: Run, text: str, sentence: str) -> None:
    """A slip in a plan is a traceback, or a finding of something else."""
    Path("plan.yaml").write_text(text)
    ran = run("readiness", "plan.yaml")
    assert (ran.code, sentence in ran.err) == (2, True), ran.err
    assert len(ran.err.splitlines()) == 1


def test_no_plan(run: Run) -> None:
    """Somebody who begins is not told how."""
    ran = run("readiness")
    assert (ran.code, "--new" in ran.err) == (2, True)
    assert run("readiness", "other.yaml").code == 2


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--example",), "go with --new"),
        (("--force",), "go with --new"),
        (("--allow-write-probe",), "goes with --probe-share"),
        (("--probe-share",), "the plan names no password"),
        (("--set", "redyness"), "did you mean 'readiness'?"),
        (("--save-inventory", "plan.yaml"), "is read by this command"),
    ],
)
def test_options_that_do_not_fit(run: Run, options: tuple[str, ...], sentence: str) -> None:
    """An option is left out without a word."""
    ran = run("readiness", write_plan(Path()), *options)
    assert (ran.code, sentence in ran.err) == (2, True), ran.err


# --new


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


ANSWERS = {
    "stamp's name": "north",
    "Where the stamp will stand": "datacenter A",
    "The region's name": "east",
    "external domain": "east.contoso.com",
    "internal domain": "azurestack.local",
    "How people sign in": "ad fs",
    "Connected": "no",
    "How many nodes": "4",
    "Ranges": "10.1.0.0-10.1.0.255, 192.0.2.0 - 192.0.2.255",
    "The backup share,": r"\\fs01.corp.contoso.com\azsbackup\east",
    "Its device": "windowsFileServer",
    "Where it is": "datacenter B",
    "The room": "500 GB",
    "SMB encryption": "required",
    "The account": r"CORP\svc-azsbackup",
    "May that account": "yes",
    "Hours": "12",
    "Days that": "7",
    "The certificate's file": "backup.cer",
    "Where its private key": "the vault of datacenter B, in a safe",
    "The switches": "TOR1, TOR2",
    "procedure for switches": "Vendor's guide: 4.2 # switches",
    "The hardware lifecycle host": "HLH",
    "procedure for it": "5.1",
    "How often these": "7d",
    "The plan for the loss": "BC-17",
    "The day": "2026-05-01",
    "The backup that tenants": "Contoso Backup",
    "The product": "Commvault",
    "The host or share": r"\\commvault.corp.contoso.com\library",
    "Where it keeps": "otherDatacenter",
    "What replicates": "Azure Site Recovery",
    "To where": "south",
    "Where that is": "datacenter B",
    "The Readiness Checker's": "report.json",
    "When it was made": "2026-05-20",
}


def at_terminal(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("".join(f"{answer}\n" for answer in answers)))


def test_a_person_is_asked_and_the_plan_passes(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was answered is written otherwise, or not all that a plan needs is asked for."""
    write_plan(Path()).unlink()
    at_terminal(monkeypatch, *ANSWERS.values())
    ran = run("readiness", "--new")
    assert ran.code == 0, ran.err
    asked = ran.err
    for words in ANSWERS:
        assert words in asked
        asked = asked[asked.index(words) + len(words) :]
    assert findings(judged(run, "plan.yaml")) == set()
    assert r"path: \\fs01.corp.contoso.com\azsbackup\east" in Path("plan.yaml").read_text()


def test_what_cannot_be_is_asked_again(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip of the finger spoils all the answers before it."""
    wrong = {"How people sign in": "ldap", "Connected": "perhaps", "How many nodes": "four", "Ranges": "10.1.0.0/24"}
    answers = [
        two for words, answer in ANSWERS.items() for two in ([wrong[words], answer] if words in wrong else [answer])
    ]
    at_terminal(monkeypatch, "north star", *answers)
    ran = run("readiness", "--new")
    assert ran.code == 0, ran.err
    for sentence in ("letters, digits", "one of Entra ID, AD FS", "yes or no", "with a number", "ranges such as"):
        assert sentence in ran.err


def test_what_is_left_open_is_a_comment(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who does not know everything yet has to begin again."""
    at_terminal(monkeypatch, "north", *[""] * (len(ANSWERS) - 1))
    assert run("readiness", "--new").code == 0
    assert "# region: east" in Path("plan.yaml").read_text()
    assert judged(run, "plan.yaml", code=1)


def test_only_what_a_plan_lacks_is_asked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written already is asked again, or written over."""
    write_plan(Path())
    kept = {key: value for key, value in WHOLE.items() if key not in ("schedule", "replication")}
    lines = [f"{key}: {json.dumps(value)}" for key, value in kept.items()]
    Path("plan.yaml").write_text("# mine\n" + "\n".join(lines) + "\n")
    at_terminal(monkeypatch, "12", "7", "Azure Site Recovery", "south", "datacenter B")
    ran = run("readiness", "--new")
    assert ran.code == 0, ran.err
    assert "region" not in ran.err
    assert Path("plan.yaml").read_text().startswith("# mine\n")
    assert findings(judged(run, "plan.yaml")) == set()


def test_a_plan_that_cannot_be_added_to_stays(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan in another form of YAML is damaged."""
    file = write_plan(Path(), lambda plan: plan.pop("schedule"))
    before = file.read_text()
    at_terminal(monkeypatch, "12", "7")
    ran = run("readiness", "--new", file)
    assert (ran.code, "add schedule by hand" in ran.err) == (2, True), ran.err
    assert file.read_text() == before


@pytest.mark.parametrize("example", [("--example",), ()])
def test_without_a_terminal_a_plan_with_comments_is_written(
    run: Run, monkeypatch: pytest.MonkeyPatch, example: tuple[str, ...]
) -> None:
    """A pipeline waits for an answer, or what is written is no plan."""
    monkeypatch.setattr("sys.stdin", Terminal("") if example else io.StringIO(""))
    ran = run("readiness", "--new", "new.yaml", *example)
    assert ran.code == 0, ran.err
    assert "ASH-INF-001" in findings(judged(run, "new.yaml", code=1))
    assert run("readiness", "--new", "new.yaml", *example).code == 2


def test_the_examples_are_a_plan_that_passes(run: Run) -> None:
    """Who takes the comment signs away has a plan that is refused, or found wanting."""
    write_plan(Path())
    Path("AzsReadinessCheckerReport.json").write_bytes(Path("report.json").read_bytes())
    answers = {question.name: question.example for question in questions()}
    file = Path("plan.yaml")
    file.write_text(head("north", "plan.yaml") + written(answers))
    os.utime("AzsReadinessCheckerReport.json", (NOW_SECONDS, NOW_SECONDS))
    assert findings(judged(run, file)) == set()
    commented = head("north", "plan.yaml") + written({})
    lines = [line.replace("# ", "", 1) for line in commented.splitlines()]
    assert not {line for line in file.read_text().splitlines() if ":" in line and line[0] != "#"} - set(lines)


def test_no_plan_is_written_over(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan of a week's work is gone."""
    file = write_plan(Path())
    before = file.read_text()
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    ran = run("readiness", "--new", file)
    assert (ran.code, "is there already" in ran.err) == (2, True)
    assert file.read_text() == before
    assert run("readiness", "--new", file, "--force").code == 0
    assert file.read_text() != before


# --probe-share


def plan_of(server: Samba, **changes: Any) -> Callable[[dict[str, Any]], None]:
    def change(plan: dict[str, Any]) -> None:
        settings = {"path": server.path, "port": server.port, "user": server.user, "passwordEnv": "SHARE_PASSWORD"}
        plan["backupShare"] |= {**settings, **changes}

    return change


def test_the_planned_share_is_looked_at(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A share that cannot be entered passes, its password is written somewhere, or something is left on it."""
    monkeypatch.setenv("SHARE_PASSWORD", PASSWORD)
    with samba("required", read_only=False) as server:
        server.share.chmod(0o777)
        file = write_plan(Path(), plan_of(server, capacity="900 PB"))
        results = judged(run, file, "--probe-share", "--allow-write-probe", "--fail-on", "none")
        assert list(server.share.iterdir()) == []
    rows = dict(appendix(results, "The share, looked at")["rows"])
    assert rows["resolves to"] == "127.0.0.1"
    assert (rows["encryption"], rows["signed in as"]) == ("required", server.user)
    assert rows["write test"].startswith("a folder and a file of azscheck's own were made")
    assert PASSWORD not in Path("r.json").read_text("utf-8")
    states = {r["policy"]: r["state"] for r in results["results"]}
    assert states["ASH-PLAN-010"] == "compliant"
    # 900 PB are planned; what is free is judged.
    (room,) = [r for r in results["results"] if r["policy"] == "ASH-INF-024"]
    assert not any(e["seen"] == "900 PB" for e in room["evidence"])


def test_an_account_that_cannot_write_is_found(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first backup finds out."""
    monkeypatch.setenv("SHARE_PASSWORD", PASSWORD)
    with samba("if_required") as server:
        file = write_plan(Path(), plan_of(server))
        results = judged(run, file, "--probe-share", "--allow-write-probe", "--fail-on", "none")
        assert "ASH-PLAN-010" in findings(results)
        read_alone = judged(run, file, "--probe-share", "--fail-on", "none")
        assert "ASH-PLAN-010" not in findings(read_alone)


def test_encryption_is_judged_as_it_is_seen(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the plan hopes of the server is believed."""
    monkeypatch.setenv("SHARE_PASSWORD", PASSWORD)
    with samba("off") as server:
        refused = run("readiness", write_plan(Path(), plan_of(server)), "--probe-share", "--now", NOW)
        assert refused.code == 3
        assert "does not offer SMB encryption" in refused.out
        assert "`backupShare.encryption: none`" in " ".join(refused.out.split())
        file = write_plan(Path(), plan_of(server, encryption="none"))
        assert "ASH-INF-026" in findings(judged(run, file, "--probe-share", "--fail-on", "none"))
    with samba("if_required") as server:
        file = write_plan(Path(), plan_of(server, encryption="none"))
        assert "ASH-INF-026" not in findings(judged(run, file, "--probe-share", "--fail-on", "none"))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"port": 1}, "does not listen on port 1"),
        ({"path": r"\\no.such.host.invalid\b"}, "does not resolve"),
        ({"path": r"\\127.0.0.1\nothing"}, "has no share nothing"),
        ({"path": r"\\127.0.0.1\backups\nothing"}, r"There is no folder \\127.0.0.1\backups\nothing"),
        ({"user": "nobody-here"}, "refused the account nobody-here"),
    ],
)
def test_a_share_that_is_not_there_leaves_the_run_incomplete(
    run: Run, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], sentence: str
) -> None:
    """A share that nobody saw counts as looked at, or is a traceback."""
    monkeypatch.setenv("SHARE_PASSWORD", PASSWORD)
    with samba("if_required") as server:
        file = write_plan(Path(), plan_of(server, **changes))
        results = judged(run, file, "--probe-share", "--allow-write-probe", code=3)
    assert sentence in appendix(results, "The share, looked at")["rows"][0][1]
    (writing,) = [r for r in results["results"] if r["policy"] == "ASH-PLAN-010"]
    assert writing["state"] in ("unknown", "notApplicable")


# scan --readiness


def as_found(inventory_file: Path) -> dict[str, Any]:
    """A plan of the demo stamp as it is."""
    inventory = Inventory.read(inventory_file)
    (stamp,) = inventory.of_type("Azscheck/stamps")
    (location,) = inventory.of_type("Microsoft.Backup.Admin/backupLocations")
    told, store = stamp.body["properties"], location.body["properties"]["externalStoreDefault"]
    pool = inventory.of_type("Microsoft.Fabric.Admin/fabricLocations/ipPools")[0].body["properties"]
    return {
        "plan": "north",
        "region": told["region"],
        "externalDomain": told["externalDomain"],
        "identityProvider": told["identityProvider"],
        "connected": told["connected"],
        "nodes": told["nodeCount"],
        "ipPools": [{"name": "pool", "start": pool["startIpAddress"], "end": pool["endIpAddress"]}],
        "backupShare": {
            "path": store["path"] + "\\",
            "user": store["userName"].lower(),
            "device": told["backupShare"]["device"],
            "location": told["backupShare"]["location"],
        },
        "schedule": {
            "everyHours": store["backupFrequencyInHours"],
            "retentionDays": store["backupRetentionPeriodInDays"],
        },
    }


def scanned(run: Run, inventory_file: Path, plan: dict[str, Any]) -> dict[str, Any]:
    Path("plan.yaml").write_text(json.dumps(plan, indent=1))
    options = ("--now", NOW, "--format", "json=r.json", "--fail-on", "none")
    ran = run("scan", "--inventory", inventory_file, "--readiness", "plan.yaml", *options)
    assert ran.code == 0, ran.err
    found: dict[str, Any] = json.loads(Path("r.json").read_text("utf-8"))
    return found


def compared(results: dict[str, Any]) -> dict[str, str]:
    return {r["name"]: r["state"] for r in results["results"] if r["policy"] == "ASH-PLAN-020"}


def test_a_stamp_that_is_as_planned(run: Run, inventory_file: Path) -> None:
    """A difference of spelling alone is a departure."""
    states = compared(scanned(run, inventory_file, as_found(inventory_file)))
    assert set(states.values()) == {"compliant"}
    assert {*CHANGES, "externalDomain", "backupShare.device"} == set(states)


CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "region": lambda p: p.update(region="west", externalDomain="west.fabrikam.example"),
    "identityProvider": lambda p: p.update(identityProvider="Entra ID", connected=True),
    "connected": lambda p: p.update(connected=True),
    "nodes": lambda p: p.update(nodes=16),
    "backupShare.path": lambda p: p["backupShare"].update(path=r"\\fs02.corp.fabrikam.example\b"),
    "backupShare.user": lambda p: p["backupShare"].update(user=r"CORP\other"),
    "backupShare.location": lambda p: p["backupShare"].update(location="datacenter C"),
    "schedule.everyHours": lambda p: p["schedule"].update(everyHours=11),
    "schedule.retentionDays": lambda p: p["schedule"].update(retentionDays=3),
    "ipPools.pool": lambda p: p["ipPools"][0].update(end=p["ipPools"][0]["start"]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_stamp_that_departs_from_its_plan(run: Run, inventory_file: Path, name: str) -> None:
    """What was built otherwise than planned is not told, or told of something else, or without the plan's line."""
    plan = as_found(inventory_file)
    CHANGES[name](plan)
    results = scanned(run, inventory_file, plan)
    departing = {n for n, state in compared(results).items() if state != "compliant"}
    together = {"region": "externalDomain", "identityProvider": "connected"}
    assert departing == {name, together.get(name, name)}
    (finding,) = [r for r in results["results"] if r["policy"] == "ASH-PLAN-020" and r["name"] == name]
    assert finding["origin"]["address"] == "plan.yaml"
    line = Path("plan.yaml").read_text().splitlines()[finding["origin"]["line"] - 1]
    assert line.strip().startswith("{" if name.startswith("ipPools") else f'"{name.rpartition(".")[2]}"')


def test_the_certificate_is_held_against_the_stamps(run: Run, inventory_file: Path) -> None:
    """Backups are encrypted with a key that nobody keeps."""
    write_plan(Path())
    plan = {**as_found(inventory_file), "encryptionCertificate": {"file": "backup.cer"}}
    results = scanned(run, inventory_file, plan)
    assert {n for n, s in compared(results).items() if s != "compliant"} == {"encryptionCertificate.thumbprint"}


def test_what_nobody_could_read_is_no_departure(run: Run, inventory_file: Path) -> None:
    """A list that failed is taken for a stamp without nodes or without a share."""
    whole = Inventory.read(inventory_file)
    kinds = ("Microsoft.Backup.Admin/backupLocations", "Microsoft.Fabric.Admin/fabricLocations/ipPools")
    failed = [Coverage("north", kind, "", CoverageState.FAILED, "403 AuthorizationFailed") for kind in kinds]
    kept = [c for c in whole.coverage if c.type not in kinds]
    replace(
        whole,
        resources=tuple(r for r in whole.resources if r.type not in kinds),
        coverage=(*kept, *failed),
    ).write("less.ndjson")
    Path("plan.yaml").write_text(json.dumps(as_found(inventory_file)))
    run("scan", "--inventory", "less.ndjson", "--readiness", "plan.yaml", "--now", NOW, "--format", "json=r.json")
    states = compared(json.loads(Path("r.json").read_text("utf-8")))
    unknown = {name for name, state in states.items() if state == "unknown"}
    assert unknown == {n for n in states if n.startswith(("schedule.", "ipPools."))} | {
        "backupShare.path",
        "backupShare.user",
    }
    assert "nonCompliant" not in states.values()


def test_an_account_in_two_spellings_is_not_known(run: Run, inventory_file: Path) -> None:
    """The same account written as user@domain is a departure."""
    plan = as_found(inventory_file)
    plan["backupShare"]["user"] = plan["backupShare"]["user"].rpartition("\\")[2] + "@corp.fabrikam.example"
    assert compared(scanned(run, inventory_file, plan))["backupShare.user"] == "unknown"


def test_a_scan_ticks_the_checklist_off(run: Run, inventory_file: Path) -> None:
    """What remains to be verified stays open for ever, or is ticked off unseen."""
    results = scanned(run, inventory_file, as_found(inventory_file))
    rows = {row[1]: row for row in appendix(results, "Verified after the deployment")["rows"]}
    states: dict[str, set[str]] = {}
    for result in results["results"]:
        states.setdefault(result["policy"], set()).add(result["state"])
    for policy, row in rows.items():
        done = states.get(policy, set()) <= {"compliant", "notApplicable", "exempt"} and policy in states
        assert row[0] == ("[x]" if done else "[ ]"), row
    assert {row[0] for row in rows.values()} == {"[x]", "[ ]"}


def test_a_scan_by_fewer_policies_ticks_off_no_more(run: Run, inventory_file: Path) -> None:
    """What was not judged counts as verified."""
    Path("plan.yaml").write_text(json.dumps(as_found(inventory_file)))
    options = ("--readiness", "plan.yaml", "--set", "infrastructure", "--now", NOW, "--format", "json=r.json")
    run("scan", "--inventory", inventory_file, *options)
    results = json.loads(Path("r.json").read_text("utf-8"))
    rows = {row[1]: row for row in appendix(results, "Verified after the deployment")["rows"]}
    assert rows["ASH-TEN-001"][0] == "[ ]"
    assert rows["ASH-TEN-001"][4] == "was not judged by this scan"


def test_a_live_scan_collects_what_is_compared(run: Run, stamp: DemoStamp) -> None:
    """What only the plan asks for is not read, and all of it is unknown."""
    configuration(stamp, Path(), connected=False)
    plan = {"plan": "north", "region": "north", "connected": False, "schedule": {"everyHours": 5}}
    Path("plan.yaml").write_text(json.dumps({**plan, "ipPools": [{"start": "10.0.0.1", "end": "10.0.0.2"}]}))
    options = ("--set", "tenant", "--readiness", "plan.yaml", "--now", NOW, "--format", "json=r.json")
    ran = run("scan", *options, "--fail-on", "none")
    assert ran.code == 0, ran.err
    states = compared(json.loads(Path("r.json").read_text("utf-8")))
    assert states == {
        "region": "compliant",
        "connected": "compliant",
        "schedule.everyHours": "nonCompliant",
        "ipPools.1": "nonCompliant",
    }


def test_of_two_stamps_the_one_with_a_plan_is_compared(run: Run, inventory_file: Path) -> None:
    """A stamp without a plan is unknown, or departs from another's."""
    north = Inventory.read(inventory_file)
    south = [replace(r, stamp="south") for r in north.of_type("Azscheck/stamps")]
    Inventory.of(north.created, (*north.resources, *south), north.coverage).write("two.ndjson")
    Path("plan.yaml").write_text(json.dumps(as_found(inventory_file)))
    run("scan", "--inventory", "two.ndjson", "--readiness", "plan.yaml", "--now", NOW, "--format", "json=r.json")
    results = json.loads(Path("r.json").read_text("utf-8"))["results"]
    assert {r["stamp"] for r in results if r["policy"] == "ASH-PLAN-020"} == {"north"}


def test_plans_that_do_not_fit_the_scan(run: Run, inventory_file: Path) -> None:
    """A plan of another stamp is compared with this one, or with none."""
    Path("plan.yaml").write_text("plan: south\nregion: south\n")
    ran = run("scan", "--inventory", inventory_file, "--readiness", "plan.yaml", "--now", NOW)
    assert (ran.code, "is of the stamp 'south', this scan is of north" in ran.err) == (2, True), ran.err
    twice = ("--readiness", "plan.yaml", "--readiness", "plan.yaml")
    ran = run("scan", "--inventory", inventory_file, *twice, "--now", NOW)
    assert (ran.code, "two plans of the stamp 'south'" in ran.err) == (2, True), ran.err
