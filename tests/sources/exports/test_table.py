"""A product's CSV by a mapping: its columns, values and times become properties, and what does not fit is refused."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azscheck.errors import AzscheckError, DocumentError
from azscheck.packaged import mappings_folder
from azscheck.sources.exports.mapping import mapping_names, read_mapping

from .files import read, write

MAPPING: dict[str, Any] = {
    "mapping": "mine",
    "certainty": "a test",
    "product": "Mine",
    "delimiter": ";",
    "headerLine": 2,
    "dateFormats": ["%d.%m.%Y %H:%M"],
    "timeZone": "+02:00",
    "blanks": ["nie"],
    "columns": {
        "sourceName": "Rechner",
        "lastRecoveryPoint": "Stand",
        "health": "Zustand",
        "covers": "Umfang",
    },
    "values": {"health": {"OK": "healthy"}, "covers": {"alles": ["files", "systemState"]}},
    "constants": {"target": "tresor.example"},
}
HEAD = "Bericht\nRechner;Stand;Zustand;Umfang;Mehr\n"


def items(folder: Path, rows: str, head: str = HEAD, **changes: Any) -> list[dict[str, Any]]:
    mapping = write(folder, {**MAPPING, **changes}, "mapping.json")
    found = read("csv", write(folder, head + rows, "e.csv"), mapping=str(mapping))
    return [{k: v for k, v in r.body["properties"].items() if k not in ("source", "sha256")} for r in found]


def test_a_row_is_an_item(tmp_path: Path) -> None:
    """A column, a product's word or a time of another country is read as something else."""
    assert items(tmp_path, "web01;01.06.2026 04:30;ok;alles;x\ndb01;nie;Fehler;files, applicationData;\n\n") == [
        {
            "product": "Mine",
            "target": "tresor.example",
            "sourceName": "db01",
            "health": "Fehler",
            "covers": ["files", "applicationData"],
        },
        {
            "product": "Mine",
            "target": "tresor.example",
            "sourceName": "web01",
            "lastRecoveryPoint": "2026-06-01T02:30:00Z",
            "health": "healthy",
            "covers": ["files", "systemState"],
        },
    ]


def test_lines_and_repetitions(tmp_path: Path) -> None:
    """Two items of one machine become one, or a finding points at another line of the export."""
    mapping = write(tmp_path, MAPPING, "mapping.json")
    rows = '"web\n01";;ok;;\nweb02;;ok;;a\u2028b\nweb02;;ok;;\n'
    found = read("csv", write(tmp_path, HEAD + rows, "e.csv"), mapping=str(mapping))
    assert [(r.id.rpartition("mine/")[2], r.origin.line) for r in found] == [
        ("web%0A01", 3),
        ("web02", 5),
        ("web02/2", 6),
    ]


def test_health_without_a_column_is_unknown(tmp_path: Path) -> None:
    """An export that says nothing of success makes machines unprotected, or protected."""
    mapping = write(tmp_path, {**MAPPING, "columns": {"sourceName": "Rechner"}}, "mapping.json")
    (found,) = read("csv", write(tmp_path, HEAD + "a;;;;\n", "e.csv"), mapping=str(mapping))
    assert "/properties/health" in found.unknown


@pytest.mark.parametrize(
    ("rows", "line", "sentence"),
    [
        ("web01;gestern;ok;;\n", 3, "'gestern' fits none of the mapping's dateFormats"),
        ("a;;;;\nweb01;;ok\n", 4, "the row has 3 cells, the header 5"),
        ("web01;;;;;too much\n", 3, "the row has 6 cells"),
        (";;ok;;\n", 3, "does not say whose backup it is"),
        ('web01;;"ok\n', 3, "is not a CSV that can be read whole"),
        ("web01;\0;;;\n", 1, "holds a NUL"),
    ],
)
def test_a_damaged_row_is_refused_at_its_line(tmp_path: Path, rows: str, line: int, sentence: str) -> None:
    """A row that was cut off is read with what is left of it."""
    with pytest.raises(DocumentError, match=sentence) as refused:
        items(tmp_path, rows)
    assert refused.value.mistakes[0][0].line == line


