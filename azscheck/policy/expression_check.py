"""Expressions in policies, held against the functions, parameters and paths that there are."""

from typing import Any, Final

from azscheck.documents import Document, Path_, did_you_mean
from azscheck.expressions import Call, ExpressionError, calls, is_expression, parse
from azscheck.place import Place
from azscheck.policy.paths import parse_path

_HERE: Final = {"field": (1, 1), "parameters": (1, 1), "current": (0, 1), "subject": (1, 2), "utcnow": (0, 0)}
"""The functions whose value depends on where they stand, with their least and most arguments."""


class ExpressionCheck:
    """Checks the expressions of one policy, or of one named condition; mistakes are added to `mistakes`."""

    def __init__(
        self, document: Document, parameters: frozenset[str], mistakes: list[tuple[Place, str]], of: str = "policy"
    ) -> None:
        self._document = document
        self._parameters = parameters
        self._mistakes = mistakes
        self.used: set[str] | None = set()
        """The parameters that are read; None when a name that is worked out may be any of them."""
        self._of = of

    def _mistake(self, steps: Path_, sentence: str) -> None:
        self._mistakes.append((self._document.place(*steps), sentence))

    def check(self, value: Any, steps: Path_) -> None:
        """Hold every expression in a value against what policies have."""
        match value:
            case dict():
                for key, below in value.items():
                    self.check(below, (*steps, key))
            case list():
                for i, below in enumerate(value):
                    self.check(below, (*steps, i))
            case str() if is_expression(value):
                self._check_expression(value, steps)

    def _check_expression(self, text: str, steps: Path_) -> None:
        from azscheck.expressions import FUNCTIONS, not_in_policies

        try:
            tree = parse(text)
        except ExpressionError as error:
            self._mistake(steps, f"{error}.")
            return
        for call in calls(tree):
            function = FUNCTIONS.get(call.name)
            least, most = (function.least, function.most) if function else _HERE.get(call.name, (-1, -1))
            given = len(call.arguments)
            if least == -1:
                known = not_in_policies(call.name)
                near = did_you_mean(call.name, [*(f.name for f in FUNCTIONS.values()), *_HERE])
                why = f"{known}." if known else f"is not a function that policies have{near}"
                self._mistake(steps, f"{call.text.partition('(')[0]}() {why}")
            elif given < least or (most is not None and given > most):
                wanted = str(least) if most == least else f"{least} or more" if most is None else f"{least} to {most}"
                self._mistake(steps, f"{call.text} takes {wanted} arguments, not {given}.")
            else:
                self._check_names(call, steps)

    def _check_names(self, call: Call, steps: Path_) -> None:
        name = getattr(call.arguments[0], "value", None) if call.arguments else None
        if call.name == "parameters":
            self._use(name, steps)
        if not isinstance(name, str):
            if call.name == "parameters" and self._of == "condition":
                # What cannot be seen cannot be replaced, and would be the policy's.
                self._mistake(steps, f"{call.text}: a named condition names its parameters in plain text.")
            return
        if call.name in ("field", "subject"):
            self._check_path(name, steps)
        counts = getattr(call.arguments[1], "value", None) if len(call.arguments) == 2 else 1
        if call.name == "subject" and not (type(counts) is int and counts > 0):
            self._mistake(steps, f"{call.text}: the second argument is how many counts outwards, a number from 1.")

    def _use(self, name: Any, steps: Path_) -> None:
        if not isinstance(name, str):
            self.used = None
        elif name not in self._parameters:
            near = did_you_mean(name, self._parameters)
            self._mistake(steps, f"the {self._of} has no parameter {name!r}{near}")
        elif self.used is not None:
            self.used.add(name)

    def _check_path(self, text: str, steps: Path_) -> None:
        try:
            parse_path(text)
        except ValueError as error:
            self._mistake(steps, f"{error}.")
