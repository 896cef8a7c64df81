"""The states of a policy for a resource."""

from enum import StrEnum


class ComplianceState(StrEnum):
    """The state of one policy for one resource; only `compliant` is a pass."""

    COMPLIANT = "compliant"
    NON_COMPLIANT = "nonCompliant"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "notApplicable"
    EXEMPT = "exempt"
    ERROR = "error"

    # An enumeration's own is written in Python, and states are counted by the million.
    __hash__ = str.__hash__

    @property
    def words(self) -> str:
        """As a person reads it."""
        return {"nonCompliant": "non-compliant", "notApplicable": "not applicable"}.get(self.value, self.value)
