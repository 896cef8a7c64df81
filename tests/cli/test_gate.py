"""`azscheck gate`: what a pipeline sees of templates and plans before they are deployed."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from azscheck.reports import FORMATS
from azscheck.results import Results
from tests.cli.conftest import Run
from tests.conftest import NOW

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
PARAMETERS = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"
POLICY = """
id: OURS-1
title: A machine has an owner
severity: high
category: tenant
why: Nobody answers for it.
remediation: Tag it.
references: [{title: Ours, url: "https://example.com"}]
appliesTo: Microsoft.Compute/virtualMachines
require: {field: "tags.owner", exists: true}
"""

Template = dict[str, Any]


def machine(name: str, **tags: str) -> Template:
    return {
        "type": "Microsoft.Compute/virtualMachines",
        "apiVersion": "2020-06-01",
        "name": name,
        "location": "local",
        "tags": tags,
        "properties": {"storageProfile": {"osDisk": {"createOption": "FromImage", "osType": "Linux"}}},
    }


def template(*resources: Template, **more: Any) -> str:
    content = {"$schema": SCHEMA, "contentVersion": "1.0.0.0", **more, "resources": list(resources)}
    return json.dumps(content, indent=2)


def parameters(**values: Any) -> str:
    given = {name: {"value": value} for name, value in values.items()}
    return json.dumps({"$schema": PARAMETERS, "contentVersion": "1.0.0.0", "parameters": given})


def plan(version: str = "1.2", **tags: str) -> str:
    address = "azurestack_virtual_machine.web"
    values = {"name": "web", "resource_group_name": "shop", "location": "local", "tags": tags}
    same = {"address": address, "mode": "managed", "type": "azurestack_virtual_machine", "name": "web"}
    same["provider_name"] = "registry.terraform.io/hashicorp/azurestack"
    change = {**same, "change": {"actions": ["create"], "before": None, "after": values, "after_unknown": {"id": True}}}
    return json.dumps(
        {
            "format_version": version,
            "terraform_version": "1.9.0",
            "planned_values": {"root_module": {"resources": [{**same, "values": values}]}},
            "resource_changes": [change],
            "configuration": {},
        }
    )


GOOD = template(machine("web", owner="anna"))
BAD = template(machine("web"))


@pytest.fixture
def gate(run: Run) -> Callable[..., Any]:
    """The gate, with one policy: each machine has an owner."""
    Path("ours").mkdir()
    Path("ours/owner.yaml").write_text(POLICY)

    def command(*arguments: str | Path) -> Any:
        return run("gate", "--policies", "ours", "--now", NOW, *arguments)

    return command


def results(gate: Callable[..., Any], *arguments: str) -> Results:
    gate(*arguments, "--format", "json=found.json")
    return Results.read("found.json")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (GOOD, 0),
        (BAD, 1),
        (plan(owner="anna"), 0),
        (plan(), 1),
        (plan("9.9", owner="anna"), 3),
        ("", 3),
        ('{"$schema": ', 3),
        ("{}", 2),
        ("[]", 2),
        ('{"name": "a-package"}', 2),
        (template(), 3),
        (template(machine("web", owner="anna")).replace('"resources"', '"resource"'), 3),
        ("\x00\x01", 3),
        ("[" * 100_000, 3),
    ],
)
def test_a_file_is_green_only_when_it_was_understood(gate: Callable[..., Any], content: str, code: int) -> None:
    """A pipeline passes a file that nobody could read."""
    Path("main.json").write_text(content)
    ran = gate("main.json")
    assert ran.code == code, ran.out + ran.err
    if code >= 2:
        assert len(ran.err.strip().splitlines()) == 1, ran.err


def test_a_missing_file_is_a_mistake(gate: Callable[..., Any]) -> None:
    """A file that was moved is not looked at, and the pipeline is green."""
    ran = gate("gone.json")
    assert (ran.code, ran.err) == (2, "azscheck: gone.json: there is no such file or folder.\n")


def test_what_is_broken_does_not_hide_the_others(gate: Callable[..., Any]) -> None:
    """One broken file, and a finding in another is not told until it is mended."""
    Path("a").mkdir()
    Path("a/broken.json").write_text("{,}")
    Path("a/main.json").write_text(BAD)
    Path("a/package.json").write_text("{}")
    ran = gate("a")
    assert ran.code == 3
    assert "a/broken.json:1:2" in ran.out
    assert re.search(r"a/main.json:\d+:\d+", ran.out)
    assert "1 other JSON file passed over" in ran.out


def test_each_finding_names_its_line(gate: Callable[..., Any]) -> None:
    """An author is told that something is wrong somewhere in a file of a thousand lines."""
    Path("main.json").write_text(template(machine("db", owner="anna"), machine("web")))
    (finding,) = results(gate, "main.json").findings()
    lines = Path("main.json").read_text().splitlines()
    assert finding.origin is not None
    assert finding.origin.line == lines.index('      "tags": {},') + 1


@pytest.mark.parametrize("form", [*FORMATS, "html=r.html", "gitlab=q.json"])
@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("bad.json",), 1),
        (("bad.json", "--fail-on", "critical"), 0),
        (("good.json",), 0),
        (("good.json", "--min-policies", "1"), 0),
        (("good.json", "--min-policies", "2"), 3),
        (("unknown.json", "good.json"), 0),
        (("unknown.json", "good.json", "--fail-on-unknown"), 3),
        (("unknown.json",), 3),
        (("bad.json", "broken.json"), 3),
    ],
)
def test_the_exit_code_does_not_depend_on_the_format(
    gate: Callable[..., Any], form: str, options: tuple[str, ...], code: int
) -> None:
    """A pipeline turns green because somebody asked for another report."""
    unknown = template({**machine("web"), "tags": "[parameters('tags')]"}, parameters={"tags": {"type": "object"}})
    for name, content in (("bad", BAD), ("good", GOOD), ("unknown", unknown), ("broken", "{")):
        Path(f"{name}.json").write_text(content)
    assert gate(*options, "--format", form).code == code


def test_a_template_is_judged_with_each_of_its_parameter_files(gate: Callable[..., Any]) -> None:
    """What is deployed to production is judged with the values of a test."""
    owned = template({**machine("web"), "tags": "[parameters('tags')]"}, parameters={"tags": {"type": "object"}})
    Path("main.json").write_text(owned)
    Path("main.parameters.json").write_text(parameters(tags={"owner": "anna"}))
    Path("main.parameters.prod.json").write_text(parameters(tags={}))
    Path("main.test.parameters.json").write_text(parameters(tags={"owner": "bela"}))
    # Of a template of its own.
    Path("main.other.json").write_text(GOOD)
    Path("main.other.parameters.json").write_text(parameters())
    found = results(gate, "main.json")
    states = {r.stamp: r.state.value for r in found.results}
    assert states == {"main.json": "compliant", "main.json (prod)": "nonCompliant", "main.json (test)": "compliant"}
    assert gate("main.test.parameters.json").code == 0
    assert gate("main.parameters.prod.json").code == 1
    given = gate(
        "main.json", "--parameters", "main.parameters.prod.json", "--template-parameter", 'tags={"owner": "x"}'
    )
    assert given.code == 0
    assert gate("main.json", "--template-parameter", "tag=1").code == 2
    assert gate(".", "--parameters", "main.parameters.prod.json").code == 2


def test_a_linked_template_is_judged_where_it_is_linked(gate: Callable[..., Any]) -> None:
    """A part of a template is judged without the parameters that it is deployed with, and is unknown for ever."""
    Path("infra/nested").mkdir(parents=True)
    link = {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2021-04-01",
        "name": "vm",
        "properties": {
            "mode": "Incremental",
            "templateLink": {"relativePath": "nested/vm.json"},
            "parameters": {"tags": {"value": {"owner": "anna"}}},
        },
    }
    Path("infra/main.json").write_text(template(link))
    nested = template({**machine("web"), "tags": "[parameters('tags')]"}, parameters={"tags": {"type": "object"}})
    Path("infra/nested/vm.json").write_text(nested)
    found = results(gate, "infra")
    assert found.gate is not None
    assert [file.name for file in found.gate.files] == ["infra/main.json"]
    assert [(r.state.value, r.origin and r.origin.address) for r in found.results] == [
        ("compliant", "infra/nested/vm.json")
    ]


def test_folders_are_walked_but_for_what_others_brought(gate: Callable[..., Any]) -> None:
    """The gate judges what npm or Terraform downloaded."""
    for folder in ("node_modules", ".terraform", ".hidden", "kept", "left"):
        Path("infra", folder).mkdir(parents=True)
        Path("infra", folder, "main.json").write_text(GOOD)
    found = results(gate, "infra", "--exclude", "left/*")
    assert found.gate is not None
    assert [file.name for file in found.gate.files] == ["infra/kept/main.json"]


def test_a_plan_and_a_template_together(gate: Callable[..., Any]) -> None:
    """Two files of one run are mixed up."""
    Path("plan.json").write_text(plan())
    Path("main.json").write_text(GOOD)
    found = results(gate, "plan.json", "main.json")
    assert {r.stamp: r.state.value for r in found.results} == {"plan.json": "nonCompliant", "main.json": "compliant"}


def test_what_is_known_does_not_fail(gate: Callable[..., Any]) -> None:
    """A gate cannot be put up before everything old is mended; or what is new hides behind what is old."""
    Path("main.json").write_text(BAD)
    assert gate("main.json", "--write-baseline", "known.json").code == 0
    first = Path("known.json").read_bytes()
    known = gate("main.json", "--baseline", "known.json")
    assert known.code == 0
    assert "known: " in known.out
    assert "1 result known from known.json, 0 new" in known.err
    # Ids don't depend on lines.
    Path("main.json").write_text("\n\n" + template(machine("web"), machine("db")))
    more = gate("main.json", "--baseline", "known.json")
    assert more.code == 1
    assert "1 result known from known.json, 1 new" in more.err
    Path("main.json").write_text(GOOD)
    fixed = gate("main.json", "--baseline", "known.json")
    assert fixed.code == 0
    assert "1 entry of it no longer occurs" in fixed.out
    assert gate("main.json", "--baseline", "known.json", "--write-baseline", "known.json").code == 0
    assert b"findings" in first
    assert json.loads(Path("known.json").read_text())["findings"] == []


def test_a_baseline_is_the_same_wherever_the_checkout_lies(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A baseline that was written on a laptop knows nothing in the pipeline."""
    written = []
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours/owner.yaml").write_text(POLICY)
    for place in ("one", "elsewhere/two"):
        root = tmp_path / place
        (root / "infra").mkdir(parents=True)
        (root / ".git").mkdir()
        (root / "infra/main.json").write_text(BAD)
        for folder, name in ((root, "infra/main.json"), (root / "infra", "main.json"), (root, root / "infra")):
            monkeypatch.chdir(folder)
            run("gate", name, "--policies", tmp_path / "ours", "--write-baseline", root / "known.json")
            written.append((root / "known.json").read_bytes())
    assert len(set(written)) == 1


