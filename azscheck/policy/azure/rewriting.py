"""`field()` in an existence condition is the judged resource's, not the related one's: there it becomes `subject()`.

https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-policy-rule#policy-functions
"""

import re
from typing import Any

from azscheck.expressions import is_expression

_FIELD = re.compile(r"(?P<string>'(?:[^']|'')*')|\bfield(?=\s*\()", re.IGNORECASE)


def of_the_subject(value: Any) -> Any:
    """A value with `subject` for `field` in every expression in it; what stands in quotes is left alone."""
    match value:
        case str() if is_expression(value):
            return _FIELD.sub(lambda found: found["string"] or "subject", value)
        case list():
            return [of_the_subject(item) for item in value]
        case dict():
            return {key: of_the_subject(item) for key, item in value.items()}
        case _:
            return value
