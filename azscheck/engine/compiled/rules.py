"""What code is written for, and what it is given."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from msgspec import Struct, field

from azscheck.engine.compiled.reads import Node
from azscheck.engine.work import Work
from azscheck.policy.conditions import Condition, Field, ResourceCount, Test
from azscheck.values import ABSENT

OF_THE_JUDGED: Final = frozenset(("subject", "resourcegroup", "subscription", "requestcontext"))
"""The functions whose value depends on the judged resource."""
OF_WHAT_IS_AT_HAND: Final = frozenset(("field", "current"))
"""Those whose value depends on what is counted, or else on the judged resource."""


class Opaque(Exception):
    """The interpreter must say: there is no code for it."""


class Scope(Struct):
    """What stands in one loop, or in the document."""

    key: tuple[str, ...]
    """The key of the array that the loop goes over; of the document's root `("",)`."""
    root: Node
    outer: "Scope | None" = None
    lines: list[str] = field(default_factory=list)


class Rule(Struct, frozen=True):
    """When a policy applies, what it requires, and the values of its parameters."""

    when: Condition | None
    require: Condition
    parameters: Mapping[str, Any]
    blank: Any = ABSENT
    """What an expression gives for what is not there."""
    work: Work = field(default_factory=Work)
    """What the policy may still do."""


class Told(Struct, frozen=True):
    """The tests of a rule, and for each the place of its value among those that telling code tells."""

    tests: tuple[Test, ...]
    places: tuple[int, ...]


class Given(Struct, frozen=True):
    """What is the same for all resources: the moment, and what code has to ask others for."""

    now: datetime
    ask: Callable[[Test, Rule], Any] | None
    """Gives a function from a resource to a test's truth; None where there are no whole documents to ask about."""
    join: Callable[[ResourceCount, Rule], tuple[Any, Field | None]]
    """Gives a function that counts, and the field of the judged resource that it takes (None: the resource itself)."""
