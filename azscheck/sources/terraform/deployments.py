"""Templates that a plan deploys: read as any other, at the place of the resource that deploys them.

https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/resource_group_template_deployment
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from azscheck.errors import DocumentError
from azscheck.inventory import Coverage, CoverageState, Inventory, Origin, Resource
from azscheck.place import Place
from azscheck.sources.made_templates import made_templates
from azscheck.sources.placement import Placement
from azscheck.sources.terraform.change import Change, Part
from azscheck.sources.terraform.identities import Identities

_TEMPLATES: Final = ("template_content", "template_body")
_PARAMETERS: Final = ("parameters_content", "parameters_body")
_SCHEMA: Final = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"


class Deployed(Struct, frozen=True):
    """What a template in a plan deploys: its resources, and the lists that it leaves open."""

    resources: tuple[Resource, ...] = ()
    gaps: tuple[Coverage, ...] = ()
    reason: str = ""
    """Why it is not known what it deploys; empty where it is."""


def deployed(
    change: Change,
    identities: Identities,
    groups: Mapping[str, Any],
    origin: Origin,
    stamp: str,
    placement: Placement,
    now: datetime,
) -> Deployed:
    """What the template of a resource deploys; raises DocumentError for what no template is.

    `groups` are the locations of the plan's resource groups, by their names in lower case.
    """
    view = change.planned
    content = next((text for name in _TEMPLATES if (text := view.attribute(name).text)), "")
    group = view.attribute("resource_group_name")
    if not content or (group.value is None and group.unknown is True):
        return Deployed(reason=f"{change.address} deploys a template that the plan does not show")
    template, given, values = _object(content), *_parameters(change)
    if not isinstance(template, dict):
        raise DocumentError([(_place(origin), f"the template of {change.address} is not JSON.")])
    _forget_defaults(template, change)
    here = replace(placement, subscription_id=identities.subscription)
    if group.text:
        location = groups.get(group.text.lower())
        here = replace(here, resource_group=group.text, location=location if isinstance(location, str) else "")
        here = here if here.location else replace(here, location=placement.location)
    with made_templates() as made:
        shown = f"the template of {change.address}"
        file = made.file(json.dumps(template).encode(), origin, shown)
        files = [made.file(json.dumps(given).encode(), origin, f"the parameters of {change.address}")] if given else []
        found = made.collect(file, stamp, files, values, here, now)
    return Deployed(found.resources, _gaps(found))


def _gaps(found: Inventory) -> tuple[Coverage, ...]:
    """What the template cannot say, beside what no template does."""
    skipped = (c for c in found.coverage if c.state is CoverageState.SKIPPED)
    return tuple(c for c in skipped if not c.reason.rstrip(".").endswith("template does not tell"))


def _parameters(change: Change) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """A parameter file, where one is quoted, and values; none of those that are not known or not to be shown."""
    for name in _PARAMETERS:
        told = _object(change.planned.attribute(name).text)
        if isinstance(told, dict):
            inner = told.get("parameters")
            return {
                "$schema": _SCHEMA,
                "contentVersion": "1.0.0.0",
                "parameters": inner if isinstance(inner, dict) else told,
            }, {}
    part = change.planned.attribute("parameters")
    values = part.value if isinstance(part.value, dict) and part.sensitive is not True else {}
    return {}, {name: value for name, value in values.items() if not _hidden(part.element(name))}


def _forget_defaults(template: dict[str, Any], change: Change) -> None:
    """A parameter whose value is known later has no default: it is not what the template would take."""
    declared = template.get("parameters")
    declared = declared if isinstance(declared, dict) else {}
    quoted = any(_hidden(change.planned.attribute(name)) for name in _PARAMETERS)
    part = change.planned.attribute("parameters")
    for name, parameter in declared.items():
        if isinstance(parameter, dict) and (quoted or _hidden(part) or _hidden(_any_case(part, name))):
            parameter.pop("defaultValue", None)


def _any_case(part: Part, name: str) -> Part:
    masks = (mask for mask in (part.unknown, part.sensitive, part.value) if isinstance(mask, dict))
    key = next((key for mask in masks for key in mask if key.lower() == name.lower()), name)
    return part.element(key)


def _hidden(part: Part) -> bool:
    return part.unknown is True or part.sensitive is True


def _object(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None


def _place(origin: Origin) -> Place:
    return Place(origin.address, origin.line or 1, origin.column or 1)