def test_columns_that_are_not_there(tmp_path: Path) -> None:
    """Another version of the product names its columns otherwise, and all machines have no backup."""
    with pytest.raises(DocumentError, match=r"no column 'Rechner' for sourceName; did you mean 'Rechner1'") as refused:
        items(tmp_path, "", HEAD.replace("Rechner", "Rechner1"))
    assert refused.value.mistakes[0][0].line == 2
    assert "Its columns: 'Rechner1', 'Stand', 'Zustand', 'Umfang', 'Mehr'." in str(refused.value)
    with pytest.raises(DocumentError, match=r"'Stand' for lastRecoveryPoint.*; nor 'Umfang' for covers.*'Bis'"):
        items(tmp_path, "", HEAD.replace("Stand", "Bis").replace("Umfang", "Was"))
    with pytest.raises(DocumentError, match="several columns 'Stand'"):
        items(tmp_path, "", HEAD.replace("Mehr", "stand"))
    with pytest.raises(DocumentError, match="Its columns: none"):
        items(tmp_path, "", "")


def test_a_mapping_that_fits_nothing(tmp_path: Path) -> None:
    """Who has the wrong mapping, delimiter or header line compares names one by one."""
    with pytest.raises(DocumentError, match=r"Is its delimiter ','\?$"):
        items(tmp_path, "", HEAD.replace(";", ","))
    with pytest.raises(
        DocumentError, match=r"Its columns: 'Bericht'\. Is its header in another line \(headerLine\)\?$"
    ):
        items(tmp_path, "", "\n" + HEAD)
    with pytest.raises(DocumentError) as refused:
        items(tmp_path, "", "\n" + ";".join(f"column {i}" for i in range(100_000)))
    assert len(str(refused.value)) < 2000


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"columns": {"health": "x"}}, "columns need sourceName or sourceResourceId"),
        ({"columns": {"nome": "x"}}, "'nome' is not a known key"),
        ({"dateFormats": ["%Q"]}, "does not fit: a format of these parts"),
        ({"timeZone": "CET"}, "does not fit: an offset"),
        ({"constants": {"health": "healthy"}}, "a column and a constant"),
        ({"encoding": "utf8"}, "did you mean 'utf-8'"),
    ],
)
def test_a_wrong_mapping_is_refused(tmp_path: Path, changes: dict[str, Any], sentence: str) -> None:
    """A slip in a mapping is told as a fault of the export, or not at all."""
    with pytest.raises(DocumentError, match=sentence):
        items(tmp_path, "", **changes)


def test_a_mapping_must_be_named(tmp_path: Path) -> None:
    """It is not said what there is to choose from."""
    file = write(tmp_path, "a\n", "e.csv")
    for name, sentence in (("", "needs a mapping: .*commvault, netbackup, rubrik, veeam"), ("veam", "mean 'veeam'")):
        with pytest.raises(AzscheckError, match=sentence):
            read("csv", file, mapping=name)


@pytest.mark.parametrize("name", mapping_names())
def test_a_shipped_mapping_reads_what_it_describes(tmp_path: Path, name: str) -> None:
    """A shipped example is refused, or does not say that it is one."""
    text = (mappings_folder() / f"{name}.yaml").read_text("utf-8")
    assert text.startswith("# yaml-language-server: $schema=../policies/schema/mapping.schema.json\n")
    mapping = read_mapping(name)
    assert "An example" in text
    assert f"mapping: {name}\n" in text
    head = list(mapping.columns.values())
    good = next(word for word, meant in mapping.values["health"].items() if meant == "healthy")
    assert "%Y-%m-%d %H:%M:%S" in mapping.date_formats, "a shipped mapping takes no ISO time"
    row = {mapping.columns["health"]: good, mapping.columns["lastRecoveryPoint"]: "2026-06-01 02:00:00"}
    cells = ",".join(row.get(column, "web01") for column in head)
    (found,) = read("csv", write(tmp_path, ",".join(head) + "\n" + cells + "\n", "e.csv"), mapping=name)
    assert found.body["properties"]["health"] == "healthy"
    assert found.body["properties"]["lastRecoveryPoint"] == "2026-06-01T02:00:00Z"


@given(st.text(max_size=80), st.sampled_from([HEAD, "", "\n", "\n\n"]))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, rows: str, head: str) -> None:
    """A file that is no such export ends the run with a fault."""
    folder = tmp_path_factory.mktemp("f")
    mapping = write(folder, MAPPING, "mapping.json")
    file = write(folder, (head + rows).encode("utf-8", "replace"), "e.csv")
    with suppress(DocumentError):
        for found in read("csv", file, mapping=str(mapping)):
            json.dumps(dict(found.body))
