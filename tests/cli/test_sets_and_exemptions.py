"""Policy sets, exemptions and attestations, as the command line and a configuration have them."""

import json
from pathlib import Path
from typing import Any

import pytest

from azscheck.demo import DemoStamp
from tests.cli.conftest import Run, configuration
from tests.cli.test_mistakes import sentence
from tests.conftest import NOW

STAMP = "stamps: [{name: north, tenant: 'https://x', credential: {clientId: a, secretEnv: B}}]\n"
EXEMPTION = {
    "policy": "ASH-TEN-*",
    "scope": "*",
    "category": "waiver",
    "justification": "It is a demonstration.",
    "owner": "anna",
    "approvedBy": "bela",
    "expiresOn": "2026-06-20",
}


def scan(run: Run, inventory: Path, *options: str | Path) -> tuple[Any, dict[str, Any]]:
    ran = run("scan", "--inventory", inventory, "--now", NOW, "--format", "json=r.json", *options)
    return ran, json.loads(Path("r.json").read_text("utf-8")) if Path("r.json").exists() else {}


def policies(results: dict[str, Any]) -> set[str]:
    return {policy["id"][:7] for policy in results["policies"]}


def test_the_set_that_is_judged_by(run: Run, inventory_file: Path) -> None:
    """A report does not say which rules it is of, or is of others than the ones asked for."""
    _, results = scan(run, inventory_file)
    assert (results["sets"], policies(results)) == (["backup-and-dr"], {"ASH-INF", "ASH-TEN"})
    _, results = scan(run, inventory_file, "--set", "tenant")
    assert (results["sets"], policies(results)) == (["tenant"], {"ASH-TEN"})
    Path("c.yaml").write_text("sets: [infrastructure]\n" + STAMP)
    _, results = scan(run, inventory_file, "--config", "c.yaml")
    assert (results["sets"], policies(results)) == (["infrastructure"], {"ASH-INF"})
    _, results = scan(run, inventory_file, "--config", "c.yaml", "--set", "tenant", "--set", "infrastructure")
    assert (results["sets"], policies(results)) == (["tenant", "infrastructure"], {"ASH-INF", "ASH-TEN"})
    shipped = Path(__file__).parents[2] / "policies" / "tenant"
    _, results = scan(run, inventory_file, "--policies", shipped)
    assert (results["sets"], policies(results)) == ([], {"ASH-TEN"})
    for form in ("table", "html", "markdown"):
        assert "tenant" in run("scan", "--inventory", inventory_file, "--set", "tenant", "--format", form).out


def test_values_of_a_set_are_the_least_of_all(run: Run, inventory_file: Path) -> None:
    """A set's value outweighs what an operator said for a stamp, or does nothing."""
    Path("s.yaml").write_text("{set: s, title: S, policies: [ASH-INF-006], parameters: {maximumAge: PT4H}}")
    Path("c.yaml").write_text("parameters: {maximumAge: PT24H}\n" + STAMP)

    def state(*options: str) -> str:
        _, results = scan(run, inventory_file, "--policies", "s.yaml", "--set", "s", *options)
        (result,) = results["results"]
        return str(result["state"])

    assert state() == "nonCompliant"
    assert state("--parameter", "maximumAge=PT24H") == "compliant"
    assert state("--config", "c.yaml") == "compliant"


def test_accepted_findings_do_not_fail_a_pipeline(run: Run, inventory_file: Path) -> None:
    """A pipeline stays red for what was accepted, or nobody is told that an exemption is about to end."""
    Path("e.yaml").write_text(json.dumps({"exemptions": [EXEMPTION, {**EXEMPTION, "expiresOn": "2026-05-01"}]}))
    options = ("--set", "tenant", "--exemptions", "e.yaml")
    ran, results = scan(run, inventory_file, *options)
    assert ran.code == 0
    assert "1 of 2 exemptions applied, to 21 results; 1 expires within 30 days; 1 has expired" in ran.err
    exempt = [r for r in results["results"] if r["state"] == "exempt"]
    assert {r["wouldBe"] for r in exempt} == {"nonCompliant", "unknown"}
    assert all(r["evidence"] for r in exempt)
    again = run("report", "r.json", "--format", "table")
    assert "1 of 2 exemptions applied, to 21 results" in " ".join(again.out.split())
    Path("c.yaml").write_text("exemptions: [e.yaml]\n" + STAMP)
    assert scan(run, inventory_file, "--set", "tenant", "--config", "c.yaml")[0].code == 0
    Path("none.yaml").write_text("exemptions: []")
    assert scan(run, inventory_file, "--set", "tenant", "--config", "c.yaml", "--exemptions", "none.yaml")[0].code == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--set", "tennant"), ("'tennant'", "did you mean 'tenant'?")),
        (("--exemptions", "gone.yaml"), ("gone.yaml:1:1", "cannot be read")),
        (("--exemptions", "e.yaml"), ("e.yaml:1:1", "did you mean 'exemptions'?")),
        (("--exemptions", "e.yaml", "--format", "html=e.yaml"), ("name another file",)),
    ],
)
def test_slips(run: Run, inventory_file: Path, options: tuple[str, ...], words: tuple[str, ...]) -> None:
    """A slip in a name judges by other rules, or writes a report over the exemptions."""
    Path("e.yaml").write_text("exemption: []")
    sentence(scan(run, inventory_file, *options)[0], 2, *words)
    assert Path("e.yaml").read_text() == "exemption: []"


