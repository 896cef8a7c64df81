"""What is ready-made for pipelines: the action, the hook, and the examples on the page."""

import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from azscheck.cli import azscheck
from azscheck.cli.deployments import Kind, kind_of
from azscheck.cli.gate import command

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "pipelines.md").read_text("utf-8")
EXAMPLES = dict(re.findall(r"^```yaml\n# (\S+)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE))
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))

TEMPLATE = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "resources": [
        {
            "type": "Microsoft.Compute/virtualMachines",
            "apiVersion": "2020-06-01",
            "name": "web",
            "location": "local",
            "tags": {"dr:required": "true"},
            "properties": {
                "storageProfile": {
                    "osDisk": {"createOption": "FromImage", "osType": "Linux"},
                    "dataDisks": [{"lun": 0, "createOption": "Empty", "diskSizeGB": 2048}],
                }
            },
        }
    ],
}


@pytest.mark.parametrize(
    ("schema", "name"),
    [
        ("github-actions", "action.yml"),
        ("github-workflows", ".github/workflows/gate.yml"),
        ("azure-pipelines", "azure-pipelines.yml"),
        ("gitlab-ci", ".gitlab-ci.yml"),
    ],
)
def test_what_pipelines_read_is_of_their_schema(schema: str, name: str, tmp_path: Path) -> None:
    """An example that is copied is refused by the pipeline."""
    file = tmp_path / "example.yml"
    file.write_text(EXAMPLES[name] if name in EXAMPLES else (ROOT / name).read_text("utf-8"), "utf-8")
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(file)]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def commands_in(value: Any) -> list[str]:
    """The command lines of azscheck in an example."""
    if isinstance(value, dict):
        return [line for below in value.values() for line in commands_in(below)]
    if isinstance(value, list):
        return [line for below in value for line in commands_in(below)]
    return [value] if isinstance(value, str) and value.startswith("azscheck ") else []


def test_the_commands_in_the_examples_parse() -> None:
    """An option is renamed, and every pipeline that was copied from the page ends with 2."""
    lines = [line for example in EXAMPLES.values() for line in commands_in(yaml.safe_load(example))]
    assert len(lines) == 2
    # The folder of a pipeline is not here.
    for line in (re.sub(r"\$\([\w.]+\)/", "", line) for line in (*lines, f"{HOOK['entry']} main.json")):
        words = shlex.split(line)
        assert azscheck.name == words[0]
        assert command.make_context("gate", words[2:]).params["paths"]
    options = EXAMPLES[".github/workflows/gate.yml"]
    given = yaml.safe_load(options)["jobs"]["gate"]["steps"][1]["with"]
    assert given.keys() <= ACTION["inputs"].keys()
    assert command.make_context("gate", [*given["options"].split(), given["paths"]])


def test_no_input_becomes_a_part_of_a_script() -> None:
    """The name of a branch runs a command in the repository's pipeline."""
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
        assert step.get("shell", "bash") == "bash"


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is like that of a runner, with azscheck on the PATH."""
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    script = scripts / "azscheck"
    script.write_text(f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {sys.executable} -m azscheck "$@"\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{scripts}{os.pathsep}{os.environ['PATH']}")
    for name in ("RUNNER_TEMP", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH"):
        monkeypatch.setenv(name, str(tmp_path if name == "RUNNER_TEMP" else tmp_path / name.lower()))
    for name in ("PATHS", "OPTIONS", "CHANGED_SINCE", "BASELINE"):
        monkeypatch.setenv(f"AZSCHECK_{name}", "")
    work = tmp_path / "work"
    work.mkdir()
    (work / "a main.json").write_text(json.dumps(TEMPLATE, indent=1))
    (work / "package.json").write_text("{}")
    monkeypatch.chdir(work)
    return tmp_path


def judge() -> subprocess.CompletedProcess[str]:
    (script,) = (step["run"] for step in ACTION["runs"]["steps"] if step.get("id") == "gate")
    bash = shutil.which("bash")
    assert bash
    return subprocess.run([bash, "-e", "-c", script], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("paths", "options", "code", "sarif"),
    [
        ("a main.json", "", 1, True),
        ("a main.json\n", "--fail-on=critical\n\n--quiet", 0, True),
        ("$(touch hacked)\n`touch hacked`; touch hacked", "", 2, False),
        ("--version", "", 2, False),
        ("a main.json", "--fail-on=high;touch hacked", 2, False),
        ("package.json", "--pass-over-others", 0, False),
    ],
)
def test_the_action_judges(
    runner: Path, monkeypatch: pytest.MonkeyPatch, paths: str, options: str, code: int, sarif: bool
) -> None:
    """The action passes what has findings, or runs what a branch is called."""
    monkeypatch.setenv("AZSCHECK_PATHS", paths)
    monkeypatch.setenv("AZSCHECK_OPTIONS", options)
    done = judge()
    assert done.returncode == code, done.stdout + done.stderr
    told = (runner / "github_output").read_text()
    assert f"exit-code={code}\n" in told
    assert ("sarif=" in told) is sarif
    assert not Path("hacked").exists()
    if code == 1:
        assert "::warning file=a main.json,line=" in done.stdout
        assert (runner / "github_step_summary").read_text("utf-8").startswith("# Backup and disaster recovery")


@pytest.mark.usefixtures("runner")
def test_the_hook_takes_what_it_is_handed() -> None:
    """A commit that touches package.json, too, cannot be made."""
    pattern, left = re.compile(HOOK["files"]), re.compile(HOOK["exclude"])
    names = ["a main.json", "package.json", "b.bicep", "x.py", ".vscode/settings.json"]
    assert [n for n in names if pattern.search(n) and not left.search(n)] == names[:3]
    done = subprocess.run([*shlex.split(HOOK["entry"]), *names[:2]], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert kind_of(Path(names[0]))[0] is Kind.TEMPLATE
