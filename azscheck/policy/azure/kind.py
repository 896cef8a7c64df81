"""What kind of Azure Policy document a document is."""

from azscheck.documents import Document
from azscheck.policy.azure.part import properties_of


def is_azure(document: Document) -> bool:
    """Whether a document is a policy definition or a policy set definition."""
    return isinstance(document.value, dict) and (is_definition(document) or is_set(document))


def is_definition(document: Document) -> bool:
    """Whether the document's root, or its `properties`, has a `policyRule`."""
    return properties_of(document).get("policyRule") is not None


def is_set(document: Document) -> bool:
    """Whether the document's root, or its `properties`, has `policyDefinitions`."""
    listed = properties_of(document).get("policyDefinitions")
    return listed is not None and isinstance(listed.value, list)
