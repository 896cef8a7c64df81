"""What the page on plans says is so."""

import re
from pathlib import Path

from azscheck.engine import evaluate
from azscheck.policy.load import load_policies
from azscheck.sources.terraform.mapping import mapped_types, row_of
from tests.builders import NOW
from tests.sources.terraform.plans import COMPUTE, MACHINE, WEB, change, only, read

PAGE = (Path(__file__).parents[3] / "docs" / "terraform.md").read_text("utf-8")


def test_the_table_has_each_type_that_is_translated() -> None:
    """A type is translated and nobody knows, or is said to be and is not."""
    rows = re.findall(r"^\| `(Microsoft\.[^`]+)` \| ([^|]+) \|$", PAGE, re.MULTILINE)
    assert {kind for kind, _ in rows} == mapped_types()
    for kind, names in rows:
        for name in re.findall(r"`([a-z_]+)`", names):
            if not name.endswith("_attachment"):
                assert [row.type for p in ("azurestack", "azurerm") if (row := row_of(f"{p}_{name}"))] == [kind] * 2


def test_the_policy_finds_what_it_says(tmp_path: Path) -> None:
    """Somebody copies the policy and it finds nothing."""
    file = tmp_path / "destroyed.yaml"
    (example,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    file.write_text(example, "utf-8")
    before = {**WEB, "id": f"{COMPUTE}/virtualMachines/web01", "tags": {"stage": "production"}}
    inventory = read(tmp_path, change(MACHINE, None, ("delete",), before, action_reason="delete_because_no_module"))
    (result,) = evaluate(inventory, load_policies([file]), now=NOW).results
    assert (result.state.value, result.message) == ("nonCompliant", f"{MACHINE}: delete")


def test_the_table_of_removals_has_each_property(tmp_path: Path) -> None:
    """A policy asks for a property that is called otherwise."""
    before = {**WEB, "id": f"{COMPUTE}/virtualMachines/web01"}
    inventory = read(tmp_path, change(MACHINE, None, ("delete",), before, action_reason="delete_because_no_module"))
    table = PAGE.split("## What goes")[1].split("The set `gate`")[0]
    told = {name for cell in re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE) for name in re.findall(r"\w+", cell)}
    assert told == set(only(inventory, "Azscheck/removals").body["properties"])
