"""The results that the reports are tested on, and golden files.

`AZSCHECK_UPDATE_GOLDEN=1 pytest tests/reports` writes the golden files anew; look at the difference before it is kept.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from azscheck.results import Results

from . import sample

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="session")
def everything() -> Results:
    """Every state, two stamps, a failed list, hostile names."""
    return sample.everything()


@pytest.fixture(scope="session")
def clean() -> Results:
    """All compliant, all read."""
    return sample.clean()


@pytest.fixture(scope="session")
def empty() -> Results:
    """Nothing at all."""
    return sample.empty()


@pytest.fixture(scope="session")
def golden() -> Callable[[str, str], None]:
    """Compares a report with the golden file of a name."""

    def check(name: str, text: str) -> None:
        path = GOLDEN / name
        if os.environ.get("AZSCHECK_UPDATE_GOLDEN"):
            path.write_bytes(text.encode())
        assert text.encode() == path.read_bytes(), f"{name} changed: if that is meant, AZSCHECK_UPDATE_GOLDEN=1"

    return check
