"""What is found in a template while it is gone through: resources, and what may be there or not."""

from typing import Final

from msgspec import Struct, field

from azscheck.inventory import Origin, Resource, arm_key, type_key
from azscheck.sources.templates.reading import Source
from azscheck.sources.templates.steps import Steps

ANY: Final = ""
"""In the place of a type: any that a deployment can hold."""


class Found(Struct):
    """The resources of one judged template, nested ones too, and the gaps in what is known of them."""

    stamp: str
    steps: Steps
    resources: dict[str, Resource] = field(default_factory=dict)
    gaps: dict[tuple[str, str, str], None] = field(default_factory=dict)
    """Type, scope and reason of what may be there or not, in the order in which it was found."""
    attached: dict[str, tuple[str, Origin]] = field(default_factory=dict)
    """The ids and places of the machines that disks are attached to, by the disks' keys."""
    files: dict[str, Source] = field(default_factory=dict)
    """The linked templates that were read, by their paths."""

    def add(self, resource: Resource) -> None:
        """Take up a resource; one of the same id that was deployed before has its place taken."""
        self.resources[arm_key(resource.id)] = resource

    def doubt(self, kind: str, scope: str, reason: str) -> None:
        """Note that there may be resources of a type below a scope."""
        self.gaps[kind and type_key(kind), scope, reason] = None
