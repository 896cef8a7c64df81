"""Templates that are no files, for they are compiled or quoted: read from a folder, shown by what they came from."""

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from azscheck.errors import DocumentError, UsageError
from azscheck.inventory import Inventory, Origin
from azscheck.place import Place
from azscheck.sources.placement import Placement


class Made(Struct):
    """Files in a temporary folder, each with where it came from and what it is called in sentences."""

    folder: Path
    _sources: dict[str, tuple[Origin, str]] = field(default_factory=dict)

    def file(self, content: bytes, origin: Origin, shown: str = "") -> Path:
        """A file with this content."""
        file = self.folder / f"{len(self._sources)}.json"
        file.write_bytes(content)
        self._sources[file.as_posix()] = (origin, shown or origin.address)
        return file

    def collect(
        self,
        template: Path,
        stamp: str,
        parameters: Sequence[Path],
        values: Mapping[str, Any],
        placement: Placement,
        now: datetime,
    ) -> Inventory:
        """What a template deploys, with the places and sentences of what it came from."""
        from azscheck.sources import templates

        try:
            found = templates.collect(
                template, stamp=stamp, parameters=parameters, values=values, placement=placement, now=now
            )
        except DocumentError as error:
            raise DocumentError([(self._place(place), self._text(text)) for place, text in error.mistakes]) from error
        except UsageError as error:
            raise UsageError(self._text(str(error))) from error
        resources = [
            replace(
                r,
                origin=self._origin(r.origin),
                unknown={pointer: self._text(reason) for pointer, reason in r.unknown.items()},
                places={pointer: self._origin(origin) for pointer, origin in r.places.items()},
            )
            for r in found.resources
        ]
        coverage = [replace(c, reason=self._text(c.reason)) for c in found.coverage]
        return Inventory.of(found.created, resources, coverage)

    def _text(self, text: str) -> str:
        """A sentence about the sources; a line of a file that was made is none of theirs."""
        for file, (_, shown) in self._sources.items():
            if file in text:
                text = re.sub(re.escape(file) + r"(:\d+){0,2}", _always(shown), text)
        return text

    def _place(self, place: Place) -> Place:
        if place.path not in self._sources:
            return place
        origin, _ = self._sources[place.path]
        return Place(origin.address, origin.line or 1, origin.column or 1)

    def _origin(self, origin: Origin) -> Origin:
        source = self._sources.get(origin.address)
        return origin if source is None else source[0]


@contextmanager
def made_templates() -> Iterator[Made]:
    """A folder for them, while they are read."""
    with tempfile.TemporaryDirectory(prefix="azscheck-") as name:
        yield Made(Path(name))


def _always(text: str) -> Callable[[re.Match[str]], str]:
    return lambda _: text
