"""ARM deployment templates, as the inventory that a stamp would give after the deployment."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from azscheck.inventory import Inventory
from azscheck.sources.placement import Placement
from azscheck.sources.templates.shape import is_template

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
    """What a template deploys, in ARM's shape, with the line of every property.

    `parameters` are files of which a later one counts; `values` count more than they. What cannot be known before the
    deployment is unknown. Raises DocumentError for what the author of a file wrote wrong, UsageError for a missing file
    and for a value of a parameter that there is none of.
    """
    from azscheck.sources.templates.collection import collected

    return collected(template, stamp, parameters, values, placement, now)
