"""What parameters are given: by a file, or by the template around a nested one."""

from typing import Any

from msgspec import Struct

from azscheck.errors import DocumentError
from azscheck.place import Place
from azscheck.sources.templates.frame import SECURE, Frame
from azscheck.sources.templates.nodes import Object
from azscheck.sources.templates.placeholders import name_of
from azscheck.sources.templates.reading import Source
from azscheck.values import Unknown


class Given(Struct, frozen=True):
    """A value that a parameter is given: as it is, or as it stands in the template around."""

    node: Any
    place: Place
    frame: Frame | None = None
    """Where the expressions in it are worked out; None: there are none in it."""

    def value(self) -> Any:
        """The value, or Unknown."""
        return self.node if self.frame is None else self.frame.render(self.node)

    def text(self) -> Any:
        """What stands for it in a name."""
        return name_of(self.frame, self.node) if self.frame is not None and isinstance(self.node, str) else None


def given_in_file(source: Source) -> dict[str, Given]:
    """The values in a file of parameters; DocumentError when it is none."""
    value = source.value
    parameters = value.of("parameters") if isinstance(value, Object) else None
    if not isinstance(parameters, Object):
        raise DocumentError([(source.place(0), "is not a file of parameters: it has no object 'parameters'.")])
    return given_in(parameters, source, None)


def given_in(parameters: Object, source: Source, frame: Frame | None) -> dict[str, Given]:
    """Parameters as a file or a nested deployment gives them: `{"vmName": {"value": "web1"}}`."""
    found: dict[str, Given] = {}
    for name, entry in parameters.items():
        place = source.place(parameters.keys_at[name])
        if isinstance(entry, Object) and entry.own("value") is not None:
            found[name.lower()] = Given(entry.of("value"), source.place(entry.at_key("value")), frame)
        elif isinstance(entry, Object) and entry.own("reference") is not None:
            found[name.lower()] = Given(Unknown(f"{SECURE}{name}"), place)
        else:
            raise DocumentError([(place, f"the parameter {name!r} has neither 'value' nor 'reference'.")])
    return found
