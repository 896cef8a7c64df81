"""Makes the pages that say what the code says: `docs/commands/*.md`, `docs/configuration.md`, `docs/language.md`,
`docs/policies.md`, `docs/policies/*.md`.

`make docs` runs it; a test holds the pages current.
"""

import inspect
import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import language
import policy_pages

from azscheck.cli import COMMANDS
from azscheck.packaged import schema_file

DOCS = Path(__file__).parent
MADE = "<!-- Made by `make docs`; edit the code instead. -->\n"


def pages() -> Iterator[tuple[Path, str]]:
    """Each page and its text."""
    for name in COMMANDS:
        command = import_module(f"azscheck.cli.{name}").command
        yield DOCS / "commands" / f"{name}.md", MADE + _command(command, f"azscheck {name}", 1)
    yield DOCS / "configuration.md", MADE + _configuration()
    yield DOCS / "language.md", MADE + language.page()
    yield DOCS / "policies.md", MADE + policy_pages.index()
    for file, text in policy_pages.pages():
        yield DOCS / "policies" / file, MADE + text


def _command(command: click.Command, name: str, level: int) -> str:
    if isinstance(command, click.Group):
        below = "\n".join(_command(c, f"{name} {n}", level + 1) for n, c in command.commands.items())
        return f"{'#' * level} {name}\n\n{_prose(command)}\n\n{below}"
    context = click.Context(command, info_name=name)
    usage = " ".join(command.collect_usage_pieces(context))
    rows = [_option(p, context) for p in command.params if isinstance(p, click.Option)]
    table = "\n".join(["| option | meaning |", "| --- | --- |", *rows]) if rows else ""
    return f"{'#' * level} {name}\n\n    {name} {usage}\n\n{_prose(command)}\n\n{table}\n"


def _prose(command: click.Command) -> str:
    text = inspect.cleandoc(command.help or "").replace("\b\n", "")
    before, _, examples = text.partition("Examples:\n")
    block = f"\n\n```console\n{_dedented(examples)}\n```" if examples else ""
    return before.strip() + block


def _dedented(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().splitlines())


def _option(option: click.Option, context: click.Context) -> str:
    names, meaning = option.get_help_record(context) or ("", "")
    return "| `{}` | {} |".format(names.replace("|", "\\|"), " ".join(meaning.split()))


def _configuration() -> str:
    schema = json.loads(schema_file("configuration").read_text("utf-8"))
    parts = [
        "# azscheck.yaml",
        schema["description"] + " `azscheck init` writes one with comments; relative paths are relative to the file.",
        "The [schema](../policies/schema/configuration.schema.json) checks it, and completes it in an editor that reads"
        " the file's first line. A mistake is told with its file, line and column, and ends with exit code 2.",
        _keys(schema, "The file"),
        _keys(schema["$defs"]["stamp"], "Each of `stamps`"),
        _keys(schema["$defs"]["backupShare"], "`backupShare`"),
        "Without `user` the share is not looked at: [the backup share](share.md) says what is read of it.",
        _keys(schema["$defs"]["backupShare"]["properties"]["folders"], "`folders` of `backupShare`"),
        _keys(schema["$defs"]["folder"], "Each of `folders`"),
        _keys(schema["$defs"]["credential"], "`credential` and `tenantCredential`"),
        "Exactly one of `secretEnv`, `secretFile` and `certificateFile` says where the secret is. No secret stands in"
        " the file, in an argument, in the inventory or in a report.",
        _keys(schema["$defs"]["history"], "`history`"),
        "No password stands in the file or in an argument: [history](history.md) says where it comes from.",
        _keys(schema["$defs"]["export"], "An export in `evidence`"),
        "What each kind reads: [evidence](evidence.md).",
        _keys(schema["$defs"]["channel"], "Each of `notify`"),
        _keys(schema["$defs"]["smtp"], "`smtp` of an email channel"),
        "What is sent, and when: [notifications](notifications.md).",
        _keys(schema["$defs"]["metrics"], "`metrics`"),
        "What the metrics mean: [notifications](notifications.md#metrics).",
        "## What the service principal needs",
        "The role Reader on the Default Provider Subscription (admin endpoint) and on the tenants' subscriptions"
        " (tenant endpoint). azscheck sends GET only, to these endpoints and no others. For the share: [read"
        " rights](share.md).",
    ]
    return "\n\n".join(parts) + "\n"


def _keys(schema: dict[str, Any], title: str) -> str:
    required = schema.get("required", [])
    rows = [
        f"| `{key}`{' (required)' if key in required else ''} | {below.get('description', '')} |"
        for key, below in schema["properties"].items()
        if below.get("description")
    ]
    return "\n".join([f"## {title}\n", "| key | meaning |", "| --- | --- |", *rows])


if __name__ == "__main__":
    for stale in (DOCS / "policies").glob("*.md"):
        stale.unlink()
    for page, text in pages():
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, "utf-8", newline="\n")
