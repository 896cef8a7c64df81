"""`azscheck init`."""

from pathlib import Path

import click

from azscheck.cli import options
from azscheck.errors import ExitCode, UsageError


@click.command("init")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=options.CONFIGURATION,
    show_default=True,
    help="The file to write.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def command(output: Path, force: bool) -> ExitCode:
    """Write a commented azscheck.yaml to start from.

    \b
    Examples:
      azscheck init
      azscheck init -o stamps/north.yaml
    """
    from azscheck.packaged import policies_folder

    if output.exists() and not force:
        raise UsageError(f"{output}: is there already: --force writes over it, -o names another file.")
    text = (policies_folder() / "schema" / "azscheck.example.yaml").read_text("utf-8")
    try:
        output.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{output}: cannot be written: {error.strerror or error}.") from error
    click.echo(f"wrote {output}: fill in your stamp's endpoints and client id, then run `azscheck scan`.", err=True)
    return ExitCode.COMPLIANT
