"""Each operator: Azure Policy's meaning to the letter, and what it says of values that cannot be compared."""

from typing import Any

import pytest

from azscheck.engine.operators import OPERATORS, compare
from azscheck.policy.parse import OPERATORS as WORDS
from azscheck.values import ABSENT, Unknown

from ..builders import NOW

ERROR = "error"
TABLE: dict[str, list[tuple[Any, Any, bool | str]]] = {
    "equals": [
        ("Running", "running", True),
        ("true", True, True),
        (True, "True", True),
        (1, "1", True),
        (1.0, 1, True),
        (1, True, False),
        (0, False, False),
        ("", None, False),
        (None, None, True),
        (ABSENT, None, True),
        (ABSENT, "", False),
        (ABSENT, False, False),
        ("x", ABSENT, False),
        (ABSENT, ABSENT, False),
        (["a", 1], ["A", "1"], True),
        (["a"], "a", False),
        ({"A": "x"}, {"a": "X"}, True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        (10**400, 10**400, True),
    ],
    "in": [
        ("B", ["a", "b"], True),
        ("c", ["a", "b"], False),
        (1, ["1"], True),
        (ABSENT, ["a"], False),
        (ABSENT, [None], True),
        ("a", [], False),
        ("a", "abc", ERROR),
    ],
    "like": [
        ("Backup-Daily", "backup-*", True),
        ("a.b.c", "a.*.c", True),
        ("a.c", "a.*.c", False),
        ("aXbXc", "*x*x*", True),
        ("ab", "ab*b", False),
        ("exact", "EXACT", True),
        ("", "*", True),
        ("a?c", "a.c", False),
        (12, "1*", True),
        (ABSENT, "*", False),
        (None, "*", False),
        (["a"], "*", False),
        ("a", ["a"], ERROR),
    ],
    "match": [
        ("abc123", "???###", True),
        ("ABC123", "abc###", False),
        ("abc-12", "abc.##", True),
        ("abc12", "abc###", False),
        ("abc1234", "abc###", False),
        ("a+b", "a+b", True),
        ("aab", "a+b", False),
        ("12\n", "##", False),
        ("é", "?", True),
        (ABSENT, "#", False),
        (5, "#", True),
        ("5", 5, ERROR),
    ],
    "matchInsensitively": [("ABC1", "abc#", True), ("ABX1", "abc#", False), (ABSENT, "abc", False)],
    "contains": [
        ("Backup", "ACK", True),
        ("Backup", "x", False),
        (["A", 1], "a", True),
        (["A", 1], "1", True),
        (["ab"], "a", False),
        ([], "a", False),
        (123, 2, True),
        (ABSENT, "a", False),
        ({"a": 1}, "a", False),
    ],
    "containsKey": [
        ({"Backup": 1}, "backup", True),
        ({}, "a", False),
        (["a"], "a", False),
        ("a", "a", False),
        (ABSENT, "a", False),
    ],
    "less": [
        (1, 2, True),
        (2, 2, False),
        (1, 1.5, True),
        ("a", "B", True),
        ("2026-01-01T00:00:00Z", "2026-01-01T01:00:00+02:00", False),
        (ABSENT, 5, False),
        (None, 5, False),
        ("1", 2, ERROR),
        (1, "2", ERROR),
        (True, 2, ERROR),
        ([1], 2, ERROR),
        (10**400, 1.5, False),
    ],
    "lessOrEquals": [(2, 2, True), (3, 2, False), (ABSENT, 2, False), ({}, 2, ERROR)],
    "greater": [(3, 2, True), (2, 2, False), ("b", "A", True), (ABSENT, 2, False), ("x", 2, ERROR)],
    "greaterOrEquals": [(2, 2.0, True), (1, 2, False), (None, 2, False), (1, None, ERROR)],
    "exists": [
        ("x", True, True),
        ("", "true", True),
        (False, "True", True),
        ([], True, True),
        (ABSENT, True, False),
        (None, True, False),
        (ABSENT, False, True),
        (None, "false", True),
        ("x", False, False),
        ("x", "yes", ERROR),
        ("x", 1, ERROR),
    ],
    "newerThan": [
        ("2026-06-01T00:00:00Z", "PT12H", True),
        ("2026-05-31T23:59:59Z", "PT12H", False),
        ("2026-06-01T00:00:00.0000000Z", "12h", True),
        ("2026-05-30T12:00:01Z", "2d", True),
        (ABSENT, "2d", False),
        (None, "2d", False),
        ("never", "2d", ERROR),
        ("", "2d", ERROR),
        (1767225600, "2d", ERROR),
        ("0001-01-01T00:00:00", "2d", False),
        ("0001-01-01T00:00:00+05:00", "2d", ERROR),
        ("2026-06-01T00:00:00Z", "P1M", ERROR),
        ("2026-06-01T00:00:00Z", "5\u017f", ERROR),
    ],
    "olderThan": [
        ("2026-05-31T23:59:59Z", "PT12H", True),
        ("2026-06-01T00:00:00Z", "PT12H", False),
        (ABSENT, "PT12H", False),
        ("soon", "PT12H", ERROR),
    ],
    "withinCidr": [
        ("10.1.2.3", "10.0.0.0/8", True),
        ("11.1.2.3", ["10.0.0.0/8", "192.168.0.0/16"], False),
        ("10.0.0.5", "10.0.0.1-10.0.0.5", True),
        ("10.0.0.6", "10.0.0.1-10.0.0.5", False),
        ("fd00::1", ["10.0.0.0/8", "fd00::/8"], True),
        ("10.0.0.1", "10.0.0.1", True),
        ("fs01", "10.0.0.0/8", False),
        (ABSENT, "10.0.0.0/8", False),
        (167772161, "10.0.0.0/8", False),
        ("10.0.0.1", "10.0.0.0/40", ERROR),
        ("10.0.0.1", "-", ERROR),
        ("10.0.0.2", "10.0.0.5-10.0.0.1", ERROR),
        ("10.0.0.2", "10.0.0.1-::ffff:ffff:ffff", ERROR),
    ],
    "sizeAtLeast": [
        ("1.00 TB", "1024 GB", True),
        ("29.6 TB", "30 TB", False),
        ("1,5 GB", "1 GB", True),
        ("1 GiB", 1024**3, True),
        (1024, "1 KB", True),
        (1023, "1 KB", False),
        (10**400, "1 KB", ERROR),
        (ABSENT, "1 KB", False),
        ("plenty", "1 KB", ERROR),
        ("5 \u212aB", "1 KB", ERROR),
        (True, "1 B", ERROR),
    ],
    "versionAtLeast": [
        ("1.2301.2.58", "1.2301", True),
        ("1.2301", "1.2301.0.0", True),
        ("1.2206.9.99", "1.2301", False),
        ("1.10", "1.9", True),
        (ABSENT, "1", False),
        (1.10, "1.9", ERROR),
        ("1.x", "1", ERROR),
        ("", "1", ERROR),
        ("1.0-beta", "1", ERROR),
    ],
    "matchesRegex": [
        ("prod-web-01", "web", True),
        ("prod-web-01", "^web", False),
        ("Prod", "^prod$", False),
        ("Prod", "(?i)^prod$", True),
        ("prod\n", "^prod$", False),
        ("half \ud800 a pair", "pair$", True),
        (ABSENT, ".*", False),
        (7, "7", False),
        ("a" * 1_000_000, "(a*)*b", False),
        ("x", "(", ERROR),
        ("x", "(?=x)", ERROR),
        ("x", "((a{1,100}){1,100}){1,100}", ERROR),
        ("x", 7, ERROR),
    ],
}
NEGATIONS = {
    "equals": "notEquals",
    "in": "notIn",
    "like": "notLike",
    "match": "notMatch",
    "matchInsensitively": "notMatchInsensitively",
    "contains": "notContains",
    "containsKey": "notContainsKey",
    "withinCidr": "notWithinCidr",
}
CASES = [(operator, *case) for operator, cases in TABLE.items() for case in cases]


def check(operator: str, seen: Any, wanted: Any, expected: bool | str) -> None:
    found = compare(operator, seen, wanted, NOW)
    if expected == ERROR:
        assert isinstance(found, Unknown)
        assert found.error
        assert found.reason.startswith(f"{operator}: ")
    else:
        assert found is expected


@pytest.mark.parametrize(("operator", "seen", "wanted", "expected"), CASES)
def test_meaning(operator: str, seen: Any, wanted: Any, expected: bool | str) -> None:
    """A condition that is right in Azure is judged otherwise here."""
    check(operator, seen, wanted, expected)


@pytest.mark.parametrize(("operator", "seen", "wanted", "expected"), [case for case in CASES if case[0] in NEGATIONS])
def test_negation(operator: str, seen: Any, wanted: Any, expected: bool | str) -> None:
    """A test and its negation are both true, or a negated comparison of what cannot be compared is."""
    check(NEGATIONS[operator], seen, wanted, expected if expected == ERROR else not expected)


def test_every_operator_is_in_the_table() -> None:
    """An operator is added and nothing holds it to its meaning."""
    assert set(OPERATORS) == {*TABLE, *NEGATIONS.values()} == set(WORDS)
