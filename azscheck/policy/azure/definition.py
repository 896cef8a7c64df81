"""An Azure Policy definition, from its document to a policy.

https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-basics
"""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from msgspec import Struct

from azscheck.documents import Document
from azscheck.errors import DocumentError
from azscheck.policy.azure.applicability import ALWAYS, applicable, both, named_types, settled
from azscheck.policy.azure.attestation import attested
from azscheck.policy.azure.effects import Judged, forms, remediation
from azscheck.policy.azure.existence import existence
from azscheck.policy.azure.mode import judged_types, of_judged_types
from azscheck.policy.azure.parameters import parameters_of
from azscheck.policy.azure.part import Part, name_of, properties_of
from azscheck.policy.azure.refusal import UnsupportedPolicy
from azscheck.policy.azure.rule import RuleParser
from azscheck.policy.conditions import AllOf, AnyOf, Condition, Field, Not, ResourceCount, Test, Value
from azscheck.policy.model import ANY, Category, Parameter, Policy, PolicyInfo, Reference, Severity
from azscheck.policy.parameters import resolve

_STRUCTURE: Final = "https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-policy-rule"
_PORTAL: Final = "https://portal.azure.com/#blade/Microsoft_Azure_Policy/PolicyDetailBlade/definitionId/"
_WITH_IDENTITY: Final = ("Microsoft.Compute/virtualMachines", "Microsoft.Compute/virtualMachineScaleSets")
_MODES: Final = ("all", "indexed", "notspecified", "")


