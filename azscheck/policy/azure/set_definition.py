"""A policy set definition (an initiative): definitions with their parameters bound.

https://learn.microsoft.com/azure/governance/policy/concepts/initiative-definition-structure
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from azscheck.documents import Document
from azscheck.errors import DocumentError
from azscheck.place import Place
from azscheck.policy.azure.definition import AzureDefinition
from azscheck.policy.azure.parameters import parameters_of
from azscheck.policy.azure.part import Part, name_of, properties_of
from azscheck.policy.azure.rule import RuleParser
from azscheck.policy.model import Parameter, Policy

Mistakes = list[tuple[Place, str]]


class Member(Struct, frozen=True):
    """One reference of a set to a definition."""

    part: Part
    definition: str
    """The definition's name in lower case."""
    reference: str
    bindings: Mapping[str, Any]
    """The definition's parameters, in the words of the set's."""
    groups: tuple[str, ...]


class AzureSet(Struct, frozen=True):
    """A set that was read."""

    name: str
    title: str
    parameters: Mapping[str, Parameter]
    members: tuple[Member, ...]

    @classmethod
    def of(cls, document: Document) -> "AzureSet":
        """Raises DocumentError with every mistake."""
        properties = properties_of(document)
        parameters, name = parameters_of(properties), name_of(document)
        listed = properties.get("policyDefinitions")
        parser = RuleParser(parameters, "set")
        members = tuple(_member(part, i, parser) for i, part in enumerate(listed.items() if listed else ()))
        if parser.mistakes:
            raise DocumentError(parser.mistakes)
        return cls(name, properties.text("displayName") or name, parameters, members)

    def policies(
        self, definitions: Mapping[str, AzureDefinition | None], uses: Counter[str], left_out: Mistakes
    ) -> Iterator[Policy]:
        """A policy for each member; a definition that stands in several places is named with the set.

        `definitions` are by name in lower case, None for one that is left out already.
        """
        for member in self.members:
            definition = definitions.get(member.definition)
            if definition is None:
                if member.definition not in definitions:
                    sentence = f"the definition {member.definition} is not among the files that were given."
                    left_out.append((member.part.place, f"the set {self.name}: {sentence}"))
                continue
            id = f"{self.name}/{member.reference}" if uses[member.definition] > 1 else definition.name
            unbound = {n: p.default for n, p in definition.parameters.items() if n.lower() not in _lower(member)}
            named = {n: _binding(member, n) for n in definition.parameters if n not in unbound}
            controls = {self.title: member.groups} if member.groups else {}
            yield definition.policy_as(id, self.parameters, {**unbound, **named}, controls)


def _lower(member: Member) -> set[str]:
    return {name.lower() for name in member.bindings}


def _binding(member: Member, name: str) -> Any:
    return next(value for key, value in member.bindings.items() if key.lower() == name.lower())


def _member(part: Part, index: int, parser: RuleParser) -> Member:
    identifier = part.text("policyDefinitionId").rstrip("/").rpartition("/")[2]
    if not identifier:
        raise part.mistake("the set's member has no policyDefinitionId.")
    bindings: dict[str, Any] = {}
    given = part.get("parameters")
    for below in given.items() if given else ():
        value = below.get("value")
        if value is None:
            raise below.mistake(f"the set gives the parameter {below.key} no value.")
        bindings[below.key] = parser.value(value)
    groups = part.get("groupNames")
    return Member(
        part=part,
        definition=identifier.lower(),
        reference=part.text("policyDefinitionReferenceId") or str(index + 1),
        bindings=bindings,
        groups=tuple(str(group.value) for group in groups.items()) if groups else (),
    )