def test_what_was_not_judged_is_not_fixed(gate: Callable[..., Any]) -> None:
    """A baseline forgets what another pipeline's part of the files has."""
    for name in ("a", "b"):
        Path(f"{name}.json").write_text(BAD)
    gate("a.json", "b.json", "--write-baseline", "known.json")
    assert "no longer" not in gate("a.json", "--baseline", "known.json").out
    gate("a.json", "--baseline", "known.json", "--write-baseline", "known.json")
    assert gate("b.json", "--baseline", "known.json").code == 0


def test_a_baseline_serves_a_scan_too(run: Run, shareless_file: Path) -> None:
    """Two ways to say that a finding is known."""
    arguments = ("scan", "--inventory", shareless_file, "--now", NOW)
    assert run(*arguments).code == 1
    assert run(*arguments, "--write-baseline", "known.json").code == 0
    assert run(*arguments, "--baseline", "known.json", "--fail-on-unknown").code == 0


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"azscheck": "baseline", "version": 7}', '{"azscheck": "baseline", "version": 1}', "\xff"]
)
def test_a_broken_baseline_is_a_mistake(gate: Callable[..., Any], content: str) -> None:
    """Nothing is known, or everything, because a file was cut off."""
    Path("main.json").write_text(GOOD)
    Path("known.json").write_text(content, "latin-1")
    ran = gate("main.json", "--baseline", "known.json")
    assert ran.code == 2
    assert "known.json" in ran.err


