"""What azscheck costs, as ratios to other ways of doing the same, measured side by side in one run."""

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
NOW: Final = "2026-06-01T12:00:00Z"
"""The moment from which ages are measured, and at which the inventories say that they were collected."""
