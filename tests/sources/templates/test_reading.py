"""JSON as templates have it, with the place of every value."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azscheck.errors import DocumentError, UsageError
from azscheck.sources.templates.nodes import Array, Object
from azscheck.sources.templates.reading import Source, read

HERE = Path("t.json")


def value(text: str) -> Any:
    return Source(HERE, "t.json", text).value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", {}),
        (' \ufeff{"a" : [1, -2.5, 1e3, true, false, null, "x"] } \n', {"a": [1, -2.5, 1000.0, True, False, None, "x"]}),
        ('{"a": 1, // one\n /* two\n */ "b": 2}', {"a": 1, "b": 2}),
        ('{"a": "// no", "b": "/* no */"}', {"a": "// no", "b": "/* no */"}),
        ('{"a": [1, 2,], "b": 3,}', {"a": [1, 2], "b": 3}),
        ('{"a": "one\n  two"}', {"a": "one\n  two"}),
        (r'{"a": "\u00e9\ud83d\ude00\\\"\/"}', {"a": 'é😀\\"/'}),
        ('{"a": 1, "a": 2}', {"a": 2}),
        ("// only\n[]", []),
    ],
)
def test_what_is_read(text: str, expected: Any) -> None:
    """A template that Azure takes would be refused, or read as another."""
    assert value(text) == expected
    assert json.dumps(value(text)) == json.dumps(expected)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "t.json:1:1: is empty: a JSON object was expected."),
        ("// x", "t.json:1:1: is empty: a JSON object was expected."),
        ('{"a": }', "t.json:1:7: is not JSON: a value was expected, not '}'."),
        ('{"a" 1}', "t.json:1:6: is not JSON: ':' was expected, not '1}'."),
        ('{"a": 1 "b": 2}', "t.json:1:9: is not JSON: ',' or '}' was expected, not '\"b\": 2}'."),
        ("{'a': 1}", "t.json:1:2: is not JSON: a key in double quotes or '}' was expected, not \"'a': 1}\"."),
        ("{,}", "t.json:1:2: is not JSON: a key in double quotes or '}' was expected, not ',}'."),
        ("[1, 2", "t.json:1:6: is not JSON: ',' or ']' was expected, not the end."),
        ('{\n "a": "x', "t.json:2:7: is not JSON: a text begins here and never ends."),
        ('{"a": "\\x"}', "t.json:1:8: is not JSON: a text has a wrong escape."),
        ('{"a": "\\ud800"}', "t.json:1:7: holds half of a character (a lone surrogate)."),
        ("{} {}", "t.json:1:4: is not JSON: the end of the file was expected, not '{}'."),
        ("[NaN]", "t.json:1:2: is not JSON: a value was expected, not 'NaN]'."),
        ("[01]", "t.json:1:2: is not JSON: a value was expected, not '01]'."),
        ("[1.]", "t.json:1:2: is not JSON: a value was expected, not '1.]'."),
        ("[nulls]", "t.json:1:2: is not JSON: a value was expected, not 'nulls]'."),
        ("[1e999]", "t.json:1:2: holds a number that is too large."),
        ("[" + "1" * 301 + "]", "t.json:1:2: holds a number of more than 300 characters."),
        ("[" * 101, "t.json:1:101: is nested more than 100 levels deep."),
        ("[/* x", "t.json:1:2: is not JSON: a comment begins here and never ends."),
        ("[" + "0," * 400_001 + "]", "t.json:1:800000: has more than 400,000 values: split it."),
    ],
)
def test_what_cannot_be_read(text: str, sentence: str) -> None:
    """An author would not find the mistake, or the gate would hang."""
    with pytest.raises(DocumentError) as raised:
        value(text)
    assert str(raised.value) == sentence


def test_files(tmp_path: Path) -> None:
    """What Windows' editors save would be refused; what is no file would end in a trace."""
    file = tmp_path / "t.json"
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        file.write_text('{"é": 1}', encoding=encoding)
        assert read(file).value == {"é": 1}
    file.write_bytes(b'{"\xff": 1}')
    with pytest.raises(DocumentError, match="is not UTF-8 text"):
        read(file)
    file.write_bytes(b"[" + b" " * (4 << 20) + b"]")
    with pytest.raises(DocumentError, match="is larger than 4 MiB"):
        read(file)
    for wrong in (tmp_path, tmp_path / "none.json", tmp_path / "\0"):
        with pytest.raises(UsageError, match="cannot be read"):
            read(wrong)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=5), below, max_size=4),
    max_leaves=20,
)


@given(VALUES, st.sampled_from([None, 1, 4]), st.booleans())
def test_any_json(document: Any, indent: int | None, ascii_only: bool) -> None:
    """A template would be read otherwise than Azure reads it."""
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    source = Source(HERE, "t.json", text)
    assert json.dumps(source.value) == json.dumps(document)
    lines = text.split("\n")
    parts = [source.value]
    while parts:
        match parts.pop():
            case Object() as found:
                assert mark(source, lines, found.at) == "{"
                for key, held in found.items():
                    at = source.place(found.keys_at[key])
                    assert lines[at.line - 1][at.column - 1 :].startswith(json.dumps(key, ensure_ascii=ascii_only))
                    parts.append(held)
            case Array() as found:
                assert mark(source, lines, found.at) == "["
                assert len(found.items_at) == len(found)
                parts += found


def mark(source: Source, lines: list[str], at: int) -> str:
    """The character at an offset, by its line and column."""
    place = source.place(at)
    return lines[place.line - 1][place.column - 1]


@given(
    st.text(alphabet='{}[]",:/*\\ \nntu0189.eE-+"\ud800\ufeffé', max_size=40)
    | st.binary(max_size=40).map(lambda b: b.decode("latin-1"))
)
def test_any_text(text: str) -> None:
    """A broken file would end in a trace."""
    try:
        found = value(text)
    except DocumentError as error:
        [(place, sentence)] = error.mistakes
        assert 1 <= place.line <= text.count("\n") + 1
        assert sentence.endswith(".")
    else:
        json.dumps(found)
