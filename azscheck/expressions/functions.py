"""The functions that need nothing but their arguments, by lower-case name, with Azure's meaning.

https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions
To add one: a function in the module of its kind, and a line in that module's `FUNCTIONS`.
"""

from collections.abc import Mapping
from typing import Final

from azscheck.expressions import (
    arrays,
    cidr,
    comparisons,
    dates,
    encodings,
    formats,
    hashes,
    json_texts,
    logic,
    networks,
    numbers,
    objects,
    texts,
    unions,
)
from azscheck.expressions.function import Table

KINDS: Final[Mapping[str, Table]] = {
    "Texts": {**texts.FUNCTIONS, **formats.FUNCTIONS, **hashes.FUNCTIONS},
    "Encodings": encodings.FUNCTIONS,
    "Arrays": {**arrays.FUNCTIONS, **unions.FUNCTIONS},
    "Objects and JSON": {**objects.FUNCTIONS, **json_texts.FUNCTIONS},
    "Numbers": numbers.FUNCTIONS,
    "Comparisons": comparisons.FUNCTIONS,
    "Logic": logic.FUNCTIONS,
    "Dates": dates.FUNCTIONS,
    "Networks": {**cidr.FUNCTIONS, **networks.FUNCTIONS},
}
"""The functions by what they are about, as a reference page groups them."""

FUNCTIONS: Final[Table] = {name: function for table in KINDS.values() for name, function in table.items()}

# fmt: off
_OF_TEMPLATES: Final = frozenset(
    (
        "copyindex", "deployer", "deployment", "environment", "extensionresourceid", "fail", "filter", "groupby",
        "managementgroup", "managementgroupresourceid", "map", "mapvalues", "newguid", "pickzones", "providers",
        "reduce", "reference", "references", "resourceid", "sort", "subscriptionresourceid", "tenant",
        "tenantresourceid", "toobject", "variables",
    )
)
# fmt: on
"""https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-policy-rule#policy-functions"""

_OF_REQUESTS: Final = frozenset(("policy", "requestcontext", "resourcegroup", "subscription"))


def not_in_policies(name: str) -> str | None:
    """Why a policy may not use a function that Azure has, as the end of a sentence; None when Azure has none such."""
    if name in _OF_TEMPLATES or name.startswith("list"):
        return "is a function of Azure's templates that policies may not use"
    if name in _OF_REQUESTS:
        return "is a function that only Azure can answer, while it judges a request"
    return None
