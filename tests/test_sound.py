"""The quick look at a document never says that it is sound where the JSON Schema library says that it is not."""

import copy
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from azscheck.documents.sound import Home, check_of, schema_of, sound_check
from azscheck.packaged import policies_folder, schema_file

POLICIES = [
    yaml.safe_load(file.read_text("utf-8"))
    for file in sorted(policies_folder().rglob("*.yaml"))
    if file.parent.name in ("infrastructure", "tenant") and ".test." not in file.name
]
SCHEMA = schema_of(schema_file("policy"))
HOME = Home(schema_file("policy"))
LIBRARY = Draft202012Validator(SCHEMA)
ODD: list[Any] = [None, True, 0, 1, 1.0, -1, "", "x", "PT24H", [], ["x", "x"], [1], {}, {"x": 1}, {"field": "a"}, [{}]]
KEYS = ["x", "field", "value", "count", "equals", "allOf", "not", "id", "type", "where", "default", "rule"]


def changed(value: Any, dice: Random) -> Any:
    """A value with something in it replaced, added or taken out."""
    if isinstance(value, dict) and value and dice.random() < 0.8:
        key = dice.choice(list(value))
        match dice.randrange(6):
            case 0:
                return {k: v for k, v in value.items() if k != key}
            case 1:
                return {**value, dice.choice(KEYS): dice.choice(ODD)}
            case _:
                return {**value, key: changed(value[key], dice)}
    if isinstance(value, list) and value and dice.random() < 0.8:
        i = dice.randrange(len(value))
        return [*value[:i], changed(value[i], dice), *value[i + 1 :]]
    return copy.deepcopy(dice.choice(ODD))


@given(st.integers(0, 2**64))
def test_what_is_called_sound_is(seed: int) -> None:
    """A mistake in a policy is not told, and the policy is judged by as if it said something else."""
    dice = Random(seed)
    for _ in range(20):
        document = dice.choice(POLICIES)
        for _ in range(dice.randrange(1, 3)):
            document = changed(document, dice)
        if sound_check(HOME.file)(document):
            assert LIBRARY.is_valid(document), document


FILES = [
    file
    for file in sorted(policies_folder().rglob("*.yaml"))
    if file.parent.name in ("infrastructure", "tenant", "sets") and ".test." not in file.name
]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_shipped_files_need_no_library(file: Path) -> None:
    """Each run waits for a library that has nothing to say."""
    kind = "set" if file.parent.name == "sets" else "policy"
    value = yaml.safe_load(file.read_text("utf-8"))
    assert sound_check(schema_file(kind))(value)


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        (True, {"type": "integer"}),
        (1, {"enum": [True]}),
        (1.0, {"const": 1}),
        ("x", {"format": "date"}),
        (1, {"not": {}}),
    ],
)
def test_what_is_not_known_is_left_to_the_library(value: Any, schema: Any) -> None:
    """JSON's numbers and truths are told apart otherwise than Python's."""
    assert not check_of(schema, HOME)(value)
