"""Parameters: their types, and the values that take the place of their defaults."""

from collections.abc import Iterable, Mapping
from typing import Any

from azscheck.documents import did_you_mean, shorten
from azscheck.errors import UsageError
from azscheck.policy.model import Parameter, Policy
from azscheck.times import parse_duration, parse_time

Overrides = Mapping[str, Any]
"""Values by parameter: `ASH-INF-001.maximumAge` for one policy, `maximumAge` for every policy that has it."""

_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "float": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "duration": str,
    "dateTime": str,
}


def check_value(parameter: Parameter, value: Any) -> str:
    """What is wrong with a value for a parameter, in a sentence; empty when nothing is."""
    fits = isinstance(value, _TYPES[parameter.type]) and (parameter.type == "boolean" or not isinstance(value, bool))
    if not fits:
        return f"{parameter.name} takes a value of type {parameter.type}, not {shorten(value)}."
    try:
        if parameter.type == "duration":
            parse_duration(value)
        elif parameter.type == "dateTime":
            parse_time(value)
    except ValueError as error:
        return f"{parameter.name}: {error}."
    if parameter.allowed_values is not None and value not in parameter.allowed_values:
        return f"{parameter.name} takes one of {', '.join(map(str, parameter.allowed_values))}, not {shorten(value)}."
    return ""


def over(first: Overrides, then: Overrides) -> Overrides:
    """Both, what `first` says in the place of what `then` says: a plain `name` in `first` outweighs every `ID.name`."""
    kept = {key: value for key, value in then.items() if not {key, key.rpartition(".")[2]} & first.keys()}
    return {**kept, **first}


def values_of(policy: Policy, overrides: Overrides) -> dict[str, Any]:
    """A policy's parameters with their values: the default, else the override, the more exact name first."""
    return {
        name: overrides.get(f"{policy.id}.{name}", overrides.get(name, parameter.default))
        for name, parameter in policy.parameters.items()
    }


def check_overrides(policies: Iterable[Policy], overrides: Overrides) -> None:
    """Hold overrides against the policies; UsageError for a name that none has or a value of the wrong type."""
    known: dict[str, list[Parameter]] = {}
    for policy in policies:
        for name, parameter in policy.parameters.items():
            known.setdefault(name, []).append(parameter)
            known.setdefault(f"{policy.id}.{name}", []).append(parameter)
    for name, value in overrides.items():
        if name not in known:
            raise UsageError(f"no policy has a parameter {shorten(name)}{did_you_mean(name, known)}")
        for parameter in known[name]:
            wrong = check_value(parameter, value)
            if wrong:
                raise UsageError(f"parameter {name}: {wrong}")
