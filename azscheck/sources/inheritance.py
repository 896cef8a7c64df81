"""The settings of a stamp in azscheck.yaml: its own over those of its groups, and these over `defaults`.

The keys of `parameters`, `backupShare` and `backupOffering` are laid over one another in their turn. A credential is
taken as a whole: the secret of one must never go with the client id of another.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from azscheck.documents import Document, Path_, did_you_mean
from azscheck.place import Place

_BY_KEY: Final = frozenset({"parameters", "backupShare", "backupOffering"})


class Settings(Struct, frozen=True):
    """A stamp's settings together, and where in the file each of them stands."""

    value: Mapping[str, Any]
    steps: Mapping[Path_, Path_]
    own: Path_

    @property
    def name(self) -> str:
        """What reports call the stamp."""
        return str(self.value["name"])

    def place(self, document: Document, *keys: str) -> Place:
        """Where a setting stands, in a group or in `defaults` perhaps; of one that is missing, where the stamp does."""
        return document.place(*self.steps.get(keys, self.own))


def settings_of(value: Mapping[str, Any], index: int) -> Settings:
    """The settings of one of `stamps`; of its groups the later wins. A group that is not there gives none."""
    stamp, groups = value["stamps"][index], value.get("groups", {})
    layers: list[tuple[Mapping[str, Any], Path_]] = [(value.get("defaults", {}), ("defaults",))]
    layers += [(groups[name], ("groups", name)) for name in stamp.get("groups", ()) if name in groups]
    layers.append((stamp, ("stamps", index)))
    merged: dict[str, Any] = {}
    steps: dict[Path_, Path_] = {}
    for layer, place in layers:
        for key, setting in layer.items():
            steps[key,] = (*place, key)
            if key in _BY_KEY:
                merged[key] = {**merged.get(key, {}), **setting}
                steps |= {(key, below): (*place, key, below) for below in setting}
            else:
                merged[key] = setting
    return Settings(merged, steps, ("stamps", index))


def members(value: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Each group with the names of its stamps, both in the order of the file."""
    stamps = value["stamps"]
    return {
        group: tuple(s["name"] for s in stamps if group in s.get("groups", ())) for group in value.get("groups", {})
    }


def group_mistakes(document: Document) -> Iterator[tuple[Place, str]]:
    """Groups that are not there, and those that are called as a stamp is: `--stamp` takes either's name."""
    groups, stamps = document.value.get("groups", {}), document.value["stamps"]
    for index, stamp in enumerate(stamps):
        for number, name in enumerate(stamp.get("groups", ())):
            if name not in groups:
                place = document.place("stamps", index, "groups", number)
                yield place, f"there is no group {name!r}{did_you_mean(name, groups)}"
    names = {stamp["name"].lower() for stamp in stamps}
    for name in groups:
        if name.lower() in names:
            yield document.place("groups", name), f"{name!r} is a stamp's name: a group needs another one."
