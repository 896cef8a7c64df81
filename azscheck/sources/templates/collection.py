"""From a template's file to its inventory."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from azscheck.inventory import Inventory
from azscheck.sources.placement import Placement
from azscheck.sources.templates.command_values import given_by
from azscheck.sources.templates.covered import coverage_of
from azscheck.sources.templates.deployment import Deployment
from azscheck.sources.templates.found import Found
from azscheck.sources.templates.given import Given, given_in_file
from azscheck.sources.templates.machines import attach
from azscheck.sources.templates.nested import Nesting
from azscheck.sources.templates.parameters import checked, declared
from azscheck.sources.templates.reading import read
from azscheck.sources.templates.scope import Scope
from azscheck.sources.templates.shape import check_template
from azscheck.sources.templates.steps import Steps
from azscheck.sources.templates.target import Target


def collected(
    template: Path,
    stamp: str,
    parameters: Sequence[Path],
    values: Mapping[str, Any],
    placement: Placement,
    now: datetime,
) -> Inventory:
    """The inventory of one template; raises as `collect` does."""
    source = read(template)
    document = check_template(source)
    given: dict[str, Given] = {}
    for file in parameters:
        given |= given_in_file(read(file))
    given |= given_by(values, source)
    steps = Steps(source.shown)
    target = Target.of(placement, str(document.of("$schema") or ""))
    scope = Scope(source, document, target, steps, lambda own: declared(own, given))
    found = Found(stamp, steps)
    deployment = Deployment(found, scope.frame, document, target, Nesting((str(template.resolve()),)))
    scope.deployed = deployment
    checked(scope)
    deployment.walk()
    attach(found)
    to_subscription = not target.resource_group
    return Inventory.of(now, found.resources.values(), coverage_of(found, now, groups=to_subscription))
