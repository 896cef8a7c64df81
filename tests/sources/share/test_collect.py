"""From settings to an inventory: what is said of a share that was read, and of one that was not."""

import socket
import time
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from azscheck.errors import UsageError
from azscheck.inventory import NOT_OFFERED, Coverage, CoverageState, Inventory, Origin, Resource
from azscheck.sources import share
from azscheck.sources.share import Limits, ShareSettings, collection
from azscheck.sources.share.layout import names
from tests.sources.share.conftest import NOW
from tests.sources.share.samba import PASSWORD, Samba, samba
from tests.sources.share.test_smb import settings

KNOWN = tuple(names().repositories)
LOCATIONS = "Microsoft.Backup.Admin/backupLocations"


def told(path: str | None, state: CoverageState = CoverageState.COMPLETE, reason: str = "") -> Inventory:
    """What the stamp says of where it backs up to."""
    body = {"properties": {"externalStoreDefault": {"path": path}}}
    location = Resource("north", LOCATIONS, "/l/north", body, Origin("hub", "/l"))
    return Inventory.of(NOW, [location], [Coverage("north", LOCATIONS, "", state, reason)])


def collect(given: ShareSettings, inventory: Inventory | None = None, password: str = PASSWORD) -> Inventory:
    found = told(None) if inventory is None else inventory
    return share.collect(found, ["north"], {"north": given}, {"north": password}, clock=lambda: NOW)


def states(found: Inventory) -> dict[str, str]:
    return {line.type: line.state.value for line in found.coverage}


def test_a_share_where_the_stamp_says_it_is(server: Samba) -> None:
    """The share is looked for where nobody said."""
    found = collect(settings(server, path=""), told(server.path + "\\"))
    assert states(found) == dict.fromkeys(share.TYPES, "complete")
    (itself,) = found.of_type("Azscheck/shares")
    assert itself.body["properties"]["path"] == server.path
    (switches,) = (f for f in found.of_type("Azscheck/shareFolders") if f.name == "switches")
    assert switches.id == "/azscheck/stamps/north/shareFolders/switches"
    assert switches.body["properties"]["count"] == 2
    assert switches.origin.source == "share"
    assert switches.origin.address == server.path + r"\Switches"


def test_what_the_share_has_is_held_against_what_the_stamp_says() -> None:
    """A backup that the stamp calls succeeded has lost a part, and the share is called whole."""
    with samba("required") as server:
        version = server.share / "MASBackup/progressivebackup/1.2501.1.47"
        for repository in KNOWN[:3]:
            (version / repository).mkdir(parents=True)
            for form in ("zip", "xml"):
                name = f"202605311200_{'a' * 8}-0000-4000-8000-{'0' * 12}_Full_C.{form}"
                (version / repository / name).write_bytes(bytes(10))
        found = collect(settings(server))
    (backup,) = found.of_type("Azscheck/shareBackups")
    assert backup.body["properties"]["missingRepositories"] == [KNOWN[3]]
    assert backup.body["properties"]["lost"] == ["plans, offers and subscriptions"]
    assert backup.body["properties"]["whole"] is False


def test_a_denied_folder_is_one_failure(server: Samba) -> None:
    """One folder without rights hides the others, or is taken for an empty one."""
    hlh = share.FolderSettings(path="denied")
    found = collect(settings(server, folders={"hlh": hlh}))
    (failed,) = (line for line in found.coverage if line.state is CoverageState.FAILED)
    assert (failed.type, failed.scope) == ("Azscheck/shareFolders", "/azscheck/stamps/north/shareFolders/hlh")
    assert "has no right to list" in failed.reason
    folders = {f.name: f for f in found.of_type("Azscheck/shareFolders")}
    assert "has no right to list" in folders["hlh"].unknown["/properties/newest"]
    assert folders["switches"].body["properties"]["count"] == 2


@pytest.mark.parametrize(
    ("changes", "password", "reason"),
    [
        ({}, "wrong", "refused the account"),
        ({"port": 1}, PASSWORD, "does not listen on port 1"),
        ({"path": r"\\127.0.0.1\backups\nothing"}, PASSWORD, r"There is no folder \\127.0.0.1\backups\nothing"),
        ({"path": r"\\127.0.0.1\backups\denied"}, PASSWORD, "has no right to list"),
    ],
)
def test_a_share_that_cannot_be_read_is_a_failure_of_all(
    server: Samba, changes: dict[str, Any], password: str, reason: str
) -> None:
    """What could not be looked at counts as there being none."""
    found = collect(settings(server, **changes), password=password)
    assert states(found) == dict.fromkeys(share.TYPES, "failed")
    assert all(reason in line.reason for line in found.coverage)
    assert found.resources == ()


ACCOUNT = ShareSettings(user="u", password_env="P")


@pytest.mark.parametrize(
    ("given", "inventory", "reason"),
    [
        (ShareSettings(), told(r"\\fs01\b"), "name an account that may read it under `backupShare`"),
        (ACCOUNT, told(None), "the stamp backs up to no share"),
        (ACCOUNT, told(None, CoverageState.FAILED, "The stamp is down."), "The stamp is down"),
        (ACCOUNT, told(None, CoverageState.SKIPPED, NOT_OFFERED), "the stamp backs up to no share"),
        (ACCOUNT, Inventory.of(NOW, (), ()), "`backupShare.path` in azscheck.yaml can name it"),
    ],
)
def test_a_share_that_is_not_looked_at_says_what_to_add(
    given: ShareSettings, inventory: Inventory, reason: str
) -> None:
    """A rule stays unknown for ever, because nobody says what would make it known."""
    found = collect(given, inventory)
    assert states(found) == dict.fromkeys(share.TYPES, "skipped")
    assert all(reason in line.reason for line in found.coverage)


def test_a_path_that_is_none_is_told() -> None:
    """A path that the stamp accepted ends in a traceback."""
    found = collect(ACCOUNT, told("fs01:/export"))
    assert "is not of the form" in found.coverage[0].reason


def test_a_call_that_nothing_interrupts_keeps_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that hangs keeps the scan of all stamps."""
    monkeypatch.setattr(collection, "_GRACE_SECONDS", 0.0)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(3))
    started = time.monotonic()
    found = collect(replace(ACCOUNT, path=r"\\fs01\b", limits=Limits(total_seconds=0.5)))
    assert time.monotonic() - started < 2
    assert "was not read within 0.5 s" in found.coverage[0].reason
    assert states(found) == dict.fromkeys(share.TYPES, "failed")


def test_a_password_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stamp is read for an hour before anybody learns that the share's password is missing."""
    monkeypatch.delenv("P", raising=False)
    with pytest.raises(UsageError, match="The password of u for the backup share of stamp north is not there: set the"):
        share.read_passwords({"north": ACCOUNT})
    monkeypatch.setenv("P", "secret ")
    assert share.read_passwords({"north": ACCOUNT}) == {"north": "secret "}
    (tmp_path / "p").write_text("from a file \n")
    from_file = ShareSettings(user="u", password_file=tmp_path / "p")
    assert share.read_passwords({"north": from_file}) == {"north": "from a file "}
    with pytest.raises(UsageError, match="cannot be read"):
        share.read_passwords({"north": replace(from_file, password_file=tmp_path / "q")})
