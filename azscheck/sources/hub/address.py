"""Addresses, and what a connection made for one will really lead to.

`urlsplit` and urllib3 do not agree on where the host of `https://a\\@b` ends, and only urllib3 opens connections. So an
address that they read differently is none here, and neither is one with a part that no stamp has reason to send.
"""

import re
from typing import Final
from urllib.parse import urlsplit

from urllib3.util import parse_url

_NEVER: Final = re.compile(r"[\\\s\x00-\x20\x7f-\xa0]")
_DEFAULT_PORTS: Final = {"https": 443, "http": 80}


def origin_of(url: str) -> tuple[str, str]:
    """Scheme, and host with port, in lower case, of what is connected to for a URL; a default port is written out.

    Raises ValueError for what is no address: a backslash, space, control character or user name in it is enough.
    """
    if _NEVER.search(url):
        raise ValueError("an address holds no backslash, space or control character")
    parts, found = urlsplit(url), parse_url(url)
    scheme, host = (found.scheme or "").lower(), (found.host or "").lower()
    if "@" in parts.netloc or found.auth is not None:
        raise ValueError("an address holds no user name")
    default = _DEFAULT_PORTS.get(scheme, 0)
    port = found.port or default
    if not host or "%" in host or (parts.scheme, parts.port or default) != (scheme, port):
        raise ValueError("not an address")
    # A host in another script is written otherwise by urllib3, and so is told apart from any in this one.
    if parts.netloc.isascii() and (parts.hostname or "").strip("[]") != host.strip("[]"):
        raise ValueError("not an address")
    return scheme, f"{host}:{port}"


def host_of(url: str) -> str:
    """`host:port` for a message; `an address that is none` where there is no telling."""
    try:
        return origin_of(url)[1]
    except ValueError:
        return "an address that is none"
