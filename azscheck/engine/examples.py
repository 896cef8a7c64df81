"""Examples of each operator for the reference page: what is seen, what it is held against, what that gives."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from msgspec import Struct

from azscheck.values import ABSENT

Gives = Literal["true", "false", "unknown", "error"]


class Example(Struct, frozen=True):
    """`seen OPERATOR wanted` gives a truth; ages are measured from 2026-06-01T12:00:00Z."""

    seen: Any
    wanted: Any
    gives: Gives


def _of(*examples: tuple[Any, Any, Gives]) -> tuple[Example, ...]:
    return tuple(Example(*example) for example in examples)


EXAMPLES: Final[Mapping[str, tuple[Example, ...]]] = {
    "equals": _of(
        ("Running", "running", "true"),
        (1, "1", "true"),
        (True, "true", "true"),
        (["A", 1], ["a", "1"], "true"),
        (ABSENT, None, "true"),
        (1, True, "false"),
        ("", None, "false"),
        (ABSENT, False, "false"),
        (["a"], "a", "false"),
    ),
    "notEquals": _of(("Stopped", "running", "true"), (ABSENT, "running", "true"), ("Running", "running", "false")),
    "in": _of(
        ("B", ["a", "b"], "true"),
        (1, ["1", "2"], "true"),
        (ABSENT, ["a", None], "true"),
        ("c", ["a", "b"], "false"),
        ("a", [], "false"),
    ),
    "notIn": _of(("c", ["a", "b"], "true"), (ABSENT, ["a", "b"], "true"), ("B", ["a", "b"], "false")),
    "like": _of(
        ("Backup-Daily", "backup-*", "true"),
        ("fs01.north.example", "*.north.*", "true"),
        ("daily", "DAILY", "true"),
        ("daily-backup", "backup-*", "false"),
        ("a1", "a?", "false"),
    ),
    "notLike": _of(("daily", "backup-*", "true"), ("backup-daily", "backup-*", "false")),
    "match": _of(
        ("web-01", "???-##", "true"),
        ("web-01", "web.##", "true"),
        ("WEB-01", "web-##", "false"),
        ("web-001", "web-##", "false"),
    ),
    "notMatch": _of(("web-1", "web-##", "true"), ("web-01", "web-##", "false")),
    "matchInsensitively": _of(("WEB-01", "web-##", "true"), ("WEB-1", "web-##", "false")),
    "notMatchInsensitively": _of(("WEB-1", "web-##", "true"), ("WEB-01", "web-##", "false")),
    "contains": _of(
        ("Daily backup", "BACKUP", "true"),
        (["A", 1], "a", "true"),
        (["A", 1], "1", "true"),
        (["daily"], "day", "false"),
        ({"a": 1}, "a", "false"),
    ),
    "notContains": _of(("Daily", "backup", "true"), (["a"], "b", "true"), ("Daily backup", "backup", "false")),
    "containsKey": _of(({"Owner": "anna"}, "owner", "true"), ({}, "owner", "false"), (["owner"], "owner", "false")),
    "notContainsKey": _of(({}, "owner", "true"), ({"Owner": "anna"}, "owner", "false")),
    "less": _of(
        (1, 1.5, "true"),
        ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "true"),
        ("a", "B", "true"),
        (2, 2, "false"),
        ("2026-01-01T00:00:00Z", "2026-01-01T01:00:00+02:00", "false"),
        ("1", 2, "error"),
    ),
    "lessOrEquals": _of((2, 2, "true"), (3, 2, "false"), (True, 2, "error")),
    "greater": _of((3, 2, "true"), ("b", "A", "true"), (2, 2, "false"), (ABSENT, 2, "false"), ("3", 2, "error")),
    "greaterOrEquals": _of((2, 2.0, "true"), (1, 2, "false"), ([1, 2], 2, "error")),
    "exists": _of(
        ("", True, "true"),
        (False, True, "true"),
        ([], True, "true"),
        (ABSENT, False, "true"),
        (None, False, "true"),
        (None, True, "false"),
        ("x", False, "false"),
    ),
    "newerThan": _of(
        ("2026-06-01T00:00:00Z", "PT12H", "true"),
        ("2026-06-01T12:30:00Z", "24h", "true"),
        ("2026-05-31T23:59:59Z", "PT12H", "false"),
        (ABSENT, "7d", "false"),
        ("2026-06-01T13:00:01Z", "7d", "unknown"),
        ("never", "7d", "error"),
    ),
    "olderThan": _of(
        ("2026-05-31T23:59:59Z", "PT12H", "true"),
        ("2026-06-01T00:00:00Z", "PT12H", "false"),
        (ABSENT, "7d", "false"),
        ("2027-01-01T00:00:00Z", "7d", "unknown"),
        ("soon", "7d", "error"),
    ),
    "withinCidr": _of(
        ("10.1.2.3", "10.0.0.0/8", "true"),
        ("10.0.0.5", "10.0.0.4-10.0.0.9", "true"),
        ("fd00::1", ["10.0.0.0/8", "fd00::/8"], "true"),
        ("11.1.2.3", ["10.0.0.0/8", "192.168.0.0/16"], "false"),
        ("fs01", "10.0.0.0/8", "false"),
    ),
    "notWithinCidr": _of(
        ("11.1.2.3", "10.0.0.0/8", "true"), ("fs01", "10.0.0.0/8", "true"), ("10.1.2.3", "10.0.0.0/8", "false")
    ),
    "sizeAtLeast": _of(
        ("1.00 TB", "1024 GB", "true"),
        ("1 GiB", 1073741824, "true"),
        (1024, "1 KB", "true"),
        ("29.6 TB", "30 TB", "false"),
        ("plenty", "1 KB", "error"),
    ),
    "versionAtLeast": _of(
        ("1.2301.2.58", "1.2301", "true"),
        ("1.10", "1.9", "true"),
        ("1.0", "1", "true"),
        ("1.2206.9.99", "1.2301", "false"),
        ("1.0-beta", "1.0", "error"),
        (1.1, "1.0", "error"),
    ),
    "matchesRegex": _of(
        ("prod-web-01", "web", "true"),
        ("Prod", "(?i)^prod$", "true"),
        ("prod-web-01", "^web", "false"),
        ("Prod", "^prod$", "false"),
        (7, "7", "false"),
    ),
}
"""By operator; each has one that holds and one that does not."""
