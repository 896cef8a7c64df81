"""A virtual machine's instance view: its power, its disks, its agent and what that says of the extensions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from azscheck.demo.messages import Document

_DONE = {"code": "ProvisioningState/succeeded", "level": "Info"}
_FAILED = {"code": "ProvisioningState/failed/52", "level": "Error"}


class Instance(Struct, frozen=True):
    """What a view is made from. `power` is running, stopped or deallocated; the agent reported last at `agent_time`."""

    computer_name: str
    image: Mapping[str, Any]
    power: str
    agent_ready: bool
    agent_version: str
    agent_time: str
    created: str
    disks: Sequence[str]


def instance_view(instance: Instance, extensions: Sequence[Document]) -> Document:
    """The view that `$expand=instanceView` adds; `extensions` are the machine's own, as ARM resources."""
    provisioned = _DONE | {"displayStatus": "Provisioning succeeded", "time": instance.created}
    power = {"code": f"PowerState/{instance.power}", "level": "Info", "displayStatus": f"VM {instance.power}"}
    view: Document = {
        "disks": [{"name": name, "statuses": [provisioned]} for name in instance.disks],
        "statuses": [provisioned, power],
    }
    # A machine that is off has no agent to ask.
    if instance.power != "running":
        return view
    if not instance.agent_ready:
        return {"vmAgent": _silent_agent(instance.agent_time)} | view
    ready = {"displayStatus": "Ready", "message": "GuestAgent is running and accepting new configurations."}
    agent = {
        "vmAgentVersion": instance.agent_version,
        "statuses": [_DONE | ready | {"time": instance.agent_time}],
        "extensionHandlers": [_handler(extension["properties"]) for extension in extensions],
    }
    return {
        "computerName": instance.computer_name,
        "osName": instance.image["osName"],
        "osVersion": str(instance.image["version"]),
        "vmAgent": agent,
        "extensions": [_extension(extension) for extension in extensions],
    } | view


def _silent_agent(time: str) -> Document:
    unavailable = {"code": "ProvisioningState/Unavailable", "level": "Warning", "displayStatus": "Not Ready"}
    return {
        "vmAgentVersion": "Unknown",
        "statuses": [unavailable | {"message": "VM Agent is unresponsive.", "time": time}],
    }


def _handler(properties: Document) -> Document:
    ready = properties["provisioningState"] == "Succeeded"
    status = _DONE | {"displayStatus": "Ready"} if ready else _FAILED | {"displayStatus": "NotReady"}
    return _kind(properties) | {"status": status}


def _extension(extension: Document) -> Document:
    ready = extension["properties"]["provisioningState"] == "Succeeded"
    shown = "Provisioning succeeded" if ready else "Provisioning failed"
    status = (_DONE if ready else _FAILED) | {"displayStatus": shown}
    return {"name": extension["name"]} | _kind(extension["properties"]) | {"statuses": [status]}


def _kind(properties: Document) -> Document:
    return {
        "type": f"{properties['publisher']}.{properties['type']}",
        "typeHandlerVersion": f"{properties['typeHandlerVersion']}.0.0",
    }
