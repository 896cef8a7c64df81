"""What a gate judges: the templates and plans among files and folders, each with its parameter files."""

import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from azscheck.cli.linked import linked_from
from azscheck.errors import DocumentError, UsageError
from azscheck.place import Place

_LARGEST: Final = 256 << 20
_LEFT_OUT: Final = ("node_modules",)
_JSON: Final = (".json", ".jsonc")
_PARAMETERS: Final = re.compile(
    r"(?:\.(?P<before>[^.]+))?\.parameters?(?:\.(?P<after>[^.]+))?\.jsonc?|(?:\.(?P<of>[^.]+))?(?P<bicep>\.bicepparam)",
    re.IGNORECASE,
)
"""What follows a template's name in that of a parameter file for it."""
_SCHEMA: Final = re.compile(r"deploymentParameters\.json#?$", re.IGNORECASE)


class Kind(StrEnum):
    """What a file is."""

    TEMPLATE = "template"
    BICEP = "bicep"
    PLAN = "plan"
    PARAMETERS = "parameters"
    BROKEN = "broken"
    OTHER = "other"


class Deployment(Struct, frozen=True):
    """A template or plan, and one set of parameters for it."""

    path: Path
    kind: Kind
    parameters: tuple[Path, ...] = ()
    variant: str = ""
    """What tells it from the same template with other parameters: `prod` of `main.parameters.prod.json`."""
    problem: DocumentError | None = None
    """Why it could not be read."""


class Found(Struct, frozen=True):
    """What was found."""

    deployments: tuple[Deployment, ...]
    passed_over: int
    """How many JSON files in the folders are neither templates, nor plans, nor parameters."""


class _Neither(UsageError):
    """A file that is named is neither a template nor a plan."""


def find(paths: Sequence[Path], excluded: Sequence[str] = (), *, lenient: bool = False) -> Found:
    """The deployments among files and folders, in order; UsageError for a file that is named and is none.

    Of what lies in folders, a template that another one of them links to is a part of that one. A `lenient` search
    passes over a named file that is none: for callers that name all files of a change.
    """
    named: dict[Path, None] = {}
    walked: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            walked |= dict.fromkeys(_files(path, excluded))
        elif path.is_file():
            named[path] = None
        else:
            what = "is neither a file nor a folder" if path.exists() else "there is no such file or folder"
            raise UsageError(f"{path}: {what}.")
    found: list[Deployment] = []
    passed_over = 0
    for path in named:
        try:
            found += _named(path)
        except _Neither:
            if not lenient:
                raise
            passed_over += 1
    for path in walked:
        if path not in named:
            kind, problem = kind_of(path)
            passed_over += kind is Kind.OTHER
            if kind not in (Kind.OTHER, Kind.PARAMETERS):
                found += _variants(Deployment(path, kind, problem=problem))
    linked = linked_from({d.path for d in found})
    kept = dict.fromkeys(d for d in found if d.path in named or d.path not in linked)
    return Found(_unlike(kept), passed_over)


def _unlike(found: Iterable[Deployment]) -> tuple[Deployment, ...]:
    """Each template with each parameters once, whether it was named or lies in a folder that was."""
    return tuple({(os.path.realpath(d.path), d.parameters): d for d in reversed(list(found))}.values())[::-1]


def _files(folder: Path, excluded: Sequence[str]) -> Iterator[Path]:
    """What could be a template or plan below a folder; not what is hidden, and not what packages bring along."""
    for here, folders, files in os.walk(folder, onerror=_unreadable):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _LEFT_OUT)
        for name in sorted(files):
            path = Path(here, name)
            if path.suffix.lower() not in (*_JSON, ".bicep") or any(_fits(path, folder, g) for g in excluded):
                continue
            # A pipe or a device is no file; a link that leads nowhere is one that cannot be read.
            if path.is_file() or not path.exists():
                yield path


def _unreadable(error: OSError) -> None:
    raise UsageError(f"{error.filename}: cannot be read: {error.strerror or error}.")


