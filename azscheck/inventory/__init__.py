"""What is there, as it was read: resources in ARM's own shape, and what was asked for and with what success."""

from azscheck.inventory.model import Inventory
from azscheck.inventory.parts import (
    NOT_OFFERED,
    Coverage,
    CoverageState,
    Origin,
    Resource,
    arm_key,
    type_key,
)

__all__ = ["NOT_OFFERED", "Coverage", "CoverageState", "Inventory", "Origin", "Resource", "arm_key", "type_key"]
