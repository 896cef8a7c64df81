"""The Python API as azscheck/__init__.py documents it."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import azscheck
from azscheck import Inventory, Results, evaluate, load_policies
from azscheck.packaged import policies_folder

from .builders import NOW, coverage, resource

VM = "Microsoft.Compute/virtualMachines"


def test_documented_use(tmp_path: Path) -> None:
    """The example of the documentation does not run."""
    Inventory.of(NOW, [resource("web01", kind=VM)], [coverage(VM)]).write(tmp_path / "inventory.ndjson")
    inventory = Inventory.read(str(tmp_path / "inventory.ndjson"))
    results = evaluate(inventory, load_policies(), now=datetime.now(UTC))
    assert isinstance(results, Results)
    for result in results.findings():
        print(result.policy, result.resource, result.message)
    # Of all but machines nothing was collected, so whether there is a backup is unknown, not true.
    assert {(r.state.value) for r in results.results if r.name == "web01"} <= {"unknown", "notApplicable"}
    assert "was not collected" in " ".join(r.message for r in results.not_judged())


def test_one_policy() -> None:
    """Policies of one's own cannot be judged by."""
    file = next(policies_folder().glob("tenant/protected-machine.yaml"))
    machine = resource("web01", kind=VM, tags={"backup:product": "x"})
    results = evaluate(Inventory.of(NOW, [machine], [coverage(VM)]), load_policies([file]), now=NOW + timedelta(days=1))
    assert [(r.policy, r.state.value) for r in results.results] == [("ASH-TEN-001", "compliant")]
    assert results.exit_code() == 0


def test_names() -> None:
    """A documented name is gone, or a wrong one gives something else than an AttributeError."""
    for name in azscheck.__all__:
        assert getattr(azscheck, name)
    with pytest.raises(AttributeError, match="has no attribute 'evalaute'"):
        azscheck.evalaute  # noqa: B018


def test_import_is_light() -> None:
    """Starting up takes seconds, for `--version` and for completion in a shell."""
    code = "import sys, azscheck; print(sorted({'yaml', 'azure', 'jsonschema', 'azscheck.engine'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path.cwd())
    assert done.stdout.strip() == "[]"
