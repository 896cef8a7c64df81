"""What is different between two runs, as a report of its own."""

import io
import json
from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from azscheck.reports.summary import stamp_names
from azscheck.reports.wording import visible
from azscheck.results import Results
from azscheck.results.changes import Changes
from azscheck.times import format_time


class Difference(Struct, frozen=True):
    """Two evaluations, how they were named, and what is different."""

    before: Results
    after: Results
    names: tuple[str, str]
    changes: Changes

    @property
    def with_stamp(self) -> bool:
        """Whether there are several stamps to tell apart."""
        return len({*stamp_names(self.before), *stamp_names(self.after)}) > 1


def render_difference(difference: Difference, format: str, *, colour: bool = False, width: int = 100) -> str:
    """The difference as the text of a report; KeyError for a format that is not in `DIFFERENCE_FORMATS`."""
    return DIFFERENCE_FORMATS[format](difference, colour, width)


def _table(difference: Difference, colour: bool, width: int) -> str:
    from rich.text import Text

    from azscheck.reports.table import lines_of, plain_console, print_changes

    out = io.StringIO()
    console = plain_console(out, colour, width)
    for name, results in zip(difference.names, (difference.before, difference.after), strict=True):
        console.print(Text(f"{visible(name)}: judged {format_time(results.now)}"))
    print_changes(console, difference.changes, difference.with_stamp, still_failing=True)
    return lines_of(out)


def _markdown(difference: Difference, *_: object) -> str:
    from azscheck.reports.markdown import changes_lines, code

    names = " and ".join(
        f"{code(name)} ({format_time(results.now)})"
        for name, results in zip(difference.names, (difference.before, difference.after), strict=True)
    )
    head = ["# What is different", "", f"Between {names}.", ""]
    return "\n".join([*head, *changes_lines(difference.changes, difference.with_stamp, still_failing=True)]) + "\n"


def _html(difference: Difference, *_: object) -> str:
    from azscheck.reports.html import OPEN, environment

    return (
        environment()
        .get_template("difference.html.j2")
        .render(difference=difference, open=OPEN, version=difference.after.version)
    )


def _json(difference: Difference, *_: object) -> str:
    from azscheck.results.saved_changes import changes_fields

    whole = {
        "azscheck": "difference",
        "version": 1,
        "tool": difference.after.version,
        "before": {"name": difference.names[0], "now": format_time(difference.before.now)},
        "after": {"name": difference.names[1], "now": format_time(difference.after.now)},
        "worthTelling": difference.changes.worth_telling,
        "changes": changes_fields(difference.changes),
    }
    return json.dumps(whole, indent=1) + "\n"


DIFFERENCE_FORMATS: Final[MappingProxyType[str, Callable[[Difference, bool, int], str]]] = MappingProxyType(
    {"table": _table, "json": _json, "markdown": _markdown, "html": _html}
)
