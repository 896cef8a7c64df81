"""Where the resources of a plan are written: in `.tf` and `.tf.json` files, for a plan has no lines."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct, field

from azscheck.errors import DocumentError
from azscheck.inventory import Origin
from azscheck.sources.terraform.addresses import module_steps
from azscheck.sources.terraform.body import Way
from azscheck.sources.terraform.change import Change
from azscheck.sources.terraform.hcl import Block, Position, scan
from azscheck.sources.terraform.json_blocks import json_blocks

_LARGEST: Final = 4 * 1024 * 1024
_MOST_FILES: Final = 500
_SUFFIXES: Final = (".tf", ".tf.json", ".tofu", ".tofu.json")
_LOCAL: Final = ("./", "../", ".\\", "..\\")


class _Module(Struct):
    """The blocks of a module's folder, each with its file."""

    resources: dict[tuple[str, str], tuple[str, Block]] = field(default_factory=dict)
    calls: dict[str, Block] = field(default_factory=dict)


class Written:
    """The places of a configuration's resources and attributes."""

    def __init__(self, folder: Path, plan: Path) -> None:
        self._folder = folder
        self._plan = Origin("file", plan.as_posix(), None, 1, 1)
        self._modules: dict[tuple[str, ...], _Module] = {}
        self._folders: dict[tuple[str, ...], Path | None] = {(): folder}
        self._origins: dict[tuple[str, Position], Origin] = {}
        self._installed: Mapping[str, str] | None = None

    def resource(self, change: Change) -> Origin:
        """The block of a resource; the plan itself where its sources are not there."""
        found = self._block(change)
        return self._origin(found[0], found[1].position) if found else self._plan

    def attribute(self, change: Change, way: Way) -> Origin | None:
        """An attribute, a block within the resource, or an attribute of one; None where it is not written."""
        found = self._block(change)
        if not found:
            return None
        path, block = found
        position: Position | None = None
        for n, step in enumerate(way):
            if isinstance(step, int):
                continue
            if step in block.attributes:
                position = block.attributes[step]
                if step not in block.objects:
                    break
                block = block.objects[step]
                continue
            number = next((later for later in way[n + 1 : n + 2] if isinstance(later, int)), 0)
            below = _nested(block, step, number)
            if below is None:
                # A key of an object that is not written as one stands where the object does.
                return (
                    None if n == 0 or block.blocks or block.kind != way[n - 1] else self._origin(path, block.position)
                )
            block, position = below, below.position
        return None if position is None else self._origin(path, position)

    def _origin(self, path: str, position: Position) -> Origin:
        key = path, position
        if key not in self._origins:
            self._origins[key] = Origin("file", path, None, position.line, position.column)
        return self._origins[key]

    def _block(self, change: Change) -> tuple[str, Block] | None:
        names = tuple(name for name, _ in module_steps(change.module))
        return self._module(names).resources.get((change.type, change.name))

    def _module(self, names: tuple[str, ...]) -> _Module:
        if names not in self._modules:
            folder = self._folder_of(names)
            self._modules[names] = _read(folder) if folder else _Module()
        return self._modules[names]

    def _folder_of(self, names: tuple[str, ...]) -> Path | None:
        if names not in self._folders:
            above = self._folder_of(names[:-1])
            call = self._module(names[:-1]).calls.get(names[-1])
            source = call.texts.get("source", "") if call else ""
            if above and source.startswith(_LOCAL):
                self._folders[names] = _plain(above / source.replace("\\", "/"))
            else:
                installed = self._installed_modules().get(".".join(names))
                self._folders[names] = _plain(self._folder / installed) if installed else None
        return self._folders[names]

    def _installed_modules(self) -> Mapping[str, str]:
        """By key: the folder to which `terraform init` put a module."""
        if self._installed is None:
            text = _text(self._folder / ".terraform" / "modules" / "modules.json")
            try:
                listed = json.loads(text).get("Modules") if text else None
            except (ValueError, AttributeError, RecursionError):
                listed = None
            self._installed = {
                m["Key"]: m["Dir"]
                for m in (listed if isinstance(listed, list) else ())
                if isinstance(m, dict) and isinstance(m.get("Key"), str) and isinstance(m.get("Dir"), str)
            }
        return self._installed


def _plain(folder: Path) -> Path:
    return Path(os.path.normpath(folder))


def _nested(block: Block, kind: str, number: int) -> Block | None:
    """The nth block of a kind; those beyond what is written are made by a `dynamic` one."""
    written = [below for below in block.blocks if below.kind == kind]
    made = [
        content
        for below in block.blocks
        if below.kind == "dynamic" and below.labels == (kind,)
        for content in below.blocks
        if content.kind == "content"
    ]
    if number < len(written):
        return written[number]
    return made[0] if made else None


def _read(folder: Path) -> _Module:
    module = _Module()
    for file in _files(folder):
        for block in _blocks(file):
            if block.kind == "resource" and len(block.labels) == 2:
                module.resources.setdefault((block.labels[0], block.labels[1]), (file.as_posix(), block))
            elif block.kind == "module" and len(block.labels) == 1:
                module.calls.setdefault(block.labels[0], block)
    return module


def _files(folder: Path) -> list[Path]:
    try:
        found = sorted(file for file in folder.iterdir() if file.name.endswith(_SUFFIXES))
    except (OSError, ValueError):
        return []
    return found[:_MOST_FILES]


def _text(file: Path) -> str:
    """A file's text; empty for one that cannot be read, for a plan is judged without its sources, too."""
    try:
        if not file.is_file() or file.stat().st_size > _LARGEST:
            return ""
        # A mark at the beginning is no column.
        return file.read_text("utf-8-sig", errors="replace")
    except (OSError, ValueError):
        return ""


def _blocks(file: Path) -> list[Block]:
    text = _text(file)
    if not file.name.endswith(".json"):
        return scan(text)
    from azscheck.documents import parse_document

    try:
        document = parse_document(text, file.as_posix())
    except DocumentError:
        return []
    return list(json_blocks(document.value, document.places))
