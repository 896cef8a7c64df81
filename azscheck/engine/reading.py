"""Reading a property: by a path's keys, and as an alias is read, with `properties` in between left out."""

from collections.abc import Iterator
from typing import Any

from azscheck.expressions import lookup
from azscheck.policy.paths import EACH
from azscheck.values import ABSENT, Unknown


def at_alias_root(document: Any, key: str) -> Any:
    """An alias's first key: in `properties`, or in `properties` of these, else beside (`sku`, `identity`, `zones`)."""
    properties = _key(document, "properties")
    found = _alias_key(properties, key)
    return found if found is not ABSENT else _key(document, key)


def names_a_kind(step: str) -> bool:
    """Whether an alias's key may be the name of a kind of object, which the object's path does not have:
    `ruleCollections[*].FirewallPolicyFilterRuleCollection.rules[*]`."""
    return step[:1].isupper()


def _key(value: Any, key: str) -> Any:
    if isinstance(value, Unknown):
        return value
    return lookup(value, key) if isinstance(value, dict) else ABSENT


def _alias_key(value: Any, key: str) -> Any:
    found = _key(value, key)
    return _key(_key(value, "properties"), key) if found is ABSENT else found


def walk(value: Any, steps: tuple[str, ...], *, alias: bool = False) -> Any:
    """What is at the end of a path, below a value; ABSENT when it is not there, Unknown as soon as that is met."""
    step_into = _alias_key if alias else _key
    for number, step in enumerate(steps, 1):
        if step == EACH:
            return Unknown("[*] stands only in a count over its array", error=True)
        below = step_into(value, step)
        if below is not ABSENT or not alias or number == len(steps) or not names_a_kind(step):
            value = below
    return value


def elements(array: Any) -> list[Any] | Unknown:
    """The elements of what `[*]` goes over: none of what is not there; Unknown when there may be any number."""
    if array is ABSENT or array is None:
        return []
    if isinstance(array, Unknown | list):
        return array
    return Unknown("[*] goes over an array, and the value is none", error=True)


def spread(value: Any, steps: tuple[str, ...], *, alias: bool = False) -> Iterator[Any]:
    """Every value at the end of a path that goes over arrays; an Unknown for an array that is not known."""
    if EACH not in steps:
        yield walk(value, steps, alias=alias)
        return
    at = steps.index(EACH)
    found = elements(walk(value, steps[:at], alias=alias))
    if isinstance(found, Unknown):
        yield found
        return
    for element in found:
        yield from spread(element, steps[at + 1 :], alias=alias)
