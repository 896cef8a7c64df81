"""Groups of stamps, and the settings that stamps inherit."""

from pathlib import Path

import pytest

from azscheck.cli.run import configuration_of
from azscheck.errors import DocumentError, UsageError
from azscheck.sources.configuration import Configuration, read_configuration

WHOLE = r"""
defaults:
  ca: corporate.pem
  credential: {clientId: shared, secretEnv: SHARED}
  parameters: {maximumAge: P7D, minimumCount: 2}
  backupShare: {user: 'CORP\reader', passwordEnv: SHARE, location: datacenter B}
groups:
  europe: {concurrency: 4, parameters: {maximumAge: P2D}}
  factories: {concurrency: 2, connected: false, credential: {clientId: factory, certificateFile: f.pem}}
  abroad: {}
stamps:
  - {name: north, groups: [europe, factories], admin: https://a.north.x, parameters: {ASH-INF-028.site: A}}
  - {name: south, groups: [europe], admin: https://a.south.x, concurrency: 8, backupShare: {path: '\\fs\south'}}
  - {name: west, admin: https://a.west.x, credential: {clientId: own, secretEnv: OWN}, connected: true}
"""


def read(folder: Path, text: str) -> Configuration:
    (folder / "azscheck.yaml").write_text(text)
    return read_configuration(folder / "azscheck.yaml")


def mistakes(folder: Path, text: str) -> list[str]:
    with pytest.raises(DocumentError) as error:
        read(folder, text)
    return [f"{place.line}:{place.column} {sentence}" for place, sentence in error.value.mistakes]


def test_a_stamps_own_setting_wins_over_its_groups_and_that_over_the_defaults(tmp_path: Path) -> None:
    """A stamp is read with another stamp's account, or judged by another stamp's limits."""
    found = read(tmp_path, WHOLE)
    north, south, west = found.stamps
    assert {stamp.ca_file for stamp in found.stamps} == {tmp_path / "corporate.pem"}
    assert [stamp.concurrency for stamp in found.stamps] == [2, 8, 8], "of two groups the later one's"
    assert [stamp.connected for stamp in found.stamps] == [False, None, True]
    assert [stamp.credential.client_id for stamp in found.stamps] == ["factory", "shared", "own"]
    assert (north.credential.secret_env, north.credential.certificate_file) == ("", tmp_path / "f.pem")
    assert (south.credential.secret_env, west.credential.secret_env) == ("SHARED", "OWN")
    assert found.stamp_parameters == {
        "north": {"maximumAge": "P2D", "minimumCount": 2, "ASH-INF-028.site": "A"},
        "south": {"maximumAge": "P2D", "minimumCount": 2},
        "west": {"maximumAge": "P7D", "minimumCount": 2},
    }
    assert {name: (share.path, share.user) for name, share in found.shares.items()} == {
        "north": ("", r"CORP\reader"),
        "south": (r"\\fs\south", r"CORP\reader"),
        "west": ("", r"CORP\reader"),
    }


@pytest.mark.parametrize(
    ("named", "chosen"),
    [
        ((), ["north", "south", "west"]),
        (("europe",), ["north", "south"]),
        (("south", "europe", "north"), ["south", "north"]),
        (("factories", "west"), ["north", "west"]),
    ],
)
def test_a_groups_name_chooses_its_stamps(tmp_path: Path, named: tuple[str, ...], chosen: list[str]) -> None:
    """Somebody types fifty names, or a stamp that two names mean is read twice."""
    read(tmp_path, WHOLE)
    found = configuration_of(tmp_path / "azscheck.yaml", named)
    assert [stamp.name for stamp in found.stamps] == chosen


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ("europa", "has no stamp and no group 'europa'; did you mean 'europe'?"),
        ("noth", "has no stamp and no group 'noth'; did you mean 'north'?"),
        ("abroad", "no stamp is of the group 'abroad'."),
    ],
)
def test_a_name_that_chooses_nothing_is_told(tmp_path: Path, named: str, sentence: str) -> None:
    """A typo reads all stamps, or none, and ends well."""
    read(tmp_path, WHOLE)
    with pytest.raises(UsageError) as error:
        configuration_of(tmp_path / "azscheck.yaml", [named])
    assert str(error.value) == f"{(tmp_path / 'azscheck.yaml')}: {sentence}"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (", secretEnv: SHARED", "", "4:3 credential needs exactly one of secretEnv, secretFile, certificateFile"),
        ("passwordEnv: SHARE", "passwordFile: f, passwordEnv: E", "6:38 backupShare has passwordEnv and passwordFile"),
        (
            "{concurrency: 4,",
            "{concurency: 4,",
            "8:12 'concurency' is not a known key here; did you mean 'concurrency'",
        ),
        ("{concurrency: 4,", "{name: x,", "8:12 'name' is not a known key here"),
        ("abroad: {}", "north: {}", "10:3 'north' is a stamp's name: a group needs another one."),
        ("abroad: {}", "far away: {}", "7:1 'far away' does not fit: letters, digits"),
        ("[europe], admin", "[europa], admin", "13:28 there is no group 'europa'; did you mean 'europe'?"),
        ("admin: https://a.west.x, ", "", "14:6 the stamp 'west' needs 'admin' or 'tenant', or both"),
        ("  credential: {clientId: shared, secretEnv: SHARED}", "", "13:6 the stamp 'south' needs a 'credential': its"),
        ("ca: corporate.pem", "ca: [corporate.pem]", "3:3 'ca' must be a string"),
    ],
)
def test_a_mistake_is_told_once_where_the_setting_stands(tmp_path: Path, old: str, new: str, told: str) -> None:
    """What a group has wrong is told of each of its stamps, at lines where nothing is wrong."""
    assert old in WHOLE
    (found,) = mistakes(tmp_path, WHOLE.replace(old, new, 1))
    assert found.startswith(told)
