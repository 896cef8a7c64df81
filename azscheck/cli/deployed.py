"""From templates and plans to one inventory: each file is read, whatever becomes of another."""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from azscheck.cli.deployments import Deployment, Kind
from azscheck.errors import AzscheckError, DocumentError, UsageError
from azscheck.inventory import Coverage, CoverageState, Inventory, Origin, Resource
from azscheck.place import Place
from azscheck.results import FILES, GateFile
from azscheck.sources.change import REMOVALS
from azscheck.sources.placement import Placement


class Given(Struct, frozen=True):
    """What is given for the templates and plans on the command line."""

    parameters: tuple[Path, ...]
    values: Mapping[str, Any]
    placement: Placement

    @property
    def of_one_template(self) -> bool:
        """Whether something is given that one template alone can take."""
        return bool(self.parameters or self.values)


class Planned(Struct, frozen=True):
    """What the files deploy, and the files that could not be understood."""

    inventory: Inventory
    files: tuple[GateFile, ...]
    unread: tuple[Coverage, ...]

    @property
    def understood(self) -> bool:
        """Whether every file could be read, and has something to deploy."""
        with_resources = {r.stamp for r in self.inventory.resources}
        return not self.unread and all(file.name in with_resources for file in self.files)


def check_given(deployments: Sequence[Deployment], given: Given) -> None:
    """Raise UsageError where it is not plain for which template parameters are, or their file is not there."""
    for path in given.parameters:
        if not path.exists():
            raise UsageError(f"--parameters: {path}: there is no such file.")
    templates = {d.path for d in deployments if d.kind in (Kind.TEMPLATE, Kind.BICEP, Kind.BROKEN)}
    if given.of_one_template and len(templates) != 1:
        raise UsageError(
            f"--parameters and --template-parameter are for one template, and there are {len(templates)} here."
        )


def with_given(deployments: Sequence[Deployment], given: Given) -> tuple[Deployment, ...]:
    """The deployments with the parameter files that were named in place of those beside the template."""
    if not given.parameters:
        return tuple(deployments)
    return tuple(dict.fromkeys(replace(d, parameters=given.parameters, variant="") for d in deployments))


def planned(deployments: Sequence[Deployment], given: Given, now: datetime) -> Planned:
    """What all of them deploy. What is wrong with one does not keep the others from being judged.

    Raises UsageError for a value on the command line that the template has no parameter for.
    """
    inventories: list[Inventory] = []
    files: list[GateFile] = []
    unread: list[Coverage] = []
    root = checkout()
    for deployment in deployments:
        path = shown(deployment.path, root)
        name = f"{path} ({deployment.variant})" if deployment.variant else path
        file = GateFile(name, path)
        try:
            inventories.append(_relabelled(_collected(deployment, name, given, now), deployment.path, root))
        except AzscheckError as error:
            if given.values and not isinstance(error, DocumentError):
                raise
            place, sentence = _first(error, deployment.path)
            # The mistake may be in a parameter file or a linked template.
            file = GateFile(name, shown(Path(place.path), root), place.line, place.column)
            unread.append(Coverage(name, FILES, "", CoverageState.FAILED, f"{file_words(file)}: {sentence}", time=now))
        files.append(file)
    together = Inventory.of(
        now, (r for i in inventories for r in i.resources), (c for i in inventories for c in i.coverage)
    )
    return Planned(together, tuple(files), tuple(unread))


def file_words(file: GateFile) -> str:
    """`main.json:3:7`."""
    return f"{file.path}:{file.line}:{file.column}"


def _first(error: AzscheckError, path: Path) -> tuple[Place, str]:
    if isinstance(error, DocumentError) and error.mistakes:
        return error.mistakes[0]
    return Place(str(path)), str(error).removeprefix(f"{path}: ")


def _collected(deployment: Deployment, name: str, given: Given, now: datetime) -> Inventory:
    if deployment.problem is not None:
        raise deployment.problem
    if deployment.kind is Kind.PLAN:
        from azscheck.sources import terraform

        return terraform.collect(deployment.path, stamp=name, placement=given.placement, now=now)
    if deployment.kind is Kind.BICEP:
        from azscheck.sources import bicep as source
    else:
        from azscheck.sources import templates as source  # type: ignore[no-redef]
    inventory: Inventory = source.collect(
        deployment.path,
        stamp=name,
        parameters=deployment.parameters,
        values=given.values,
        placement=given.placement,
        now=now,
    )
    # A deployment in the mode Incremental, which is the default, removes nothing; a template does not name the mode.
    none = Coverage(name, REMOVALS, "", CoverageState.COMPLETE, time=now)
    return Inventory.of(now, inventory.resources, (*(c for c in inventory.coverage if c.type != REMOVALS), none))


def checkout() -> Path:
    """The root of the checkout that the current folder is in; the current folder where it is in none."""
    here = Path(os.path.realpath("."))
    return next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)


def shown(path: Path, root: Path) -> str:
    """A path as pipelines and baselines know it: from the root of the checkout, wherever that lies."""
    real = Path(os.path.realpath(path.parent), path.name)
    return real.relative_to(root).as_posix() if real.is_relative_to(root) else path.as_posix()


def _relabelled(inventory: Inventory, path: Path, root: Path) -> Inventory:
    """The inventory with the places of its resources as paths from the root of the checkout."""
    if shown(path, root) == path.as_posix():
        return inventory
    known: dict[Origin, Origin] = {}

    def moved(origin: Origin) -> Origin:
        if origin.source != "file":
            return origin
        if origin not in known:
            known[origin] = replace(origin, address=shown(Path(origin.address), root))
        return known[origin]

    def resource(r: Resource) -> Resource:
        places = {pointer: moved(origin) for pointer, origin in r.places.items()}
        return replace(r, origin=moved(r.origin), places=places)

    return Inventory(inventory.created, tuple(map(resource, inventory.resources)), inventory.coverage)
