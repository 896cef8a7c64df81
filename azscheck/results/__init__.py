"""What an evaluation found, and the form in which it is saved."""

from azscheck.errors import ExitCode
from azscheck.results.appendix import Appendix
from azscheck.results.exemptions import ExemptionState, ExemptionUse
from azscheck.results.gate import FILES, Gate, GateFile, NotHere
from azscheck.results.model import Evidence, Result, Results, in_order
from azscheck.results.outcome import Outcome
from azscheck.results.states import ComplianceState

__all__ = [
    "FILES",
    "Appendix",
    "ComplianceState",
    "Evidence",
    "ExemptionState",
    "ExemptionUse",
    "ExitCode",
    "Gate",
    "GateFile",
    "NotHere",
    "Outcome",
    "Result",
    "Results",
    "in_order",
]
