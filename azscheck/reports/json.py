"""The json format: the saved form of results, whole, from which every other report can be made again."""

from azscheck.results import Results
from azscheck.results.saved import dumps


def render(results: Results, **_: object) -> str:
    """Results as JSON, in the form of `azscheck.results.saved`."""
    return dumps(results)
