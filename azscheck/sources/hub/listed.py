"""What one list brought: its documents as resources, each once however often it was sent, without what is secret."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from azscheck.inventory import Coverage, CoverageState, Origin, Resource, arm_key
from azscheck.inventory.spool import Shelf, Spool
from azscheck.sources.hub.redaction import redact
from azscheck.sources.hub.table import Row, scope_of


class Listed(Struct, frozen=True):
    """One list; when it failed, what came before it failed is kept."""

    row: Row
    path: str
    resources: Sequence[Resource]
    coverage: Coverage


class Listing:
    """One list while its pages come in."""

    def __init__(self, stamp: str, row: Row, path: str, clock: Callable[[], datetime], spool: Spool | None) -> None:
        self._stamp, self._row, self._path, self._clock = stamp, row, path, clock
        self._resources = Shelf(spool)
        self._seen: set[str] = set()
        self._made: dict[str, dict[str, Any]] = {}
        """By the id that was made for them, those documents that have none."""

    def take(self, body: dict[str, Any], address: str) -> None:
        """Take up a document of the page at `address`."""
        redact(body)
        given = body.get("id")
        identity = "/" + given.lstrip("/") if isinstance(given, str) and given.strip("/") else self._made_id(body)
        key = arm_key(identity)
        if key not in self._seen:
            self._seen.add(key)
            origin = Origin("hub", address, self._clock())
            self._resources.append(Resource(self._stamp, self._row.type, identity, body, origin))

    def ended(self, state: CoverageState, reason: str = "", version: str = "") -> Listed:
        """The list, and what came of it."""
        scope, count = scope_of(self._path), len(self._resources)
        coverage = Coverage(self._stamp, self._row.type, scope, state, reason, version, count, self._clock())
        return Listed(self._row, self._path, self._resources, coverage)

    def _made_id(self, body: dict[str, Any]) -> str:
        """Of the document's name, and numbered where other documents have that name already."""
        name = str(body.get("name") or body.get("subscriptionId") or "").rstrip("/").rpartition("/")[2] or "unnamed"
        number, identity = 1, f"{self._path}/{name}"
        while (key := arm_key(identity)) in self._seen and self._made.get(key) != body:
            number += 1
            identity = f"{self._path}/{name}#{number}"
        self._made[key] = body
        return identity
