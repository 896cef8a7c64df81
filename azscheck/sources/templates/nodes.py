"""Objects and arrays of a file, which know where their parts are written."""

from typing import Any


class Object(dict[str, Any]):
    """An object of a file, with the offsets of its brace and of its keys."""

    __slots__ = ("at", "keys_at")

    def __init__(self, at: int) -> None:
        self.at = at
        self.keys_at: dict[str, int] = {}

    def own(self, name: str) -> str | None:
        """A key as it is spelled here, for Resource Manager reads keys without regard to case."""
        if name in self:
            return name
        lowered = name.lower()
        return next((key for key in self if key.lower() == lowered), None)

    def of(self, name: str) -> Any:
        """What stands under a key, in any letter case; None when nothing does."""
        key = self.own(name)
        return None if key is None else self[key]

    def at_key(self, name: str) -> int:
        """The offset of a key, or of the object when it has none such."""
        key = self.own(name)
        return self.at if key is None else self.keys_at[key]


class Array(list[Any]):
    """An array of a file, with the offsets of its bracket and of its elements."""

    __slots__ = ("at", "items_at")

    def __init__(self, at: int) -> None:
        self.at = at
        self.items_at: list[int] = []
