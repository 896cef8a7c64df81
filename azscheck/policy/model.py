"""Policy: what it is about, what must be true, and what a person needs to know of it."""

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from typing import Any, Final

from msgspec import Struct, field

from azscheck.place import Place
from azscheck.policy.conditions import Condition
from azscheck.values import ABSENT

STAMPS: Final = "Azscheck/stamps"
"""The type of the one resource that stands for a stamp itself; every inventory of a stamp has it."""


ATTESTATIONS: Final = "Azscheck/attestations"
"""The type of what a person attests; when one has lapsed, its `complianceState` is unknown."""
DISABLED: Final = "disabled"
"""The effect with which an Azure Policy definition is not judged at all."""
ANY: Final = "*"
"""Stands in `applies_to` for every resource type that is ARM's, as an Azure Policy definition without a type has it."""


class Severity(IntEnum):
    """How bad a finding is; greater is worse."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    def __str__(self) -> str:
        return self.name.lower()


class Category(StrEnum):
    """The planning document says to plan for the two separately (DOC-01)."""

    INFRASTRUCTURE = "infrastructure"
    TENANT = "tenant"


class Reference(Struct, frozen=True):
    """A page that a policy stands on; `rule` is the documented rule's id where it encodes one."""

    title: str
    url: str
    rule: str = ""


class PolicyInfo(Struct, frozen=True):
    """What a report says about a policy."""

    id: str
    title: str
    severity: Severity
    category: Category
    why: str
    remediation: str
    references: tuple[Reference, ...]
    controls: Mapping[str, tuple[str, ...]]
    place: Place
    """The file and line where the policy begins; forward slashes, relative where the file is shipped."""

    @property
    def rules(self) -> tuple[str, ...]:
        """The documented rules it encodes."""
        return tuple(r.rule for r in self.references if r.rule)


class Parameter(Struct, frozen=True):
    """A value that a policy set, a stamp or the command line may change."""

    name: str
    type: str
    default: Any
    description: str = ""
    allowed_values: tuple[Any, ...] | None = None


class Policy(Struct, frozen=True):
    """A policy, ready to be evaluated."""

    info: PolicyInfo
    applies_to: tuple[str, ...]
    """Resource types, or `ANY` alone."""
    when: Condition | None
    require: Condition
    message: str = ""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    counts: frozenset[str] = frozenset()
    """The types of other resources that the conditions count."""
    effect: Any = None
    """An Azure Policy definition's effect, which may be an expression on its parameters; None of any other policy."""
    bindings: Mapping[str, Any] | None = None
    """What the conditions know as parameters, in the words of `parameters`, where those are a set's."""

    @property
    def blank(self) -> Any:
        """What an expression gives for a property that is not there: a definition's `field()` an empty text."""
        return ABSENT if self.effect is None else ""

    @property
    def reads(self) -> frozenset[str]:
        """The resource types that must be collected to judge by this policy."""
        return self.counts | set(self.applies_to) - {ANY}

    @property
    def id(self) -> str:
        """Stable for ever and unique."""
        return self.info.id
