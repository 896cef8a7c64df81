"""What an evaluation found, and the form in which it is saved."""

from azscheck.errors import ExitCode
from azscheck.results.exemptions import ExemptionState, ExemptionUse
from azscheck.results.model import ComplianceState, Evidence, Result, Results, in_order

__all__ = ["ComplianceState", "Evidence", "ExemptionState", "ExemptionUse", "ExitCode", "Result", "Results", "in_order"]
