"""Bicep, by a stand-in for the compiler: what it is asked, and what becomes of its answers."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from azscheck.errors import DocumentError, UsageError
from azscheck.sources import bicep
from tests.builders import NOW

MACHINE = {
    "type": "Microsoft.Compute/virtualMachines",
    "apiVersion": "2020-06-01",
    "name": "[parameters('name')]",
    "location": "north",
    "tags": {"owner": "[reference('x').y]"},
}
TEMPLATE = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "parameters": {"name": {"type": "string", "defaultValue": "web01"}},
    "resources": [MACHINE],
}
PARAMETERS = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
    "contentVersion": "1.0.0.0",
    "parameters": {"name": {"value": "web02"}},
}
BOTH = json.dumps({"templateJson": json.dumps(TEMPLATE), "parametersJson": json.dumps(PARAMETERS)})

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in is a script with a first line")


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str = "bicep", **answers: Any) -> None:
    """A compiler that writes down what it is asked; answers are by the file's suffix."""
    told = {"out": json.dumps(TEMPLATE), "parameters": BOTH, "err": "", "code": 0, **answers}
    tools = folder / "tools"
    tools.mkdir()
    (tools / "told.json").write_text(json.dumps(told), "utf-8")
    script = (
        f"#!{sys.executable}\nimport json, pathlib, sys\n"
        f"here = pathlib.Path({str(tools)!r})\ntold = json.loads((here / 'told.json').read_text('utf-8'))\n"
        "(here / 'asked.json').write_text(json.dumps(sys.argv[1:]))\n"
        "print(told['parameters' if 'build-params' in sys.argv else 'out'])\n"
        "sys.stderr.write(told['err'])\nsys.exit(told['code'])\n"
    )
    (tools / name).write_text(script, "utf-8")
    (tools / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tools))


def written(folder: Path, name: str = "main.bicep") -> Path:
    file = folder / name
    file.write_text("resource web 'Microsoft.Compute/virtualMachines@2020-06-01' = {}\n", "utf-8")
    return file


def asked(folder: Path) -> list[str]:
    found: list[str] = json.loads((folder / "tools" / "asked.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize(
    ("tool", "command"), [("bicep", ["build", "--stdout"]), ("az", ["bicep", "build", "--stdout", "--file"])]
)
def test_it_is_compiled_by_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tool: str, command: list[str]
) -> None:
    stand_in(tmp_path, monkeypatch, tool)
    file = written(tmp_path)
    assert json.loads(bicep.template_of(file)) == TEMPLATE
    assert asked(tmp_path) == [*command, str(file)]


def test_what_is_found_points_at_the_bicep_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch)
    file = written(tmp_path)
    inventory = bicep.collect(file, stamp="north", now=NOW)
    (machine,) = inventory.of_type("Microsoft.Compute/virtualMachines")
    assert machine.name == "web01"
    assert {(o.address, o.line) for o in (machine.origin, *machine.places.values())} == {(file.as_posix(), 1)}
    inventory.write(tmp_path / "out.ndjson")
    assert ".json" not in (tmp_path / "out.ndjson").read_text("utf-8")


@pytest.mark.parametrize("whole", [True, False])
def test_parameters_may_be_bicep_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: bool) -> None:
    stand_in(tmp_path, monkeypatch)
    values = written(tmp_path, "main.bicepparam")
    file, given = (values, []) if whole else (written(tmp_path), [values])
    inventory = bicep.collect(file, stamp="north", parameters=given, now=NOW)
    assert [m.name for m in inventory.of_type("Microsoft.Compute/virtualMachines")] == ["web02"]


def test_without_a_compiler_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="neither bicep nor az is on the PATH: install one of them, or give"):
        bicep.template_of(written(tmp_path))


def test_mistakes_in_it_are_told_at_their_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path)
    told = f'{file}(3,5) : Error BCP018: Expected the "=" character.\n{file}(1,1) : Warning no-unused: x\n'
    stand_in(tmp_path, monkeypatch, err=told, code=1)
    with pytest.raises(DocumentError) as error:
        bicep.template_of(file)
    assert str(error.value) == f'{file.as_posix()}:3:5: is not Bicep: BCP018: Expected the "=" character.'


@pytest.mark.parametrize(
    ("answers", "name", "sentence"),
    [
        ({"code": 1, "err": "Unhandled\nexception."}, "main.bicep", "Bicep could not compile it: Unhandled exception."),
        ({"code": 1}, "main.bicep", "it said nothing"),
        ({"parameters": "[]"}, "main.bicepparam", "install a newer one"),
        ({"parameters": "Usage:"}, "main.bicepparam", "install a newer one"),
        ({"out": "no JSON"}, "main.bicep", "main.bicep:1:1: "),
        ({}, "gone.bicep", "gone.bicep is not there"),
    ],
)
def test_what_goes_wrong_is_one_sentence_about_the_bicep_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answers: dict[str, Any], name: str, sentence: str
) -> None:
    stand_in(tmp_path, monkeypatch, **answers)
    if name.startswith("main"):
        written(tmp_path, name)
    with pytest.raises(UsageError) as error:
        bicep.collect(tmp_path / name, stamp="north", now=NOW)
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)
    assert ".json" not in str(error.value)


def test_a_compiler_that_does_not_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch)
    script = tmp_path / "tools" / "bicep"
    script.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(60)\n", "utf-8")
    monkeypatch.setattr(bicep, "_PATIENCE", 0.2)
    with pytest.raises(UsageError, match=r"took more than 0\.2 s"):
        bicep.template_of(written(tmp_path))


def test_a_name_that_looks_like_an_option_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch)
    monkeypatch.chdir(tmp_path)
    written(tmp_path, "--outdir.bicep")
    bicep.template_of(Path("--outdir.bicep"))
    assert asked(tmp_path)[-1] == str(tmp_path / "--outdir.bicep")
