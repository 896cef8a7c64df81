"""Files that people write: read as they look, refused with a place and a sentence."""

import contextlib
import itertools
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from azscheck.documents import Document, check, parse_document, read_document
from azscheck.errors import DocumentError

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "severity"],
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "severity": {"enum": ["high", "low"]},
        "list": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/item"}},
        "code": {"type": "string", "pattern": "^[A-Z]+$", "description": "capitals."},
    },
    "$defs": {"item": {"type": "object", "additionalProperties": False, "properties": {"count": {"type": "integer"}}}},
}


def mistakes(text: str) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        parse_document(text, "f")
    return str(caught.value).splitlines()


def checked(text: str, folder: Path) -> list[str]:
    schema = folder / "schema.json"
    schema.write_text(json.dumps(SCHEMA), "utf-8")
    with pytest.raises(DocumentError) as caught:
        check(parse_document(text, "f"), schema)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a: 1\nb: [1\nc: 2\n", "f:3:", "is not YAML"),
        ("a: 1\n\tb: 2\n", "f:2:1:", "is not YAML: found a tab"),
        ("a: 'open\n", "f:", "is not YAML"),
        ("a: 1\nb: 2\na: 3\n", "f:3:1:", "'a' stands here twice"),
        ('{"x": {"a": 1,\n "a": 2}}', "f:2:2:", "'a' stands here twice"),
        ("? [a]\n: 1\n", "f:1:3:", "a key must be text"),
        ("a: 1\n---\nb: 2\n", "f:2:1:", "another document"),
        ("a: *nowhere\n", "f:1:4:", "undefined alias"),
        ("a: \x00\n", "f:", "is not YAML"),
        ("a: \ud800\n", "f:", "lone surrogate"),
        ('a: "\\ud800"\n', "f:1:", "is not YAML"),
        ("[" * 10_000 + "]" * 10_000, "f:1:101:", "nested more than 100 levels"),
        ("{a: " * 10_000, "f:1:", "nested more than 100 levels"),
        ("- " * 101 + "x", "f:1:201:", "nested more than 100 levels"),
        ("a: &x [*x]\n", "f:1:4:", "nested more than 100 levels"),
        ("a: &x {b: *x}\n", "f:1:4:", "nested more than 100 levels"),
    ],
)
def test_unreadable(text: str, place: str, words: str) -> None:
    """A slip of the keyboard ends in a traceback, or in a sentence without a place to look at."""
    (line,) = mistakes(text)
    assert line.startswith(place)
    assert words in line


def test_bomb() -> None:
    """A file of a few lines takes all the memory."""
    names = "abcdefghij"
    lines = [f"{n}: &{n} [{', '.join([f'*{before}'] * 10)}]" for before, n in itertools.pairwise(names)]
    (line,) = mistakes("a: &a [1]\n" + "\n".join(lines))
    assert "stands for more than 200000 values" in line


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("No", "No"),
        ("on", "on"),
        ("2026-01-31", "2026-01-31"),
        ("12:30:00", "12:30:00"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("017", "017"),
        ("1_000", "1_000"),
        ("1.2301.2.58", "1.2301.2.58"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("1e999", "1e999"),
        ("9" * 400, "9" * 400),
        ("+1", "+1"),
        ("tRUE", "tRUE"),
        ("true", True),
        ("False", False),
        ("NULL", None),
        ("~", None),
        ("", None),
        ("'true'", "true"),
        ('"1"', "1"),
        ("|-\n  1", "1"),
        ("-12", -12),
        ("1.50", 1.5),
        ("1e3", 1000.0),
        ("<<", "<<"),
    ],
)
def test_scalars_stay_what_they_look_like(text: str, value: Any) -> None:
    """The country Norway becomes false, a date another type, a version a number."""
    found = parse_document(f"a: {text}\n", "f").value["a"]
    assert found == value
    assert type(found) is type(value)


def test_aliases_and_merges() -> None:
    """A part that is written once and used twice is lost."""
    assert parse_document("a: &x {b: [1]}\nc: *x\n", "f").value == {"a": {"b": [1]}, "c": {"b": [1]}}


@pytest.mark.parametrize("bytes_", [b"", b"\n", b"# nothing\n", b"\xef\xbb\xbf"])
def test_empty_file(bytes_: bytes, tmp_path: Path) -> None:
    """An empty file ends in a traceback."""
    (tmp_path / "f.yaml").write_bytes(bytes_)
    assert read_document(tmp_path / "f.yaml").value is None


