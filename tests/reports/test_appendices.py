"""Tables beside the results, in the formats that show them."""

import pytest
from msgspec.structs import replace

from azscheck.errors import InventoryError
from azscheck.reports import FORMATS, render
from azscheck.results import Appendix, Results
from azscheck.results.saved import dumps, from_json, read, to_json

from . import sample

HOSTILE = "<script>alert(1)</script> | `x` **b** [a](javascript:b) \u202e\x1b[31m\n# no"
ROOM = Appendix("Room on the share", "As documented.", ("What", "Size"), (("one backup", "20 GB"), ("all", "280 GB")))
SHOWN = ("table", "html", "markdown", "json")


def with_appendices(*appendices: Appendix) -> Results:
    return replace(sample.clean(), appendices=appendices)


@pytest.mark.parametrize("format", SHOWN)
def test_an_appendix_is_shown(format: str) -> None:
    """What somebody has to do is in one form of a report and not in another."""
    text = render(with_appendices(ROOM), format, width=80)
    for words in ("As documented.", "one backup", "280 GB"):
        assert words in text
    assert "room on the share" in text.lower()


@pytest.mark.parametrize("format", sorted(set(FORMATS) - set(SHOWN)))
def test_other_formats_stay_as_they_are(format: str) -> None:
    """A line that is no result breaks whoever reads the form by program."""
    assert render(with_appendices(ROOM), format) == render(with_appendices(), format)


@pytest.mark.parametrize("format", SHOWN)
def test_hostile_text_is_shown_as_text(format: str) -> None:
    """A name in a plan runs in a browser, moves the cursor, or breaks the table."""
    text = render(with_appendices(Appendix(HOSTILE, HOSTILE, (HOSTILE, "b"), ((HOSTILE, HOSTILE),))), format)
    assert "\x1b" not in text
    assert "\u202e" not in text
    if format == "html":
        assert "<script>" not in text
    if format == "markdown":
        assert not [line for line in text.splitlines() if line.startswith(("<script>", "# no"))]
        assert "[a](" not in text


@pytest.mark.parametrize("width", [20, 60, 200])
def test_a_table_fits_the_terminal(width: int) -> None:
    """Long words push the others out of sight."""
    long = Appendix("t", "n", ("a", "b", "c"), (("x" * 300, "y " * 200, "z"), ("", "", "")))
    assert max(map(len, render(with_appendices(long), "table", width=width).splitlines())) <= max(width, 60)


def test_an_appendix_is_saved() -> None:
    """A report that is made again lacks a part."""
    saved = with_appendices(ROOM, Appendix("t", "n", (), ()))
    assert from_json(to_json(saved)).appendices == saved.appendices
    assert "appendices" not in to_json(with_appendices())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('["What", "Size"]', '["What"]'),
        ('["one backup", "20 GB"]', '["one backup", 20]'),
        ('"note": "As documented.",', ""),
    ],
)
def test_a_damaged_appendix_is_refused(tmp_path: object, old: str, new: str) -> None:
    """A report is made of half a table."""
    from pathlib import Path

    file = Path(str(tmp_path)) / "r.json"
    text = dumps(with_appendices(ROOM))
    assert old in text
    file.write_text(text.replace(old, new))
    with pytest.raises(InventoryError, match="lacks a part"):
        read(file)
