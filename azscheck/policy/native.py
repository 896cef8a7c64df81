"""A policy in azscheck's own language, from its document."""

from typing import Any

from azscheck.documents import Document, Path_, check, mistakes_by_key
from azscheck.errors import DocumentError
from azscheck.packaged import schema_file
from azscheck.policy.model import Category, Parameter, Policy, PolicyInfo, Reference, Severity
from azscheck.policy.named import Conditions, expand
from azscheck.policy.parameters import check_value
from azscheck.policy.parse import Parser, canonical, canonical_places

_CONDITIONS = ("when", "require")


def policy_of(document: Document, conditions: Conditions) -> Policy:
    """The policy, with every use of a named condition written out; raises DocumentError with every mistake."""
    schema = schema_file("policy")
    if not isinstance(document.value, dict):
        check(document, schema)
    value = {k: canonical(v) if k in _CONDITIONS else v for k, v in document.value.items()}
    document = Document(document.path, value, canonical_places(document, *((root,) for root in _CONDITIONS)))
    wrong = mistakes_by_key(document, schema)
    named = value.get("parameters")
    names = frozenset(named if isinstance(named, dict) else ())
    # What the schema finds right is read on, so that its mistakes are told together with the others.
    sound = {key: below for key, below in value.items() if key not in wrong}
    roots: list[Path_] = [(root,) for root in _CONDITIONS if root in sound]
    expansion = expand(document, roots, names, conditions, schema=None if wrong else schema)
    parser = Parser(expansion.document, names)
    for key in _CONDITIONS:
        if key in wrong:
            parser.check_expressions(value[key], (key,))
    written = {root: parser.condition(expansion.document.value[root], (root,)) for (root,) in roots}
    parameters = {name: _parameter(name, spec) for name, spec in sound.get("parameters", {}).items()}
    for parameter in parameters.values():
        fault = check_value(parameter, parameter.default)
        if fault:
            parser.mistakes.append((document.place("parameters", parameter.name, "default"), fault))
    types = sound.get("appliesTo", ())
    types = (types,) if isinstance(types, str) else tuple(types)
    for i, kind in enumerate(types):
        parser.check_type(kind, ("appliesTo", i))
    parser.message(sound.get("message", ""))
    if not wrong and not expansion.mistakes:
        parser.unused()
    found = [mistake for mistakes in wrong.values() for mistake in mistakes]
    found += expansion.mistakes + expansion.told(parser.mistakes)
    if found:
        raise DocumentError(found)
    return Policy(
        info=_info(document),
        applies_to=types,
        when=written.get("when"),
        require=written["require"],
        message=value.get("message", ""),
        parameters=parameters,
        counts=frozenset(parser.types),
    )


def _parameter(name: str, spec: dict[str, Any]) -> Parameter:
    allowed = spec.get("allowedValues")
    return Parameter(
        name, spec["type"], spec["default"], spec.get("description", ""), tuple(allowed) if allowed else None
    )


def _info(document: Document) -> PolicyInfo:
    value = document.value
    return PolicyInfo(
        id=value["id"],
        title=value["title"],
        severity=Severity[value["severity"].upper()],
        category=Category(value["category"]),
        why=value["why"].strip(),
        remediation=value["remediation"].strip(),
        references=tuple(Reference(r["title"], r["url"], r.get("rule", "")) for r in value["references"]),
        controls={name: tuple(ids) for name, ids in value.get("controls", {}).items()},
        place=document.place("id"),
    )
