"""`azscheck policy`: what the authors of policies run."""

import json
from pathlib import Path

import pytest

from azscheck.packaged import policies_folder

from ..builders import THING, policy_text
from .conftest import Run

TEST = {"allOf": [{"field": "properties.ok", "equals": True}, {"field": "kind", "notEquals": "draft"}]}
CASES = {
    "policy": "TST-001",
    "cases": [{"name": "c", "expect": "compliant", "resources": [{"type": THING, "properties": {"ok": True}}]}],
}


def test_mutants_that_no_case_notices(run: Run, tmp_path: Path) -> None:
    """A pipeline goes on with cases that hold the policy to nothing."""
    (tmp_path / "p.yaml").write_text(policy_text(TEST), "utf-8")
    (tmp_path / "p.test.yaml").write_text(json.dumps(CASES), "utf-8")
    assert run("policy", "test", "p.yaml").code == 0
    ran = run("policy", "test", "--mutate", "p.yaml")
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "p.yaml:18:5: TST-001: allOf is anyOf: no case notices",
        "p.yaml:18:5: TST-001: allOf lacks properties.ok equals true: no case notices",
        "p.yaml:22:5: TST-001: allOf lacks kind notEquals 'draft': no case notices",
    ]
    assert "2 mutants noticed, 3 not" in ran.err


def test_a_policy_whose_cases_fail_is_not_mutated(run: Run, tmp_path: Path) -> None:
    """Every mutant of a policy that fails its cases is noticed, by the wrong case."""
    (tmp_path / "p.yaml").write_text(policy_text(TEST), "utf-8")
    cases = json.dumps(CASES).replace("compliant", "nonCompliant")
    (tmp_path / "p.test.yaml").write_text(cases, "utf-8")
    ran = run("policy", "test", "--mutate", "p.yaml")
    assert ran.code == 1
    assert "0 mutants noticed, 0 not" in ran.err
    assert "expected nonCompliant, found" in ran.out


@pytest.mark.parametrize(
    "kind", ["Microsoft.Compute/virtualMachines", "Azscheck/stamps", "Microsoft.Backup.Admin/backupLocations"]
)
@pytest.mark.parametrize("folder", [".", "mine", "deep/mine"])
def test_a_new_policy(run: Run, tmp_path: Path, kind: str, folder: str) -> None:
    """What an author is given to start from is refused, or its cases hold it to nothing."""
    assert run("policy", "new", "MY-TEN-001", "--folder", folder, "--type", kind).code == 0
    assert run("policy", "check", ".").code == 0
    assert run("policy", "test", "--mutate", ".").code == 0
    text = (tmp_path / folder / "my-ten-001.yaml").read_text("utf-8")
    assert f"appliesTo: {kind}" in text
    assert ("category: tenant" in text) is kind.startswith("Microsoft.Compute")
    # A second one shares the schemas, from a folder beside too.
    assert run("policy", "new", "MY-TEN-002", "--folder", f"{folder}/more", "--type", kind).code == 0
    assert len(list(tmp_path.rglob("policy.schema.json"))) == 1
    for file in tmp_path.rglob("*.yaml"):
        schema = file.read_text("utf-8").splitlines()[0].removeprefix("# yaml-language-server: $schema=")
        assert (file.parent / schema).is_file(), schema
    assert run("policy", "test", ".").code == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["my-1"], "'my-1' is no id of a policy: capitals and digits in parts joined by hyphens"),
        (["../X-1"], "is no id of a policy"),
        (["MY-1", "--type", "machines"], "'machines' is no type of a policy: a resource type, such as"),
        (["ASH-INF-001"], "the id ASH-INF-001 is a shipped policy's"),
        (["MY-2"], "my-2.test.yaml: is there already"),
        (["MY-1", "--folder", "my-2.test.yaml"], "cannot be written"),
    ],
)
def test_no_new_policy(run: Run, tmp_path: Path, arguments: list[str], sentence: str) -> None:
    """A file of somebody's is written over, or half a policy is left behind."""
    (tmp_path / "my-2.test.yaml").write_text("mine", "utf-8")
    ran = run("policy", "new", *arguments)
    assert ran.code == 2
    assert sentence in ran.err
    assert [file.name for file in tmp_path.iterdir()] == ["my-2.test.yaml"]
    assert (tmp_path / "my-2.test.yaml").read_text("utf-8") == "mine"


def test_schema(run: Run) -> None:
    """An editor is given another schema than policies are checked by."""
    assert json.loads(run("policy", "schema").out)["title"] == "An azscheck policy"
    file = policies_folder() / "schema" / "cases.schema.json"
    assert json.loads(run("policy", "schema", "--cases").out) == json.loads(file.read_text("utf-8"))
