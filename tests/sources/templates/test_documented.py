"""The example of docs/templates.md, and what the page says of it."""

import re
from pathlib import Path

from azscheck.sources.placement import Placement
from tests.sources.templates.builders import MACHINES, collected

PAGE = Path(__file__).parents[3] / "docs" / "templates.md"


def test_the_example(tmp_path: Path) -> None:
    """The page promises what the gate does not do."""
    page = PAGE.read_text(encoding="utf-8")
    [example] = re.findall(r"^```json\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    inventory = collected(tmp_path, example, placement=Placement())
    machines = inventory.of_type(MACHINES)
    assert [vm.id.rpartition("/")[2] for vm in machines] == ["{prefix}-1", "{prefix}-2"]
    rows = re.findall(r"^\| `(/[^`]*)` \| `(.*)` \|$", page, re.MULTILINE)
    assert len(rows) == 4
    for vm in machines:
        for pointer, reason in rows:
            assert vm.unknown[pointer] == reason
        assert vm.body["tags"] == {"backup:product": "Veeam"}
        storage = vm.body["properties"]["storageProfile"]
        assert storage["osDisk"]["osType"] == "Linux"
        assert [disk["diskSizeGB"] for disk in storage["dataDisks"]] == [128, 2000]
        lines = example.splitlines()
        assert '"backup:product"' in lines[(vm.places["/tags/backup:product"].line or 0) - 1]
        assert '"diskSizeGB"' in lines[(vm.places["/properties/storageProfile/dataDisks/1/diskSizeGB"].line or 0) - 1]
    assert len(inventory.of_type("Microsoft.Compute/disks")) == 6
