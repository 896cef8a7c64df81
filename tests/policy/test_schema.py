"""The schemas as an editor reads them: a file names its schema, and a word that is completed says what it means."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from azscheck.packaged import policies_folder, schema_file
from azscheck.policy import ATTESTATIONS, STAMPS
from azscheck.policy.known_types import nearly_known
from azscheck.policy.literals import wrong_literal
from azscheck.policy.parse import OPERATORS
from azscheck.sources.evidence import TYPES
from azscheck.sources.hub.table import TABLE

POLICY = json.loads(schema_file("policy").read_text("utf-8"))
SCHEMAS = {name: json.loads(schema_file(name).read_text("utf-8")) for name in ("policy", "cases")}
WRITTEN = sorted(policies_folder().rglob("*.yaml"))
MODELINE = "# yaml-language-server: $schema="


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: file.name)
def test_a_file_names_its_schema(file: Path) -> None:
    """An editor completes nothing in a shipped file, or by another kind's schema."""
    first = file.read_text("utf-8").splitlines()[0]
    assert first.startswith(MODELINE)
    kind = "cases" if ".test." in file.name else "configuration" if file.name == "azscheck.example.yaml" else "policy"
    kind = "rules" if file.name.endswith(".rules.yaml") else kind
    kind = "set" if file.parent.name == "sets" else kind
    assert (file.parent / first.removeprefix(MODELINE)).resolve() == schema_file(kind)


@pytest.mark.parametrize("operator", OPERATORS)
def test_an_operator_says_what_it_means(operator: str) -> None:
    """An author is offered an operator without a word on it, or with an example that would be refused."""
    told = POLICY["$defs"]["condition"]["properties"][operator]
    assert told["description"].endswith(".")
    assert told["examples"]
    assert [wrong_literal(operator, example) for example in told["examples"]] == [""] * len(told["examples"])


def parts(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        yield path, schema
        for key, below in schema.items():
            if key not in ("examples", "defaultSnippets", "enum"):
                yield from parts(below, f"{path}/{key}")
    elif isinstance(schema, list):
        for i, below in enumerate(schema):
            yield from parts(below, f"{path}/{i}")


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_key_says_what_it_means(name: str) -> None:
    """A key is completed without a word on what it is for."""
    for path, part in parts(SCHEMAS[name]):
        for key, below in part.get("properties", {}).items() if "/properties/properties" not in path else ():
            if isinstance(below, dict):
                assert "description" in below or "$ref" in below, f"{path}/{key}"
        if "enum" in part:
            assert "description" in part, path
        if "enumDescriptions" in part:
            assert len(part["enumDescriptions"]) == len(part["enum"]), path


def test_the_types_that_are_collected_are_offered() -> None:
    """An editor does not know a type that azscheck collects, and a slip in it is not told."""
    collected = {row.type for row in TABLE} | set(TYPES) | {STAMPS, ATTESTATIONS}
    assert collected <= set(POLICY["$defs"]["type"]["examples"])
    assert not [kind for kind in collected if nearly_known(kind)]


@pytest.mark.parametrize(
    "kind", ["Microsoft.Network/virtualNetworkTaps", "Test.Azs/things", "Microsoft.Compute/images"]
)
def test_another_type_is_no_slip(kind: str) -> None:
    """A policy about a type that azscheck does not collect, which a template may hold, is refused."""
    assert nearly_known(kind) == ""


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_small(name: str) -> None:
    """An editor reads a schema again at every key that is pressed."""
    assert schema_file(name).stat().st_size < 200_000
