"""What is known of a function: how it is called, what it does, and an example that runs."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

Table = Mapping[str, "Function"]
"""Functions by their names in lower case, for ARM reads them without regard to case."""


class Function(Struct, frozen=True):
    """A function as a policy's author may call it; `name` as Azure spells it."""

    name: str
    call: Callable[..., Any]
    least: int
    most: int | None
    does: str
    """One line for a reference page."""
    example: str
    """An expression without its brackets."""
    result: Any
    """The example's value."""
    lazy: bool = False
    """Whether it takes its arguments unevaluated."""


def table(*functions: Function) -> Table:
    """The functions of one kind, by name."""
    return {function.name.lower(): function for function in functions}
