"""The planned share itself, read as a stamp's share is; what is seen outweighs what the plan says."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from azscheck.errors import UsageError
from azscheck.inventory import CoverageState, Inventory, Resource
from azscheck.policy.literals import size_in_bytes
from azscheck.policy.model import STAMPS
from azscheck.results import Appendix
from azscheck.sources import share
from azscheck.sources.deployment.plan import DeploymentPlan
from azscheck.sources.deployment.types import PLANS
from azscheck.sources.share.listing import Refusal
from azscheck.sources.share.place import BACKUP_LOCATIONS
from azscheck.sources.share.unc import parse_unc

_SHARES: Final = "Azscheck/shares"
_GB: Final = 2**30


class Probe(Struct, frozen=True):
    """What was seen of a planned share."""

    inventory: Inventory
    """Of the plan and the share together."""
    seen: Mapping[str, Any]
    refusal: str
    """Why the share could not be looked at; empty when it could."""
    written: "str | Refusal | None"
    """Why nothing can be written, empty when it can; a Refusal where it cannot be known, None where nobody asked."""

    @property
    def appendix(self) -> Appendix:
        """What was seen, in words."""
        rows = [("looked at", self.refusal)] if self.refusal else list(_rows(self.seen).items())
        if self.written is not None:
            done = "a folder and a file of azscheck's own were made, and are gone"
            rows.append(("write test", str(self.written) or done))
        note = (
            "As the planned account sees it, from this computer. A stamp may see it otherwise: it has other firewalls."
        )
        return Appendix("The share, looked at", note, ("What", "Seen"), tuple(rows))


def password_of(plan: DeploymentPlan) -> str:
    """The password of the planned account; raises UsageError where the share cannot be looked at as the plan is."""
    settings = plan.share
    if parse_unc(settings.path) is None:
        raise UsageError("--probe-share: the plan names no share to look at: backupShare.path, \\\\server\\share.")
    if not settings.has_account:
        raise UsageError("--probe-share: the plan names no account: backupShare.user, and passwordEnv or passwordFile.")
    if settings.authentication != "kerberos" and not (settings.password_env or settings.password_file):
        raise UsageError("--probe-share: the plan names no password: backupShare.passwordEnv or passwordFile.")
    return share.read_passwords({plan.stamp: settings})[plan.stamp]


def probe(
    plan: DeploymentPlan, planned: Inventory, password: str, clock: Callable[[], datetime], *, write: bool
) -> Probe:
    """Look at the share; `write` has a folder made there, which goes again."""
    name, settings = plan.stamp, plan.share
    found = share.collect(planned, [name], {name: settings}, {name: password}, clock=clock)
    failed = [line.reason for line in found.coverage if line.state is CoverageState.FAILED]
    seen = next((dict(r.body["properties"]) for r in found.of_type(_SHARES)), {})
    refusal = failed[0] if failed else ""
    written: str | Refusal | None = None
    if write:
        written = _write(plan, password) if seen else Refusal(refusal)
    known = replace(planned, resources=tuple(_with(r, seen, written) for r in planned.resources))
    return Probe(known + found, seen, refusal, written)


def _write(plan: DeploymentPlan, password: str) -> str | Refusal:
    from azscheck.sources.share.write_probe import ProbedShare

    unc = parse_unc(plan.share.path)
    assert unc is not None
    try:
        entered = ProbedShare(plan.share, unc, password)
    except Refusal as error:
        return error
    try:
        return entered.probe()
    except Refusal as error:
        return error
    finally:
        entered.close()


def _with(resource: Resource, seen: Mapping[str, Any], written: str | Refusal | None) -> Resource:
    """A resource of the plan with what was seen in the place of what is said."""
    properties, unknown = dict(resource.body["properties"]), dict(resource.unknown)
    if resource.type == STAMPS and "encryption" in seen:
        properties["backupShare"] = {**properties.get("backupShare", {}), "encryption": _encryption(seen["encryption"])}
    elif resource.type == BACKUP_LOCATIONS and "freeBytes" in seen:
        store = properties["externalStoreDefault"]
        said = store.get("availableCapacity")
        if said is None or size_in_bytes(said) > seen["freeBytes"]:
            properties["externalStoreDefault"] = {**store, "availableCapacity": _size(seen["freeBytes"])}
    elif resource.type == PLANS and isinstance(written, Refusal):
        unknown["/properties/writeProbe/succeeded"] = str(written)
    elif resource.type == PLANS and written is not None:
        properties["writeProbe"] = {"succeeded": not written, "reason": written}
    return replace(resource, body={**resource.body, "properties": properties}, unknown=unknown)


def _encryption(seen: Mapping[str, Any]) -> str:
    return "required" if seen["required"] else "offered" if seen["offered"] else "none"


def _size(number: int) -> str:
    return f"{number / _GB:.1f} GB"


def _rows(seen: Mapping[str, Any]) -> dict[str, str]:
    rows = {
        "resolves to": ", ".join(seen["addresses"]),
        "signed in as": str(seen["account"]),
        "dialect": f"SMB {seen['dialect']}",
        "encryption": _encryption(seen["encryption"]),
    }
    if "freeBytes" in seen:
        rows["free"] = f"{_size(seen['freeBytes'])} of {_size(seen['totalBytes'])}"
    return rows