def git(*arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *who, *arguments], check=True, capture_output=True)


def test_only_what_changed(gate: Callable[..., Any]) -> None:
    """A pull request is held up by a file that it does not touch; or a changed parameter file is not looked at."""
    for name in ("a", "b", "c"):
        Path(f"{name}.json").write_text(BAD)
    Path("a.parameters.json").write_text(parameters())
    git("init")
    git("add", "-A")
    git("commit", "-m", "one")
    git("branch", "old")
    nothing = gate(".", "--changed-since", "old")
    assert nothing.code == 0
    assert "nothing to judge" in nothing.err
    Path("a.parameters.json").write_text(parameters() + "\n")
    Path("c.json").rename("moved.json")
    Path("new.json").write_text(BAD)
    git("add", "a.parameters.json", "moved.json", "c.json")
    git("commit", "-m", "two")
    found = results(gate, ".", "--changed-since", "old")
    assert found.gate is not None
    assert [file.name for file in found.gate.files] == ["a.json", "moved.json", "new.json"]


def test_a_changed_linked_template_is_a_change(gate: Callable[..., Any]) -> None:
    """A nested template is changed, and what deploys it is not judged."""
    Path("nested").mkdir()
    properties = {"mode": "Incremental", "templateLink": {"relativePath": "nested/vm.json"}}
    link = {"type": "Microsoft.Resources/deployments", "apiVersion": "2021-04-01", "name": "vm"}
    Path("main.json").write_text(template({**link, "properties": properties}))
    Path("nested/vm.json").write_text(GOOD)
    git("init")
    git("add", "-A")
    git("commit", "-m", "one")
    assert gate("main.json", "--changed-since", "HEAD").code == 0
    Path("nested/vm.json").write_text(BAD)
    assert gate("main.json", "--changed-since", "HEAD").code == 1


