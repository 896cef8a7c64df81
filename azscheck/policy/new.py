"""A new policy and its cases, from the examples that are shipped."""

import json
import re
from pathlib import Path

from azscheck.errors import UsageError
from azscheck.packaged import policies_folder, schema_file
from azscheck.policy.load import load_policies
from azscheck.policy.model import STAMPS

_SUFFIXES = (".yaml", ".test.yaml")
_SCHEMAS = ("policy", "cases")


def write_new(policy_id: str, folder: Path, resource_type: str) -> list[Path]:
    """Write a policy about a resource type and its cases, and the schemas that an editor reads where there are none.

    Gives the files written. Raises UsageError, before anything is written, for an id or type that cannot be, an id that
    a shipped policy has, and a file that is there already.
    """
    schema = json.loads(schema_file("policy").read_text("utf-8"))
    for what, value, rule in (
        ("id", policy_id, schema["properties"]["id"]),
        ("type", resource_type, schema["$defs"]["type"]),
    ):
        if not re.search(rule["pattern"], value):
            raise UsageError(f"{value!r} is no {what} of a policy: {rule['description'].rstrip('.')}.")
    taken = {policy.id for policy in load_policies()}
    if policy_id in taken:
        raise UsageError(f"the id {policy_id} is a shipped policy's: take another one.")
    files = [folder / f"{policy_id.lower()}{suffix}" for suffix in _SUFFIXES]
    there = next((file for file in files if file.exists()), None)
    if there is not None:
        raise UsageError(f"{there}: is there already: name another id, or another --folder.")
    schemas = next((s for s in (folder / "schema", folder.parent / "schema") if _is_whole(s)), None)
    written = [*files, *(_schema_files(folder / "schema") if schemas is None else ())]
    beside = "../schema" if schemas == folder.parent / "schema" else "schema"
    texts = [_example(suffix, policy_id, resource_type, beside) for suffix in _SUFFIXES]
    texts += [schema_file(name).read_text("utf-8") for name in _SCHEMAS]
    try:
        written[-1].parent.mkdir(parents=True, exist_ok=True)
        for file, text in zip(written, texts, strict=False):
            file.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{error.filename}: cannot be written: {error.strerror or error}.") from error
    return written


def _schema_files(folder: Path) -> list[Path]:
    return [folder / f"{name}.schema.json" for name in _SCHEMAS]


def _is_whole(folder: Path) -> bool:
    return all(file.exists() for file in _schema_files(folder))


def _example(suffix: str, policy_id: str, resource_type: str, schemas: str) -> str:
    """An example with another id and type."""
    kind, example = ("stamp", "MY-INF-001") if resource_type.lower() == STAMPS.lower() else ("resource", "MY-TEN-001")
    text = (policies_folder() / "schema" / f"{kind}.example{suffix}").read_text("utf-8")
    text = text.replace(example, policy_id).replace("$schema=", f"$schema={schemas}/")
    if ".admin/" in resource_type.lower():
        text = text.replace("category: tenant         ", "category: infrastructure ")
    return text if kind == "stamp" else text.replace("Microsoft.Compute/virtualMachines", resource_type)