class AzureDefinition(Struct, frozen=True):
    """A definition that was read: its name, and the parameters by which policies are made of it."""

    document: Document
    name: str
    parameters: Mapping[str, Parameter]

    @classmethod
    def of(cls, document: Document) -> "AzureDefinition":
        """Raises DocumentError with a mistake, UnsupportedPolicy for a mode that is not Resource Manager's."""
        properties = properties_of(document)
        mode = properties.text("mode")
        if mode.lower() not in _MODES:
            part = properties.get("mode") or properties
            sentence = f"the mode {mode} is not judged: it is about what Resource Manager does not list."
            raise UnsupportedPolicy([(part.place, sentence)])
        if properties.text("policyType").lower() == "static":
            sentence = (
                "a definition of the policyType Static is not judged: auditors of Microsoft say what comes of it."
            )
            raise UnsupportedPolicy([((properties.get("policyType") or properties).place, sentence)])
        return cls(document, name_of(document), parameters_of(properties))

    def policy(self) -> Policy:
        """The policy that the definition is by itself; raises DocumentError with every mistake."""
        return self.policy_as(self.name, self.parameters)

    def policy_as(
        self,
        id: str,
        parameters: Mapping[str, Parameter],
        bindings: Mapping[str, Any] | None = None,
        controls: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Policy:
        """The policy under an id, with parameters of its own, or with a set's to which its own are bound."""
        properties = properties_of(self.document)
        rule = _part(properties, "policyRule")
        condition_part, then = _part(rule, "if"), _part(rule, "then")
        effect, details = _part(then, "effect"), then.get("details") or Part(self.document, {}, then.steps)
        parser = RuleParser(self.parameters)
        parser.value(effect)
        condition = parser.condition(condition_part)
        by_form: dict[Judged, list[str]] = {}
        for word, judged in forms(effect, self.parameters, related=bool(details.text("type"))).items():
            by_form.setdefault(judged, []).append(word)
        indexed = properties.text("mode").lower() != "all"
        types, by_mode = _types(condition, condition_part, indexed=indexed)
        pairs = {judged: _conditions(judged, condition, details, types, parser, id) for judged in by_form}
        pairs = {judged: (settled(when, types), settled(require, types)) for judged, (when, require) in pairs.items()}
        if parser.mistakes:
            raise DocumentError(parser.mistakes)
        when, require = _one(pairs, by_form, effect)
        if _changes_identity(by_form, details):
            by_mode = [*by_mode, Test(Field("type", ("type",)), "in", list(_WITH_IDENTITY), details.place)]
        applies = both(*by_mode, when)
        return Policy(
            info=self._info(id, rule, effect, details, controls or {}),
            applies_to=types,
            when=None if applies == ALWAYS else applies,
            require=require,
            parameters=parameters,
            counts=frozenset(_counted(require)),
            effect=effect.value,
            bindings=bindings,
        )

    def _info(
        self, id: str, rule: Part, effect: Part, details: Part, controls: Mapping[str, tuple[str, ...]]
    ) -> PolicyInfo:
        properties = properties_of(self.document)
        title = " ".join(properties.text("displayName").split()) or self.name
        default = resolve(effect.value, {name: parameter.default for name, parameter in self.parameters.items()})
        return PolicyInfo(
            id=id,
            title=title,
            severity=Severity.MEDIUM,
            category=Category.TENANT,
            why=_why(properties, title),
            remediation=remediation(default, details.text("type")),
            references=(_reference(Part(self.document, self.document.value), properties),),
            controls=controls,
            place=rule.place,
        )


def _part(above: Part, key: str) -> Part:
    found = above.get(key)
    if found is None:
        raise above.mistake(f"the definition has no {key}.")
    return found


def _types(condition: Condition, part: Part, *, indexed: bool) -> tuple[tuple[str, ...], list[Condition]]:
    """The types that the definition is about, and what its mode asks of a type where it names none."""
    named = named_types(condition)
    if named is None:
        return (ANY,), [of_judged_types(part.place, indexed=indexed)]
    return judged_types(named.values(), indexed=indexed), []


def _conditions(
    judged: Judged, condition: Condition, details: Part, types: tuple[str, ...], parser: RuleParser, id: str
) -> tuple[Condition, Condition]:
    """When the definition applies to a resource, and what it then requires of it."""
    match judged:
        case Judged.BY_RULE:
            return applicable(condition), Not(condition)
        case Judged.BY_RELATED:
            return condition, existence(details, types, parser)
        case Judged.BY_ATTESTATION:
            return applicable(condition), attested(id, details.text("defaultState"), details.place)


def _one(
    pairs: dict[Judged, tuple[Condition, Condition]], by_form: dict[Judged, list[str]], effect: Part
) -> tuple[Condition, Condition]:
    """The conditions of the one form, or those of each beside the effects that it is for."""
    if len(pairs) <= 1:
        # An effect that is always disabled is never judged.
        return next(iter(pairs.values()), (ALWAYS, ALWAYS))
    guards = {judged: Test(Value(effect.value), "in", by_form[judged], effect.place) for judged in pairs}
    when = AnyOf(tuple(both(guards[judged], pair[0]) for judged, pair in pairs.items()))
    require = AnyOf(tuple(both(guards[judged], pair[1]) for judged, pair in pairs.items()))
    return when, require


def _changes_identity(by_form: dict[Judged, list[str]], details: Part) -> bool:
    """Azure modifies the identity of machines alone, and applies the definition to nothing else:
    https://learn.microsoft.com/azure/governance/policy/concepts/effect-modify#skipped-modification"""
    operations = details.get("operations")
    fields = {operation.text("field").lower() for operation in operations.items()} if operations else set()
    return by_form.get(Judged.BY_RULE) == ["modify"] and "identity.type" in fields


def _counted(condition: Condition) -> set[str]:
    match condition:
        case AllOf(conditions=parts) | AnyOf(conditions=parts):
            return {kind for part in parts for kind in _counted(part)}
        case Not(condition=below):
            return _counted(below)
        case Test(left=ResourceCount(type=kind)):
            return {kind}
        case _:
            return set()


def _why(properties: Part, title: str) -> str:
    metadata = properties.get("metadata")
    category, version = (metadata.text(key) if metadata else "" for key in ("category", "version"))
    flag = metadata.get("deprecated") if metadata else None
    words = [f"{(properties.text('description') or title).rstrip('.')}."]
    if (flag is not None and flag.value is True) or "deprecated" in version.lower():
        words.append("Azure has deprecated this definition.")
    if category or version:
        words.append(f"Azure Policy, {', '.join(filter(None, (category, version and f'version {version}')))}.")
    return " ".join(words)


def _reference(root: Part, properties: Part) -> Reference:
    identifier = root.text("id")
    if properties.text("policyType").lower() == "builtin" and identifier.startswith("/providers/"):
        return Reference("The definition in the Azure portal", _PORTAL + quote(identifier, safe=""))
    return Reference("Azure Policy: the rule of a definition", _STRUCTURE)
