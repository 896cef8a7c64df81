"""The command line: parse, wire, write, exit code. Only this package prints and exits."""

import atexit
import gc
import os
import sys
from importlib import import_module
from io import StringIO
from typing import Any

import click

from azscheck import __version__
from azscheck.cli.failing import told
from azscheck.cli.stderr import begin, say
from azscheck.errors import ExitCode

COMMANDS = {
    "demo": "Start a small Azure Stack Hub on this computer and judge it.",
    "init": "Write a commented azscheck.yaml to start from.",
    "readiness": "Judge a deployment plan before there is a stamp.",
    "scan": "Collect and judge one or several stamps, or a saved inventory.",
    "gate": "Judge templates and plans before they are deployed.",
    "collect": "Collect an inventory, to be judged elsewhere or later.",
    "diff": "Show what is different between two runs.",
    "trend": "Show how the numbers of findings move over the kept runs.",
    "history": "List, show, export, import and remove kept runs.",
    "report": "Make reports again from saved results.",
    "notify": "Send each channel a test message.",
    "explain": "Show why a policy judges a resource as it does.",
    "evidence": "Read what other tools wrote: protected items, replicas, reports of checks.",
    "attest": "Vouch for what no interface shows, and list what lapses when.",
    "exempt": "Accept a finding for a time.",
    "policy": "List, show, write, check and test policies.",
}
"""Each is `command` in the module of its name, imported when it is used."""

_STOPPED = 130
_NEW_OBJECTS = 50_000
"""So many before they are looked through for circles: a start makes as many, and hardly one."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = import_module(f"azscheck.cli.{cmd_name}").command
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        # The listing must not import every command's module.
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            from azscheck.documents import did_you_mean

            ctx.fail(f"there is no command {args[0]!r}{did_you_mean(args[0], COMMANDS)}")


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="azscheck", message="%(prog)s %(version)s")
def azscheck() -> None:
    """Would this Azure Stack Hub and its tenants survive a disaster?

    azscheck reads a stamp (it never writes), judges it by the documented backup and disaster recovery
    rules, and reports pass or fail with evidence.

    \b
    Examples:
      azscheck demo                                    see it work, without a stamp
      azscheck init                                    write azscheck.yaml for your stamp
      azscheck scan --format html=report.html          judge your stamp
      azscheck collect -o north.ndjson                 collect here, judge elsewhere

    \b
    Exit codes, of every command:
      0  compliant, or no finding as severe as --fail-on
      1  findings
      2  the command, the configuration or a policy is wrong
      3  incomplete: something could not be read, or nothing was evaluated
    """


def main(arguments: list[str] | None = None) -> None:
    """Run a command and exit with its code; a known error is one sentence, never a traceback."""
    gc.set_threshold(_NEW_OBJECTS)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A console that lacks a character shows a question mark, and does not end the run.
            stream.reconfigure(errors="replace")
    # What is there when the process ends goes with it: nobody needs to wait until it was searched for cycles.
    atexit.register(gc.freeze)
    begin(sys.argv[1:] if arguments is None else arguments)
    try:
        code = azscheck.main(arguments, prog_name="azscheck", standalone_mode=False)
    except click.ClickException as error:
        code = ExitCode.USAGE
        shown = StringIO()
        error.show(shown)
        _complain(shown.getvalue().rstrip("\n"), code)
    except (click.Abort, KeyboardInterrupt):
        code = _STOPPED
        _complain("azscheck: stopped.", code)
    except BrokenPipeError:
        # Whoever read the report has gone. What Python flushes when it exits must find an open file.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = ExitCode.INCOMPLETE
    except Exception as error:
        sentence, code = told(error)
        _complain(f"azscheck: {sentence}", code)
    sys.exit(int(code) if isinstance(code, int) else ExitCode.COMPLIANT)


def _complain(text: str, code: int) -> None:
    say(text, "error", exitCode=int(code))
