"""What is said of a folder: which files count, how new, from which devices."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from azscheck.sources.share.folders import folder_facts
from azscheck.sources.share.layout import folders
from azscheck.sources.share.listing import NotThere, Refusal, walk
from azscheck.sources.share.mounted import MountedShare
from azscheck.sources.share.settings import Device, FolderSettings
from tests.sources.share.conftest import NOW, MemoryShare


def facts(kind: str, files: dict[str, tuple[int, int]], **settings: Any) -> dict[str, Any]:
    """The properties of a folder whose files are `{path: (bytes, age in days)}`, with `unknown` beside them."""
    share = MemoryShare({name: (size, NOW - timedelta(days=age)) for name, (size, age) in files.items()})
    (folder,) = (f for f in folders({kind: FolderSettings(**settings)}) if f.name == kind)
    try:
        walked = list(walk(share, folder.path))
    except NotThere:
        walked = None
    known, unknown = folder_facts(folder, share, walked, [])
    return {**known, "unknown": unknown}


def test_the_newest_file_and_the_sums() -> None:
    """An old file hides behind a new one of another kind."""
    found = facts("switches", {"Switches/a.cfg": (5, 3), "Switches/old/b.CFG": (7, 1), "Switches/x.bin": (9, 0)})
    assert found["newestFile"] == {"name": "old\\b.CFG", "modified": "2026-05-31T12:00:00Z", "bytes": 7}
    assert (found["newest"], found["count"], found["bytes"]) == ("2026-05-31T12:00:00Z", 2, 12)
    assert found["path"] == r"\\fs01\b\Switches"


@pytest.mark.parametrize(
    ("files", "settings", "count"),
    [
        ({"Switches/a.cfg": (0, 1)}, {}, 0),
        ({"Switches/a.cfg": (99, 1)}, {"minimum_bytes": 100}, 0),
        ({"Switches/a.bin": (1, 1)}, {"globs": ("*.bin",)}, 1),
        ({"oem/su1/Sw/a.cfg": (1, 1)}, {"path": r"oem\su1\sw"}, 1),
        ({"oem/su1/Sw/a.cfg": (1, 1)}, {"path": "/oem/su1/Sw/"}, 1),
        ({"Switches/day1/a.cfg": (1, 1)}, {"globs": ("day1/*",)}, 1),
    ],
)
def test_which_files_count(files: dict[str, tuple[int, int]], settings: dict[str, Any], count: int) -> None:
    """An empty file, or one of another kind, counts as a backup."""
    assert facts("switches", files, **settings)["count"] == count


def test_a_folder_that_is_not_there() -> None:
    """A missing folder looks like one that could not be read."""
    found = facts("hlh", {"Switches/a.cfg": (1, 1)}, devices=(Device("HLH01"),))
    assert (found["exists"], found["count"], found["missingDevices"]) == (False, 0, ["HLH01"])
    assert "newest" not in found


def test_each_device_has_its_own_newest_file() -> None:
    """One switch is backed up each day, and hides that another never was."""
    files = {"Switches/n-tor1-a.cfg": (1, 1), "Switches/tor10.cfg": (1, 9), "Switches/10.0.0.2_x.cfg": (1, 2)}
    devices = (Device("TOR1"), Device("TOR10"), Device("TOR2"), Device("BMC", ("10.0.0.2_*",)))
    found = facts("switches", files, devices=devices)
    assert found["missingDevices"] == ["TOR2"]
    assert {d["name"]: d.get("newest") for d in found["devices"]} == {
        "TOR1": "2026-05-31T12:00:00Z",
        "TOR10": "2026-05-23T12:00:00Z",
        "TOR2": None,
        "BMC": "2026-05-30T12:00:00Z",
    }


def test_without_names_of_devices_none_is_known_to_be_missing() -> None:
    """All switches pass for backed up, because nobody said which there are."""
    found = facts("switches", {"Switches/a.cfg": (1, 1)})
    assert "backupShare.folders.switches.devices" in found["unknown"]["/properties/missingDevices"]
    assert facts("registration", {})["missingDevices"] == []


def test_a_mounted_share_is_read_in_any_letter_case(tmp_path: Path) -> None:
    """The same share gives other answers over the operating system than over SMB."""
    (tmp_path / "oem/SWITCHES").mkdir(parents=True)
    (tmp_path / "oem/SWITCHES/a.cfg").write_bytes(bytes(3))
    (tmp_path / "oem/loop").symlink_to(tmp_path)
    share = MountedShare(tmp_path, "", "")
    assert {"/".join(path) for path, _ in walk(share, ("OEM",))} == {"SWITCHES", "SWITCHES/a.cfg", "loop"}
    with pytest.raises(NotThere):
        list(share.entries(("nothing",)))
    known, unknown = share.facts()
    assert (known["mounted"], known["device"]) == (True, "mounted")
    assert {"/properties/encryption", "/properties/host", "/properties/freeBytes"} <= set(unknown)


def test_a_folder_of_endless_depth_is_refused() -> None:
    """A share that leads into itself is read for ever."""
    with pytest.raises(Refusal, match="deeper than 32 folders"):
        list(walk(MemoryShare({"d/" * 40 + "f": (1, NOW)}), ()))
