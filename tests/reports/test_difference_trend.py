"""The reports of two runs, and of many."""

import json
from datetime import timedelta
from typing import Any

import html5lib
import pytest
from msgspec.structs import replace

from azscheck.reports.changed import change_words
from azscheck.reports.difference import DIFFERENCE_FORMATS, Difference, render_difference
from azscheck.reports.trend import BARS, PLAIN, TREND_FORMATS, curve, render_trend
from azscheck.reports.wording import visible
from azscheck.results.changes import Changes
from azscheck.results.trend import Point, Trend, trend

from . import sample

SUFFIXES = {"table": ".txt", "json": ".json", "markdown": ".md", "html": ".html"}


def difference() -> Difference:
    found = sample.compared()
    assert found.changes is not None
    return Difference(found, found, ("run:1", "\x1b[31m<b>.json"), found.changes)


def point(run: int, hours: int, stamps: dict[str, dict[str, int]], sets: tuple[str, ...] = ()) -> Point:
    """A run of one policy: for each stamp, how many results are in each state."""
    return Point(run, sample.NOW + timedelta(hours=hours), tuple(stamps), sets, {"P-1": "tenant"}, {"P-1": stamps})


def many() -> Trend:
    return trend(
        [
            point(1, 0, {"east": {"nonCompliant": 3, "compliant": 1}}),
            point(2, 5, {"<b>\x1b": {"nonCompliant": 2, "unknown": 1}}),
            point(3, 9, {"east": {"nonCompliant": 1, "error": 2, "compliant": 1}}),
        ],
        "stamp",
    )


@pytest.mark.parametrize("name", DIFFERENCE_FORMATS)
def test_difference_is_the_golden_file(name: str, golden: Any) -> None:
    """What people see of a difference changes without anybody having looked at it."""
    golden(f"difference{SUFFIXES[name]}", render_difference(difference(), name, width=80))


@pytest.mark.parametrize("name", TREND_FORMATS)
def test_trend_is_the_golden_file(name: str, golden: Any) -> None:
    """What people see of a trend changes without anybody having looked at it."""
    golden(f"trend{SUFFIXES[name]}", render_trend(many(), name, version="0.1.0", width=80))


def test_hostile_names_only_show() -> None:
    """A machine's or a file's name rewrites the screen, or runs in the browser."""
    texts = [render_difference(difference(), name) for name in DIFFERENCE_FORMATS]
    texts += [render_trend(many(), name, version="0.1.0") for name in TREND_FORMATS]
    for text in texts:
        bare = text.replace("\n", "").replace("\u200b", "")
        assert visible(bare) == bare
    for page in (texts[3], texts[6]):
        html5lib.HTMLParser(strict=True).parse(page)
        assert "<script" not in page
        assert "<b>\x1b" not in page
        assert 'href="http' not in page


@pytest.mark.parametrize(
    ("values", "width", "drawn"),
    [
        ([], 5, ""),
        ([0, 0], 5, "▁▁"),
        ([0, 4, 8], 5, "▁▅█"),
        # One finding among many is not nothing.
        ([0, 1, 1000], 5, "▁▂█"),
        ([None, 2, None], 5, " █ "),
        # What happened for one run only is not lost.
        ([0] * 50 + [9] + [0] * 49, 10, "▁▁▁▁▁█▁▁▁▁"),
        ([None] * 9 + [1], 2, " █"),
    ],
)
def test_small_curves(values: list[int | None], width: int, drawn: str) -> None:
    """A curve hides the worst run, or shows findings where nothing is known."""
    assert curve(values, width) == drawn
    assert curve(values, width, PLAIN) == drawn.translate(str.maketrans(BARS, PLAIN))


def test_a_run_tells_of_its_own_stamps() -> None:
    """The trend of all stamps falls whenever only one of them is scanned."""
    runs = [
        point(1, 0, {"east": {"nonCompliant": 3}, "west": {"nonCompliant": 2}}),
        point(2, 1, {"east": {"nonCompliant": 1}}),
        point(3, 2, {"west": {"unknown": 2}}),
    ]
    (line,) = trend(runs, "policy").lines
    assert (line.findings, line.unjudged, line.judged) == ((5, 3, 1), (0, 0, 2), (5, 3, 3))
    east, west = trend(runs, "stamp").lines
    assert (east.findings, west.findings) == ((3, 1, 1), (2, 2, 0))
    assert trend(runs, "stamp", lambda _, stamp: stamp == "west").lines == (west,)
    first, second = trend([replace(runs[0], counts={}), *runs], "stamp").lines
    assert (first.findings[0], second.findings[0]) == (None, None)


def test_words_of_a_difference() -> None:
    """A run in which nothing changed reads like one in which something did."""
    assert change_words(Changes(sample.NOW)) == "nothing is different"
    assert change_words(Changes(sample.NOW, policies_removed=("a", "b"))) == "2 policies no longer judged by"


def test_the_json_of_a_difference() -> None:
    """A script cannot tell whether anything happened."""
    told = json.loads(render_difference(difference(), "json"))
    assert (told["azscheck"], told["version"], told["worthTelling"]) == ("difference", 1, True)
    assert [c["name"] for c in told["changes"]["gone"]] == ["batch-01", "gone-1"]
