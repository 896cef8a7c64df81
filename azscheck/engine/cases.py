"""The cases that a policy ships with: each an inventory and the state expected of it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from azscheck.documents import Document, check, read_document
from azscheck.engine.evaluation import evaluate
from azscheck.errors import DocumentError
from azscheck.inventory import Coverage, CoverageState, Inventory, Origin, Resource
from azscheck.packaged import schema_file
from azscheck.place import Place
from azscheck.policy import STAMPS, Policy
from azscheck.policy.load import read_policy
from azscheck.policy.named import Conditions
from azscheck.results import Results
from azscheck.times import parse_duration, parse_time

_STAMP = "stamp"
_ORIGIN = Origin("case", "case")


class Case(Struct, frozen=True):
    """One case, and where it stands."""

    name: str
    place: Place
    expect: str | Mapping[str, str]
    message: str
    inventory: Inventory
    parameters: Mapping[str, Any]
    now: datetime

    def failure(self, policy: Policy) -> str:
        """What is otherwise than the case says, in a sentence; empty when nothing is."""
        results = evaluate(self.inventory, [policy], now=self.now, parameters=self.parameters)
        found: dict[str, str] = {}
        for result in results.results:
            # Two resources of one name must not hide each other.
            states = {result.state.value, *found.get(result.name, result.state.value).split(" and ")}
            found[result.name] = " and ".join(sorted(states))
        if isinstance(self.expect, str):
            wrong = not found or set(found.values()) != {self.expect}
        else:
            wrong = found != dict(self.expect)
        if wrong:
            return f"expected {_words(self.expect)}, found {_words(found)}{_why(results)}"
        if self.message and not any(self.message in result.message for result in results.results):
            return f"no message holds {self.message!r}{_why(results)}"
        return ""


def _words(states: str | Mapping[str, str]) -> str:
    if isinstance(states, str):
        return states
    return ", ".join(f"{name}: {state}" for name, state in states.items()) or "no result"


def _why(results: Results) -> str:
    messages = {result.message for result in results.results if result.message}
    return f" ({'; '.join(sorted(messages))})" if messages else ""


def cases_of(policy_file: Path, shown_as: str = "", conditions: Conditions | None = None) -> tuple[Policy, list[Case]]:
    """A policy and its cases, from `name.yaml` and `name.test.yaml` beside it; DocumentError when either is wrong.

    `conditions` are the named ones that the policy may use; None: the shipped ones.
    """
    policy = read_policy(policy_file, shown_as, conditions)
    shown = str(Path(shown_as).with_suffix(".test.yaml").as_posix()) if shown_as else ""
    file = policy_file.with_suffix(".test.yaml")
    if not file.exists():
        raise DocumentError([(policy.info.place, f"the policy has no cases: write {file.name} beside it.")])
    document = read_document(file, shown)
    check(document, schema_file("cases"))
    if document.value["policy"] != policy.id:
        raise document.mistake(f"these are cases of {document.value['policy']}, the policy is {policy.id}.", "policy")
    return policy, list(_cases(document, policy))


def _cases(document: Document, policy: Policy) -> Iterator[Case]:
    text = document.value.get("now", "")
    try:
        now = parse_time(text) if text else datetime.now(UTC)
    except ValueError as error:
        raise document.mistake(f"{error}.", "now") from error
    for i, value in enumerate(document.value["cases"]):
        place = document.place("cases", i)
        try:
            inventory = _inventory(value, policy, now)
        except (ValueError, OverflowError) as error:
            raise document.mistake(f"{error}.", "cases", i, "resources") from error
        yield Case(
            value["name"], place, value["expect"], value.get("message", ""), inventory, value.get("parameters", {}), now
        )


def _inventory(case: Mapping[str, Any], policy: Policy, now: datetime) -> Inventory:
    bodies: list[dict[str, Any]] = [_dated(body, now) for body in case.get("resources", [])]
    stamp = {"type": STAMPS, "name": _STAMP, "id": f"/azscheck/stamps/{_STAMP}", "properties": case.get("stamp", {})}
    resources = [_resource(body, i) for i, body in enumerate([stamp, *bodies])]
    unknown = case.get("unknown", {})
    resources = [replace(r, unknown=unknown.get(r.name, {})) for r in resources]
    failed = case.get("failed", {})
    types = {r.type for r in resources} | policy.reads | set(failed)
    coverage = [
        Coverage(stamp, t, "", CoverageState.FAILED if t in failed else CoverageState.COMPLETE, failed.get(t, ""))
        for stamp in {r.stamp for r in resources}
        for t in types
    ]
    return Inventory.of(now, resources, coverage)


def _resource(body: dict[str, Any], i: int) -> Resource:
    body = dict(body)
    stamp = body.pop("stamp", _STAMP)
    name = body.get("name") or f"resource{i}"
    return Resource(stamp, body["type"], str(body.get("id") or f"/cases/{body['type']}/{name}"), body, _ORIGIN)


def _dated(value: Any, now: datetime) -> Any:
    """Times relative to the case's now, in the API's own form of seven fractional digits."""
    match value:
        case {"ago": str(age), **rest} if not rest:
            return (now - parse_duration(age)).strftime("%Y-%m-%dT%H:%M:%S.0000000Z")
        case dict():
            return {key: _dated(below, now) for key, below in value.items()}
        case list():
            return [_dated(below, now) for below in value]
        case _:
            return value
