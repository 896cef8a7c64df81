"""Functions and readings of addresses and UNC paths."""

import ipaddress
import re
from typing import Any, Final

from azscheck.expressions.arguments import FunctionError, string
from azscheck.expressions.function import Function, Table, table
from azscheck.values import ABSENT

_UNC = re.compile(r"[\\/]{2}(?:\?[\\/]UNC[\\/])?(?P<host>[^\\/\s]+)[\\/]+[^\\/]", re.IGNORECASE)

_HOST = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*://)?(?:[^/@\s]*@)?(?P<host>[^/\\:?#\s()]+)", re.IGNORECASE)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def network_range(text: str) -> tuple[Address, Address]:
    """The first and last address of an address, a CIDR block or `first-last`; raises ValueError."""
    first, dash, last = text.partition("-")
    if dash:
        ends = ipaddress.ip_address(first.strip()), ipaddress.ip_address(last.strip())
        if ends[0].version != ends[1].version or int(ends[0]) > int(ends[1]):
            raise ValueError(f"{text!r} is not a range from a first address to a last")
        return ends
    network = ipaddress.ip_network(text.strip(), strict=False)
    return network.network_address, network.broadcast_address


def within(inner: tuple[Address, Address], outer: tuple[Address, Address]) -> bool:
    """Whether one range lies in another; of different IP versions it never does."""
    if inner[0].version != outer[0].version:
        return False
    return int(outer[0]) <= int(inner[0]) and int(inner[1]) <= int(outer[1])


def ip_range_contains(outer: Any, inner: Any) -> bool:
    """Whether a range of addresses holds another, or one address, as Azure Policy's function of the name."""
    try:
        return within(network_range(string(inner)), network_range(string(outer)))
    except ValueError as error:
        raise FunctionError(str(error)) from error


def unc_host(path: Any) -> Any:
    """The host of a UNC path in lower case, without a trailing dot; ABSENT when the text is no UNC path."""
    if path is ABSENT or path is None:
        return ABSENT
    found = _UNC.match(string(path))
    # Of a device's path (\\?\C:, \\.\pipe) nothing is left; Windows writes ports as host@445 and host@SSL.
    return (found["host"].partition("@")[0].rstrip(".?").lower() or ABSENT) if found else ABSENT


def host_of(target: Any) -> Any:
    """The host of a UNC path, a URL, a bare `host` or `host:port`, in lower case; ABSENT when there is none."""
    host = unc_host(target)
    if host is not ABSENT or target is ABSENT or target is None:
        return host
    found = _HOST.match(string(target))
    return found["host"].rstrip(".").lower() if found else ABSENT


FUNCTIONS: Final[Table] = table(
    Function(
        "hostOf",
        host_of,
        1,
        1,
        "The host of a UNC path, a URL or host:port, in lower case. azscheck's own.",
        "hostOf('https://A.example:443/c')",
        "a.example",
    ),
    Function(
        "ipRangeContains",
        ip_range_contains,
        2,
        2,
        "Whether a range of addresses, a CIDR block or an address holds another.",
        "ipRangeContains('10.0.0.0/8', '10.1.2.3')",
        True,
    ),
    Function(
        "uncHost",
        unc_host,
        1,
        1,
        "The host of a UNC path, in lower case. azscheck's own.",
        r"uncHost('\\FS01\share')",
        "fs01",
    ),
)
