"""Small inventories and policies for tests, and how hypothesis runs in them: the same every time, without a clock."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from azscheck.documents import Document, parse_document
from azscheck.engine import evaluate
from azscheck.inventory import Coverage, CoverageState, Inventory, Origin, Resource
from azscheck.policy import Policy
from azscheck.policy.conditions import Condition
from azscheck.policy.load import parse_policy
from azscheck.policy.parse import OPERATORS, Parser, canonical
from azscheck.results import Results

settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("repeatable")

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
THING = "Test.Azs/things"
OTHER = "Test.Azs/others"
GROUP = "/subscriptions/s1/resourceGroups/rg"


def resource(
    name: str = "a",
    properties: Any = None,
    *,
    kind: str = THING,
    stamp: str = "east",
    id: str = "",
    unknown: Mapping[str, str] | None = None,
    **body: Any,
) -> Resource:
    """A resource; its id is made from its type and name where none is given."""
    whole = {"name": name, **body, **({} if properties is None else {"properties": properties})}
    return Resource(stamp, kind, id or f"{GROUP}/providers/{kind}/{name}", whole, Origin("file", "f"), unknown or {})


def coverage(
    kind: str = THING,
    state: CoverageState = CoverageState.COMPLETE,
    reason: str = "",
    *,
    stamp: str = "east",
    scope: str = "",
) -> Coverage:
    """A list that was complete, unless said otherwise."""
    return Coverage(stamp, kind, scope, state, reason)


def failed(kind: str = OTHER, reason: str = "403 AuthorizationFailed", **where: Any) -> Coverage:
    """A list that could not be read."""
    return coverage(kind, CoverageState.FAILED, reason, **where)


def inventory(*parts: Resource | Coverage) -> Inventory:
    """An inventory; the list of a type that no coverage speaks of is complete, of things and others in any case."""
    resources = [part for part in parts if isinstance(part, Resource)]
    lists = [part for part in parts if isinstance(part, Coverage)]
    told = {(c.stamp, c.type) for c in lists}
    stamps = {part.stamp for part in parts} or {"east"}
    needed = {(r.stamp, r.type) for r in resources} | {(s, kind) for s in stamps for kind in (THING, OTHER)}
    lists += [coverage(kind, stamp=stamp) for stamp, kind in sorted(needed - told)]
    return Inventory.of(NOW, resources, lists)


def policy_text(require: Any, **fields: Any) -> str:
    """The text of a policy file."""
    whole = {
        "id": "TST-001",
        "title": "A test",
        "severity": "high",
        "category": "tenant",
        "why": "It is a test.",
        "remediation": "None.",
        "references": [{"title": "a page", "url": "https://example.com"}],
        "appliesTo": THING,
        "require": require,
    }
    return json.dumps({**whole, **fields}, indent=1)


def policy(require: Any, **fields: Any) -> Policy:
    """A policy on things."""
    return parse_policy(parse_document(policy_text(require, **fields), "policy.yaml"))


def condition(value: Any) -> Condition:
    """A condition alone, which need not be JSON that YAML can read, nor have literals that its operators take."""
    parser = Parser(Document("policy.yaml", value, {}), frozenset())
    found = parser.condition(canonical(value), ("require",))
    # An expression can come to what no literal may be.
    assert all(sentence.startswith(OPERATORS) for _, sentence in parser.mistakes)
    return found


def judge(require: Any, *parts: Resource | Coverage, parameters: Any = None, **fields: Any) -> Results:
    """The results of a policy on an inventory."""
    return evaluate(inventory(*parts), [policy(require, **fields)], now=NOW, parameters=parameters)


def states(results: Results) -> dict[str, str]:
    """The state of each judged resource, by its name."""
    return {result.name: result.state.value for result in results.results}


def state(require: Any, *parts: Resource | Coverage, **fields: Any) -> str:
    """The state of the one thing judged."""
    (result,) = judge(require, *parts, **fields).results
    return result.state.value


json_scalars: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**6), 10**6),
    st.sampled_from([10**400, -1, 0, 1, 1e308, 1.0, 0.5, -0.0]),
    st.text(max_size=6),
    st.sampled_from(["", "1", "true", "İ", "ß", "\ud800", "x\u2028y", "[a]", "[[", "2026-05-31T12:00:00Z", "5 GB"]),
)
json_values = st.recursive(
    json_scalars,
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(st.text(max_size=4), below, max_size=3)),
    max_leaves=8,
)
