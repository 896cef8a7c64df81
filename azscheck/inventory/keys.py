"""The keys of an inventory's resources: by them a reader knows how each is spelled, and decodes only what it wants."""

from typing import Any, Final

TAGS: Final = "tags"
"""The object whose keys people choose: any number of them, in any letter case."""
_MOST: Final = 20_000


class Keys:
    """Gathers the keys of documents, those of tags apart."""

    def __init__(self) -> None:
        self._keys: set[str] = set()
        self._tags: set[str] = set()

    def add(self, document: Any) -> None:
        """Take up the keys of a document, at any depth."""
        parts = [(document, self._keys)]
        while parts:
            part, found = parts.pop()
            if isinstance(part, dict):
                found.update(part)
                for key, below in part.items():
                    if isinstance(below, dict | list):
                        parts.append((below, self._tags if key.lower() == TAGS else found))
            elif isinstance(part, list):
                parts += [(item, found) for item in part if isinstance(item, dict | list)]

    def listed(self) -> dict[str, list[str]]:
        """`keys` and `tags` in order, but what are too many to be of use."""
        found = {"keys": self._keys, "tags": self._tags}
        return {name: sorted(keys) for name, keys in found.items() if len(keys) <= _MOST}
