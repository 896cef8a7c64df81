"""Which policies are of which sets, and with which values: policy sets applied to policies."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec.structs import replace

from azscheck.documents import did_you_mean, shorten
from azscheck.errors import UsageError
from azscheck.policy.globs import fits
from azscheck.policy.model import Policy
from azscheck.policy.parameters import check_value
from azscheck.policy.sets import Mistakes, PolicySet

DEFAULT_SET: Final = "backup-and-dr"
"""What the shipped policies are judged by where no set is named."""
Values = Mapping[str, Mapping[str, Any]]
"""The values that a set gives, by policy and parameter; every member is there, with or without values."""


def check_sets(given: Sequence[PolicySet], sets: Mapping[str, PolicySet], policies: Sequence[Policy]) -> Mistakes:
    """What is wrong with sets beside these policies: names that there are none of, and values that do not fit."""
    mistakes: Mistakes = []
    ids = [policy.id for policy in policies]
    for one in given:
        for i, pattern in enumerate(one.policies):
            if not any(fits(pattern, name) for name in ids):
                place = one.document.place("policies", i)
                mistakes.append((place, f"no policy has the id {shorten(pattern)}{did_you_mean(pattern, ids)}"))
        for i, name in enumerate(one.include):
            place = one.document.place("include", i)
            if name not in sets:
                mistakes.append((place, f"there is no policy set {shorten(name)}{did_you_mean(name, sets)}"))
            elif one.name in _below(name, sets, frozenset()):
                mistakes.append((place, f"the set {one.name!r} is included in itself, by way of {name!r}."))
    return mistakes or [mistake for one in given for mistake in _wrong_values(one, sets, policies)]


def _below(name: str, sets: Mapping[str, PolicySet], seen: frozenset[str]) -> frozenset[str]:
    """The names of a set and of all that it includes."""
    if name in seen or name not in sets:
        return seen
    seen = seen | {name}
    for below in sets[name].include:
        seen = _below(below, sets, seen)
    return seen


def patterns_of(name: str, sets: Mapping[str, PolicySet]) -> tuple[str, ...]:
    """The ids, with `*` for anything, of a set and of all that it includes."""
    return tuple(pattern for below in sorted(_below(name, sets, frozenset())) for pattern in sets[below].policies)


def _wrong_values(one: PolicySet, sets: Mapping[str, PolicySet], policies: Sequence[Policy]) -> Mistakes:
    mistakes: Mistakes = []
    members = members_of(one.name, sets, policies)
    known = {key: p.parameters[name] for p in members for name in p.parameters for key in (f"{p.id}.{name}", name)}
    for name, value in one.parameters.items():
        place = one.document.place("parameters", name)
        if name not in known:
            near = did_you_mean(name, known)
            mistakes.append((place, f"no policy of the set has a parameter {shorten(name)}{near}"))
        wrong = {check_value(p.parameters[key], value) for p in members for key in _named(p, name)} - {""}
        mistakes += [(place, sentence) for sentence in sorted(wrong)]
    return mistakes


def _named(policy: Policy, name: str) -> list[str]:
    """The parameters of a policy that a name in a set means: `ID.name` or `name`."""
    return [key for key in policy.parameters if name in (key, f"{policy.id}.{key}")]


def sets_of(policy: Policy, sets: Mapping[str, PolicySet]) -> list[str]:
    """The names of the sets that a policy is of."""
    return [name for name in sorted(sets) if members_of(name, sets, [policy])]


def members_of(name: str, sets: Mapping[str, PolicySet], policies: Sequence[Policy]) -> list[Policy]:
    """The policies of a set and of all that it includes."""
    patterns = patterns_of(name, sets)
    return [policy for policy in policies if any(fits(pattern, policy.id) for pattern in patterns)]


def _values_of(name: str, sets: Mapping[str, PolicySet], policies: Sequence[Policy]) -> Values:
    """The values that a set gives; its own outweigh those of the sets that it includes, the exact name the plain."""
    one = sets[name]
    found = _merged([(below, _values_of(below, sets, policies)) for below in one.include])
    values: dict[str, Mapping[str, Any]] = {}
    for policy in members_of(name, sets, policies):
        plain = {key: one.parameters[key] for key in policy.parameters if key in one.parameters}
        exact = {
            k: one.parameters[f"{policy.id}.{k}"] for k in policy.parameters if f"{policy.id}.{k}" in one.parameters
        }
        values[policy.id] = {**found.get(policy.id, {}), **plain, **exact}
    return values


def _merged(parts: Iterable[tuple[str, Values]]) -> Values:
    """The values of several sets; raises UsageError where two of them differ."""
    merged: dict[str, dict[str, Any]] = {}
    givers: dict[tuple[str, str], str] = {}
    for name, values in parts:
        for policy, given in values.items():
            for key, value in given.items():
                other = givers.setdefault((policy, key), name)
                if merged.setdefault(policy, {}).setdefault(key, value) != value:
                    raise UsageError(
                        f"the sets {other} and {name} give {policy}.{key} different values: "
                        f"{shorten(merged[policy][key])} and {shorten(value)}."
                    )
            merged.setdefault(policy, {})
    return merged


def choose(policies: Sequence[Policy], sets: Mapping[str, PolicySet], names: Iterable[str]) -> list[Policy]:
    """The policies of the sets that are named, with the sets' values as their parameters' defaults.

    Raises UsageError for a set that is not there, that holds none of the policies, or two that disagree on a value.
    """
    names = list(dict.fromkeys(names))
    for name in names:
        if name not in sets:
            raise UsageError(f"there is no policy set {name!r}{did_you_mean(name, sets)}")
        if not members_of(name, sets, policies):
            raise UsageError(f"the policy set {name!r} holds none of the {len(policies)} policies that were loaded.")
    values = _merged((name, _values_of(name, sets, policies)) for name in names)
    return [_with_defaults(policy, values[policy.id]) for policy in policies if policy.id in values]


def _with_defaults(policy: Policy, values: Mapping[str, Any]) -> Policy:
    changed = {key: replace(policy.parameters[key], default=value) for key, value in values.items()}
    return replace(policy, parameters={**policy.parameters, **changed})