def test_windows_file(tmp_path: Path) -> None:
    """A file that was saved on Windows is read wrongly, or its mistakes are placed wrongly."""
    (tmp_path / "f.yaml").write_bytes(b"\xef\xbb\xbfa: 1\r\nb:\r\n  - x\r\n")
    document = read_document(tmp_path / "f.yaml", "shown")
    assert document.value == {"a": 1, "b": ["x"]}
    assert str(document.place("b", 0)) == "shown:3:5"


@pytest.mark.parametrize(
    ("bytes_", "words"),
    [
        ("a: \u00e9".encode("latin-1"), "is not UTF-8 text"),
        ("a: b".encode("utf-16"), "is not UTF-8 text"),
        (b"a: " + b"x" * (4 << 20), "is larger than 4 MiB"),
    ],
)
def test_unreadable_bytes(bytes_: bytes, words: str, tmp_path: Path) -> None:
    """A file of another encoding, or a huge one, ends in a traceback."""
    (tmp_path / "f.yaml").write_bytes(bytes_)
    with pytest.raises(DocumentError, match=words):
        read_document(tmp_path / "f.yaml")
    with pytest.raises(DocumentError, match="cannot be read"):
        read_document(tmp_path)
    with pytest.raises(DocumentError, match="cannot be read"):
        read_document(tmp_path / "none.yaml")


def test_long_text_is_read() -> None:
    """A long text takes minutes."""
    assert len(parse_document("a: " + "x" * 10_000_000, "f").value["a"]) == 10_000_000


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False))
        | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
        lambda below: (
            st.lists(below) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=80), below)
        ),
        max_leaves=20,
    )
)
@example({"a": "\U0001f600", "\\": "\\\\\U0001f600", "n": "\x85\u2028\ufeff\x7f"})
@example(["1", "true", "null", "~", "", "2026-01-01", "- a", "#", "a: b", "1e5", -0.0, 1e-5, 1e22, 10**200])
def test_json_is_read_as_json(value: Any) -> None:
    """A policy in JSON means something else than the JSON says."""
    read = parse_document(json.dumps(value), "f").value
    assert read == value
    if isinstance(value, float):
        assert math.copysign(1, read) == math.copysign(1, value) or value == 0


def test_escapes_outside_of_json_stay() -> None:
    """A backslash in plain YAML text is taken for an escape."""
    assert parse_document("a: '\\ud83d\\ude00'", "f").value == {"a": "\\ud83d\\ude00"}


@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    """A file with odd characters ends in a traceback."""
    with contextlib.suppress(DocumentError):
        json.dumps(parse_document(text, "f").value, allow_nan=False)


def test_several_mistakes_at_once(tmp_path: Path) -> None:
    """The author corrects one mistake, runs again, and is told the next."""
    text = "nmae: x\nseverity: hihg\nlist:\n  - count: 1\n  - cuont: 2\n  - count: many\ncode: abc\n"
    assert checked(text, tmp_path) == [
        "f:1:1: 'nmae' is not a known key here; did you mean 'name'?",
        "f:1:1: the file lacks 'name'.",
        "f:2:1: 'hihg' is not one of high, low; did you mean 'high'?",
        "f:5:5: 'cuont' is not a known key here; did you mean 'count'?",
        "f:6:5: 'count' must be an integer, not 'many'.",
        "f:7:1: 'abc' does not fit: capitals.",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "f:1:1: the file must be an object, not null."),
        ("- a\n", 'f:1:1: the file must be an object, not ["a"].'),
        ("name: ''\nseverity: low\n", "f:1:1: 'name' must not be empty."),
        ("name: a\nseverity: low\nlist: []\n", "f:3:1: 'list' must not be empty."),
        ("name: 5\nseverity: low\n", "f:1:1: 'name' must be a string, not 5."),
        ("name: a\nseverity: zzz\n", "f:2:1: 'zzz' is not one of high, low."),
    ],
)
def test_one_mistake(text: str, line: str, tmp_path: Path) -> None:
    """A mistake is told without its place, or in the words of a schema validator."""
    assert checked(text, tmp_path) == [line]


def test_place_of_what_has_none() -> None:
    """A mistake about what is missing points nowhere."""
    document = parse_document("a:\n  b: 1\n", "f")
    assert str(document.place("a", "b")) == "f:2:3"
    assert str(document.place("a", "c", 4)) == "f:1:1"
    assert str(Document("g", None, {}).place("a")) == "g:1:1"


def test_tags_say_what_they_say() -> None:
    """`!!str 5` is read as a number, or a tag of some other tool is read as if it were not there."""
    assert parse_document("a: !!str 5", "f").value == {"a": "5"}
    with pytest.raises(DocumentError, match=r"f:1:4: has the tag !secret, which means nothing here"):
        parse_document("a: !secret x", "f")
