"""How the numbers of findings move, as a report: small curves on a terminal, pictures in HTML, numbers in JSON."""

import io
import json
from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Any, Final

from azscheck.reports.wording import shortened, visible
from azscheck.results.trend import Line, Trend
from azscheck.times import format_time

BARS, PLAIN = "▁▂▃▄▅▆▇█", "_.:-=+*#"
"""The heights of a small curve, and those for a terminal that has ASCII alone."""
_WIDE, _HIGH = 600, 80
"""The size of a picture."""


def render_trend(
    trend: Trend, format: str, *, version: str, colour: bool = False, width: int = 100, bars: str = BARS
) -> str:
    """The trend as the text of a report; KeyError for a format that is not in `TREND_FORMATS`."""
    return TREND_FORMATS[format](trend, version, colour, width, bars)


def curve(values: Sequence[int | None], width: int, bars: str = BARS) -> str:
    """A small curve of at most so many characters; where several runs share one, the worst of them counts."""
    if not values:
        return ""
    number = min(width, len(values))
    parts = [values[n * len(values) // number : (n + 1) * len(values) // number] for n in range(number)]
    worst = [max((v for v in part if v is not None), default=None) for part in parts]
    top = max((v for v in worst if v is not None), default=0)
    return "".join(" " if v is None else bars[-(-v * (len(bars) - 1) // top) if top else 0] for v in worst)


def _table(trend: Trend, _: str, colour: bool, width: int, bars: str) -> str:
    from rich.table import Table
    from rich.text import Text

    from azscheck.reports.table import lines_of, plain_console

    out = io.StringIO()
    console = plain_console(out, colour, width)
    console.print(Text(_words(trend)))
    table = Table(box=None, pad_edge=False, header_style="bold" if colour else "")
    room = max((width - 58) // 2, 8)
    table.add_column(trend.by.capitalize(), max_width=28, overflow="fold")
    for title in ("findings", "not judged"):
        table.add_column(title, max_width=room, no_wrap=True)
        table.add_column("first, last", justify="right")
    for line in trend.lines:
        cells = [visible(shortened(line.name, 60))]
        for values in (line.findings, line.unjudged):
            cells += [curve(values, room, bars), _ends(values)]
        table.add_row(*map(Text, cells))
    if trend.lines:
        console.print(table)
    return lines_of(out)


def _words(trend: Trend) -> str:
    if not trend.times:
        return "No run is kept that this would be of."
    first, last = format_time(trend.times[0]), format_time(trend.times[-1])
    return f"{len(trend.times):,} runs from {first} to {last}" if len(trend.times) > 1 else f"1 run, of {first}"


def _ends(values: Sequence[int | None]) -> str:
    known = [v for v in values if v is not None]
    return f"{known[0]:,}, {known[-1]:,}" if known else ""


def _json(trend: Trend, version: str, *_: object) -> str:
    whole = {
        "azscheck": "trend",
        "version": 1,
        "tool": version,
        "by": trend.by,
        "runs": [{"run": run, "now": format_time(now)} for run, now in zip(trend.runs, trend.times, strict=True)],
        "lines": [
            {"name": line.name, "findings": line.findings, "unjudged": line.unjudged, "judged": line.judged}
            for line in trend.lines
        ],
    }
    return json.dumps(whole) + "\n"


def _html(trend: Trend, version: str, *_: object) -> str:
    from azscheck.reports.html import environment

    pictures = [(line, _picture(trend, line)) for line in trend.lines]
    return (
        environment()
        .get_template("trend.html.j2")
        .render(
            trend=trend, words=_words(trend), pictures=pictures, ends=_ends, wide=_WIDE, high=_HIGH, version=version
        )
    )


def _picture(trend: Trend, line: Line) -> dict[str, Any]:
    """The highest number, and the two curves as the points of SVG polylines, in pieces where nothing is known."""
    top = max((v for values in (line.findings, line.unjudged) for v in values if v is not None), default=0)
    return {"top": top, "findings": _pieces(trend, line.findings, top), "unjudged": _pieces(trend, line.unjudged, top)}


def _pieces(trend: Trend, values: Sequence[int | None], top: int) -> list[str]:
    first, length = trend.times[0], (trend.times[-1] - trend.times[0]).total_seconds() or 1
    pieces: list[list[str]] = [[]]
    before: float | None = None
    for moment, value in zip(trend.times, values, strict=True):
        if value is None:
            pieces.append([])
            before = None
            continue
        x, y = _WIDE * (moment - first).total_seconds() / length, _HIGH * (1 - value / (top or 1))
        # A number holds until the next run.
        pieces[-1] += [f"{x:.1f},{before:.1f}"] if before is not None and before != y else []
        pieces[-1].append(f"{x:.1f},{y:.1f}")
        before = y
    return [" ".join(piece if len(piece) > 1 else [*piece, *piece]) for piece in pieces if piece]


TREND_FORMATS: Final[MappingProxyType[str, Callable[[Trend, str, bool, int, str], str]]] = MappingProxyType(
    {"table": _table, "json": _json, "html": _html}
)
