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

_GROUPS = """\
defaults:
  ca: corporate-ca.pem
  credential: {clientId: 00000000-0000-0000-0000-000000000000, secretEnv: AZSCHECK_SECRET}
groups:
  factories: {connected: false, concurrency: 4, parameters: {maximumAge: P1D}}
stamps:
  - {name: north, groups: [factories], admin: https://adminmanagement.north.contoso.com}
  - {name: south, groups: [factories], admin: https://adminmanagement.south.contoso.com, concurrency: 2}
  - {name: office, admin: https://adminmanagement.office.contoso.com}
"""

_SIGN_IN = (
    "| kind | Entra ID | AD FS | for |\n| --- | --- | --- | --- |\n"
    "| `servicePrincipal` | yes | yes | whatever runs by itself |\n"
    "| `workloadIdentity` | yes | no | AKS and pipelines, without a secret: the app registration trusts the platform's"
    " tokens (federated credentials) |\n"
    "| `azureCli` | yes | yes | a person at a terminal, and pipelines that sign `az` in |",
    "For `azureCli` the stamp is a cloud of the Azure CLI: `az cloud register`, `az cloud set`, `az login`. It has one"
    " cloud at a time, so stamps with AD FS are read one after the other (`--stamp`); in Entra ID, any whose directory"
    " the account is of.",
    "What else azure-identity has is not there, for a reason. Managed identities: Azure Stack Hub [has"
    " none](https://learn.microsoft.com/azure-stack/operator/azure-stack-identity-architecture). Device codes and"
    " browsers: a collection asks nobody anything, and `az login` does both. User name and password: Entra ID refuses"
    " them wherever it asks for a second factor. `EnvironmentCredential`: `secretEnv` names the variable."
    " `DefaultAzureCredential`: it signs in as whoever it finds, and then nobody can say as whom a stamp was read.",
)


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
        "With them any of the settings below. `groups` and `defaults` at the top of the file hold settings that several"
        " stamps share: a stamp's own setting wins over its group's, and that over the one in `defaults`. The keys of"
        " `parameters`, `backupShare` and `backupOffering` are laid over one another in the same order; a credential is"
        " taken as a whole.\n\n```yaml\n" + _GROUPS + "```",
        _keys(schema["$defs"]["settings"], "Settings of a stamp, of a group, or of `defaults`"),
        _keys(schema["$defs"]["backupShare"], "`backupShare`"),
        "Without `user` the share is not looked at: [the backup share](share.md) says what is read of it.",
        _keys(schema["$defs"]["backupShare"]["properties"]["folders"], "`folders` of `backupShare`"),
        _keys(schema["$defs"]["folder"], "Each of `folders`"),
        _keys(schema["$defs"]["credential"], "`credential` and `tenantCredential`"),
        "Of a service principal exactly one of `secretEnv`, `secretFile` and `certificateFile` says where the secret"
        " is. No secret stands in the file, in an argument, in the inventory or in a report.",
        *_SIGN_IN,
        _keys(schema["$defs"]["history"], "`history`"),
        "No password stands in the file or in an argument: [history](history.md) says where it comes from.",
        _keys(schema["$defs"]["export"], "An export in `evidence`"),
        _keys(schema["$defs"]["vault"], "A vault in `evidence`"),
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
