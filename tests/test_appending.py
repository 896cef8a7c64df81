"""An entry added to a file that people write: it is read as it was meant, and what was there stays."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azscheck.documents import parse_document
from azscheck.documents.appending import appended
from azscheck.errors import AzscheckError

WORDS = st.sampled_from(
    ["yes", "Null", "1e3", "007", "2026-06-01", "a: b", "- a", "#x", "a\nb\n", "a\n", "~", "/s/*", "é", "'", '"', " a"]
)
VALUES = WORDS | st.text(min_size=1, max_size=12)
ENTRIES = st.fixed_dictionaries(
    {"policy": VALUES, "comments": VALUES},
    optional={
        "evidence": st.lists(st.fixed_dictionaries({"file": VALUES, "sha256": VALUES}), min_size=1, max_size=2),
        "scope": st.fixed_dictionaries({"tags": st.dictionaries(VALUES, VALUES, min_size=1, max_size=2)}),
    },
)


@given(st.lists(ENTRIES, min_size=1, max_size=3))
def test_any_entry_is_read_as_it_was_meant(tmp_path_factory: pytest.TempPathFactory, entries: list[Any]) -> None:
    """A justification with a colon breaks the file, or `yes` becomes something else than text."""
    file = tmp_path_factory.mktemp("f") / "a.yaml"
    written: list[Any] = []
    for entry in entries:
        try:
            file.write_text(appended(file, "exemptions", entry), "utf-8", newline="\n")
        except AzscheckError:
            # YAML holds no control characters.
            continue
        written.append(entry)
    if written:
        assert parse_document(file.read_text("utf-8"), "a.yaml").value == {"exemptions": written}


@pytest.mark.parametrize("word", ["yes", "1e3", "a: b", "- a", "#x", "a\nb\n", "~", '"', " a", "é", "2026-06-01"])
def test_words_that_yaml_takes_for_something_else(tmp_path: Path, word: str) -> None:
    """What somebody says in words cannot be written."""
    file = tmp_path / "a.yaml"
    file.write_text("# ours\nexemptions:\n- {policy: x} # first\n# end\n")
    text = appended(file, "exemptions", {"policy": "z", "comments": word})
    assert text.startswith("# ours\nexemptions:\n- {policy: x} # first\n# end\n- policy: z\n")
    assert parse_document(text, "a.yaml").value["exemptions"][1] == {"policy": "z", "comments": word}
