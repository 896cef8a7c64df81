"""One demo stamp for all tests here, and short budgets so that retries take no time."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from azscheck.demo import DemoStamp
from azscheck.inventory import Coverage, CoverageState, Inventory
from azscheck.sources.hub import Credential, Limits, StampSettings, collect

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
FAST = Limits(
    connect_seconds=2,
    read_seconds=2,
    retry_after_seconds=0.05,
    backoff_factor=0.01,
    backoff_seconds=0.05,
    spacing_seconds=0.01,
)

Collect = Callable[..., Inventory]


@pytest.fixture(scope="session")
def running() -> Iterator[DemoStamp]:
    with DemoStamp(now=NOW) as stamp:
        yield stamp


@pytest.fixture
def stamp(running: DemoStamp, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoStamp]:
    running.faults.clear()
    running.requests.clear()
    running.writes.clear()
    monkeypatch.setenv("STAMP_SECRET", running.client_secret)
    yield running
    running.faults.clear()


@pytest.fixture
def settings(stamp: DemoStamp, tmp_path: Path) -> StampSettings:
    return settings_of(stamp, tmp_path)


@pytest.fixture(scope="session")
def whole(running: DemoStamp, tmp_path_factory: pytest.TempPathFactory) -> Inventory:
    """The stamp when nothing goes wrong, scanned once: many tests compare with it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STAMP_SECRET", running.client_secret)
        running.faults.clear()
        settings = settings_of(running, tmp_path_factory.mktemp("whole"))
        return collect([settings], clock=lambda: NOW, limits=FAST)


@pytest.fixture
def scan(settings: StampSettings) -> Collect:
    """Collect the demo stamp, with settings changed as the arguments say."""

    def run(limits: Limits = FAST, **changes: Any) -> Inventory:
        return collect([replace(settings, **changes)], clock=lambda: NOW, limits=limits)

    return run


def settings_of(stamp: DemoStamp, folder: Path, name: str = "east", secret: str = "STAMP_SECRET") -> StampSettings:
    ca = folder / f"{name}.pem"
    ca.write_bytes(stamp.ca_pem)
    credential = Credential(stamp.client_id, secret_env=secret)
    return StampSettings(name, stamp.admin_url, stamp.tenant_url, credential, ca_file=ca)


def failed(inventory: Inventory) -> list[Coverage]:
    return [line for line in inventory.coverage if line.state is CoverageState.FAILED]


def sentences(inventory: Inventory) -> set[str]:
    """The different reasons; every one must be one sentence that shows no exception and no Python."""
    found = {line.reason for line in failed(inventory)}
    for sentence in found:
        assert sentence.endswith(".")
        assert "\n" not in sentence
        assert not any(
            word in sentence for word in ("Error(", "Exception", "Traceback", "<", "urllib3", "HTTPSConnection")
        )
    return found