def _fits(path: Path, folder: Path, pattern: str) -> bool:
    below = path.relative_to(folder).as_posix()
    return any(fnmatch(text, pattern) for text in (below, path.as_posix(), path.name))


def _named(path: Path) -> list[Deployment]:
    if path.suffix.lower() == ".bicepparam":
        return [_of_parameters(path)]
    kind, problem = kind_of(path)
    if kind is Kind.PARAMETERS:
        return [_of_parameters(path)]
    if kind is Kind.OTHER:
        raise _Neither(
            f"{path}: is neither a deployment template nor a Terraform plan: name a template, the JSON of "
            "`terraform show -json`, or a folder that holds some."
        )
    return _variants(Deployment(path, kind, problem=problem))


def kind_of(path: Path) -> tuple[Kind, DocumentError | None]:
    """What a file is, by its content; of one that is not JSON, why."""
    if path.suffix.lower() == ".bicep":
        return Kind.BICEP, None
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            return Kind.BROKEN, DocumentError([(Place(path.as_posix()), f"is larger than {_LARGEST >> 20} MiB.")])
        # Terraform's own form of a plan is an archive.
        return (Kind.PLAN if content.startswith(b"PK") else _kind(json.loads(content))), None
    except OSError as error:
        return Kind.BROKEN, DocumentError([(Place(path.as_posix()), f"cannot be read: {error.strerror or error}.")])
    except (ValueError, RecursionError, MemoryError):
        return _kind_with_comments(path)


def _kind_with_comments(path: Path) -> tuple[Kind, DocumentError | None]:
    from azscheck.sources.templates.reading import read

    try:
        return _kind(read(path).value), None
    except DocumentError as error:
        return Kind.BROKEN, error


def _kind(value: Any) -> Kind:
    from azscheck.sources.templates import is_template

    if is_template(value):
        return Kind.TEMPLATE
    if not isinstance(value, dict):
        return Kind.OTHER
    if "format_version" in value:
        from azscheck.sources.terraform import is_plan

        # A plan of a version to come, which is no plan that is known, is not passed over either.
        if is_plan(value) or ("terraform_version" in value and "values" not in value):
            return Kind.PLAN
    schema = value.get("$schema")
    if isinstance(schema, str) and _SCHEMA.search(schema):
        return Kind.PARAMETERS
    return Kind.OTHER


def _variants(deployment: Deployment) -> list[Deployment]:
    """A template once for each parameter file beside it; `main.parameters.json` is for no variant of its own."""
    if deployment.kind not in (Kind.TEMPLATE, Kind.BICEP):
        return [deployment]
    beside = sorted(deployment.path.parent.iterdir())
    variants = [(file, variant_of(file, deployment.path)) for file in beside]
    found = [replace(deployment, parameters=(f,), variant=v) for f, v in variants if v is not None]
    return found or [deployment]


def variant_of(file: Path, template: Path) -> str | None:
    """The variant that a parameter file is for, empty for the plain one; None for what is none of the template's."""
    stem = _stem(template)
    parted = _PARAMETERS.fullmatch(file.name[len(stem) :]) if file.name.lower().startswith(stem.lower()) else None
    if parted is None or (parted["bicep"] and template.suffix.lower() != ".bicep"):
        return None
    # `main.prod.parameters.json` is for `main.prod.json` where there is that.
    before = parted["before"] or parted["of"]
    if before and template.with_name(f"{stem}.{before}{template.suffix}").exists():
        return None
    return before or parted["after"] or ""


def _stem(template: Path) -> str:
    return template.name[: -len(template.suffix)] if template.suffix else template.name


def _of_parameters(path: Path) -> Deployment:
    """The template that a parameter file is for, with that file alone."""
    for template in sorted(path.parent.iterdir(), key=lambda file: (-len(file.name), file)):
        if template.suffix.lower() in (*_JSON, ".bicep") and template != path:
            variant = variant_of(path, template)
            if variant is not None:
                kind, problem = kind_of(template)
                return Deployment(template, kind, (path,), variant, problem)
    raise _Neither(f"{path}: is a parameter file, and its template is not beside it: name the template, too.")
