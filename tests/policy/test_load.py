"""From files and folders to policies: none left out, none twice."""

from pathlib import Path

import pytest

from azscheck.errors import DocumentError, ExitCode, UsageError
from azscheck.policy import Category, Severity, load_policies
from azscheck.policy.paths import parse_path

from ..builders import policy, policy_text

GOOD = {"field": "name", "exists": True}


def write(file: Path, name: str, text: str = "") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text or policy_text(GOOD, id=name), "utf-8")
    return file


def test_folders_are_searched_to_the_bottom(tmp_path: Path) -> None:
    """A policy in a folder of a folder is left out without a word; a file of cases is taken for a policy."""
    write(tmp_path / "b.yaml", "TST-002")
    write(tmp_path / "deep/er/a.yaml", "TST-001")
    write(tmp_path / "b.test.yaml", "", "cases: []")
    write(tmp_path / "schema/x.yaml", "", "no: policy")
    assert [p.id for p in load_policies([tmp_path])] == ["TST-001", "TST-002"]
    assert [p.id for p in load_policies([str(tmp_path / "b.yaml")])] == ["TST-002"]
    assert load_policies([tmp_path])[0].info.place.path == (tmp_path / "deep/er/a.yaml").as_posix()


def test_an_id_stands_once(tmp_path: Path) -> None:
    """Two policies share an id, and a finding of one is taken for the other's."""
    write(tmp_path / "a.yaml", "TST-001")
    write(tmp_path / "b.yaml", "TST-001")
    with pytest.raises(DocumentError) as caught:
        load_policies([tmp_path])
    first, second = (tmp_path / name for name in ("a.yaml", "b.yaml"))
    assert str(caught.value) == f"{second}:2:2: the id TST-001 is taken already, at {first}:2:2."
    with pytest.raises(DocumentError, match="is taken already"):
        load_policies([tmp_path / "a.yaml", tmp_path / "a.yaml"])


def test_mistakes_of_every_file_at_once(tmp_path: Path) -> None:
    """The author of many policies is told of one file's mistakes at a time."""
    write(tmp_path / "a.yaml", "", "a: [")
    write(tmp_path / "b.yaml", "", policy_text(GOOD, severity="bad"))
    write(tmp_path / "c.yaml", "TST-003")
    with pytest.raises(DocumentError) as caught:
        load_policies([tmp_path])
    assert {Path(place.path).name for place, _ in caught.value.mistakes} == {"a.yaml", "b.yaml"}
    assert caught.value.exit_code is ExitCode.USAGE


def test_no_policy_is_an_error(tmp_path: Path) -> None:
    """A folder named wrongly, or empty, is a run without policies."""
    with pytest.raises(UsageError, match="holds no policy"):
        load_policies([tmp_path])
    with pytest.raises(UsageError, match="there is no such file or folder"):
        load_policies([tmp_path / "none"])


def test_what_a_policy_says() -> None:
    """A report says another severity or category than the policy."""
    loaded = policy(
        {"count": {"resources": "A.B/c", "where": {"count": {"resources": "D.E/f"}, "equals": 0}}, "equals": 0},
        appliesTo=["X.Y/z", "A.B/c"],
        when={"count": {"resources": "G.H/i"}, "greater": 0},
        severity="critical",
        category="infrastructure",
        controls={"nist": ["CP-9"]},
        references=[{"title": "a", "url": "https://a", "rule": "DOC-01"}, {"title": "b", "url": "https://b"}],
    )
    assert (loaded.info.severity, loaded.info.category) == (Severity.CRITICAL, Category.INFRASTRUCTURE)
    assert loaded.info.rules == ("DOC-01",)
    assert loaded.info.controls == {"nist": ("CP-9",)}
    assert loaded.counts == {"A.B/c", "D.E/f", "G.H/i"}
    assert loaded.reads == {"A.B/c", "D.E/f", "G.H/i", "X.Y/z"}


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("name", ("name",)),
        ("properties.a.b", ("properties", "a", "b")),
        ("tags['a.b']", ("tags", "a.b")),
        ("tags['it''s [x]'].y", ("tags", "it's [x]", "y")),
        ("tags[plain name]", ("tags", "plain name")),
        ("properties.a[*].b", ("properties", "a", "[*]", "b")),
        ("properties.a[*][*]", ("properties", "a", "[*]", "[*]")),
        ("tags.backup:required", ("tags", "backup:required")),
    ],
)
def test_paths(text: str, steps: tuple[str, ...]) -> None:
    """A tag whose name has a dot is looked for under another name."""
    assert parse_path(text).steps == steps


@pytest.mark.parametrize(
    "text",
    ["", ".", ".a", "a.", "a..b", "a[", "a[]", "a['']", "a['x'", "a.['x']", "a['x']b", "[*]", "tags['a'b']", "a]"],
)
def test_no_paths(text: str) -> None:
    """A path that was mistyped reads nothing, and nothing is absent."""
    with pytest.raises(ValueError, match="is not a path"):
        parse_path(text)


def test_json_and_yml_are_policies_too(tmp_path: Path) -> None:
    """A rule that is written as JSON is left out of every scan without a word."""
    write(tmp_path / "a.json", "TST-001")
    write(tmp_path / "b.yml", "TST-002")
    write(tmp_path / "b.test.yml", "", "cases: []")
    write(tmp_path / "notes.txt", "", "not a policy")
    assert [p.id for p in load_policies([tmp_path])] == ["TST-001", "TST-002"]
