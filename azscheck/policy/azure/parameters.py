"""A definition's parameters: https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-parameters"""

from typing import Any

from azscheck.documents import did_you_mean
from azscheck.policy.azure.part import Part
from azscheck.policy.model import Parameter
from azscheck.policy.parameters import TYPES
from azscheck.values import Unknown


def parameters_of(properties: Part) -> dict[str, Parameter]:
    """The parameters by name; one without a default has no value until it is given one."""
    part = properties.get("parameters")
    return {} if part is None else {below.key: _parameter(below) for below in part.items()}


def _parameter(part: Part) -> Parameter:
    name = part.key
    kinds = {word.lower(): word for word in TYPES if word != "duration"}
    kind = kinds.get(part.text("type").lower())
    if kind is None:
        given = part.text("type") or "none"
        raise part.mistake(f"the parameter {name} has the type {given}, which is none{did_you_mean(given, kinds)}")
    default, allowed = part.get("defaultValue"), part.get("allowedValues")
    metadata = part.get("metadata")
    return Parameter(
        name=name,
        type=kind,
        default=Unknown(f"parameter {name} has no value") if default is None else _plain(default.value),
        description=metadata.text("description") if metadata else "",
        allowed_values=tuple(allowed.value) if allowed and isinstance(allowed.value, list) else None,
    )


def _plain(value: Any) -> Any:
    """A default without the bracket that escapes one."""
    return value[1:] if isinstance(value, str) and value.startswith("[[") else value
