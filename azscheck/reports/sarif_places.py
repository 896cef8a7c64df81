"""Where a SARIF result is: addresses of files as URIs, and the locations made of them."""

import posixpath
import re
from typing import Any
from urllib.parse import quote

from azscheck.place import Place
from azscheck.reports.places import place_of
from azscheck.reports.wording import visible
from azscheck.results import Result, Results


def quoted(text: str) -> str:
    """Text as one segment of a URI."""
    return quote(text, safe="", errors="surrogatepass")


def is_web(address: str) -> bool:
    """Whether an address is one of the web."""
    return re.match(r"https?://", address) is not None


def uri_of(path: str) -> str:
    """A path, of Windows too, or an address as a URI reference; relative paths stay relative.

    An absolute path becomes a `file:` URI, which code scanning makes relative to its checkout.
    """
    if is_web(path):
        return quote(path, safe="%/:?#@!$&'*+,;=~[]", errors="surrogatepass")
    path = path.replace("\\", "/")
    if path.startswith("//"):
        return "file:" + _quoted_path(path)
    if re.match(r"[A-Za-z]:/", path):
        return f"file:///{path[:2]}" + _quoted_path(path[2:])
    if path.startswith("/"):
        return "file://" + _quoted_path(posixpath.normpath(path))
    return _quoted_path(posixpath.normpath(path))


def _quoted_path(path: str) -> str:
    # RFC 3986, section 4.2: a colon in a relative reference's first segment would make it a scheme; quote() escapes it.
    return quote(path, safe="/~", errors="surrogatepass")


def physical(place: Place) -> dict[str, Any]:
    """A place in a file."""
    region = {"startLine": max(place.line, 1), "startColumn": max(place.column, 1)}
    return {"artifactLocation": {"uri": uri_of(place.path)}, "region": region}


def location(results: Results, result: Result) -> dict[str, Any]:
    """A result's one location: the line of the file it came from, or for a live resource the policy's line."""
    return {
        "physicalLocation": physical(place_of(results, result) or results.policy_of(result).place),
        "logicalLocations": [
            {
                "name": visible(result.name or result.resource),
                "fullyQualifiedName": visible(f"{result.stamp}:{result.resource}"),
                "kind": "resource",
            }
        ],
    }
