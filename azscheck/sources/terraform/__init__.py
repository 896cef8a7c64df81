"""Terraform plans, as the inventory that a stamp would give once they are applied."""

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Final

from azscheck.inventory import Coverage, CoverageState, Inventory, Resource, arm_key, type_key
from azscheck.sources.hub.table import GROUPS
from azscheck.sources.placement import Placement
from azscheck.sources.terraform.attachments import MACHINES, attach, leave_open
from azscheck.sources.terraform.body import Body
from azscheck.sources.terraform.change import Change, Plan
from azscheck.sources.terraform.deployments import deployed
from azscheck.sources.terraform.disks import DISKS, made_with
from azscheck.sources.terraform.identities import Identities
from azscheck.sources.terraform.mapping import Row, deploys_anything, row_of, untranslated
from azscheck.sources.terraform.plan import is_plan, read_plan
from azscheck.sources.terraform.references import References
from azscheck.sources.terraform.removals import REMOVALS, Removals
from azscheck.sources.terraform.told import told
from azscheck.sources.terraform.translate import Translation
from azscheck.sources.terraform.written import Written

__all__ = ["collect", "is_plan"]

_HERE: Final = Placement()
_SCALE_SETS: Final = type_key("Microsoft.Compute/virtualMachineScaleSets")


def collect(
    plan: Path, *, stamp: str, placement: Placement = _HERE, now: datetime, sources: Path | None = None
) -> Inventory:
    """What a plan deploys and what it takes away, in Resource Manager's shape, with the lines of the configuration.

    `sources` is the folder of the configuration; without it, the plan's own. Raises DocumentError.
    """
    read = read_plan(plan)
    references = References(read.configuration, read.changes)
    identities = Identities(read, references, placement)
    written = Written(plan.parent if sources is None else sources, plan)
    bodies, gone = _bodies(read, identities, references, written)
    groups = {str(b.value.get("name")).lower(): b.value.get("location") for _, b in bodies if b.value["type"] == GROUPS}
    templates = [
        deployed(change, identities, groups, written.resource(change), stamp, placement, now)
        for change in read.changes
        if deploys_anything(change.type) and change.stays
    ]
    resources = [
        Resource(stamp, b.value["type"], b.value["id"], b.value, written.resource(c), b.unknown, b.places)
        for c, b in (*bodies, *gone)
    ]
    resources += [resource for template in templates for resource in template.resources]
    counts = Counter(type_key(resource.type) for resource in resources)
    hidden = [template.reason for template in templates if template.reason]
    types = {resource.type for resource in resources} - {REMOVALS}
    gaps = [gap for template in templates for gap in template.gaps]
    gaps += [_of_instances(r, now) for r in resources if type_key(r.type) == _SCALE_SETS]
    return Inventory.of(now, resources, [*told(stamp, read, counts, hidden, types, now), *gaps])


def _bodies(
    plan: Plan, identities: Identities, references: References, written: Written
) -> tuple[list[tuple[Change, Body]], list[tuple[Change, Body]]]:
    """What is there once the plan is applied, with the disks that machines bring, and what it takes away."""
    removals = Removals(plan.changes, identities)
    bodies: list[tuple[Change, Body]] = []
    gone: list[tuple[Change, Body]] = []
    for change in plan.changes:
        row = row_of(change.type)
        telling = row or (_untranslated(change) if change.removal else None)
        if telling is None:
            continue
        translation = Translation(change, telling, identities, references, written.attribute)
        if change.stays and row:
            bodies.append((change, translation.body(change.planned, identities.of(change))))
        if change.removal:
            was = translation.body(change.was, identities.of_removed(change))
            gone.append((change, removals.body(change, telling, was)))
            if change.actions == ("forget",) and row:
                # Terraform lets go of it, and it stays.
                bodies.append((change, translation.body(change.was, was.value["id"])))
    machines = [(change, body) for change, body in bodies if body.value["type"] == MACHINES]
    bodies += [(change, disk) for change, machine in machines for disk in made_with(machine)]
    attach({arm_key(body.value["id"]): body for _, body in bodies}, plan.changes, identities)
    for change, body in bodies:
        if body.value["type"] == DISKS and "create" not in change.actions:
            leave_open(body)
    return bodies, gone


def _of_instances(scale_set: Resource, now: datetime) -> Coverage:
    reason = f"{scale_set.origin}: the instances of a scale set are made after its deployment."
    return Coverage(scale_set.stamp, DISKS, scale_set.id, CoverageState.SKIPPED, reason, time=now)


def _untranslated(change: Change) -> Row | None:
    kind = change.was.attribute("type").text.partition("@")[0] if change.type == "azapi_resource" else ""
    return untranslated(change.type, kind)
