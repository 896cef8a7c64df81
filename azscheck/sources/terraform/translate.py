"""One resource of a plan in Resource Manager's shape, by its row of the mapping."""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

from azscheck.inventory import Origin
from azscheck.sources.terraform.body import Body, Way, pointer
from azscheck.sources.terraform.change import Change, Part, View
from azscheck.sources.terraform.identities import Identities
from azscheck.sources.terraform.mapping import Row, Target
from azscheck.sources.terraform.references import References

SENSITIVE: Final = "sensitive value"
UNTOLD: Final = "what only a deployed resource has, a plan does not tell"
_DEEPEST: Final = 8

Where = Callable[[Change, Way], Origin | None]
"""Where an attribute of a resource is written; None where it is not."""


class Translation(Struct, frozen=True):
    """What translates one resource; `identity` is its id."""

    change: Change
    row: Row
    identities: Identities
    references: References
    where: Where

    def body(self, view: View, identity: str) -> Body:
        """The body of the resource."""
        body = Body({"id": identity, "type": self.row.type})
        self._name(body, view, identity)
        for way, value in self.row.constants.items():
            body.set(way, value)
        self._attributes(body, self.row.attributes, view, (), ())
        self._joined(body, view)
        for name, said in self.row.implies.items():
            if view.attribute(name).value:
                for way, value in said.items():
                    body.set(way, value)
        for untold in self.row.untold:
            if body.get(untold) is None and (len(untold) < 3 or body.get(untold[:-1]) is not None):
                body.hide(untold, UNTOLD)
        return body

    def _name(self, body: Body, view: View, identity: str) -> None:
        part = view.attribute("name")
        if (place := self.where(self.change, ("name",))) is not None:
            body.places["/name"] = place
        if part.unknown is True or part.sensitive is True:
            body.hide(("name",), self._reason(part, ("name",)))
        else:
            body.set(("name",), part.text or identity.rpartition("/")[2])

    def _attributes(self, body: Body, targets: Mapping[str, Target], view: View, base: Way, above: Way) -> None:
        for name, target in targets.items():
            part, way, source = view.attribute(name), (*base, *target.way), (*above, name)
            if part.value is None and part.unknown is None and part.sensitive is not True:
                continue
            self._place(body, way, source)
            if part.sensitive is True:
                body.hide(way, SENSITIVE)
            elif target.kind in ("id", "ids"):
                self._reference(body, target, part, way, source)
            elif part.unknown is True:
                self._unknown(body, part, way, source, view)
            elif target.kind == "value":
                self._value(body, part, way, source)
            elif isinstance(part.value, list | dict):
                self._blocks(body, target, part, way, source)
            elif target.scalar and part.value not in (None, ""):
                body.set((*base, *target.scalar), part.value)

    def _blocks(self, body: Body, target: Target, part: Part, way: Way, source: Way) -> None:
        if isinstance(part.value, dict):
            self._attributes(body, target.attributes, part.view, way, source)
        elif target.kind == "one":
            if part.value:
                self._attributes(body, target.attributes, part.element(0).view, way, (*source, 0))
        elif part.value:
            body.set(way, [{} for _ in part.value])
            for n in range(len(part.value)):
                self._place(body, (*way, n), (*source, n))
                if part.element(n).sensitive is True:
                    body.hide((*way, n), SENSITIVE)
                else:
                    self._attributes(body, target.attributes, part.element(n).view, (*way, n), (*source, n))

    def _reference(self, body: Body, target: Target, part: Part, way: Way, source: Way) -> None:
        """Ids; what is not known yet is looked for in the configuration."""
        if target.kind == "ids" and isinstance(part.value, list):
            met = self.identities.resources(self.change, source, target.types)
            body.set(way, [{} for _ in part.value])
            for n in range(len(part.value)):
                element = part.element(n)
                if element.text:
                    body.set((*way, n, "id"), element.text)
                elif element.unknown is True and element.sensitive is not True and len(met) == len(part.value):
                    body.set((*way, n, "id"), self.identities.of(met[n]))
                else:
                    body.hide((*way, n, "id"), self._reason(element, source))
        elif part.unknown is True:
            met = self.identities.resources(self.change, source, target.types) if target.kind == "id" else []
            if len(met) == 1:
                body.set(way, self.identities.of(met[0]))
            elif self.references.expressed(self.change, source):
                body.hide(way, self._reason(part, source))
        elif part.text:
            body.set(way, part.text)

    def _unknown(self, body: Body, part: Part, way: Way, source: Way, view: View) -> None:
        other = self.row.otherwise.get(source[-1]) if isinstance(source[-1], str) else None
        if other and not self.references.expressed(self.change, source) and view.attribute(other).text:
            body.set(way, view.attribute(other).text)
        else:
            body.hide(way, self._reason(part, source))

    def _value(self, body: Body, part: Part, way: Way, source: Way, depth: int = 0) -> None:
        """A value as it is, without what of it is not known."""
        value = part.value
        if part.sensitive is True or part.unknown is True:
            body.hide(way, self._reason(part, source))
        elif depth > _DEEPEST:
            body.hide(way, "nested too deep to be a property")
        elif isinstance(value, dict):
            body.set(way, {})
            unknown = part.unknown if isinstance(part.unknown, dict) else {}
            for key in [*value, *(key for key in unknown if key not in value)]:
                self._place(body, (*way, key), (*source, key))
                self._value(body, part.element(key), (*way, key), (*source, key), depth + 1)
        elif isinstance(value, list):
            body.set(way, [None] * len(value))
            for n in range(len(value)):
                self._value(body, part.element(n), (*way, n), (*source, n), depth + 1)
        elif value is not None and (value != "" or depth):
            # Terraform writes an empty text for what is not set.
            body.set(way, value)

    def _joined(self, body: Body, view: View) -> None:
        for way, names in self.row.joined.items():
            parts = [view.attribute(name) for name in names]
            self._place(body, way, (names[-1],))
            hidden = next((n for n, p in enumerate(parts) if p.unknown is True or p.sensitive is True), None)
            if hidden is not None:
                body.hide(way, self._reason(parts[hidden], (names[hidden],)))
            elif all(part.text for part in parts):
                body.set(way, "_".join(part.text for part in parts))

    def _place(self, body: Body, way: Way, source: Way) -> None:
        if (place := self.where(self.change, source)) is not None:
            body.places[pointer(way)] = place

    def _reason(self, part: Part, source: Way) -> str:
        if part.sensitive is True:
            return SENSITIVE
        path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in source)
        texts = self.references.texts(self.change, source)
        named = f" ({', '.join(texts[:3])})" if texts else ""
        return f"{self.change.address}{path} is known after apply{named}"
