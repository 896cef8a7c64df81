"""What `mapping.yaml` says of Terraform's types."""

from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, field

from azscheck.documents import read_own

_PROVIDERS: Final = ("azurestack_", "azurerm_")
Way = tuple[str, ...]
"""The keys of a property, from the resource's root or from the object that a block becomes."""


class Target(Struct, frozen=True):
    """What an attribute or a block is in Resource Manager."""

    way: Way
    kind: str = "value"
    """`value`, `one` or `many` (blocks), `id` or `ids` (of other resources)."""
    attributes: Mapping[str, "Target"] = field(default_factory=dict)
    """Of a block: what is within it."""
    types: tuple[str, ...] = ()
    """Of an id: the types of which the resource may be."""
    scalar: Way = ()
    """Where a value goes that is no block, of an attribute that is one in some types."""


class Row(Struct, frozen=True):
    """One type of Resource Manager, and the Terraform types that are it."""

    type: str
    ids: tuple[str, ...]
    attributes: Mapping[str, Target]
    references: Mapping[str, tuple[str, ...]]
    joined: Mapping[Way, tuple[str, ...]]
    implies: Mapping[str, Mapping[Way, Any]]
    constants: Mapping[Way, Any]
    otherwise: Mapping[str, str]
    """By attribute: the one whose value it takes where the configuration does not set it."""
    untold: tuple[Way, ...]
    protects: str
    vault: str


@lru_cache(1024)
def row_of(terraform_type: str) -> Row | None:
    """The row of a type of either provider."""
    rows, _ = _mapping()
    return rows.get(_bare(terraform_type))


def untranslated(terraform_type: str, type: str = "") -> Row | None:
    """A row for what goes and has none, by which its id, name and tags are told; None for what is not Azure's.

    `type` is its type in Resource Manager, where the resource itself says it.
    """
    if not terraform_type.startswith((*_PROVIDERS, "azapi_")):
        return None
    return _row({"type": type or f"Terraform/{terraform_type}", "id": "{id}"})


def deploys_anything(terraform_type: str) -> bool:
    """Whether a type deploys what no plan tells."""
    _, anything = _mapping()
    return _bare(terraform_type) in anything


def mapped_types() -> frozenset[str]:
    """The types of Resource Manager that a plan can hold."""
    rows, _ = _mapping()
    return frozenset(row.type for row in rows.values())


def _bare(terraform_type: str) -> str:
    return next((terraform_type.removeprefix(p) for p in _PROVIDERS if terraform_type.startswith(p)), "")


@cache
def _mapping() -> tuple[Mapping[str, Row], frozenset[str]]:
    mapping = read_own(Path(__file__).with_name("mapping.yaml").read_text("utf-8"))
    return {name: _row(given) for given in mapping["rows"] for name in given["terraform"]}, frozenset(mapping["open"])


def _row(given: Mapping[str, Any]) -> Row:
    ids = given.get("id", "{group}/providers/" + given["type"] + "/{name}")
    usual = {"location": "location", "tags": "tags"}
    attributes = {name: _target(target) for name, target in {**usual, **given.get("attributes", {})}.items()}
    references = {name: target.types for name, target in attributes.items() if target.types}
    return Row(
        type=given["type"],
        ids=(ids,) if isinstance(ids, str) else tuple(ids),
        attributes=attributes,
        references={**references, **{name: tuple(types) for name, types in given.get("references", {}).items()}},
        joined={_way(path): tuple(names) for path, names in given.get("joined", {}).items()},
        implies={name: _by_way(said) for name, said in given.get("implies", {}).items()},
        constants=_by_way(given.get("constants", {})),
        otherwise=given.get("otherwise", {}),
        untold=tuple(map(_way, given.get("untold", ()))),
        protects=given.get("protects", ""),
        vault=given.get("vault", ""),
    )


def _target(given: Any) -> Target:
    if isinstance(given, str):
        return Target(_way(given))
    way = _way(given["to"])
    for kind in ("one", "many"):
        if kind in given:
            within = {name: _target(target) for name, target in given[kind].items()}
            return Target(way, kind, within, scalar=_way(given.get("scalar", "")))
    kind = "id" if "id" in given else "ids"
    return Target(way, kind, types=tuple(given[kind]))


def _way(path: str) -> Way:
    return tuple(path.split(".")) if path else ()


def _by_way(said: Mapping[str, Any]) -> dict[Way, Any]:
    return {_way(path): value for path, value in said.items()}
