"""Policy sets: who is in them, which values they give, and what is wrong with them."""

from pathlib import Path
from typing import Any

import pytest

from azscheck.errors import DocumentError, UsageError
from azscheck.packaged import policies_folder
from azscheck.policy import Policy, load_policies
from azscheck.policy.globs import fits
from azscheck.policy.load import Library, load_library, policy_files
from azscheck.policy.membership import choose

from ..builders import policy_text

GOOD = {"field": "name", "exists": True}
AGE = {"maximumAge": {"type": "duration", "default": "P1D"}, "limit": {"type": "integer", "default": 5}}
NAMES = ("TST-INF-001", "TST-INF-002", "TST-TEN-001")


def folder(path: Path, *sets: str) -> Path:
    for name in NAMES:
        whole = name != "TST-TEN-001"
        limit = {"field": "name", "equals": "[parameters('limit')]"}
        age = {"field": "properties.time", "newerThan": "[parameters('maximumAge')]"}
        require = {"allOf": [limit, age]} if whole else limit
        parameters = AGE if whole else {"limit": {"type": "integer", "default": 5}}
        (path / f"{name}.json").write_text(policy_text(require, id=name, parameters=parameters), "utf-8")
    for i, text in enumerate(sets):
        (path / f"set{i}.yaml").write_text(f"{text}\n", "utf-8")
    return path


def values(policies: list[Policy]) -> dict[str, dict[str, Any]]:
    return {p.id.removeprefix("TST-"): {n: x.default for n, x in p.parameters.items()} for p in policies}


def chosen(library: Library, *names: str) -> dict[str, dict[str, Any]]:
    return values(choose(library.policies, library.sets, names))


A = "{set: a, title: A, policies: ['TST-INF-*'], parameters: {limit: 7, TST-INF-002.maximumAge: PT1H}}"
B = "{set: b, title: B, include: [a], policies: [tst-ten-001], parameters: {TST-INF-001.limit: 9}}"
C = "{set: c, title: C, include: [a], parameters: {limit: 1}}"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a"], {"INF-001": {"maximumAge": "P1D", "limit": 7}, "INF-002": {"maximumAge": "PT1H", "limit": 7}}),
        (
            ["b"],
            {
                "INF-001": {"maximumAge": "P1D", "limit": 9},
                "INF-002": {"maximumAge": "PT1H", "limit": 7},
                "TEN-001": {"limit": 5},
            },
        ),
        (["c"], {"INF-001": {"maximumAge": "P1D", "limit": 1}, "INF-002": {"maximumAge": "PT1H", "limit": 1}}),
        (["a", "a"], {"INF-001": {"maximumAge": "P1D", "limit": 7}, "INF-002": {"maximumAge": "PT1H", "limit": 7}}),
    ],
)
def test_members_and_values(tmp_path: Path, names: list[str], expected: Any) -> None:
    """A policy of the set is left out, or judged by another value than the set's."""
    assert chosen(load_library([folder(tmp_path, A, B, C)]), *names) == expected


def test_sets_that_disagree(tmp_path: Path) -> None:
    """Which of two sets' values is judged by depends on the order in which somebody named them."""
    library = load_library([folder(tmp_path, A, B, C)])
    for names in (("a", "c"), ("c", "a")):
        with pytest.raises(UsageError, match=r"give TST-INF-001\.limit different values: "):
            chosen(library, *names)
    with pytest.raises(UsageError, match="there is no policy set 'aa'"):
        chosen(library, "aa")
    with pytest.raises(UsageError, match=r"'tenant' holds none of the 3 policies"):
        chosen(library, "tenant")


@pytest.mark.parametrize(
    ("text", "place", "sentence"),
    [
        ("set: x\ntitle: X\npolicies: [TST-IMF-*]", "3:12", "no policy has the id 'TST-IMF-*'; did you mean 'TST-"),
        ("set: x\ntitle: X\ninclude: [aa, tenant]", "3:11", "there is no policy set 'aa'"),
        ("set: x\ntitle: X\ninclude: [x]", "3:11", "the set 'x' is included in itself"),
        ("set: a\ntitle: X", "1:1", "the name 'a' is taken already, at"),
        ("set: X\ntitle: X", "1:1", "small letters"),
        ("set: x", "1:1", "lacks 'title'"),
        ("set: x\ntitle: X\npolicy: [a]", "3:1", "did you mean 'policies'?"),
        (
            "set: x\ntitle: X\npolicies: ['TST-TEN-*']\nparameters: {maximumAge: P1D}",
            "4:14",
            "no policy of the set has a parameter 'maximumAge'",
        ),
        (
            "set: x\ntitle: X\npolicies: ['TST-*']\nparameters: {limit: high, TST-INF-001.maximumAge: P1D}",
            "4:14",
            "limit takes a value of type integer, not 'high'.",
        ),
        (
            "set: x\ntitle: X\npolicies: ['TST-*']\nparameters: {limit: 3, TST-INF-001.maximumAge: soon}",
            "4:24",
            "'soon' is not a duration",
        ),
    ],
)
def test_mistakes(tmp_path: Path, text: str, place: str, sentence: str) -> None:
    """A slip in a set leaves policies out, or values that nobody meant in force."""
    with pytest.raises(DocumentError) as caught:
        load_library([folder(tmp_path, A, text)])
    lines = str(caught.value).splitlines()
    assert len(lines) == 1
    assert f"set1.yaml:{place}" in lines[0]
    assert sentence in lines[0]


