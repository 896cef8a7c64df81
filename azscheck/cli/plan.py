"""What `azscheck collect --plan` prints."""

from collections.abc import Collection, Sequence

import click
from msgspec.structs import asdict

from azscheck.inventory.fields import json_text
from azscheck.sources.hub.plan import planned_calls, rights
from azscheck.sources.hub.settings import StampSettings
from azscheck.sources.vaults import Vault, planned


def as_json(stamps: Sequence[StampSettings], types: Collection[str] | None, vaults: Sequence[Vault] = ()) -> str:
    """The same for a script: an object with `stamps`, each with its `calls` and `rights`, and `vaults`."""
    found = [
        {
            "name": settings.name,
            "calls": [
                {
                    "plane": call.plane,
                    "method": call.method,
                    "address": {"admin": settings.admin, "tenant": settings.tenant}[call.plane],
                    "path": call.path,
                    "apiVersion": call.api_version,
                    "per": call.per,
                }
                for call in planned_calls(settings, types)
            ],
            "rights": [asdict(right) for right in rights(settings, types)],
        }
        for settings in stamps
    ]
    return json_text({"stamps": found, "vaults": [{"name": vault.name, "calls": planned(vault)} for vault in vaults]})


def show(stamps: Sequence[StampSettings], types: Collection[str] | None, vaults: Sequence[Vault] = ()) -> None:
    """The calls to each stamp and vault, and the rights they need."""
    for settings in stamps:
        calls = planned_calls(settings, types)
        addresses = {"admin": settings.admin, "tenant": settings.tenant}
        click.echo(f"{settings.name}: {len(calls)} kinds of calls")
        for plane in dict.fromkeys(call.plane for call in calls):
            click.echo(f"\n  {plane} {addresses[plane]}")
            for call in (call for call in calls if call.plane == plane):
                version = f"  api-version {call.api_version}" if call.api_version else ""
                click.echo(f"    {call.method:4} {call.path}{version}  ({call.per})")
        click.echo("\n  rights")
        for right in rights(settings, types):
            click.echo(f"    {right.plane}: {right.role} on {right.scope}")
        click.echo("")
    for vault in vaults:
        click.echo(f"the vault {vault.name}\n\n  {vault.resource_manager}")
        for line in planned(vault):
            click.echo(f"    {line}")
        click.echo(f"\n  rights\n    Reader on {vault.id}\n")
    click.echo("A stamp that does not offer an api-version is asked with one that it offers. Nothing was called.")
