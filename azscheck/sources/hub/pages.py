"""The pages of a list: `nextLink` is followed to the stamp's own address only, and never in a circle."""

import re
import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from azure.core.rest import HttpRequest

from azscheck.errors import CollectionError
from azscheck.sources.hub.address import host_of, origin_of
from azscheck.sources.hub.failures import refusal_of
from azscheck.sources.hub.limits import Limits
from azscheck.sources.hub.resource_manager import Answer, Plane

_NOT_A_LIST: Final = "the answer is not a list: look for a proxy in between, then collect again"
_HAS_VERSION: Final = re.compile(r"[?&]api-version=", re.IGNORECASE)

Take = Callable[[dict[str, Any], str], None]
"""Takes a document as it came, and the path and query of the page it was on."""


def follow(plane: Plane, first: Answer, version: str, limits: Limits, take: Take, operation: str = "") -> str:
    """Give `take` all documents from the first page on; why reading stopped before the end, empty when it did not.

    `operation` is that of the first page's call.
    """
    seen, answer, until = {first.address}, first, time.monotonic() + limits.list_seconds
    while True:
        page = answer.document
        if isinstance(page, dict) and isinstance(page.get("error"), dict):
            return f"{refusal_of(200, page)}: what came with it is not all"
        items = page.get("value") if isinstance(page, dict) else None
        if not isinstance(items, list):
            return _NOT_A_LIST
        for item in items:
            if isinstance(item, dict):
                take(item, answer.address)
        if not all(isinstance(item, dict) for item in items):
            return "the list holds something that is not a resource: report it to its vendor"
        link = page.get("nextLink")
        if not isinstance(link, str) or not link.strip():
            return ""
        try:
            # A filter comes back as it was meant, with its spaces.
            link = urljoin(f"{plane.url}/", link.strip().replace(" ", "%20"))
            foreign = origin_of(link) != plane.origin
        except ValueError:
            return "its link to the next page is not an address: report it to its vendor"
        if foreign:
            reason = f"its next page is at {host_of(link)}, and azscheck reads {plane.host} only"
            return f"{reason}: look for a proxy in between"
        # The same page under its own address again, or under one that was seen: some providers repeat themselves.
        address = f"{urlsplit(link).path}?{urlsplit(link).query}"
        if address in seen:
            return "its pages go in a circle: report it to its vendor"
        if len(seen) >= limits.pages:
            return f"it has more than {limits.pages} pages"
        if time.monotonic() > until:
            return f"it took longer than {limits.list_seconds:g} s: collect again when the stamp is less busy"
        seen.add(address)
        if not _HAS_VERSION.search(link):
            link += f"{'&' if '?' in link else '?'}api-version={version}"
        try:
            answer = plane.get(HttpRequest("GET", link, headers={"Accept": "application/json"}), None, operation)
        except CollectionError as error:
            return f"its page {len(seen)} could not be read: {error}"
