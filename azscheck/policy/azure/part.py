"""A part of a document whose keys are read in any letter case, as Azure reads them."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from azscheck.documents import Document, Path_
from azscheck.errors import DocumentError
from azscheck.place import Place


class Part(Struct, frozen=True):
    """A value within a document, and where it stands."""

    document: Document
    value: Any
    steps: Path_ = ()

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.document.place(*self.steps)

    def mistake(self, sentence: str) -> DocumentError:
        """An error at this part."""
        return self.document.mistake(sentence, *self.steps)

    def get(self, key: str) -> "Part | None":
        """What is under a key; None when it is not there, or this is no object."""
        if not isinstance(self.value, dict):
            return None
        found = key if key in self.value else next((k for k in self.value if k.lower() == key.lower()), None)
        return None if found is None else Part(self.document, self.value[found], (*self.steps, found))

    def text(self, key: str) -> str:
        """A text under a key, without the white space around it; empty when it is not there or no text."""
        found = self.get(key)
        return found.value.strip() if found is not None and isinstance(found.value, str) else ""

    def items(self) -> Iterator["Part"]:
        """The elements of an array, the values of an object; of anything else none."""
        if isinstance(self.value, list):
            yield from (Part(self.document, item, (*self.steps, i)) for i, item in enumerate(self.value))
        elif isinstance(self.value, dict):
            yield from (Part(self.document, item, (*self.steps, key)) for key, item in self.value.items())

    @property
    def key(self) -> str:
        """The key or index under which it stands."""
        return str(self.steps[-1]) if self.steps else ""


def properties_of(document: Document) -> Part:
    """The part with a definition's properties: the root's `properties`, or the root itself."""
    root = Part(document, document.value)
    below = root.get("properties")
    return below if below is not None and isinstance(below.value, dict) else root


def name_of(document: Document) -> str:
    """A definition's `name`, else the end of its `id`, else the file's name."""
    root, below = Part(document, document.value), properties_of(document)
    identifier = root.text("id").rstrip("/").rpartition("/")[2]
    file = document.path.rpartition("/")[2].rpartition(".")[0]
    name = root.text("name") or identifier or below.text("name") or file or document.path
    return " ".join(name.split())