@pytest.mark.parametrize(
    ("uri", "linked", "encoding"),
    [
        ("https://store.example/nested/my vm.json", "infra/nested/my vm.json", "utf-8"),
        ("https://store.example/shared/vm.json", "shared/vm.json", "utf-8"),
        ("[concat('nested/', variables('name'), '.json')]", "infra/nested/vm.json", "utf-8"),
        ("[format('https://store.example/nested/{0}-disks.json', 'vm')]", "infra/nested/vm-disks.json", "utf-8"),
        ("https://store.example/nested/vm.json", "infra/nested/vm.json", "utf-16"),
    ],
)
def test_a_linked_template_is_a_change_however_it_is_named(
    gate: Callable[..., Any], uri: str, linked: str, encoding: str
) -> None:
    """A linked template is changed, its name has a space or is put together, and the gate is green."""
    properties = {"mode": "Incremental", "templateLink": {"uri": uri}}
    link = {"type": "Microsoft.Resources/deployments", "apiVersion": "2021-04-01", "name": "vm"}
    for path in (Path(linked), Path("infra/main.json")):
        path.parent.mkdir(parents=True, exist_ok=True)
    content = json.loads(template({**link, "properties": properties})) | {"variables": {"name": "vm"}}
    Path("infra/main.json").write_text(json.dumps(content), encoding)
    Path(linked).write_text(GOOD)
    git("init")
    git("add", "-A")
    git("commit", "-m", "one")
    assert gate("infra/main.json", "--changed-since", "HEAD").code == 0
    Path(linked).write_text(BAD)
    assert gate("infra/main.json", "--changed-since", "HEAD").code == 1


