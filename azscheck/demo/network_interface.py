"""A virtual machine's network interface."""

from __future__ import annotations

from collections.abc import Mapping

from azscheck.demo.messages import Document
from azscheck.demo.placeholders import Filler
from azscheck.demo.resources import Entry


def network_interface_id(machine_id: str) -> str:
    """The id of a machine's only interface: in the machine's group, with the machine's name and `-nic`."""
    return machine_id.replace("/Microsoft.Compute/virtualMachines/", "/Microsoft.Network/networkInterfaces/") + "-nic"


def network_interface(machine_id: str, network: Mapping[str, str], order: int, fill: Filler) -> Entry:
    """The interface in `network` (`prefix` of its addresses, id of its `subnet`); `order` sets its addresses."""
    nic = network_interface_id(machine_id)
    configuration: Document = {
        "name": "ipconfig1",
        "id": f"{nic}/ipConfigurations/ipconfig1",
        "etag": f'W/"{fill.guid(f"etag {nic}")}"',
        "properties": {
            "provisioningState": "Succeeded",
            "privateIPAddress": f"{network['prefix']}.{10 + order}",
            "privateIPAllocationMethod": "Dynamic",
            "subnet": {"id": fill(network["subnet"])},
            "primary": True,
            "privateIPAddressVersion": "IPv4",
        },
    }
    properties = {
        "provisioningState": "Succeeded",
        "resourceGuid": fill.guid(f"interface {nic}"),
        "ipConfigurations": [configuration],
        "dnsSettings": {"dnsServers": [], "appliedDnsServers": []},
        "macAddress": f"00-1D-D8-B7-1C-{order:02X}",
        "enableIPForwarding": False,
        "primary": True,
        "virtualMachine": {"id": machine_id},
    }
    body = {"name": nic.rpartition("/")[2], "id": nic, "type": "Microsoft.Network/networkInterfaces"}
    return Entry(nic, body | {"location": fill.stamp, "properties": properties})
