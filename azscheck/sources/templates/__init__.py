"""ARM deployment templates, as the inventory that a stamp would give after the deployment."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from azscheck.inventory import Inventory
from azscheck.sources.placement import Placement

__all__ = ["collect", "is_template"]

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
_HERE: Final = Placement()


def collect(
    template: Path,
    *,
    stamp: str,
    parameters: Sequence[Path] = (),
    values: Mapping[str, Any] = _NOTHING,
    placement: Placement = _HERE,
    now: datetime,
) -> Inventory:
    """What a template deploys, in ARM's shape, with the line of every property."""
    raise NotImplementedError


def is_template(value: Any) -> bool:
    """Whether a JSON document looks like a deployment template."""
    return isinstance(value, dict) and "resources" in value
