"""Which lists a plan completes, and what of others is open."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from azscheck.inventory import Coverage, CoverageState, type_key
from azscheck.sources.hub.table import SUBSCRIPTIONS, TABLE
from azscheck.sources.terraform.attachments import ATTACHMENTS
from azscheck.sources.terraform.change import Change, Plan
from azscheck.sources.terraform.mapping import deploys_anything, mapped_types, row_of
from azscheck.sources.terraform.removals import REMOVALS

NOT_TOLD: Final = "Say it by tags, or add the stamp with --inventory: of what is not in it a plan does not tell."
_AZURE: Final = ("azurestack_", "azurerm_")
_BESIDE: Final = (
    "attestations",
    "evidence",
    "protectedItems",
    "replicatedItems",
    "shareBackups",
    "shareFolders",
    "shares",
    "stamps",
)
"""What other sources bring. Their modules are not imported for the names alone: that takes time."""


_AFTERWARDS: Final = frozenset(
    map(
        type_key,
        (
            SUBSCRIPTIONS,
            "Microsoft.Compute/virtualMachineScaleSets/virtualMachines",
            "Microsoft.DataReplication/replicationVaults/protectedItems",
        ),
    )
)
"""Types of the tenants' plane that come to be otherwise than by a plan."""


def told(
    stamp: str, plan: Plan, counts: Mapping[str, int], hidden: Iterable[str], types: Iterable[str], now: datetime
) -> list[Coverage]:
    """The coverage of a plan, by the counts of its resources by the keys of their types.

    `hidden` are the reasons why it does not show templates that it deploys; `types`, which it has beside the mapped.
    """
    deployed = _deployable(types)
    path = plan.path.as_posix()
    gaps = [*_gaps(plan, deployed), *((kind, f"{path}: {why}.") for why in hidden for kind in deployed)]
    lines: list[Coverage] = []
    for kind in [*deployed, REMOVALS]:
        open = sorted({reason for of, reason in gaps if type_key(of) == type_key(kind)})
        count = counts.get(type_key(kind), 0)
        if not open:
            lines.append(Coverage(stamp, kind, "", CoverageState.COMPLETE, count=count, time=now))
        lines += (Coverage(stamp, kind, "", CoverageState.SKIPPED, reason, count=count, time=now) for reason in open)
    known = {type_key(kind) for kind in (*deployed, REMOVALS)}
    foreign = sorted({(of, reason) for of, reason in gaps if type_key(of) not in known})
    lines += (Coverage(stamp, kind, "", CoverageState.SKIPPED, reason, time=now) for kind, reason in foreign)
    known |= {type_key(kind) for kind, _ in foreign}
    others = (*(kind for row in TABLE for kind in row.covered), *(f"Azscheck/{name}" for name in _BESIDE))
    silent = {type_key(kind): kind for kind in reversed(others) if type_key(kind) not in known}
    lines += (Coverage(stamp, kind, "", CoverageState.SKIPPED, NOT_TOLD, time=now) for kind in silent.values())
    return lines


def _deployable(types: Iterable[str]) -> list[str]:
    """Types, each in one spelling."""
    tenants = (row.type for row in TABLE if row.plane == "tenant" and type_key(row.type) not in _AFTERWARDS)
    return sorted({type_key(kind): kind for kind in (*types, *tenants, *mapped_types())}.values())


def _gaps(plan: Plan, deployed: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Types whose list is open, each with the reason."""
    path = plan.path.as_posix()
    if not plan.complete:
        reason = f"{path}: the plan is not complete (targets, or deferred changes): another has to follow."
        yield from ((kind, reason) for kind in [*deployed, REMOVALS])
    for type, why in plan.deferred:
        row = row_of(type)
        kind = row.type if row else f"Terraform/{type}"
        yield kind, f"{path}: changes of {type} are deferred ({why}): another plan has to follow."
    for change in plan.changes:
        if change.type.endswith("resource_group_template_deployment") and change.removal in ("delete", "replace"):
            yield REMOVALS, f"{path}: with {change.address} goes what its template deployed, which is not in the plan."
        if change.stays and row_of(change.type) is None and change.type not in ATTACHMENTS:
            yield from _untranslated(path, change, deployed)


def _untranslated(path: str, change: Change, deployed: Iterable[str]) -> Iterable[tuple[str, str]]:
    if change.type == "azapi_resource":
        kind = change.planned.attribute("type").text.partition("@")[0]
        reason = f"{path}: {change.address} says its resource in a form that azscheck does not translate."
        yield from ((of, reason) for of in ([kind] if kind else deployed))
    elif change.type.startswith(_AZURE) and not deploys_anything(change.type):
        yield f"Terraform/{change.type}", f"{path}: azscheck does not translate {change.type}."
