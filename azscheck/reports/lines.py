"""The lines format: a line of JSON for each resource, for scripts; of a large saved inventory written while judging."""

from itertools import groupby

from azscheck.inventory import arm_key
from azscheck.results import Result, Results
from azscheck.results.lines import closing, line


def render(results: Results, *, evidence: bool = False, **_: object) -> str:
    """A line for each resource, by stamp, type and id, its policies by theirs, as `azscheck.results.lines` has it."""

    def place(result: Result) -> tuple[str, ...]:
        return result.stamp, result.type.lower(), arm_key(result.resource)

    ordered = sorted(results.results, key=lambda result: (*place(result), result.policy))
    told = [line(list(group), evidence=evidence) for _, group in groupby(ordered, place)]
    return "".join([*told, closing(results.outcome, results.now, results.collected)])
