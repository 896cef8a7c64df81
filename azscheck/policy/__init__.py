"""Policies: their model, and how files become them."""

from azscheck.policy.load import load_policies
from azscheck.policy.model import (
    ANY,
    ATTESTATIONS,
    STAMPS,
    Category,
    Parameter,
    Policy,
    PolicyInfo,
    Reference,
    Severity,
)

__all__ = [
    "ANY",
    "ATTESTATIONS",
    "STAMPS",
    "Category",
    "Parameter",
    "Policy",
    "PolicyInfo",
    "Reference",
    "Severity",
    "load_policies",
]
