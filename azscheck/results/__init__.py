"""What an evaluation found, and the form in which it is saved."""

from azscheck.errors import ExitCode
from azscheck.results.appendix import Appendix
from azscheck.results.exemptions import ExemptionState, ExemptionUse
from azscheck.results.model import Evidence, Result, Results, in_order
from azscheck.results.outcome import Outcome
from azscheck.results.states import ComplianceState

__all__ = [
    "Appendix",
    "ComplianceState",
    "Evidence",
    "ExemptionState",
    "ExemptionUse",
    "ExitCode",
    "Outcome",
    "Result",
    "Results",
    "in_order",
]
