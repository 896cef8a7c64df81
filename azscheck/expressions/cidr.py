"""Functions on CIDR blocks: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-cidr"""

import ipaddress
from typing import Any, Final

from azscheck.expressions.arguments import FunctionError, Unanswerable, integer, string
from azscheck.expressions.function import Function, Table, table

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _network(text: Any) -> Network:
    address, slash, prefix = string(text).partition("/")
    if not slash or not (prefix.isascii() and prefix.isdecimal()):
        raise FunctionError("takes a network such as 10.0.0.0/16")
    try:
        return ipaddress.ip_network(f"{address}/{prefix}", strict=False)
    except ValueError as error:
        raise FunctionError(str(error)) from error


def _hosts(network: Network) -> tuple[int, int]:
    """The first and the last address that a host may have."""
    first, last = int(network.network_address), int(network.broadcast_address)
    if network.version == 6:
        return first, last
    if network.prefixlen > 30:
        raise Unanswerable("cannot tell which addresses of so small a network Azure calls usable")
    return first + 1, last - 1


def parse_cidr(text: Any) -> dict[str, Any]:
    """The properties of a network."""
    network = _network(text)
    first, last = (str(type(network.network_address)(end)) for end in _hosts(network))
    told = {"network": str(network.network_address), "netmask": str(network.netmask)}
    if network.version == 4:
        told["broadcast"] = str(network.broadcast_address)
    return {**told, "firstUsable": first, "lastUsable": last, "cidr": network.prefixlen}


def cidr_subnet(text: Any, prefix: Any, index: Any) -> str:
    """One of the equal parts of a network."""
    network = _network(text)
    if not network.prefixlen <= integer(prefix) <= network.max_prefixlen:
        raise FunctionError(f"takes a prefix from {network.prefixlen} to {network.max_prefixlen}")
    if not 0 <= integer(index) < 2 ** (prefix - network.prefixlen):
        raise FunctionError(f"finds no subnet {index} of /{prefix} in {network}")
    start = int(network.network_address) + index * 2 ** (network.max_prefixlen - prefix)
    return f"{type(network.network_address)(start)}/{prefix}"


def cidr_host(text: Any, index: Any) -> str:
    """One of the addresses of a network that a host may have, from 0."""
    network = _network(text)
    first, last = _hosts(network)
    # Of IPv6 too the network's own address is passed over, though parseCidr calls it usable.
    address = (first if network.version == 4 else first + 1) + integer(index)
    if index < 0 or address > last:
        raise FunctionError(f"finds no host {index} in {network}")
    return str(type(network.network_address)(address))


_PARSED: Final = {
    "network": "10.144.0.0",
    "netmask": "255.255.240.0",
    "broadcast": "10.144.15.255",
    "firstUsable": "10.144.0.1",
    "lastUsable": "10.144.15.254",
    "cidr": 20,
}

FUNCTIONS: Final[Table] = table(
    Function(
        "cidrHost",
        cidr_host,
        2,
        2,
        "An address of a network that a host may have, counted from 0.",
        "cidrHost('10.144.3.0/24', 0)",
        "10.144.3.1",
    ),
    Function(
        "cidrSubnet",
        cidr_subnet,
        3,
        3,
        "One of the equal parts of a network, counted from 0.",
        "cidrSubnet('10.144.0.0/20', 24, 1)",
        "10.144.1.0/24",
    ),
    Function(
        "parseCidr",
        parse_cidr,
        1,
        1,
        "The addresses and masks that a network is made of.",
        "parseCidr('10.144.0.0/20')",
        _PARSED,
    ),
)
