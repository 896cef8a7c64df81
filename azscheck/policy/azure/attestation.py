"""manual: what a person attests. https://learn.microsoft.com/azure/governance/policy/concepts/effect-manual"""

from typing import Any

from azscheck.expressions import Literal
from azscheck.place import Place
from azscheck.policy.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Field,
    JoinKey,
    Newest,
    ResourceCount,
    Scope,
    Test,
)
from azscheck.policy.model import ATTESTATIONS
from azscheck.policy.paths import parse_path


def attested(policy: str, default_state: str, place: Place) -> Condition:
    """That the latest attestation of a policy for the resource, or for its stamp, says that it complies.

    Without one: unknown, or what `default_state` says.
    """

    def property_(name: str) -> Field:
        return parse_path(f"properties.{name}")

    def test(name: str, operator: str, wanted: Any) -> Condition:
        return Test(property_(name), operator, wanted, place)

    scope = AnyOf((test("scope", "equals", "[subject('id')]"), test("scope", "like", "/azscheck/stamps/*")))
    chosen = Newest(property_("assessedOn"), AllOf((test("policy", "equals", policy), scope)))
    default = default_state.replace("-", "").lower()
    complies = default == "compliant"
    count = ResourceCount(
        type=ATTESTATIONS,
        scope=Scope.STAMP,
        where=test("complianceState", "notEquals" if complies else "equals", "Compliant"),
        newest=chosen,
        key=JoinKey(property_("policy"), Literal(policy)),
        unknown_when_none="" if default in ("compliant", "noncompliant") else "nobody has attested it",
    )
    return Test(count, "equals" if complies else "greaterOrEquals", 0 if complies else 1, place)
