"""The table, markdown and csv reports."""

import csv
import io
import re
from html import unescape

import pytest
from markdown_it import MarkdownIt
from msgspec.structs import replace
from rich.cells import cell_len

from azscheck.reports import render
from azscheck.reports.csv import COLUMNS, cell
from azscheck.reports.markdown import LENGTH, code, escaped, row
from azscheck.reports.wording import shortened, visible
from azscheck.results import Results

from . import sample


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_table_keeps_to_the_width(width: int, everything: Results) -> None:
    """Lines wrap in the middle of words, or off the screen."""
    assert max(cell_len(line) for line in render(everything, "table", width=width).splitlines()) <= width


def test_table_has_escape_codes_only_when_asked(everything: Results) -> None:
    """A log file is full of colour codes; or a terminal has no colours."""
    assert "\x1b" not in render(everything, "table")
    coloured = render(everything, "table", colour=True)
    assert "\x1b[1;31m" in coloured
    assert "\x1b[31mred" not in coloured


def test_table_counts_what_it_leaves_out(everything: Results) -> None:
    """Six of eleven unprotected machines go unmentioned."""
    text = render(everything, "table")
    assert "(11 resources)" in text
    assert "and 6 more" in text


def test_table_is_ascii_but_for_names(everything: Results) -> None:
    """A scheduled run with an ASCII locale dies while printing."""
    assert render(everything, "table").isascii()


def test_markdown_shows_names_and_does_nothing_with_them(everything: Results) -> None:
    """A machine's name becomes a link, a heading, a table's row or a mention of somebody in an issue."""
    html = MarkdownIt("gfm-like", {"linkify": False}).render(render(everything, "markdown"))
    for forbidden in ("<script", "<a ", "<img", "<h1>heading", "<em>", "href"):
        assert forbidden not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert html.count("<h1>") == 1
    assert "@octocat" not in re.sub("<code>.*?</code>", "", html)


@pytest.mark.parametrize("name", sample.HOSTILE)
def test_markdown_table_rows_stay_whole(name: str) -> None:
    """A pipe in a name shifts every cell after it."""
    table = f"| a | b |\n| --- | --- |\n{row((code(name), escaped(name)))}\n"
    html = MarkdownIt("gfm-like", {"linkify": False}).render(table)
    assert html.count("<tr>") == 2
    cells = [unescape(re.sub("<[^>]+>", "", c)) for c in re.findall("<td>(.*?)</td>", html)]
    assert cells == [shortened(visible(name), LENGTH), visible(name).replace("@", "@\u200b").replace("#1", "#\u200b1")]


def test_markdown_names_what_it_leaves_out(everything: Results) -> None:
    """A long list ends and nobody knows that it went on."""
    finding = next(r for r in everything.findings() if r.name == sample.HOSTILE[0])
    many = tuple(replace(finding, name=f"vm-{n}", resource=sample.machine(f"vm-{n}")) for n in range(50))
    text = render(replace(everything, results=many), "markdown")
    assert "... and 30 more, which the html, json and csv formats name." in text
    assert text.count("| `east: vm-") == 20


def test_csv_has_a_row_a_result(everything: Results) -> None:
    """A spreadsheet's rows are not the results: a line break in a name made two of one."""
    rows = list(csv.reader(io.StringIO(render(everything, "csv"))))
    assert tuple(rows[0]) == COLUMNS
    assert rows[1][4] == "incomplete"
    assert len(rows) == 2 + len(everything.results)
    assert {len(cells) for cells in rows} == {len(COLUMNS)}
    assert len(render(everything, "csv").splitlines()) == len(rows)


def test_csv_has_no_formulas(everything: Results) -> None:
    """A machine's name runs a program on the computer of whoever opens the file."""
    for cells in csv.reader(io.StringIO(render(everything, "csv"))):
        assert not [c for c in cells if c.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize(
    ("text", "defused"),
    [
        ("=1+1", "'=1+1"),
        ("  @SUM(A1)", "'  @SUM(A1)"),
        ("\t=1", "'<U+0009>=1"),
        ("-web", "'-web"),
        ("\uff1d1", "'\uff1d1"),
        ("web-01", "web-01"),
        ("", ""),
    ],
)
def test_csv_cells(text: str, defused: str) -> None:
    """A formula gets through, or an innocent name is changed."""
    assert cell(text) == defused
