"""What the names in a template's expressions mean: parameters and variables, each worked out when it is first used."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from azscheck.documents import did_you_mean
from azscheck.sources.templates.frame import Frame
from azscheck.sources.templates.nodes import Array, Object
from azscheck.sources.templates.placeholders import name_of, placeholder
from azscheck.sources.templates.reading import Source
from azscheck.sources.templates.steps import Steps
from azscheck.sources.templates.target import Target
from azscheck.values import Unknown

if TYPE_CHECKING:
    from azscheck.expressions import Functions
    from azscheck.sources.templates.template_functions import Deployed

_UNSET: Final = object()


class Named:
    """A parameter or a variable: its value, and a text in its stead where the value is not known."""

    def __init__(self, label: str, value: Callable[[], Any], text: Callable[[], Any] | None = None) -> None:
        self._label = label
        self._make = value
        self._make_text = text
        self._value: Any = _UNSET
        self._text: Any = _UNSET
        self._busy = False

    def value(self) -> Any:
        """The value, or Unknown; of what refers to itself, an Unknown that says so."""
        if self._value is _UNSET:
            if self._busy:
                return Unknown(f"{self._label} refers to itself", error=True)
            self._busy = True
            try:
                self._value = self._make()
            except RecursionError:
                self._value = Unknown(f"{self._label} is made of too many others", error=True)
            finally:
                self._busy = False
        return self._value

    def text(self) -> str:
        """What stands for an unknown value in a name: `{vmName}`."""
        if self._text is _UNSET:
            self._text = placeholder(self._label.rpartition(" ")[2])
            if self._make_text is not None:
                # Of a variable that refers to itself its name is the text.
                made = self._make_text()
                self._text = made if isinstance(made, str) else self._text
        return str(self._text)


class Scope:
    """One template's names, functions and place."""

    def __init__(
        self,
        source: Source,
        template: Object,
        target: Target,
        steps: Steps,
        parameters: Callable[["Scope"], Mapping[str, Named]],
    ) -> None:
        self.source = source
        self.target = target
        self.steps = steps
        self.template = template
        self.deployed: Deployed | None = None
        """The deployment whose resources the expressions may refer to."""
        self.name: Any = Unknown("the deployment's name is given when it is deployed")
        self._here: Functions | None = None
        self._parameters = parameters(self)
        self._variables = self._declared()

    @property
    def frame(self) -> Frame:
        """Where an expression outside all loops stands."""
        if self._here is None:
            from azscheck.sources.templates.template_functions import functions_of

            self._here = functions_of(self)
        return Frame(self, self._here)

    def parameter(self, name: str) -> Named:
        """A parameter by its name in any letter case."""
        return _of(self._parameters, name, "parameter")

    def variable(self, name: str) -> Named:
        """Likewise a variable."""
        return _of(self._variables, name, "variable")

    def _declared(self) -> dict[str, Named]:
        found: dict[str, Named] = {}
        variables = self.template.of("variables")
        for key, node in variables.items() if isinstance(variables, Object) else ():
            if key.lower() == "copy" and isinstance(node, Array):
                for entry in node:
                    name = entry.of("name") if isinstance(entry, Object) else None
                    if isinstance(name, str):
                        found[name.lower()] = self._made_by_loop(name, entry)
            else:
                found[key.lower()] = self._written(key, node)
        return found

    def _made_by_loop(self, name: str, loop: Object) -> Named:
        return Named(f"the variable {name}", lambda: self.frame.repeated(loop, name))

    def _written(self, name: str, node: Any) -> Named:
        text = (lambda: name_of(self.frame, node)) if isinstance(node, str) else None
        return Named(f"the variable {name}", lambda: self.frame.render(node), text)


def _of(table: Mapping[str, Named], name: str, kind: str) -> Named:
    found = table.get(name.lower())
    if found is None:
        near = did_you_mean(name, table)
        wrong = Unknown(f"the template has no {kind} {name!r}{near}".removesuffix("."), error=True)
        return Named(f"the {kind} {name}", lambda: wrong)
    return found
