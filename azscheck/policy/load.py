"""From files to policies."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from azscheck.documents import Document, check, mistakes_by_key, read_document
from azscheck.errors import DocumentError, Place, UsageError
from azscheck.packaged import policies_folder, schema_file
from azscheck.policy.azure import AzureDefinition, is_azure, policies_of
from azscheck.policy.azure.refusal import UnsupportedPolicy
from azscheck.policy.model import Category, Parameter, Policy, PolicyInfo, Reference, Severity
from azscheck.policy.parameters import check_value
from azscheck.policy.parse import Parser, canonical

_NOT_POLICIES = ("schema", "sets")
_SUFFIXES = (".yaml", ".yml", ".json")


def load_policies(paths: Iterable[str | Path] = (), *, left_out: list[tuple[Place, str]] | None = None) -> list[Policy]:
    """The policies of files and folders (searched to the bottom), of the shipped folder when none is given.

    Raises DocumentError with every mistake of every file at once, UsageError when there is not one policy. What Azure
    allows and azscheck does not judge (a data-plane definition) goes to `left_out`, and is a mistake without it.
    """
    files = list(policy_files(paths))
    policies: list[Policy] = []
    mistakes: list[tuple[Place, str]] = []
    unsupported: list[tuple[Place, str]] = []
    azure: list[Document] = []
    for file, shown in files:
        try:
            document = read_document(file, shown)
            if is_azure(document):
                azure.append(document)
            else:
                policies.append(parse_policy(document))
        except DocumentError as error:
            mistakes += error.mistakes
    policies += policies_of(azure, mistakes, unsupported)
    if left_out is None:
        mistakes += unsupported
    elif policies or mistakes:
        left_out += unsupported
    elif unsupported:
        raise UnsupportedPolicy(unsupported)
    seen: dict[str, Place] = {}
    for policy in policies:
        if policy.id in seen:
            mistakes.append((policy.info.place, f"the id {policy.id} is taken already, at {seen[policy.id]}."))
        seen.setdefault(policy.id, policy.info.place)
    if mistakes:
        raise DocumentError(mistakes)
    if not policies:
        raise UsageError(f"{', '.join(map(str, paths)) or policies_folder()}: holds no policy (*.yaml, *.yml, *.json).")
    return sorted(policies, key=lambda policy: policy.id)


def read_policy(file: Path, shown_as: str = "") -> Policy:
    """The policy of one file, no set; raises DocumentError with every mistake."""
    document = read_document(file, shown_as)
    if not is_azure(document):
        return parse_policy(document)
    return AzureDefinition.of(document).policy()


def policy_files(paths: Iterable[str | Path] = ()) -> Iterable[tuple[Path, str]]:
    """Each policy's file, and the path that a message shows; files of cases and schemas are no policies."""
    shipped = policies_folder()
    for given in [Path(path) for path in paths] or [shipped]:
        if given.is_file():
            yield given, given.as_posix()
            continue
        if not given.is_dir():
            raise UsageError(f"{given}: there is no such file or folder of policies.")
        for file in sorted(file for file in given.rglob("*") if file.suffix in _SUFFIXES):
            below = file.relative_to(given)
            if file.stem.endswith((".test", ".schema")) or below.parts[0] in _NOT_POLICIES:
                continue
            if file.is_fifo():
                raise UsageError(f"{file}: is a pipe, not a file: take it out of the folder.")
            # A shipped policy is named the same wherever azscheck is installed, so that reports repeat.
            shown = Path("policies", below) if given == shipped else file
            yield file, shown.as_posix()


def parse_policy(document: Document) -> Policy:
    """A policy from its document; raises DocumentError with every mistake."""
    if not isinstance(document.value, dict):
        check(document, schema_file("policy"))
    value = {k: canonical(v) if k in ("when", "require") else v for k, v in document.value.items()}
    document = Document(document.path, value, _canonical_places(document))
    wrong = mistakes_by_key(document, schema_file("policy"))
    named = value.get("parameters")
    parser = Parser(document, frozenset(named if isinstance(named, dict) else ()))
    parser.mistakes += [mistake for found in wrong.values() for mistake in found]
    # What the schema finds right is read on, so that its mistakes are told together with the others.
    sound = {key: below for key, below in value.items() if key not in wrong}
    for key in ("when", "require"):
        if key in wrong:
            parser.check_expressions(value[key], (key,))
    when, require = (parser.condition(sound[key], (key,)) if key in sound else None for key in ("when", "require"))
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
    if not wrong:
        parser.unused()
    if parser.mistakes or require is None:
        raise DocumentError(parser.mistakes)
    return Policy(
        info=_info(document),
        applies_to=types,
        when=when,
        require=require,
        message=value.get("message", ""),
        parameters=parameters,
        counts=frozenset(parser.types),
    )


def _canonical_places(document: Document) -> dict[Any, Place]:
    words = {"when", "require"}
    # The places as written stay: a word that stands twice keeps its spelling.
    return document.places | {
        (steps[0], *map(_canonical_step, steps[1:])) if steps and steps[0] in words else steps: place
        for steps, place in document.places.items()
    }


def _canonical_step(step: str | int) -> str | int:
    return next(iter(canonical({step: None}))) if isinstance(step, str) else step


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
