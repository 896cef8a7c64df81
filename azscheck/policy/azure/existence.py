"""auditIfNotExists and deployIfNotExists: a related resource that must be there.

https://learn.microsoft.com/azure/governance/policy/concepts/effect-audit-if-not-exists
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from azscheck.expressions import is_expression
from azscheck.policy.azure.applicability import SUBSCRIPTIONS, both
from azscheck.policy.azure.part import Part
from azscheck.policy.azure.refusal import UnsupportedPolicy
from azscheck.policy.azure.rule import RuleParser
from azscheck.policy.conditions import AllOf, AnyOf, Condition, Field, Not, ResourceCount, Scope, Test
from azscheck.policy.join_key import join_key
from azscheck.policy.model import ANY

_OF_ANY_RESOURCE: Final = frozenset(
    {
        "microsoft.authorization/locks",
        "microsoft.authorization/policyassignments",
        "microsoft.authorization/roleassignments",
        "microsoft.automanage/configurationprofileassignments",
        "microsoft.chaos/targets",
        "microsoft.containerservice/fleetmemberships",
        "microsoft.dataprotection/backupinstances",
        "microsoft.eventgrid/eventsubscriptions",
        "microsoft.guestconfiguration/guestconfigurationassignments",
        "microsoft.hybridconnectivity/endpoints",
        "microsoft.insights/datacollectionruleassociations",
        "microsoft.insights/diagnosticsettings",
        "microsoft.insights/vminsightsonboardingstatuses",
        "microsoft.kubernetesconfiguration/extensions",
        "microsoft.kubernetesconfiguration/fluxconfigurations",
        "microsoft.maintenance/applyupdates",
        "microsoft.maintenance/configurationassignments",
        "microsoft.recoveryservices/backupprotecteditems",
        "microsoft.resources/links",
        "microsoft.security/advancedthreatprotectionsettings",
        "microsoft.security/assessments",
        "microsoft.security/complianceresults",
        "microsoft.security/defenderforstoragesettings",
        "microsoft.security/pricings",
        "microsoft.security/servervulnerabilityassessments",
    }
)
"""Types whose resources hang on the id of another, which is then the one that they are about."""
_ITS_OWN_NAME: Final = re.compile(r"\[\s*field\(\s*'(?:full)?name'\s*\)\s*\]$", re.IGNORECASE)
_GROUP: Final = "[concat('/subscriptions/', split(subject('id'), '/')[2], '/resourceGroups/', {}, '/*')]"


def existence(details: Part, judged: Sequence[str], parser: RuleParser) -> Condition:
    """What must hold of a resource of the `judged` types (or of `ANY`): that a related one is there."""
    kind = _type(details)
    condition = details.get("existenceCondition")
    if all(key.lower() == kind.lower() for key in judged) and _ITS_OWN_NAME.match(details.text("name")):
        # The resource itself is the related one.
        return AllOf(()) if condition is None else parser.condition(condition)
    found = [] if condition is None else [parser.condition(condition, related=True)]
    scopes = _scopes(kind, judged, details)
    tests = {scope: _count(details, kind, scope, found, parser) for scope in scopes.values()}
    if len(tests) == 1:
        return next(iter(tests.values()))
    named = [name for name in scopes if name != ANY]
    alternatives: list[Condition] = []
    for name, scope in scopes.items():
        of_type = Test(Field("type", ("type",)), "in", named if name == ANY else [name], details.place)
        alternatives.append(both(Not(of_type) if name == ANY else of_type, tests[scope]))
    return AnyOf(tuple(alternatives))


def related_type(details: Part) -> str:
    """The type of the related resource; empty when the details name none."""
    return details.text("type")


def _type(details: Part) -> str:
    kind = details.get("type")
    if kind is None or not isinstance(kind.value, str) or not kind.value.strip():
        raise details.mistake("the effect needs a type in its details: the type of the resource that must exist.")
    if is_expression(kind.value):
        raise UnsupportedPolicy([(kind.place, "the type of the resource that must exist is an expression.")])
    return kind.value.strip()


def _scopes(kind: str, judged: Sequence[str], details: Part) -> dict[str, Scope]:
    """For each judged type where its related resources are; `ANY` stands for all other types."""
    wide = details.text("existenceScope")
    if is_expression(wide):
        raise UnsupportedPolicy([(details.place, "the existenceScope is an expression.")])
    in_subscription = wide.lower() == "subscription"
    rest = Scope.SUBSCRIPTION if in_subscription or details.get("resourceGroupName") else Scope.RESOURCE_GROUP
    if list(judged) == [ANY]:
        if kind.lower() in _OF_ANY_RESOURCE:
            return {ANY: Scope.CHILDREN}
        parent = kind.rpartition("/")[0]
        above = {parent: Scope.CHILDREN} if "/" in parent else {}
        return {**above, SUBSCRIPTIONS: Scope.SUBSCRIPTION, ANY: rest}
    return {name: _scope(kind.lower(), name.lower(), rest) for name in judged} or {ANY: rest}


def _scope(kind: str, judged: str, rest: Scope) -> Scope:
    if judged == SUBSCRIPTIONS.lower():
        return Scope.SUBSCRIPTION
    return Scope.CHILDREN if kind in _OF_ANY_RESOURCE or kind.startswith(f"{judged}/") else rest


def _count(details: Part, kind: str, scope: Scope, found: list[Condition], parser: RuleParser) -> Test:
    where = [*_names(details, parser), *found]
    of_kind, group = details.get("kind"), details.get("resourceGroupName")
    if of_kind is not None:
        where.insert(0, Test(Field("kind", ("kind",)), "equals", parser.value(of_kind, related=True), of_kind.place))
    wide = details.text("existenceScope").lower() == "subscription"
    if group is not None and scope is Scope.SUBSCRIPTION and not wide:
        inside = _GROUP.format(_operand(parser.value(group, related=True)))
        where.insert(0, Test(Field("id", ("id",)), "like", inside, group.place))
    condition = both(*where) if where else None
    count = ResourceCount(kind, scope, condition, None, join_key(condition))
    return Test(count, "greaterOrEquals", 1, details.place)


def _names(details: Part, parser: RuleParser) -> list[Condition]:
    """`name`: the last segment, or the whole `parent/child`, in which a last `?` stands for any."""
    name = details.get("name")
    if name is None:
        return []
    wanted = parser.value(name, related=True)
    if _ITS_OWN_NAME.match(str(name.value)) or (isinstance(wanted, str) and not set("[/?") & set(wanted)):
        own = "fullName" if "fullname" in str(wanted).lower() else "name"
        return [Test(Field(own, (own,)), "equals", wanted, name.place)]
    whole = f"[replace({_operand(wanted)}, '/?', '/*')]"
    tests = tuple(Test(Field(own, (own,)), "like", whole, name.place) for own in ("name", "fullName"))
    return [AnyOf(tests)]


def _operand(value: Any) -> str:
    """A literal or an expression as a part of another expression."""
    if is_expression(value):
        return str(value)[1:-1]
    text = str(value).replace("'", "''")
    return f"'{text}'"
