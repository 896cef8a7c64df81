"""What is read from the names inside MASBackup."""

from typing import Any

import pytest

from azscheck.sources.share.backups import read_backups
from azscheck.sources.share.layout import names
from azscheck.sources.share.listing import walk
from tests.sources.share.conftest import NOW, MemoryShare

VERSION = "progressivebackup/1.2501.1.47"
KNOWN = tuple(names().repositories)
A, B, C = (f"{letter * 8}-0000-4000-8000-000000000000" for letter in "abc")


def files(
    backup: str, time: str, repositories: tuple[str, ...] = KNOWN, kind: str = "Full", forms: str = "zip xml"
) -> dict[str, int]:
    """The files of one backup."""
    return {
        f"{VERSION}/{repository}/{time}_{backup}_{kind}_C.{form}": 100
        for repository in repositories
        for form in forms.split()
    }


def read(found: dict[str, int]) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Backups by id, and strangers."""
    share = MemoryShare({name: None if name.endswith("/") else (size, NOW) for name, size in found.items()})
    backups = read_backups(list(walk(share, ())))
    return {name: dict(facts) for name, facts, _ in backups.found}, ["/".join(path) for path in backups.strangers]


def test_a_whole_backup() -> None:
    """A backup that has everything is called broken."""
    found, strangers = read(files(A, "202605311200"))
    assert found[A] == {
        "backupId": A,
        "stampVersion": "1.2501.1.47",
        "created": "2026-05-31T12:00:00Z",
        "bytes": 800,
        "repositories": [{"name": name, "complete": True, "chain": "full"} for name in KNOWN],
        "missingRepositories": [],
        "lost": [],
        "zip": {"present": True, "metadata": True},
        "whole": True,
    }
    assert strangers == []


OTHER = "KeyVault;Vault;-;Secrets"


@pytest.mark.parametrize(
    ("found", "missing"),
    [
        (files(A, "202605311200", KNOWN[1:]), [KNOWN[0]]),
        # Never seen on this share, and known all the same.
        (files(A, "202605311200", KNOWN[:1]), list(KNOWN[1:])),
        # Known from another backup only.
        (files(A, "202605311200") | files(B, "202605301200", (*KNOWN, OTHER)), [OTHER]),
        # Known from a folder that is empty by now.
        (files(A, "202605311200") | {f"{VERSION}/{OTHER}/": 0}, [OTHER]),
    ],
)
def test_a_repository_that_is_missing_is_named(found: dict[str, int], missing: list[str]) -> None:
    """A backup that the stamp calls succeeded lacks a part, and nobody learns which."""
    backups, strangers = read(found)
    assert backups[A]["missingRepositories"] == missing
    assert backups[A]["lost"] == [names().repositories[name] for name in missing if name in KNOWN]
    assert backups[A]["whole"] is False
    assert backups[A]["zip"] == {"present": True, "metadata": True}
    assert strangers == []


NETWORK = KNOWN[1]


@pytest.mark.parametrize(
    ("first", "second", "third", "chains"),
    [
        ("Full zip xml", "Full zip xml", "Full zip xml", ["full", "full", "full"]),
        ("Full zip xml", "Delta zip xml", "Delta zip xml", ["full", "incremental", "incremental"]),
        ("Full zip xml", "Delta zip", "Delta zip xml", ["full", "broken", "broken"]),
        ("Full xml", "Delta zip xml", "Full zip xml", ["broken", "broken", "full"]),
        ("Delta zip xml", "Delta zip xml", "full zip xml", ["broken", "broken", "full"]),
        ("Full zip xml", "Delta", "Delta zip xml", ["full", None, "incremental"]),
    ],
)
def test_a_chain_is_whole_down_to_its_full_backup(
    first: str, second: str, third: str, chains: list[str | None]
) -> None:
    """A backup is called whole although what it builds on is gone."""
    found: dict[str, int] = {}
    for backup, time, what in ((A, "202605291200", first), (B, "202605301200", second), (C, "202605311200", third)):
        kind, _, forms = what.partition(" ")
        found |= files(backup, time)
        for name in files(backup, time, (NETWORK,)):
            found.pop(name)
        found |= files(backup, time, (NETWORK,), kind, forms)
    backups, _ = read(found)
    seen = {b: {r["name"]: r["chain"] for r in facts["repositories"]}.get(NETWORK) for b, facts in backups.items()}
    assert [seen[backup] for backup in (A, B, C)] == chains
    assert [backups[b]["whole"] for b in (A, B, C)] == [c in ("full", "incremental") for c in chains]


def test_an_empty_archive_is_none() -> None:
    """A file of no bytes counts as a backup."""
    found = files(A, "202605311200")
    found[next(name for name in found if name.endswith(".zip"))] = 0
    backups, _ = read(found)
    assert backups[A]["zip"] == {"present": False, "metadata": True}
    assert backups[A]["whole"] is False


def test_versions_stand_side_by_side() -> None:
    """After an update the backups of the version before are judged by repositories of the one after."""
    before = {name.replace("2501.1.47", "2408.1.50"): 1 for name in files(B, "202605011200")}
    backups, strangers = read(files(A, "202605311200", (*KNOWN, OTHER)) | before)
    assert {b: facts["stampVersion"] for b, facts in backups.items()} == {A: "1.2501.1.47", B: "1.2408.1.50"}
    assert backups[B]["whole"]
    assert strangers == []


def test_what_does_not_belong_is_named_once() -> None:
    """Files of others fill the folder that the stamp empties, and nobody sees them."""
    strange = {
        "tor1.cfg": 1,
        "Switches/tor1.cfg": 1,
        "Switches/tor2.cfg": 1,
        "progressivebackup/readme.txt": 1,
        "progressivebackup/old/x.zip": 1,
        f"{VERSION}/notes.txt": 1,
        f"{VERSION}/mine/x.zip": 1,
        f"{VERSION}/{NETWORK}/copy.zip": 1,
        f"{VERSION}/{NETWORK}/deeper/copy.zip": 1,
    }
    belong = {f"{VERSION}/registrations.json": 1, f"{VERSION}/recoverypoint.json": 1, f"{VERSION}/1_BackupInfo.xml": 1}
    older = {"20190301/BackupInfo.xml": 1, "20190301/data.zip": 1, "20190301/anything": 1}
    _, strangers = read(files(A, "202605311200") | strange | belong | older)
    repository = f"{VERSION}/{NETWORK}"
    expected = {"tor1.cfg", "Switches", "progressivebackup/readme.txt", "progressivebackup/old"}
    expected |= {f"{VERSION}/notes.txt", f"{VERSION}/mine", f"{repository}/copy.zip", f"{repository}/deeper"}
    assert sorted(strangers) == sorted(expected)


@pytest.mark.parametrize(("archive", "whole"), [("data.zip", None), ("data.txt", False)])
def test_backups_of_older_builds(archive: str, whole: bool | None) -> None:
    """A backup of an older build is called whole, although its names do not say of what it is."""
    share = MemoryShare({"20190301/BackupInfo.xml": (9, NOW), f"20190301/{archive}": (1, NOW)})
    ((name, facts, unknown),) = read_backups(list(walk(share, ()))).found
    assert name == "20190301"
    assert facts.get("whole") is whole
    assert "/properties/missingRepositories" in unknown
    assert ("/properties/whole" in unknown) is (whole is None)


def test_names_are_compared_without_regard_to_case() -> None:
    """A server that keeps names in capitals has no backups."""
    found, strangers = read({name.upper(): size for name, size in files(A, "202605311200").items()})
    assert found[A]["whole"]
    assert strangers == []
