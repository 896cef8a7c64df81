"""What `deploy/` holds: command lines that parse, least rights, and secrets nowhere but in files and variables."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from azscheck.cli.scan import command as scan
from azscheck.reports import FORMATS
from azscheck.sources.channels import Hook
from azscheck.sources.configuration import read_configuration

DEPLOY = Path(__file__).parents[1] / "deploy"
SERVICE = DEPLOY / "systemd" / "azscheck.service"
TASK = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}


def load(name: str) -> Any:
    return yaml.safe_load((DEPLOY / name).read_text("utf-8"))


def kubernetes(kind: str) -> Any:
    documents = list(yaml.safe_load_all((DEPLOY / "kubernetes" / "azscheck.yaml").read_text("utf-8")))
    (found,) = [document for document in documents if document["kind"] == kind]
    return found


def pod() -> Any:
    return kubernetes("CronJob")["spec"]["jobTemplate"]["spec"]["template"]["spec"]


def task() -> ElementTree.Element:
    return ElementTree.parse(DEPLOY / "windows" / "azscheck-task.xml").getroot()


def text_of(path: str) -> str:
    found = task().find(path, TASK)
    assert found is not None, path
    return found.text or ""


def dockerfile(word: str) -> list[str]:
    text = (DEPLOY / "container" / "Dockerfile").read_text("utf-8")
    return re.findall(rf"^{word} (.*)$", text, re.MULTILINE)


def commands() -> Iterator[tuple[str, list[str]]]:
    """Where each call of azscheck stands, and its words after `azscheck`."""
    (started,) = re.findall(r"^ExecStart=(.*)$", SERVICE.read_text("utf-8"), re.MULTILINE)
    yield "systemd", shlex.split(started)[1:]
    yield "container", yaml.safe_load(dockerfile("CMD")[0])
    yield "kubernetes", pod()["containers"][0]["args"]
    yield "windows", text_of("t:Actions/t:Exec/t:Arguments").split()
    for file in sorted((DEPLOY / "pipelines").iterdir()):
        for line in re.findall(r"^.*?\bazscheck (scan .*)$", file.read_text("utf-8"), re.MULTILINE):
            yield file.stem, shlex.split(line)


@pytest.mark.parametrize("words", [pytest.param(words, id=name) for name, words in commands()])
def test_each_command_line_parses(words: list[str]) -> None:
    """An option was renamed, and from the next update on every service in the field ends with 2."""
    assert words[0] == "scan"
    context = scan.make_context("azscheck scan", words[1:])
    assert {form.partition("=")[0] for form in context.params["formats"]} <= set(FORMATS)


def test_all_are_looked_at() -> None:
    assert [name for name, _ in commands()] == [
        "systemd", "container", "kubernetes", "windows", "azure-pipelines", "github", "gitlab-ci",
    ]  # fmt: skip


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    """systemd ignores a line that it does not know, with the protection that it was to give."""
    executable = shutil.which("true") or "/bin/true"
    text = SERVICE.read_text("utf-8").replace("/opt/azscheck/bin/azscheck", executable)
    (tmp_path / "azscheck.service").write_text(text)
    shutil.copy(SERVICE.with_suffix(".timer"), tmp_path)
    units = [str(tmp_path / "azscheck.service"), str(tmp_path / "azscheck.timer")]
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")
    rated = ["systemd-analyze", "security", "--offline=yes", "--threshold=20", units[0]]
    found = subprocess.run(rated, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout[-300:]


def test_findings_do_not_fail_the_service() -> None:
    """A stamp with one finding is a failed unit for ever, and a scan that did not work looks the same."""
    text = SERVICE.read_text("utf-8")
    assert "\nSuccessExitStatus=1\n" in text
    assert "--fail-on=none" in pod()["containers"][0]["args"]


def test_the_pod_has_no_rights() -> None:
    """The cluster's policy refuses the pod, or whoever breaks into it has more than azscheck's own."""
    spec = pod()
    assert kubernetes("Namespace")["metadata"]["labels"] == {"pod-security.kubernetes.io/enforce": "restricted"}
    assert kubernetes("CronJob")["spec"]["concurrencyPolicy"] == "Forbid"
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    (container,) = spec["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {"requests", "limits"} <= container["resources"].keys()
    (user,) = dockerfile("USER")
    assert user == f"{spec['securityContext']['runAsUser']}:{spec['securityContext']['runAsGroup']}"


def test_the_pod_finds_its_configuration_secrets_and_state(tmp_path: Path) -> None:
    """The mounts are elsewhere than where azscheck looks."""
    mounts = {mount["name"]: mount["mountPath"] for mount in pod()["containers"][0]["volumeMounts"]}
    (tmp_path / "azscheck.yaml").write_text(kubernetes("ConfigMap")["data"]["azscheck.yaml"])
    found = read_configuration(tmp_path / "azscheck.yaml")
    (channel,) = found.notify
    assert isinstance(channel.target, Hook)
    for file in (found.stamps[0].credential.secret_file, channel.target.file):
        assert file is not None
        assert file.parent == Path(mounts["secrets"])
    arguments = pod()["containers"][0]["args"]
    assert f"--config={mounts['configuration']}/azscheck.yaml" in arguments
    assert f"STATE_DIRECTORY={mounts['state']} " in dockerfile("ENV")[0]
    written = [argument.rpartition("=")[2] for argument in arguments if argument.startswith("--format=")]
    assert all(Path(file).parent == Path(mounts["state"]) for file in written)


def test_the_windows_task_is_one_of_an_account_without_a_password() -> None:
    """The task runs as an administrator, keeps a password, or runs twice at once."""
    assert text_of("t:Principals/t:Principal/t:UserId") == "S-1-5-19"
    assert text_of("t:Principals/t:Principal/t:RunLevel") == "LeastPrivilege"
    assert task().find("t:Principals/t:Principal/t:LogonType", TASK) is None
    assert text_of("t:Settings/t:MultipleInstancesPolicy") == "IgnoreNew"
    script = (DEPLOY / "windows" / "Register-AzscheckTask.ps1").read_text("utf-8")
    assert "azscheck-task.xml" in script
    assert "S-1-5-19" in script


def test_pipelines_keep_the_state_of_a_run_with_findings() -> None:
    """Findings fail the job, a failed job keeps no cache: every run with findings begins anew and tells nothing."""
    steps = load("pipelines/github.yml")["jobs"]["scan"]["steps"]
    assert [step.get("if") for step in steps if step.get("uses", "").startswith("actions/cache/save@")] == ["always()"]
    assert not any(step.get("uses", "").startswith("actions/cache@") for step in steps)
    (job,) = load("pipelines/azure-pipelines.yml")["jobs"]
    assert next(step for step in job["steps"] if step.get("displayName") == "Scan")["continueOnError"] is True
    assert load("pipelines/gitlab-ci.yml")["azscheck"]["cache"]["when"] == "always"


def test_pipelines_have_least_rights_and_run_one_at_a_time() -> None:
    """Two scans mix up what changed; a step that is broken into writes to the repository."""
    github = load("pipelines/github.yml")
    assert github["permissions"] == {"contents": "read"}
    assert github["concurrency"]["cancel-in-progress"] is False
    assert github[True]["schedule"]
    azure = load("pipelines/azure-pipelines.yml")
    assert (azure["lockBehavior"], azure["trigger"], azure["pr"]) == ("sequential", "none", "none")
    gitlab = load("pipelines/gitlab-ci.yml")["azscheck"]
    assert gitlab["resource_group"] == "azscheck"
    assert gitlab["artifacts"]["when"] == "always"


def test_no_secret_is_an_argument() -> None:
    """It is in the list of processes, and in the pipeline's log."""
    for _, words in commands():
        assert not re.search(r"secret|password|https://", " ".join(words), re.IGNORECASE)
