"""What tests of several rooms need."""

from pathlib import Path

import pytest

from azscheck.cli import main

NOW = "2026-06-01T12:00:00Z"


@pytest.fixture(scope="session")
def inventory_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo stamp's inventory with its evidence."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.raises(SystemExit) as ended:
        main(["demo", "--quiet", "--now", NOW, "-o", str(folder)])
    assert ended.value.code == 0
    return folder / "inventory.ndjson"
