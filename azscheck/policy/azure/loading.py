"""From the Azure documents among the files given to policies."""

from collections import Counter
from collections.abc import Iterable

from azscheck.documents import Document
from azscheck.errors import DocumentError
from azscheck.place import Place
from azscheck.policy.azure.definition import AzureDefinition
from azscheck.policy.azure.kind import is_set
from azscheck.policy.azure.part import name_of
from azscheck.policy.azure.refusal import UnsupportedPolicy
from azscheck.policy.azure.set_definition import AzureSet
from azscheck.policy.model import Policy

Mistakes = list[tuple[Place, str]]


def policies_of(documents: Iterable[Document], mistakes: Mistakes, left_out: Mistakes) -> list[Policy]:
    """The policies of definitions and sets; a definition that a set takes up is not judged by itself as well."""
    definitions: dict[str, AzureDefinition | None] = {}
    seen: dict[tuple[str, str], Document] = {}
    alone: dict[str, Policy] = {}
    sets: list[AzureSet] = []
    for document in documents:
        try:
            name, form = name_of(document), "set" if is_set(document) else "definition"
            # Azure's repository holds one for each of its clouds.
            first = seen.setdefault((form, name.lower()), document)
            if first is not document:
                if first.value != document.value:
                    sentence = f"the {form} {name} stands already in {first.path}, with other words."
                    left_out.append((document.place(), sentence))
            elif form == "set":
                sets.append(AzureSet.of(document))
            else:
                definitions[name.lower()] = None
                definition = AzureDefinition.of(document)
                alone[name.lower()] = definition.policy()
                definitions[name.lower()] = definition
        except UnsupportedPolicy as error:
            left_out += error.mistakes
        except DocumentError as error:
            mistakes += error.mistakes
    uses = Counter(member.definition for chosen in sets for member in chosen.members)
    bound = [policy for chosen in sets for policy in chosen.policies(definitions, uses, left_out)]
    return bound + [policy for name, policy in alone.items() if name not in uses]
