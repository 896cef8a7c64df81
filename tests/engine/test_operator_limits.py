"""What every operator must stand: what is not known, any value at all, and hostile texts."""

import time
from typing import Any

import pytest
from hypothesis import given

from azscheck.engine.operators import compare
from azscheck.policy.parse import OPERATORS as WORDS
from azscheck.values import Unknown

from ..builders import NOW, json_values


@pytest.mark.parametrize("operator", WORDS)
def test_unknown_is_never_decided(operator: str) -> None:
    """What could not be read passes a test: compliant without having looked."""
    why = Unknown("not read")
    assert compare(operator, why, "x", NOW) == why
    assert compare(operator, "x", why, NOW) == why
    assert compare(operator, "x", ["y", why], NOW) == why
    if operator != "exists":
        assert compare(operator, ["y", {"a": why}], "x", NOW) == why
        assert compare(operator, {"a": [why]}, {"a": ["x"]}, NOW) == why


def test_exists_does_not_look_inside() -> None:
    """An object that is there for certain is unknown because a property deep in it is."""
    assert compare("exists", {"a": Unknown("not read")}, True, NOW) is True


@pytest.mark.parametrize("operator", WORDS)
@given(json_values, json_values)
def test_any_values(operator: str, seen: Any, wanted: Any) -> None:
    """A value of one resource makes an operator raise, and with it the scan of all others."""
    truth = compare(operator, seen, wanted, NOW)
    assert truth is True or truth is False or (isinstance(truth, Unknown) and truth.error)


@pytest.mark.parametrize(
    ("operator", "seen", "wanted"),
    [
        ("like", "a" * 100_000, "*a" * 2_000 + "b"),
        ("like", "a" * 100_000, "*" * 100_000 + "b"),
        ("match", "a" * 20_000, "?" * 19_999 + "#"),
        ("match", "a" * 20_000 + "!", "." * 20_000 + "?"),
        ("contains", "a" * 100_000, "a" * 50_000 + "b"),
        ("sizeAtLeast", "1" * 100_000 + "x", "1 B"),
        ("versionAtLeast", "1." * 50_000, "1"),
        ("newerThan", "2026-01-01T00:00:00." + "1" * 100_000, "P1D"),
        ("newerThan", "2026-06-01T00:00:00Z", "P" + "1" * 100_000 + "D"),
        ("withinCidr", "1" * 100_000, "10.0.0.0/8"),
    ],
)
def test_hostile_texts_end_quickly(operator: str, seen: str, wanted: str) -> None:
    """A long text in a tag hangs the scan."""
    begun = time.process_time()
    assert compare(operator, seen, wanted, NOW) is not True
    assert time.process_time() - begun < 2