def test_a_parameter_file_that_goes_is_a_change(gate: Callable[..., Any]) -> None:
    """Without its parameters a template deploys something else, and nobody looks."""
    Path("main.json").write_text(BAD)
    Path("main.parameters.json").write_text(parameters())
    git("init")
    git("add", "-A")
    git("commit", "-m", "one")
    assert gate("main.json", "--changed-since", "HEAD").code == 0
    Path("main.parameters.json").unlink()
    assert gate("main.json", "--changed-since", "HEAD").code != 0


def test_a_parameter_file_that_is_not_there(gate: Callable[..., Any]) -> None:
    """A misspelt file of the command is told as a mistake in line 1 of the template."""
    Path("main.json").write_text(GOOD)
    ran = gate("main.json", "--parameters", "pord.json")
    assert (ran.code, ran.err) == (2, "azscheck: --parameters: pord.json: there is no such file.\n")


def test_a_question_at_the_end_is_a_sentence_too(gate: Callable[..., Any]) -> None:
    """The log of a pipeline speaks of Azscheck/files, which nobody has written."""
    Path("main.json").write_text(json.dumps(json.loads(GOOD) | {"parameters": {"size": {"type": "strnig"}}}))
    ran = gate("main.json")
    assert ran.code == 3
    assert "did you mean 'string'?" in ran.err
    assert "Azscheck" not in ran.err


def test_what_git_does_not_keep_is_judged(gate: Callable[..., Any]) -> None:
    """A plan that the pipeline made is passed over, because it is in .gitignore."""
    Path("plan.json").write_text(plan())
    Path(".gitignore").write_text("plan.json\n")
    git("init")
    git("add", "-A")
    git("commit", "-m", "one")
    assert gate(".", "--changed-since", "HEAD").code == 1


@pytest.mark.parametrize(("ref", "word"), [("nowhere", "no commit 'nowhere'"), ("--output=x", "is no commit")])
def test_a_commit_that_there_is_none_of(gate: Callable[..., Any], ref: str, word: str) -> None:
    """A misspelt branch means that nothing changed."""
    Path("main.json").write_text(BAD)
    git("init")
    git("commit", "--allow-empty", "-m", "one")
    ran = gate("main.json", f"--changed-since={ref}")
    assert ran.code == 2
    assert word in ran.err


def test_changed_since_needs_a_checkout(gate: Callable[..., Any]) -> None:
    """Outside a checkout nothing has changed, and everything is green."""
    Path("main.json").write_text(GOOD)
    ran = gate("main.json", "--changed-since", "main")
    assert (ran.code, ran.err) == (2, "azscheck: --changed-since: this is not a checkout of git.\n")


