"""The github format: workflow commands, which GitHub shows as annotations at the lines of a pull request.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions. The job summary is the markdown
format's, which the command line appends to it.
"""

from collections import Counter

from azscheck.policy.model import Severity
from azscheck.reports.annotations import Annotation, annotations, closing
from azscheck.reports.wording import plural
from azscheck.results import Results

MOST = 10
"""How many annotations of a level GitHub shows of a step; the rest it drops without a word."""

LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
}


def render(results: Results, **_: object) -> str:
    """Results as workflow commands, the worst first, and a line for the log."""
    found = annotations(results)
    levels = [_level(annotation) for annotation in found]
    numbers = Counter(levels)
    # One of the notices says how many there is no room for.
    room = Counter({"error": MOST, "warning": MOST, "notice": MOST - 1})
    shown = []
    for annotation, level in zip(found, levels, strict=True):
        if room[level]:
            room[level] -= 1
            shown.append(_command(annotation, level))
    if more := len(found) - len(shown):
        words = ", ".join(plural(number, level) for level, number in numbers.items())
        message = f"{more:,} more of {words}: the job summary and the report files name them all."
        shown.append(f"::notice title=azscheck::{_data(message)}")
    return "".join(f"{line}\n" for line in (*shown, closing(results)))


def _level(annotation: Annotation) -> str:
    if annotation.grave:
        return "error"
    if annotation.known:
        return "notice"
    return LEVELS[annotation.severity] if annotation.severity else "warning"


def _command(annotation: Annotation, level: str) -> str:
    place = annotation.place
    where = {"file": place.path, "line": str(place.line), "col": str(place.column)} if place else {}
    properties = {**where, "title": annotation.title}
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{level} {told}::{_data(annotation.message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
