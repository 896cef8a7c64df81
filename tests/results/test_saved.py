"""Saved results: whole enough to make any report from, and refused when they are not whole."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from azscheck.errors import ExitCode, InventoryError
from azscheck.inventory import Origin
from azscheck.policy import STAMPS
from azscheck.results import ComplianceState, Evidence, Results
from azscheck.results.saved import dumps, from_json, to_json

from ..builders import NOW, failed, json_values, judge, resource


def sample() -> Results:
    found = judge(
        {"allOf": [{"field": "properties.x", "equals": 1}, {"field": "tags['a']", "exists": True}]},
        resource("a", {"x": 2}),
        resource("b", unknown={"/properties/x": "403"}, tags={"a": "x"}),
        resource("c", {"x": 1}, tags={"a": "\u202e\x1b[31m"}),
        resource("s", {"region": "east"}, kind=STAMPS),
        failed(scope="/s2"),
        controls={"nist": ["CP-9"]},
        when={"field": "name", "notEquals": "d"},
        message="x is {properties.x}",
    )
    first, *rest = found.results
    exempt = replace(first, state=ComplianceState.EXEMPT, would_be=ComplianceState.NON_COMPLIANT, origin=None)
    policies = tuple(replace(p, place=replace(p.place, column=1)) for p in found.policies)
    return replace(found, results=(exempt, *rest), policies=policies)


def refused(file: Path) -> str:
    with pytest.raises(InventoryError) as caught:
        Results.read(file)
    assert str(caught.value).startswith(f"{file}: ")
    assert caught.value.exit_code is ExitCode.INCOMPLETE
    return str(caught.value)


def test_round_trip(tmp_path: Path) -> None:
    """A report made from saved results differs from the one made at once."""
    found = sample()
    (tmp_path / "r.json").write_text(dumps(found), "utf-8")
    read = Results.read(tmp_path / "r.json")
    assert read == found
    assert dumps(read) == dumps(found)
    assert read.exit_code() == found.exit_code()
    assert {r.state for r in read.results} >= {ComplianceState.EXEMPT, ComplianceState.UNKNOWN}


evidence = st.builds(
    Evidence,
    *[st.text(max_size=5)] * 2,
    json_values,
    json_values,
    st.none() | st.booleans(),
    *[st.text(max_size=5)] * 2,
    st.none() | st.builds(Origin, st.text(max_size=3), st.text(max_size=3), st.just(NOW), st.none() | st.integers()),
)


@given(st.lists(evidence, max_size=3), st.text(max_size=9), st.sampled_from(["\ud800", "\u2028", "\x9b", ""]))
def test_odd_values(pieces: list[Evidence], message: str, odd: str) -> None:
    """A resource's odd text makes saved results that cannot be read, or that a terminal acts on."""
    found = sample()
    odd_one = replace(found.results[1], proof=tuple(pieces), message=message + odd, name=odd)
    found = replace(found, results=(found.results[0], odd_one))
    text = dumps(found)
    text.encode("utf-8")
    assert not set(text) & {"\x9b", "\u2028", "\ud800", "\x1b"}
    assert from_json(json.loads(text)) == found


def test_summary_is_what_the_rest_implies() -> None:
    """A script that reads the summary sees another verdict than a person who reads the report."""
    found = sample()
    summary = to_json(found)["summary"]
    assert summary["incomplete"] is True
    assert summary["tenant"]["verdict"] == "unknown"
    assert sum(summary["tenant"]["counts"].values()) == len(found.results)
    assert set(summary["tenant"]["counts"]) == {state.value for state in ComplianceState}


def test_cut_off_anywhere(tmp_path: Path) -> None:
    """Results that were cut off are a report with less in it."""
    whole = dumps(sample()).encode()
    file = tmp_path / "r.json"
    for length in range(0, len(whole) - 1, 7):
        file.write_bytes(whole[:length])
        if length < len(whole.rstrip()):
            refused(file)


PATHS: list[tuple[Any, ...]] = [
    *(("now",), ("collected",), ("tool",), ("policies",), ("results",), ("coverage",), ("stamps",)),
    *(("resourceCounts",), ("policies", 0, "id"), ("policies", 0, "severity"), ("policies", 0, "references")),
    *(("results", 0, "policy"), ("results", 0, "state"), ("results", 0, "evidence"), ("results", 0, "origin")),
    *(("results", 0, "evidence", 0, "test"), ("results", 0, "resource"), ("coverage", 0, "state")),
    *(("stamps", 0, "resource"), ("policies", 0, "controls"), ("results", 0, "type")),
]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: ".".join(map(str, path)))
def test_a_part_is_missing(path: tuple[Any, ...], tmp_path: Path) -> None:
    """Results without a part end in a traceback, now or in a report."""
    saved = json.loads(dumps(sample()))
    part = saved
    for step in path[:-1]:
        part = part[step]
    del part[path[-1]]
    (tmp_path / "r.json").write_text(json.dumps(saved), "utf-8")
    refused(tmp_path / "r.json")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("now",), "today"),
        (("now",), None),
        (("results", 0, "policy"), "TST-999"),
        (("results", 0, "policy"), ["TST-001"]),
        (("results", 0, "state"), "fine"),
        (("results",), {"a": 1}),
        (("results",), None),
        (("policies", 0, "severity"), "worst"),
        (("policies", 0, "severity"), 5),
        (("policies", 0, "category"), "all"),
        (("coverage", 0, "state"), "partly"),
        (("results", 0, "evidence", 0, "more"), 1),
        (("stamps", 0, "unknown"), {"x": "403"}),
    ],
)
def test_a_part_is_wrong(path: tuple[Any, ...], value: Any, tmp_path: Path) -> None:
    """Results with a part that is not what it should be end in a traceback."""
    saved = json.loads(dumps(sample()))
    part = saved
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    (tmp_path / "r.json").write_text(json.dumps(saved), "utf-8")
    refused(tmp_path / "r.json")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is damaged or cut off"),
        (b"\xff", "is damaged"),
        (b"[" * 100_000, "is damaged"),
        (b"[]", "not azscheck results"),
        (b"{}", "not azscheck results"),
        (b'{"azscheck": "inventory", "version": 1}', "not azscheck results"),
        (b'{"azscheck":"inventory","version":1}\n{"coverage":{}}\n', "is an inventory, not results: judge it with"),
        (b'{"azscheck": "results", "version": 2}', "has version 2"),
        (b'{"azscheck": "results", "version": 1}', "lacks a part"),
    ],
)
def test_another_file(content: bytes, sentence: str, tmp_path: Path) -> None:
    """Another file by mistake ends in a traceback, or in a report of nothing."""
    (tmp_path / "f").write_bytes(content)
    assert sentence in refused(tmp_path / "f")
    assert "cannot be read" in refused(tmp_path / "none")
