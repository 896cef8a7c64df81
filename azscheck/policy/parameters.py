"""Parameters: their types, and the values that take the place of their defaults."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from azscheck.documents import did_you_mean, shorten
from azscheck.errors import UsageError
from azscheck.expressions import ExpressionError, evaluate, is_expression, lookup, parse
from azscheck.policy.model import Parameter, Policy
from azscheck.times import parse_duration, parse_time
from azscheck.values import ABSENT, Unknown

Overrides = Mapping[str, Any]
"""Values by parameter: `ASH-INF-001.maximumAge` for one policy, `maximumAge` for every policy that has it."""

TYPES: Final[Mapping[str, type | tuple[type, ...]]] = {
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
    fits = isinstance(value, TYPES[parameter.type]) and (parameter.type == "boolean" or not isinstance(value, bool))
    if not fits:
        return f"{parameter.name} takes a value of type {parameter.type}, not {shorten(value)}."
    try:
        if parameter.type == "duration":
            parse_duration(value)
        elif parameter.type == "dateTime":
            parse_time(value)
    except ValueError as error:
        return f"{parameter.name}: {error}."
    allowed = parameter.allowed_values
    if (
        allowed is not None
        and value not in allowed
        and not (isinstance(value, list) and all(v in allowed for v in value))
    ):
        return f"{parameter.name} takes one of {', '.join(map(str, allowed))}, not {shorten(value)}."
    return ""


def over(first: Overrides, then: Overrides) -> Overrides:
    """Both, what `first` says in the place of what `then` says: a plain `name` in `first` outweighs every `ID.name`."""
    kept = {key: value for key, value in then.items() if not {key, key.rpartition(".")[2]} & first.keys()}
    return {**kept, **first}


def values_of(policy: Policy, overrides: Overrides) -> dict[str, Any]:
    """A policy's parameters with their values: the default, else the override, the more exact name first."""
    values = {
        name: overrides.get(f"{policy.id}.{name}", overrides.get(name, parameter.default))
        for name, parameter in policy.parameters.items()
    }
    if policy.bindings is None:
        return values
    return {name: resolve(value, values) for name, value in policy.bindings.items()}


def resolve(value: Any, parameters: Mapping[str, Any]) -> Any:
    """A value with its expressions evaluated as far as parameters can tell; Unknown where they cannot."""
    match value:
        case str() if is_expression(value):
            try:
                return evaluate(parse(value), {"parameters": lambda name: value_of(parameters, name)})
            except ExpressionError as error:
                return Unknown(str(error), error=True)
        case str() if value.startswith("[["):
            return value[1:]
        case list():
            return [resolve(item, parameters) for item in value]
        case dict():
            return {key: resolve(item, parameters) for key, item in value.items()}
        case _:
            return value


def value_of(parameters: Mapping[str, Any], name: str) -> Any:
    """A parameter's value by its name, which ARM reads without regard to case."""
    found = lookup(parameters, name) if isinstance(name, str) else ABSENT
    return Unknown(f"the policy has no parameter {name!r}", error=True) if found is ABSENT else found


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
