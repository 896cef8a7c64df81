"""Policy sets as they are written: which policies, which values for their parameters, which named conditions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from azscheck.documents import Document, Path_, check
from azscheck.errors import DocumentError
from azscheck.packaged import schema_file
from azscheck.place import Place
from azscheck.policy.named import NOTHING, Conditions, NamedCondition, expand
from azscheck.policy.parse import Parser, canonical, canonical_places

Mistakes = list[tuple[Place, str]]


class PolicySet(Struct, frozen=True):
    """A policy set as it is written."""

    name: str
    title: str
    description: str
    policies: tuple[str, ...]
    """Ids, with `*` for anything."""
    include: tuple[str, ...]
    parameters: Mapping[str, Any]
    document: Document


def is_set(value: Any) -> bool:
    """Whether a file's value is a policy set, and no policy."""
    return isinstance(value, dict) and "set" in value


def read_sets(
    given: Sequence[Document], shipped: Sequence[Document]
) -> tuple[dict[str, PolicySet], Conditions, Mistakes]:
    """The sets and named conditions of documents, with all mistakes; a given name outweighs a shipped one."""
    sets: dict[str, PolicySet] = {}
    conditions: dict[str, NamedCondition] = {}
    homes: dict[str, Document] = {}
    mistakes: Mistakes = []
    for document in given:
        made = _checked(document, mistakes)
        if made is None:
            continue
        policy_set = _set_of(made)
        if policy_set.name in sets:
            taken = sets[policy_set.name].document.place("set")
            mistakes.append((made.place("set"), f"the name {policy_set.name!r} is taken already, at {taken}."))
        sets.setdefault(policy_set.name, replace(policy_set, document=document))
        for condition in _conditions_of(made):
            if condition.name in conditions:
                taken = conditions[condition.name].place
                mistakes.append((condition.place, f"the name {condition.name!r} is taken already, at {taken}."))
            conditions.setdefault(condition.name, condition)
            homes.setdefault(condition.name, made)
    for document in shipped:
        made = _checked(document, [])
        if made is not None:
            sets.setdefault(made.value["set"], _set_of(document))
            conditions = {c.name: c for c in _conditions_of(made)} | conditions
    for name, home in homes.items():
        wrong = _wrong_in(conditions[name], conditions, home)
        if wrong:
            mistakes += wrong
            # Told once here, not again at each use.
            conditions[name] = replace(conditions[name], condition=NOTHING)
    return sets, conditions, mistakes


def _checked(document: Document, mistakes: Mistakes) -> Document | None:
    """A document that the schema holds of, its conditions in canonical words."""
    value: dict[str, Any] = document.value
    named = value.get("conditions")
    roots: list[Path_] = []
    if isinstance(named, dict):
        whole = {
            name: {**one, "condition": canonical(one["condition"])} if _has_condition(one) else one
            for name, one in named.items()
        }
        roots = [("conditions", name, "condition") for name, one in named.items() if _has_condition(one)]
        value = {**value, "conditions": whole}
    document = Document(document.path, value, canonical_places(document, *roots))
    try:
        check(document, schema_file("set"))
    except DocumentError as error:
        mistakes += error.mistakes
        return None
    return document


def _has_condition(value: Any) -> bool:
    return isinstance(value, dict) and "condition" in value


def _set_of(document: Document) -> PolicySet:
    value = document.value
    return PolicySet(
        name=value["set"],
        title=value["title"],
        description=" ".join(value.get("description", "").split()),
        policies=tuple(value.get("policies", ())),
        include=tuple(value.get("include", ())),
        parameters=value.get("parameters", {}),
        document=document,
    )


def _conditions_of(document: Document) -> Iterable[NamedCondition]:
    for name, value in document.value.get("conditions", {}).items():
        place = document.place("conditions", name)
        yield NamedCondition(name, tuple(value.get("parameters", {})), value["condition"], place)


def _wrong_in(condition: NamedCondition, conditions: Conditions, document: Document) -> Mistakes:
    """The mistakes in a definition, used or not."""
    steps: Path_ = ("conditions", condition.name, "condition")
    parameters = frozenset(condition.parameters)
    expansion = expand(document, [steps], parameters, conditions, condition, schema=schema_file("set"))
    parser = Parser(expansion.document, parameters, "condition")
    parser.condition(expansion.document.value["conditions"][condition.name]["condition"], steps)
    return expansion.mistakes + expansion.told(parser.mistakes)
