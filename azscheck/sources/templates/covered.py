"""What a template says of each type of resource: all that it deploys, and nothing of what it cannot hold."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from azscheck.inventory import Coverage, CoverageState, type_key
from azscheck.policy import ATTESTATIONS, STAMPS
from azscheck.sources.hub.table import GROUPS, SUBSCRIPTIONS, TABLE
from azscheck.sources.templates.found import ANY, Found

NOT_TOLD: Final = "Say it by tags, or add the stamp with --inventory: of what is not in it a template does not tell."
_BESIDE_ARM: Final = tuple(
    f"Azscheck/{name}"
    for name in ("evidence", "protectedItems", "replicatedItems", "shareBackups", "shareFolders", "shares")
)
"""What other sources bring. Their modules are not imported for the names alone: they take 30 ms."""
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
"""Types of the tenants' plane that come to be otherwise than by a deployment."""


def coverage_of(found: Found, now: datetime, *, groups: bool) -> Iterator[Coverage]:
    """One line a type, and one for each gap; `groups`: the template deploys to a subscription and tells its groups."""
    counts = Counter(type_key(resource.type) for resource in found.resources.values())
    spelled = {type_key(resource.type): resource.type for resource in found.resources.values()}
    deployable = {
        type_key(row.type): row.type
        for row in TABLE
        if row.plane == "tenant" and (type_key(row.type) not in _AFTERWARDS) and (groups or row.type != GROUPS)
    }
    told = deployable | {key: spelled[key] for key in counts}
    others = [kind for row in TABLE for kind in row.covered] + [STAMPS, ATTESTATIONS, *_BESIDE_ARM]
    for key, kind in told.items():
        yield Coverage(found.stamp, kind, "", CoverageState.COMPLETE, count=counts[key], time=now)
    for key, kind in {type_key(kind): kind for kind in others}.items():
        if key not in told:
            yield Coverage(found.stamp, kind, "", CoverageState.SKIPPED, NOT_TOLD, time=now)
    # One line a type and scope: what is not known once is not known.
    gaps: dict[tuple[str, str], str] = {}
    for key, scope, reason in found.gaps:
        for kind in told.values() if key == ANY else [told.get(key) or _spelled(key)]:
            gaps.setdefault((kind, scope), reason)
    for (kind, scope), reason in gaps.items():
        yield Coverage(found.stamp, kind, scope, CoverageState.SKIPPED, reason, time=now)


def _spelled(key: str) -> str:
    return next((row.type for row in TABLE if type_key(row.type) == key), key)
