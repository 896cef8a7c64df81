"""Functions that encode and decode texts:
https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-string
"""

import base64
import re
from typing import Any, Final
from urllib.parse import quote, unquote_plus, unquote_to_bytes, urljoin, urlsplit

from azscheck.expressions.arguments import FunctionError, Unanswerable, string
from azscheck.expressions.function import Function, Table, table
from azscheck.expressions.json_texts import from_json

_DATA_URI = re.compile(r"data:(?P<metadata>[^,]*),(?P<data>.*)", re.IGNORECASE | re.DOTALL)
_PLAIN = r"[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-F]{2}"
_PLAIN_URI = re.compile(rf"https?://[a-z0-9.-]+(?::[0-9]{{1,5}})?(?:/(?:{_PLAIN})*)?(?:#(?:{_PLAIN})*)?")
_MOST_URI: Final = 8_000


def to_base64(text: Any) -> str:
    """A text's UTF-8 in base64."""
    return base64.b64encode(string(text).encode("utf-8", "replace")).decode("ascii")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(re.sub(r"[ \t\r\n]", "", text), validate=True)
    except ValueError:
        raise FunctionError("takes a text in base64") from None


def from_base64(text: Any) -> str:
    """The text that was encoded in base64."""
    return _bytes(string(text)).decode("utf-8", "replace")


def data_uri(text: Any) -> str:
    """A text as a data URI."""
    # Azure writes the character set so, not as utf-8.
    return f"data:text/plain;charset=utf8;base64,{to_base64(text)}"


def from_data_uri(uri: Any) -> str:
    """The text in a data URI."""
    found = _DATA_URI.fullmatch(string(uri))
    if found is None:
        raise FunctionError("takes a data URI such as data:;base64,SGVsbG8=")
    _, *parameters = found["metadata"].lower().split(";")
    for parameter in parameters:
        name, _, charset = parameter.partition("=")
        if name == "charset" and charset not in ("utf8", "utf-8", "us-ascii"):
            raise Unanswerable(f"reads data URIs in UTF-8, not in {charset}")
    if parameters and parameters[-1] == "base64":
        return from_base64(found["data"])
    return unquote_to_bytes(found["data"].replace("+", " ")).decode("utf-8", "replace")


def uri_component(text: Any) -> str:
    """A text encoded for a part of a URI."""
    return quote(string(text), safe="", errors="replace")


def from_uri_component(text: Any) -> str:
    """The text that was encoded for a part of a URI."""
    if re.search(r"%u[0-9A-Fa-f]{4}", string(text)):
        raise Unanswerable("reads %XX, and not %uXXXX")
    return unquote_plus(string(text))


def uri(base: Any, relative: Any) -> str:
    """A relative URI made absolute, as RFC 3986 resolves it."""
    if len(string(base)) + len(string(relative)) > _MOST_URI:
        raise FunctionError(f"takes URIs of at most {_MOST_URI} characters")
    try:
        if not urlsplit(base).scheme or not urlsplit(base).netloc:
            raise FunctionError("takes an absolute URI as its base")
        parts = urlsplit(urljoin(base, relative))
        default = {"http": 80, "https": 443}.get(parts.scheme)
        host = parts.netloc.lower().removesuffix(f":{default}")
        made: str = parts._replace(netloc=host, path=parts.path or "/").geturl()
    except FunctionError:
        raise
    except ValueError:
        raise FunctionError("takes URIs") from None
    # Of others .NET's normal form is not worked out here.
    if not _PLAIN_URI.fullmatch(made) or re.search(r"/\.\.?(?:[/?#]|$)", made):
        raise Unanswerable("answers for http and https URIs of plain characters only")
    return made


FUNCTIONS: Final[Table] = table(
    Function("base64", to_base64, 1, 1, "A text's UTF-8 in base64.", "base64('one, two')", "b25lLCB0d28="),
    Function(
        "base64ToJson",
        lambda text: from_json(from_base64(text)),
        1,
        1,
        "The JSON that was encoded in base64.",
        "base64ToJson('eyJhIjoxfQ==')",
        {"a": 1},
    ),
    Function("base64ToString", from_base64, 1, 1, "A text out of base64.", "base64ToString('b25l')", "one"),
    Function(
        "dataUri",
        data_uri,
        1,
        1,
        "A text as a data URI.",
        "dataUri('Hello')",
        "data:text/plain;charset=utf8;base64,SGVsbG8=",
    ),
    Function(
        "dataUriToString",
        from_data_uri,
        1,
        1,
        "A data URI's text.",
        "dataUriToString('data:;base64,SGVsbG8=')",
        "Hello",
    ),
    Function(
        "uri", uri, 2, 2, "A relative URI made absolute.", "uri('https://a.example/b/c', 'd')", "https://a.example/b/d"
    ),
    Function("uriComponent", uri_component, 1, 1, "A text encoded for a URI.", "uriComponent('a/b c')", "a%2Fb%20c"),
    Function(
        "uriComponentToString",
        from_uri_component,
        1,
        1,
        "The text that was encoded for a URI.",
        "uriComponentToString('a%2Fb')",
        "a/b",
    ),
)
