"""How much room the share needs: the arithmetic of ASH-INF-024, shown."""

from collections.abc import Iterable
from typing import Any, Final

from azscheck.results import Appendix
from azscheck.sources.deployment.plan import DeploymentPlan

POLICY: Final = "ASH-INF-024"
"""Whose parameter `sizes` says how much a backup takes, and by whose condition the room is judged."""
_EVERY, _KEPT = 12, 7
"""The service's own values where nobody sets others: https://learn.microsoft.com/azure-stack/operator/azure-stack-backup-reference"""


def capacity(plan: DeploymentPlan, sizes: Iterable[Any], source: str) -> Appendix:
    """What the backups of a plan need, by each size that fits it; `source` is where the sizes are documented."""
    every, kept = plan.said("schedule", "everyHours"), plan.said("schedule", "retentionDays")
    provider, nodes = plan.said("identityProvider"), plan.said("nodes")
    schedule = f"every {every or _EVERY} h, kept for {kept or _KEPT} d"
    number = -(-24 * (kept or _KEPT) // (every or _EVERY))
    rows: list[tuple[str, str]] = []
    for size in filter(_is_size, sizes):
        if (provider or size["identityProvider"]).lower() == size["identityProvider"].lower() and (nodes or 1) >= size[
            "minimumNodes"
        ]:
            from_on = f", from {size['minimumNodes']} nodes on" if size["minimumNodes"] > 1 else ""
            of = f"{size['identityProvider']}{from_on}"
            rows.append((f"one backup ({of})", f"{size['gigabytes']:,} GB"))
            rows.append((f"{number:,} backups ({schedule})", f"{size['gigabytes'] * number:,} GB"))
    rows.append(("planned on the share", plan.said("backupShare", "capacity") or "not said"))
    note = f"As many backups as are kept, each of the size in {POLICY}'s parameter sizes, which judges it: {source}."
    if provider is None:
        note += " The plan does not say how people sign in, so the need for each way is shown."
    if every is None or kept is None:
        note += " Where it does not say how often or how long, the service's own values stand."
    return Appendix("Room on the share", note, ("What", "Size"), tuple(rows))


def _is_size(size: Any) -> bool:
    """Whether a row of the parameter says what it should; of others the policy tells."""
    numbers = (size.get("minimumNodes"), size.get("gigabytes")) if isinstance(size, dict) else (None,)
    return all(type(number) in (int, float) for number in numbers) and isinstance(size.get("identityProvider"), str)