def test_the_job_summary_is_appended(gate: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A summary of an earlier step is lost, or the gate has none."""
    Path("main.json").write_text(BAD)
    Path("summary.md").write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(Path("summary.md").absolute()))
    assert gate("main.json", "--format", "github").code == 1
    assert Path("summary.md").read_text("utf-8").startswith("before\n# Backup and disaster recovery compliance")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(Path("no/such/folder").absolute()))
    assert gate("main.json", "--format", "github").code == 1


def test_what_is_not_asked_of_files_is_told(run: Run) -> None:
    """A green gate is taken for a green stamp."""
    Path("main.json").write_text(GOOD)
    run("gate", "main.json", "--format", "json=r.json", "--now", NOW)
    found = Results.read("r.json")
    assert found.sets == ("gate",)
    assert found.gate is not None
    told = {n.policy: n.reason for n in found.gate.not_here}
    assert told["ASH-INF-006"] == "reads what the administrators' plane tells and the stamp itself"
    assert not told.keys() & {p.id for p in found.policies}


def test_a_template_removes_nothing(run: Run) -> None:
    """What a template cannot do is unknown of each one, so that --fail-on-unknown is of no use."""
    Path("main.json").write_text(GOOD)
    run("gate", "main.json", "--format", "json=r.json", "--now", NOW)
    assert {"ASH-TEN-014", "ASH-TEN-015"} <= {p.id for p in Results.read("r.json").unmatched}


def test_bicep_is_compiled(gate: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Bicep file is passed over, or is green where there is no compiler."""
    Path("infra").mkdir()
    Path("infra/main.bicep").write_text("module vm './vm.bicep' = {}\n")
    Path("infra/vm.bicep").write_text("param tags object\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    without = gate("infra")
    assert without.code == 3
    assert "infra/main.bicep:1:1" in without.out
    compiler = tmp_path / "bicep"
    compiler.write_text(f"#!/bin/sh\n/bin/cat <<'END'\n{BAD}\nEND\n")
    compiler.chmod(0o755)
    found = results(gate, "infra")
    assert found.gate is not None
    assert [file.name for file in found.gate.files] == ["infra/main.bicep"]
    (finding,) = found.findings()
    assert finding.origin is not None
    assert finding.origin.address == "infra/main.bicep"


def live(run: Run, **tags: str) -> None:
    """A saved inventory of a stamp with two machines, one of which the plan is about."""
    from azscheck.inventory import Coverage, CoverageState, Inventory, Origin, Resource
    from azscheck.times import parse_time

    now = parse_time(NOW)
    kind = "Microsoft.Compute/virtualMachines"
    group = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shop/providers"
    resources = []
    for name in ("web", "old"):
        place = f"{group}/{kind}/{name}"
        body = {"id": place, "name": name, "type": kind, "location": "local", "tags": tags, "properties": {}}
        resources.append(Resource("north", kind, place, body, Origin("hub", place, now)))
    Inventory.of(now, resources, [Coverage("north", kind, "", CoverageState.COMPLETE, count=2, time=now)]).write(
        "north.ndjson"
    )
    assert run("scan", "--inventory", "north.ndjson", "--policies", "ours", "--now", NOW).code in (0, 1)


@pytest.mark.parametrize(("before", "after", "code"), [({}, {"owner": "anna"}, 0), ({"owner": "anna"}, {}, 1)])
def test_the_change_is_judged_against_the_stamp(
    run: Run, gate: Callable[..., Any], before: dict[str, str], after: dict[str, str], code: int
) -> None:
    """A change is held up by a machine that it leaves as it is; or what it makes worse is not told."""
    live(run, **before)
    Path("plan.json").write_text(plan(**after))
    ran = gate("plan.json", "--inventory", "north.ndjson")
    assert ran.code == code, ran.out
    assert "Stamps          north" in ran.out
    assert "the change in plan.json; 1 result that it leaves as they are not shown" in " ".join(ran.out.split())
    assert gate("plan.json", "--inventory", "north.ndjson", "--stamp", "south").code == 2
    assert gate("plan.json", "--stamp", "north").code == 2


def test_what_a_plan_destroys_is_a_finding(run: Run) -> None:
    """A protected machine is destroyed, and nobody is asked."""
    content = json.loads(plan(**{"backup:product": "Azure Backup Server"}))
    change = content["resource_changes"][0]["change"]
    change |= {"actions": ["delete"], "before": {**change["after"], "id": None}, "after": None, "after_unknown": {}}
    content["planned_values"] = {}
    Path("plan.json").write_text(json.dumps(content, indent=1))
    ran = run("gate", "plan.json", "--now", NOW, "--format", "github")
    assert ran.code == 1, ran.out + ran.err
    assert re.search(r"::error file=plan.json,line=\d+,col=\d+,title=ASH-TEN-014", ran.out)


def test_what_is_odd_in_a_folder(gate: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate waits for a pipe for ever, goes round in links, or is green where a folder cannot be listed."""
    Path("infra").mkdir()
    Path("infra/main.json").write_text(GOOD)
    os.mkfifo("infra/pipe.json")
    Path("infra/round").symlink_to(Path("infra").absolute(), target_is_directory=True)
    Path("infra/two\nlines.json").write_text(GOOD)
    assert gate("infra").code == 0
    assert gate("infra/pipe.json").code == 2
    Path("infra/nowhere.json").symlink_to("gone.json")
    ran = gate("infra")
    assert ran.code == 3
    assert "infra/nowhere.json:1:1: cannot be read: No such file or directory." in ran.out

    scan = os.scandir

    def scandir(path: Any) -> Any:
        if str(path) == "infra":
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    denied = gate("infra")
    assert (denied.code, denied.err) == (2, "azscheck: infra: cannot be read: Permission denied.\n")
