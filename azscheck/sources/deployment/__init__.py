"""A deployment plan: what a stamp that is not there yet will be, as an inventory like any other."""

from azscheck.sources.deployment.inventory import inventory_of
from azscheck.sources.deployment.plan import DeploymentPlan, read_plan
from azscheck.sources.deployment.types import PLANNED_VALUES, PLANS

__all__ = ["PLANNED_VALUES", "PLANS", "DeploymentPlan", "inventory_of", "read_plan"]
