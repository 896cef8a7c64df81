"""Nested and linked deployments: whose names their expressions see, and where their resources go.

https://learn.microsoft.com/azure/azure-resource-manager/templates/linked-templates
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

from azscheck.sources.templates.found import Found
from azscheck.sources.templates.frame import Frame
from azscheck.sources.templates.given import Given, given_in, given_in_file
from azscheck.sources.templates.links import beside, by_address
from azscheck.sources.templates.nodes import Object
from azscheck.sources.templates.parameters import checked, declared
from azscheck.sources.templates.placeholders import name_of
from azscheck.sources.templates.reading import Source, read
from azscheck.sources.templates.scope import Scope
from azscheck.sources.templates.shape import check_template
from azscheck.sources.templates.target import Target
from azscheck.values import Unknown

if TYPE_CHECKING:
    from azscheck.sources.templates.deployment import Deployment

_DEEPEST: Final = 20


class Nesting(Struct, frozen=True):
    """The files that led to a deployment, and how many deployments it lies in."""

    files: tuple[str, ...]
    depth: int = 0


def nested_deployment(
    make: Callable[..., "Deployment"], found: Found, node: Object, frame: Frame, target: Target, nesting: Nesting
) -> "Deployment | Unknown":
    """The deployment that a resource of type `Microsoft.Resources/deployments` makes; Unknown when not to be had."""
    properties = node.of("properties")
    if not isinstance(properties, Object):
        return Unknown("its properties are not written out")
    if nesting.depth >= _DEEPEST:
        return Unknown(f"it lies within more than {_DEEPEST} others", error=True)
    below = replace(nesting, depth=nesting.depth + 1)
    target = _target(node, frame, target)
    template = properties.of("template")
    if isinstance(template, Object):
        options = properties.of("expressionEvaluationOptions")
        scope = options.of("scope") if isinstance(options, Object) else None
        if str(scope).lower() != "inner":
            return make(found, frame, template, target, below)
        return _inner(make, found, node, frame, frame.scope.source, template, target, below)
    link = properties.of("templateLink")
    source = _linked(found, link, frame) if isinstance(link, Object) else Unknown("it has no template")
    if isinstance(source, Unknown):
        return source
    if str(source.path.resolve()) in nesting.files:
        return Unknown(f"{source.shown} links to itself", error=True)
    below = replace(below, files=(*below.files, str(source.path.resolve())))
    return _inner(make, found, node, frame, source, check_template(source), target, below)


def _inner(
    make: Callable[..., "Deployment"],
    found: Found,
    node: Object,
    frame: Frame,
    source: Source,
    template: Object,
    target: Target,
    nesting: Nesting,
) -> "Deployment | Unknown":
    given = _given(found, node.of("properties"), frame)
    if isinstance(given, Unknown):
        given = {name.lower(): Given(given, source.place(0)) for name in template.of("parameters") or ()}
    scope = Scope(source, template, target, found.steps, lambda own: declared(own, given))
    name = frame.evaluate(node.of("name")) if isinstance(node.of("name"), str) else None
    if isinstance(name, str):
        scope.name = name
    deployment = make(found, scope.frame, template, target, nesting)
    scope.deployed = deployment
    checked(scope)
    return deployment


def _target(node: Object, frame: Frame, target: Target) -> Target:
    texts: list[str | None] = []
    known = True
    for key in ("subscriptionId", "resourceGroup"):
        written = node.of(key)
        if not isinstance(written, str):
            texts.append(None)
            continue
        known = known and isinstance(frame.evaluate(written), str)
        texts.append(str(name_of(frame, written)))
    return target.elsewhere(*texts, told=known)


def _linked(found: Found, link: Object, frame: Frame) -> Source | Unknown:
    relative, address = link.of("relativePath"), link.of("uri")
    if isinstance(relative, str) and relative:
        way = name_of(frame, relative)
        file = beside(frame.scope.source, way) if isinstance(way, str) else None
    elif isinstance(address, str):
        way = name_of(frame, address)
        file = by_address(frame.scope.source, way) if isinstance(way, str) else None
    else:
        return Unknown("its template is kept elsewhere")
    if file is None:
        return Unknown(f"no file of {way} lies beside or below {frame.scope.source.shown}")
    path, shown = file
    key = str(path)
    if key not in found.files:
        found.files[key] = read(path, shown)
    return found.files[key]


def _given(found: Found, properties: Object, frame: Frame) -> Mapping[str, Given] | Unknown:
    parameters, link = properties.of("parameters"), properties.of("parametersLink")
    if isinstance(parameters, Object):
        return given_in(parameters, frame.scope.source, frame)
    if isinstance(parameters, str):
        return _given_whole(frame.evaluate(parameters), frame)
    if isinstance(link, Object):
        source = _linked(found, link, frame)
        return source if isinstance(source, Unknown) else given_in_file(source)
    return {}


def _given_whole(value: Any, frame: Frame) -> Mapping[str, Given] | Unknown:
    if not isinstance(value, dict):
        return value if isinstance(value, Unknown) else Unknown("its parameters are no object", error=True)
    place = frame.scope.source.place(0)
    return {
        name.lower(): Given(entry["value"] if isinstance(entry, dict) and "value" in entry else entry, place)
        for name, entry in value.items()
    }
