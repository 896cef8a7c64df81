"""Azure Policy definitions and policy set definitions, as Azure's own repositories hold them, made into policies.

https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-basics
"""
