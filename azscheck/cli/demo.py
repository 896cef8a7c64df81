"""`azscheck demo`."""

import json
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from azscheck.cli import options
from azscheck.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from azscheck.demo import DemoStamp

_SEEDED_PORTS = 20_000
_FOLDERS = {"switches": {"devices": ["BMC", "TOR1", "TOR2"]}, "hlh": {"devices": ["HLH"]}}


@click.command("demo")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("azscheck-demo"),
    show_default=True,
    help="The folder for the configuration, the inventory and the reports.",
)
@click.option(
    "--identity",
    type=click.Choice(["adfs", "entra"]),
    default="adfs",
    show_default=True,
    help="How the stamp signs people in: AD FS or Entra ID.",
)
@click.option("--serve", is_flag=True, help="Keep the stamp running, and print how to scan it.")
@options.now_option
@click.option("--seed", type=click.IntRange(0), default=0, help="Another seed gives other ids.  [default: 0]")
@options.quiet_option
def command(output: Path, identity: str, serve: bool, now: str | None, seed: int, quiet: bool) -> ExitCode:
    """Start a small Azure Stack Hub on this computer and judge it.

    The stamp answers on loopback with the real interfaces: metadata, sign-in, both Resource Managers. What
    runs against it is what `azscheck scan` runs. It has findings on purpose, and the command ends with 0.

    \b
    Examples:
      azscheck demo
      azscheck demo --serve                            scan it from another terminal
    """
    from azscheck.demo import DemoStamp

    clock = options.moment(now)
    started = clock()
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--output {output}: cannot be made: {error.strerror or error}.") from error
    with DemoStamp(identity=identity, now=started, seed=seed) as stamp:
        configuration = _configure(stamp, output, started)
        if serve:
            return _serve(stamp, configuration)
        return _scan(configuration, output, now, quiet)


def _configure(stamp: "DemoStamp", folder: Path, now: datetime) -> Path:
    """Write what a user would have: configuration, the authority's certificate, the secret, the evidence, the share."""
    (folder / "ca.pem").write_bytes(stamp.ca_pem)
    secret = folder / "secret"
    secret.touch(0o600)
    secret.write_text(stamp.client_secret, "utf-8")
    _evidence(stamp, now).write(folder / "protection.ndjson")
    stamp.write_share(folder / "share")
    # JSON is YAML, and quotes whatever needs it.
    (folder / "attestations.yaml").write_text(
        json.dumps({"attestations": _attestations(now)}, indent=2) + "\n", "utf-8"
    )
    credential = {"clientId": stamp.client_id, "secretFile": "secret"}
    if stamp.tenant_id != "adfs":
        credential["tenantId"] = stamp.tenant_id
    value = {
        "stamps": [
            {
                "name": stamp.name,
                "admin": stamp.admin_url,
                "tenant": stamp.tenant_url,
                "ca": "ca.pem",
                "credential": credential,
                "connected": stamp.tenant_id != "adfs",
                "backupShare": {
                    "path": "share",
                    "folders": _FOLDERS,
                    "device": "windowsFileServer",
                    "location": "datacenter B",
                },
                "parameters": {"ASH-INF-028.site": "datacenter A"},
            }
        ],
        "evidence": ["protection.ndjson"],
        "attestations": ["attestations.yaml"],
    }
    file = folder / "azscheck.yaml"
    file.write_text(json.dumps(value, indent=2) + "\n", "utf-8")
    return file


def _evidence(stamp: "DemoStamp", now: datetime) -> Any:
    from azscheck.inventory import Coverage, CoverageState, Inventory, Origin, Resource
    from azscheck.sources.evidence import ITEMS

    origin = Origin("file", "protection.ndjson", now)
    items = [*stamp.protected_items(), *stamp.replicated_items()]
    resources = [Resource(stamp.name, item["type"], item["id"], item, origin) for item in items]
    coverage = [
        Coverage(stamp.name, kind, "", CoverageState.COMPLETE, count=sum(r.type == kind for r in resources), time=now)
        for kind in ITEMS
    ]
    return Inventory.of(now, resources, coverage)


_ATTESTED: Final = (
    ("ASH-INF-009", "Compliant", 200, 350, "The plan was read through with the people who are named in it."),
    ("ASH-INF-022", "Compliant", 40, 200, "The key is in the safes of both datacenters; opened it in each."),
    ("ASH-INF-027", "Compliant", 40, 200, "svc-azsbackup is in no group and may write to this share only."),
    ("ASH-INF-012", "Compliant", 60, 45, "Ran the vendor's procedure for four switches and the lifecycle host."),
    ("ASH-INF-031", "NonCompliant", 30, 90, "The drill ended at the key, whose password nobody had."),
)
"""Of each: the policy, what is said, how many days ago, for how many days, in what words. One of them has lapsed."""


def _attestations(now: datetime) -> list[dict[str, str]]:
    from azscheck.times import format_time

    return [
        {
            "policy": policy,
            "complianceState": state,
            "assessedOn": format_time(now - timedelta(days=ago)),
            "expiresOn": format_time(now - timedelta(days=ago - valid)),
            "owner": "anna@fabrikam.example",
            "approvedBy": "bela@fabrikam.example",
            "comments": comments,
        }
        for policy, state, ago, valid, comments in _ATTESTED
    ]


def _serve(stamp: "DemoStamp", configuration: Path) -> ExitCode:
    click.echo(f"admin    {stamp.admin_url}\ntenant   {stamp.tenant_url}\nsign-in  {stamp.login_url}")
    click.echo(f"\n{configuration}:\n{configuration.read_text('utf-8')}")
    click.echo(f"In another terminal:\n  azscheck scan --config {configuration}\n\nCtrl-C stops the stamp.")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        click.echo("\nstopped.", err=True)
    return ExitCode.COMPLIANT


def _scan(configuration: Path, folder: Path, now: str | None, quiet: bool) -> ExitCode:
    """What `azscheck scan` does, by calling it."""
    from azscheck.cli.scan import command as scan
    from azscheck.reports import FORMATS

    files = {name: folder / f"report{form.suffix}" for name, form in FORMATS.items() if name != "table"}
    arguments = ["--config", str(configuration), "--save-inventory", str(folder / "inventory.ndjson"), "--all"]
    arguments += ["--format", "table"]
    arguments += [word for name, file in files.items() for word in ("--format", f"{name}={file}")]
    arguments += ["--now", now] if now else []
    arguments += ["--quiet"] if quiet else []
    code = ExitCode(scan.main(arguments, prog_name="azscheck scan", standalone_mode=False))
    if code not in (ExitCode.COMPLIANT, ExitCode.FINDINGS):
        return code
    if not quiet:
        click.echo(
            f"\nThis was `azscheck scan --all --config {configuration}`: in a pipeline it would exit {int(code)}.\n"
            f"Open {files['html']} in a browser; the inventory is {folder / 'inventory.ndjson'}."
        )
    return ExitCode.COMPLIANT
