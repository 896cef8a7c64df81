"""`azscheck evidence`."""

from pathlib import Path

import click

from azscheck.cli import options
from azscheck.errors import ExitCode
from azscheck.sources.exports.model import CHECKS, KINDS


@click.group("evidence")
def command() -> None:
    """Read what other tools wrote: protected items, replicas, reports of checks.

    \b
    Examples:
      azscheck evidence import recovery-services items.json -o vault.ndjson --stamp north
      azscheck scan --inventory north.ndjson --inventory vault.ndjson
    """


@command.command("import")
@click.argument("kind", type=click.Choice(KINDS), metavar="KIND")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="The evidence's file, an inventory; gzipped when it ends in .gz.",
)
@click.option("--stamp", default="", help="Whose machines they are of  [default: the one in azscheck.yaml]")
@click.option("--as-of", default="", metavar="TIME", help="When the files were made: a time, a day, or `modified`.")
@click.option("--mapping", default="", help="Of a csv: commvault, netbackup, rubrik, veeam, or the path of a mapping.")
@click.option("--target", default="", help="Where the items lie, for files that do not say it: the second stamp.")
@click.option("--all", "whole", is_flag=True, help="The files hold all such items: what is not in them is not there.")
@options.configuration_option
@options.now_option
@options.quiet_option
def import_command(
    kind: str,
    files: tuple[Path, ...],
    output: Path,
    stamp: str,
    as_of: str,
    mapping: str,
    target: str,
    whole: bool,
    configuration: Path | None,
    now: str | None,
    quiet: bool,
) -> ExitCode:
    """Read files that another tool wrote into evidence, which `evidence:` in azscheck.yaml or --inventory takes.

    KIND is recovery-services or site-recovery (JSON of `az` or of the REST interface), data-replication (replicas on a
    second stamp: that JSON, or an inventory of the stamp), csv (a product's export, by a mapping), or a report of a
    check: readiness-checker, test-azurestack, backup-validator. A file that is damaged is refused whole.

    \b
    Examples:
      azscheck evidence import recovery-services items.json -o vault.ndjson --stamp north --as-of modified
      azscheck evidence import csv export.csv --mapping commvault --all -o commvault.ndjson --stamp north
      azscheck evidence import data-replication south.ndjson -o replicas.ndjson --stamp north
      azscheck evidence import test-azurestack test.txt -o checks.ndjson --stamp north --as-of 2026-06-01
    """
    from azscheck.cli.run import configuration_of
    from azscheck.sources.evidence import stamp_of
    from azscheck.sources.exports import Export, read_export

    options.writable("--output", output, files)
    known: list[str] = []
    if configuration or (not stamp and options.CONFIGURATION.exists()):
        known = list(configuration_of(configuration, ()).names)
    export = Export(kind, files, stamp, as_of, mapping, target, whole)
    imported = read_export(export, stamp_of(export, known), options.moment(now)())
    imported.inventory.write(output)
    if quiet:
        return ExitCode.COMPLIANT
    count, what = len(imported.inventory.resources), "report" if kind in CHECKS else "item"
    click.echo(f"wrote {output}: {count} {what}{'' if count == 1 else 's'}", err=True)
    if imported.left_out:
        click.echo(f"azscheck: {imported.left_out} left out, which are of no machine of a stamp", err=True)
    if kind not in CHECKS and not whole:
        click.echo("azscheck: a machine that is not among them is unknown: --all says that there are no more", err=True)
    return ExitCode.COMPLIANT
