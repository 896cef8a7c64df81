"""One deployment: the resources of a template, with their loops, conditions, children and nested deployments."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from azscheck.sources.templates.found import ANY, Found
from azscheck.sources.templates.frame import Frame, Places
from azscheck.sources.templates.machines import with_platform
from azscheck.sources.templates.nested import Nesting, nested_deployment
from azscheck.sources.templates.nodes import Array, Object
from azscheck.sources.templates.placeholders import name_of
from azscheck.sources.templates.resources import Named, built, named
from azscheck.sources.templates.steps import A_RESOURCE
from azscheck.sources.templates.target import Target
from azscheck.values import Unknown

DEPLOYMENTS: Final = "microsoft.resources/deployments"


class Deployment:
    """A template that goes to one target; `frame` is where its expressions stand."""

    def __init__(self, found: Found, frame: Frame, template: Object, target: Target, nesting: Nesting) -> None:
        self._found = found
        self._frame = frame
        self._template = template
        self._target = target
        self._nesting = nesting
        self._below: dict[Any, Deployment | Unknown] = {}
        self._outputs: dict[str, Any] = {}
        self._busy = False

    def walk(self, doubt: str = "") -> None:
        """Find the resources; with a `doubt`, note only that they may be there."""
        for node in self._nodes():
            self._looped(node, self._frame, None, doubt)

    def _nodes(self) -> Iterator[Object]:
        resources = self._template.of("resources")
        nodes = resources.values() if isinstance(resources, Object) else resources
        for node in nodes if isinstance(resources, Object | Array) else ():
            if isinstance(node, Object):
                yield node
            else:
                self._found.doubt(ANY, self._target.id, f"{self._at(self._template)}: a resource is no object.")

    def _at(self, node: Object) -> str:
        return str(self._frame.scope.source.origin(node.at))

    def _turns(self, node: Object, frame: Frame) -> Iterator[tuple[Frame, str]]:
        """The frames of a resource, one for each turn of its loop, with the doubt whether it runs."""
        loop = node.of("copy")
        if not isinstance(loop, Object):
            yield frame, ""
            return
        written = loop.of("name")
        name = str(name_of(frame, written)) if isinstance(written, str) else ""
        count = frame.count(loop)
        if isinstance(count, Unknown):
            reason = f"{self._at(node)}: how many there are is not known: {count.reason}."
            yield frame.looped(name, Unknown(f"the loop {name}: {count.reason}"), own=True), reason
            return
        for index in range(count):
            yield frame.looped(name, index, own=True), ""

    def _looped(self, node: Object, frame: Frame, parent: Named | None, doubt: str) -> None:
        for turn, why in self._turns(node, frame):
            self._found.steps.spend(A_RESOURCE)
            self._one(node, turn, parent, doubt or why)

    def _one(self, node: Object, frame: Frame, parent: Named | None, doubt: str) -> None:
        own = named(node, frame, parent, self._target)
        there = self._condition(node, frame)
        reason = doubt
        if isinstance(there, Unknown):
            reason = doubt or f"{self._at(node)}: whether it is deployed is not known: {there.reason}."
        if there is not False:
            if own is None:
                why = reason or f"{self._at(node)}: the type of a resource is not known."
                self._found.doubt(ANY, self._target.id, why)
            elif own.kind.lower() == DEPLOYMENTS:
                self._nest(node, frame, reason)
            elif reason:
                self._found.doubt(own.type, own.above or self._target.id, reason)
                if own.type.lower() == "microsoft.compute/virtualmachines":
                    self._found.doubt("Microsoft.Compute/disks", self._target.id, reason)
            else:
                with_platform(self._found, built(self._found, node, frame, own))
        # https://learn.microsoft.com/azure/azure-resource-manager/templates/conditional-resource-deployment
        # A condition does not hold for the children: each has its own.
        children = node.of("resources")
        below = children.values() if isinstance(children, Object) else children
        for child in below if own is not None and isinstance(children, Object | Array) else ():
            if isinstance(child, Object):
                self._looped(child, frame, own, doubt)

    def _condition(self, node: Object, frame: Frame) -> Any:
        if node.of("existing") is True:
            return False
        if node.own("condition") is None:
            return True
        value = frame.render(node.of("condition"), "", Places())
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        return value if isinstance(value, bool | Unknown) else Unknown("a condition is true or false", error=True)

    def _nest(self, node: Object, frame: Frame, doubt: str) -> None:
        below = self._nested(node, frame)
        if isinstance(below, Unknown):
            reason = doubt or f"{self._at(node)}: what the nested deployment holds is not known: {below.reason}."
            self._found.doubt(ANY, self._target.id, reason)
        else:
            below.walk(doubt)

    def _nested(self, node: Object, frame: Frame) -> "Deployment | Unknown":
        key = (id(node), *frame.loops.items())
        if key not in self._below:
            self._below[key] = nested_deployment(Deployment, self._found, node, frame, self._target, self._nesting)
        return self._below[key]

    def outputs(self, name: str) -> Any:
        """The outputs of the nested deployment of this name, id or symbol; None when it is none."""
        if not self._outputs:
            self._outputs = self._named_deployments()
        wanted = name.lower().rpartition("/")[2]
        if wanted not in self._outputs:
            return None
        below = self._nested(*self._outputs[wanted])
        return Unknown(f"the nested deployment {name}: {below.reason}") if isinstance(below, Unknown) else below.made()

    def _named_deployments(self) -> dict[str, Any]:
        found: dict[str, Any] = {"": None}
        resources = self._template.of("resources")
        symbols = {id(node): symbol for symbol, node in resources.items()} if isinstance(resources, Object) else {}
        for node in self._nodes():
            if str(node.of("type")).lower() == DEPLOYMENTS:
                for turn, why in self._turns(node, self._frame):
                    name = name_of(turn, str(node.of("name")))
                    if not why and isinstance(name, str):
                        found[name.lower()] = (node, turn)
                        found.setdefault(symbols.get(id(node), name).lower(), (node, turn))
        del found[""]
        return found or {"\0": None}

    def made(self) -> Any:
        """Its own outputs, as `reference()` of the deployment gives them."""
        if self._busy:
            return Unknown("a deployment's outputs refer to themselves", error=True)
        self._busy = True
        try:
            outputs = self._template.of("outputs")
            return {
                name: {"type": node.of("type"), "value": self._output(name, node)}
                for name, node in (outputs.items() if isinstance(outputs, Object) else ())
                if isinstance(node, Object)
            }
        finally:
            self._busy = False

    def _output(self, name: str, node: Object) -> Any:
        if str(node.of("type")).lower().startswith("secure"):
            return Unknown(f"secure output {name}")
        loop = node.of("copy")
        if isinstance(loop, Object):
            return self._frame.repeated(loop, name, own=True)
        return self._frame.render(node.of("value"))

    def known(self, symbol: str) -> Mapping[str, Any] | None:
        """What is known of the resource of a symbolic name before it is there."""
        resources = self._template.of("resources")
        node = resources.of(symbol) if isinstance(resources, Object) else None
        if not isinstance(node, Object) or isinstance(node.of("copy"), Object):
            return None
        own = named(node, self._frame, None, self._target)
        if own is None:
            return None
        unknown = Unknown(f"the name of {symbol} is not known")
        return {"id": own.id if not own.why else unknown, "name": own.name if own.told else unknown, "type": own.kind}
