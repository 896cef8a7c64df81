"""What tests of several rooms need."""

from pathlib import Path

import pytest

from azscheck.cli import main
from azscheck.inventory import Coverage, CoverageState, Inventory
from azscheck.sources.share import TYPES

NOW = "2026-06-01T12:00:00Z"


@pytest.fixture(scope="session")
def inventory_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo stamp's inventory with its evidence."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.raises(SystemExit) as ended:
        main(["demo", "--quiet", "--now", NOW, "-o", str(folder)])
    assert ended.value.code == 0
    return folder / "inventory.ndjson"


@pytest.fixture(scope="session")
def shareless_file(inventory_file: Path) -> Path:
    """The same, of an operator who lets nobody look at the backup share."""
    whole = Inventory.read(inventory_file)
    skipped = [Coverage("north", kind, "", CoverageState.SKIPPED, "was not looked at") for kind in TYPES]
    file = inventory_file.with_name("shareless.ndjson")
    Inventory.of(
        whole.created,
        [resource for resource in whole.resources if resource.type not in TYPES],
        [*(line for line in whole.coverage if line.type not in TYPES), *skipped],
    ).write(file)
    return file
