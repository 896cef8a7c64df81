"""Where a result is to be shown: the file, line and column of what was judged, as far as it is written in a file."""

from azscheck.inventory import Coverage, Origin
from azscheck.place import Place
from azscheck.reports.wording import reason_words, resource_words, visible
from azscheck.results import Result, Results


def place_of(results: Results, result: Result) -> Place | None:
    """The place of the property that decided, or the file that the result is about; None for what is live."""
    return _of_origin(result.origin) or _of_file(results, result.stamp)


def place_of_list(results: Results, coverage: Coverage) -> Place | None:
    """The file that could not be read, at the line where it is wrong; None for a list of a live stamp."""
    return _of_file(results, coverage.stamp)


def _of_origin(origin: Origin | None) -> Place | None:
    if origin is None or origin.source != "file" or not origin.address:
        return None
    return Place(origin.address.replace("\\", "/"), max(origin.line or 1, 1), max(origin.column or 1, 1))


def _of_file(results: Results, name: str) -> Place | None:
    file = results.gate and results.gate.file(name)
    return Place(file.path, file.line, file.column) if file else None


def place_words(results: Results, result: Result) -> str:
    """`main.json:41:7`, the file alone where no line is known; empty for what is live."""
    place, origin = place_of(results, result), result.origin
    if place and origin and origin.source == "file" and origin.line is None:
        return visible(place.path)
    return visible(str(place)) if place else ""


def name_words(results: Results, result: Result, *, with_stamp: bool) -> str:
    """A resource's name, with its stamp or file where there are several and its place does not tell."""
    place = place_of(results, result)
    return resource_words(result, with_stamp=with_stamp and (place is None or place.path != result.stamp))


def found_words(results: Results, result: Result) -> str:
    """Why a result is what it is, after the place that it is written at, and whether a baseline holds it."""
    known = "known: " if result.baselined else ""
    place = place_words(results, result)
    return f"{place}: {known}{reason_words(result)}" if place else known + reason_words(result)