def test_a_circle_of_sets(tmp_path: Path) -> None:
    """Two sets that include each other hang the run."""
    with pytest.raises(DocumentError, match="the set 'x' is included in itself, by way of 'y'"):
        load_library([folder(tmp_path, "{set: x, title: X, include: [y]}", "{set: y, title: Y, include: [x]}")])


def test_a_set_alone_is_of_the_shipped_policies(tmp_path: Path) -> None:
    """Whoever wants some of the shipped policies has to copy them all."""
    (tmp_path / "ours.yaml").write_text(
        "{set: ours, title: Ours, policies: [ASH-TEN-*, ASH-PLAN-*], include: [infrastructure]}"
    )
    library = load_library([tmp_path / "ours.yaml"])
    assert library.shipped
    assert library.policies == load_policies()
    assert {p.id for p in choose(library.policies, library.sets, ["ours"])} == {p.id for p in library.policies}


def test_shipped_conditions_are_always_known(tmp_path: Path) -> None:
    """A policy of one's own cannot use what the shipped ones use, or a copy of the shipped folder is refused."""
    (tmp_path / "p.json").write_text(
        policy_text({"use": "external-host", "with": {"host": "[hostOf(field('properties.url'))]"}})
    )
    assert "Azscheck/stamps" in load_policies([tmp_path / "p.json"])[0].counts
    text = "{set: backup-and-dr, title: Copied, policies: ['TST-*'], conditions: {external-host: {description: x, "
    text += "parameters: {host: {description: x}}, condition: {value: \"[parameters('host')]\", exists: true}}}}"
    (tmp_path / "sets").mkdir()
    (tmp_path / "sets" / "backup-and-dr.yaml").write_text(text)
    library = load_library([tmp_path])
    assert library.sets["backup-and-dr"].title == "Copied"
    assert library.policies[0].counts == frozenset()


def test_a_set_is_no_policy(tmp_path: Path) -> None:
    """`azscheck policy test` asks a policy set for its cases."""
    found = [file.name for file, _ in policy_files([folder(tmp_path, A)])]
    assert found == [f"{name}.json" for name in NAMES]


def test_the_default_set_holds_every_shipped_policy_that_a_stamp_can_answer() -> None:
    """A shipped policy is judged by only by those who name it; or a scan tells of plans that nobody gave it."""
    library = load_library()
    assert library.shipped
    elsewhere = {p.id for p in library.policies if p.applies_to == ("Azscheck/removals",)}
    assert elsewhere == chosen(library, "gate").keys() - chosen(library, "backup-and-dr").keys()
    elsewhere |= {p.id for p in library.policies if p.id.startswith("ASH-PLAN-")}
    default = [p.id for p in choose(library.policies, library.sets, ["backup-and-dr"])]
    assert default == [p.id for p in library.policies if p.id not in elsewhere]
    of_plans = {*chosen(library, "readiness"), *chosen(library, "as-planned"), *chosen(library, "gate")}
    assert {*default, *of_plans} == {p.id for p in library.policies}
    halves = [chosen(library, "infrastructure"), chosen(library, "tenant")]
    assert not halves[0].keys() & halves[1].keys()
    assert halves[0].keys() | halves[1].keys() == chosen(library, "backup-and-dr").keys()


@pytest.mark.parametrize(
    ("pattern", "fitting", "others"),
    [
        ("ASH-INF-001", ["ash-inf-001"], ["ASH-INF-0011", "", "ASH-INF-00"]),
        ("*", ["", "a"], []),
        ("ASH-*", ["ASH-", "ash-x"], ["ASH", "xASH-"]),
        ("*-001", ["-001", "A-001"], ["A-0011", "001"]),
        ("a*b*c", ["abc", "axbxc", "abbcc"], ["acb", "ab", "abcd"]),
        ("aa*aa", ["aaaa", "aaxaa"], ["aaa", "aa"]),
        ("*a*", ["bab", "a"], ["bcb", ""]),
    ],
)
def test_globs(pattern: str, fitting: list[str], others: list[str]) -> None:
    """A pattern takes in more than it says, or less."""
    assert all(fits(pattern, text) for text in fitting)
    assert not any(fits(pattern, text) for text in others)


def test_shipped_sets_name_policies_that_are_there() -> None:
    """A policy was renamed, and a set goes on without it."""
    library = load_library([policies_folder()])
    assert {"backup-and-dr", "infrastructure", "tenant", "readiness", "gate"} <= set(library.sets)
    for name in library.sets:
        assert choose(library.policies, library.sets, [name])
