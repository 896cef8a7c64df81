"""A thousand policies from ten, and what is found by them: `python -m benchmarks.many_policies FOLDER COPIES`.

A copy differs from the others in the tag by which a machine is exempt from it, which none has.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from benchmarks import FOLDER

_TEN = tuple(f"BEN-{number:03}" for number in range(1, 11))


def write(folder: Path, copies: int) -> None:
    """Write the copies of each of the ten."""
    partial = folder.with_name(folder.name + ".partial")
    partial.mkdir(exist_ok=True)
    for file in sorted((FOLDER / "policies").glob("*.yaml")):
        policy = yaml.safe_load(file.read_text("utf-8"))
        if policy["id"] in _TEN:
            for number in range(copies):
                text = yaml.safe_dump(_copy(policy, number), sort_keys=False)
                (partial / f"{file.stem}-{number:03}.yaml").write_text(text, "utf-8")
    partial.rename(folder)


def _copy(policy: dict[str, Any], number: int) -> dict[str, Any]:
    name = f"{policy['id']}-{number:03}"
    exempt = {"field": f"tags['exempt:{name}']", "equals": "yes"}
    return policy | {"id": name, "require": {"anyOf": [exempt, policy["require"]]}}


def copied(ids: Iterable[str], copies: int) -> Iterator[str]:
    """The ids of the copies of those of the ten that are among `ids`."""
    for policy in ids:
        if policy in _TEN:
            yield from (f"{policy}-{number:03}" for number in range(copies))


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
