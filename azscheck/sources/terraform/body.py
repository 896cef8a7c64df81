"""A resource in the making: its body, what of it is not known, and where each part is written."""

from typing import Any

from msgspec import Struct, field

from azscheck.inventory import Origin

Way = tuple[str | int, ...]


class Body(Struct):
    """The body of a resource, written property by property."""

    value: dict[str, Any] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    places: dict[str, Origin] = field(default_factory=dict)

    def set(self, way: Way, value: Any) -> None:
        """Write a property; what was not known of it is known now."""
        self._above(way)[way[-1]] = value
        self.unknown.pop(pointer(way), None)

    def hide(self, way: Way, reason: str) -> None:
        """Note that a property is not known."""
        above = self._above(way)
        if isinstance(above, dict):
            above.pop(way[-1], None)
        self.unknown[pointer(way)] = reason

    def get(self, way: Way) -> Any:
        """What is written; None where nothing is."""
        found: Any = self.value
        for step in way:
            if isinstance(found, dict) and isinstance(step, str):
                found = found.get(step)
            elif isinstance(found, list) and isinstance(step, int) and step < len(found):
                found = found[step]
            else:
                return None
        return found

    def _above(self, way: Way) -> Any:
        found: Any = self.value
        for step in way[:-1]:
            found = found.setdefault(step, {}) if isinstance(found, dict) else found[step]
        return found


def pointer(way: Way) -> str:
    """The JSON Pointer of a property."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in way)
