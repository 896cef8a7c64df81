"""The keys of an inventory's resources: by them a reader knows how each is spelled, and decodes only what it wants."""

from typing import Any, Final

TAGS: Final = "tags"
"""The object whose keys people choose: there may be any number, in any letter case, so they are not listed."""
_MOST = 20_000


class Keys:
    """Gathers the keys of documents."""

    def __init__(self) -> None:
        self._found: set[str] = set()

    def add(self, document: Any) -> None:
        """Take up the keys of a document, at any depth."""
        parts = [document]
        while parts:
            part = parts.pop()
            if isinstance(part, dict):
                self._found.update(part)
                parts += [below for key, below in part.items() if key.lower() != TAGS]
            elif isinstance(part, list):
                parts += part

    def listed(self) -> list[str] | None:
        """All of them in order; None when they are too many to be of use."""
        return sorted(self._found) if len(self._found) <= _MOST else None
