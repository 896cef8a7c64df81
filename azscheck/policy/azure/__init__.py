"""Azure Policy definitions and policy set definitions, as Azure's own repositories hold them, made into policies.

https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-basics
"""

from azscheck.policy.azure.definition import AzureDefinition, is_definition
from azscheck.policy.azure.loading import is_azure, policies_of

__all__ = ["AzureDefinition", "is_azure", "is_definition", "policies_of"]
