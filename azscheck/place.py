"""Where in a file something stands."""

from msgspec import Struct


class Place(Struct, frozen=True, order=True):
    """A position in a file; line and column count from 1."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"
