"""The types of resources that plans become."""

from typing import Final

PLANS: Final = "Azscheck/plans"
"""A plan itself: what it says, and what the certificate's file shows."""
PLANNED_VALUES: Final = "Azscheck/plannedValues"
"""One thing that a plan says, beside what a scan found of it."""