def test_policies_by_set(run: Run) -> None:
    """Nobody can see which policies a set has, or which values it gives."""
    listed = run("policy", "list", "--set", "tenant").out
    assert "ASH-TEN-001" in listed
    assert "ASH-INF" not in listed
    Path("s.yaml").write_text("{set: s, title: S, policies: [ASH-INF-006], parameters: {maximumAge: PT4H}}")
    shown = run("policy", "show", "ash-inf-006", "s.yaml", "--set", "s").out
    assert "default PT4H" in shown
    assert "policy sets: backup-and-dr, infrastructure, s" in shown
    sentence(run("policy", "list", "--set", "x"), 2, "there is no policy set 'x'")


def test_attestations_of_the_configuration(run: Run, stamp: DemoStamp) -> None:
    """What an operator attests does not reach the policies, live or with a saved inventory."""
    Path("mine").mkdir()
    source = Path(__file__).parents[2] / "policies" / "infrastructure" / "switch-backups.yaml"
    head = source.read_text("utf-8").partition("parameters:")[0].replace("ASH-INF-003", "MY-INF-001")
    require = "require: {use: attested, with: {policy: MY-INF-001, reason: nobody attested it}}\n"
    Path("mine/p.yaml").write_text(head + "appliesTo: Azscheck/stamps\n" + require)
    file = configuration(stamp, Path())
    assert run("collect", "-o", "i.ndjson", "--now", NOW).code == 0
    whole = json.loads(file.read_text())
    entry = {
        "policy": "MY-INF-001", "complianceState": "Compliant", "assessedOn": "2026-05-01", "expiresOn": "2026-07-01",
        "owner": "anna", "approvedBy": "bela", "comments": "done",
    }  # fmt: skip

    def state(*options: str | Path) -> tuple[str, str]:
        run("scan", "--config", file, "--policies", "mine", "--now", NOW, "--format", "json=r.json", *options)
        (result,) = json.loads(Path("r.json").read_text("utf-8"))["results"]
        return result["state"], result["message"]

    assert state("--inventory", "i.ndjson") == ("unknown", "nobody attested it")
    file.write_text(json.dumps({**whole, "attestations": []}))
    assert state("--inventory", "i.ndjson") == ("unknown", "nobody attested it")
    Path("a.yaml").write_text(json.dumps({"attestations": [entry]}))
    file.write_text(json.dumps({**whole, "attestations": ["a.yaml"]}))
    assert state("--inventory", "i.ndjson")[0] == "compliant"
    assert state()[0] == "compliant"
    Path("a.yaml").write_text(json.dumps({"attestations": [{**entry, "approvedBy": "anna"}]}))
    stamp.requests.clear()
    sentence(run("scan", "--config", file), 2, "a.yaml:1:", "another person")
    assert stamp.requests == []


def test_lines_tell_what_is_exempt(run: Run, inventory_file: Path) -> None:
    """The lines of a large inventory, judged while it is read, leave the exemptions out."""
    Path("e.yaml").write_text(json.dumps({"exemptions": [EXEMPTION]}))
    options = ("--inventory", inventory_file, "--now", NOW, "--set", "tenant", "--format", "lines=r.ndjson")
    assert run("scan", *options).code == 1
    assert run("scan", *options, "--exemptions", "e.yaml").code == 0
    lines = [json.loads(line) for line in Path("r.ndjson").read_text("utf-8").splitlines()]
    assert sum(len(line.get("exempt", ())) for line in lines) == 21
    assert not any(line.get("nonCompliant") for line in lines)
